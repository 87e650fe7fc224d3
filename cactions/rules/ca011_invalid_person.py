"""A person in the file, or in a file of people, who does not fit.

People are held against the declared attributes and their types, since a test that starts from a
value that the workspace could not hold proves nothing.

Why: Intercom's data attributes:
https://developers.intercom.com/docs/references/rest-api/api.intercom.io/data-attributes

Bad:

    version: 1
    workspace:
      identity_verification: jwt
      people:
        - {user_id: u-1, attributes: {tier: 3}}  # <- CA011
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

Fix: write a value that the attribute can hold, or declare the attribute.

Suppress: it cannot be: it belongs to the file format.
"""

from __future__ import annotations

from cactions.rules.rule import ERROR, Rule

RULE = Rule("CA011", "invalid-person", ERROR)
