"""A private address, a literal one, or a special host.

A name of the inside leads to whatever stands there on the machine that runs the action, and an
address says nothing of whose it is. The only way to one is an entry under ``network: allow:``.

Why: CWE-918, server-side request forgery: https://cwe.mitre.org/data/definitions/918.html

Bad:

    version: 1
    workspace:
      identity_verification: jwt
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://10.0.0.1/customers/{{ person.user_id }}  # <- CA403
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            tier: $.tier

Good:

    version: 1
    workspace:
      identity_verification: jwt
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            tier: $.tier

Fix: the service's public name; or ``network: allow:`` with host, address, port and a reason.

Suppress: it cannot be: it belongs to the file format.
"""

from __future__ import annotations

from cactions.rules.rule import ERROR, Rule

RULE = Rule("CA403", "special-address", ERROR)
