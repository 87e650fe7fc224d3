"""A name that stands here twice.

Of two equal keys YAML readers take the first or the last, each as it likes. A name of an action, a
token or a server stands once in a folder.

Why: the YAML specification on unique keys: https://yaml.org/spec/1.2.2/#3213-node-comparison

Bad:

    version: 1
    workspace:
      identity_verification: jwt
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
            tier: $.level  # <- CA008

Good:

    version: 1
    workspace:
      identity_verification: jwt
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

Fix: keep one of them, or rename one.

Suppress: it cannot be: it belongs to the file format.
"""

from __future__ import annotations

from cactions.rules.rule import ERROR, Rule

RULE = Rule("CA008", "duplicate-name", ERROR)
