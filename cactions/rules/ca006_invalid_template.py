"""A template that is none.

A hole holds one reference and no logic: ``{{ person.email }}``, ``{{ person.attributes.tier }}``,
``{{ inputs.order_id }}``. So it is exactly known which values a request carries.

Why: CWE-1336, special elements in a template engine:
https://cwe.mitre.org/data/definitions/1336.html

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
          url: https://api.shop.example/customers/{{ person.user_id | lower }}  # <- CA006
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

Fix: name one field, attribute or input.

Suppress: it cannot be: it belongs to the file format.
"""

from __future__ import annotations

from cactions.rules.rule import ERROR, Rule

RULE = Rule("CA006", "invalid-template", ERROR)
