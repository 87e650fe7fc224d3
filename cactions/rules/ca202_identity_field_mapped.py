"""A response is mapped to a field that identifies the person.

``id``, ``user_id``, ``email``, ``phone``, ``name`` and ``role`` are what people are found and
proven by. A service that writes them decides who a person is, in this action and in every
other.

Why: Intercom's second way to lose data is a phone number that overwrites the person's own:
https://www.intercom.com/help/en/articles/6317752-custom-actions-security-and-best-practices

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
            phone: $.phone  # <- CA202

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

Fix: map it onto a custom attribute, and say under ``verified`` why it can be believed.

Suppress: it cannot be.
"""

from __future__ import annotations

from cactions.rules.rule import ERROR, Rule

RULE = Rule("CA202", "identity-field-mapped", ERROR)
