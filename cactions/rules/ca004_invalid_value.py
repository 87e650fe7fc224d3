"""A value that does not fit its place.

Scalars are typed by the format, not by their looks: ``NO`` and ``010`` stay texts where a text is
expected, and nothing is converted silently.

Names of actions, servers, environments, tokens and data inputs become file names, options and keys
of tables. They begin with a letter, a digit or ``_`` and go on with those, ``-`` and ``.``: ASCII,
at most 64 characters, no two dots in a row. Names of secrets may also hold ``@`` and have 128.

Why: the YAML specification on implicit types: https://yaml.org/spec/1.2.2/#103-core-schema

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
          http_method: GET  # <- CA004
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

Fix: write one of the values that are named.

Suppress: it cannot be: it belongs to the file format.
"""

from __future__ import annotations

from cactions.rules.rule import ERROR, Rule

RULE = Rule("CA004", "invalid-value", ERROR)
