"""A secret would be sent to a host outside its list.

A token names the only hosts that it is sent to. A contributor who changes a URL does not get the
secret with it.

Why: CWE-201, sensitive information in sent data: https://cwe.mitre.org/data/definitions/201.html

Bad:

    version: 1
    workspace:
      identity_verification: true
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    tokens:
      shop: {type: text, value: {secret: shop_token}, header: X-Token, hosts: [api.shop.example]}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.test.example/customers/{{ person.user_id }}
          tokens: [shop]  # <- CA303
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            tier: $.tier

Good:

    version: 1
    workspace:
      identity_verification: true
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    tokens:
      shop: {type: text, value: {secret: shop_token}, header: X-Token, hosts: [api.shop.example]}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
          tokens: [shop]
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            tier: $.tier

Fix: name the right host, in the URL or under ``hosts``; the vault has the last word.

Suppress: it cannot be.
"""

from __future__ import annotations

from cactions.rules.rule import ERROR, Rule

RULE = Rule("CA303", "token-host-mismatch", ERROR)
