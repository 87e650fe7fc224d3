"""A secret is missing from the vault, is sealed for other hosts, or is used by nothing.

What the files name is held against the names and hosts in ``cactions.vault``, which can be read
without any key. So are the hosts of a token that is fetched with a secret, or that is the end
user's own: the vault says where it may go, and ``hosts`` in the YAML may only narrow that. What is
read without a key is not proven, so that it only warns; a live call uses the key. Without a vault
beside the files nothing is checked.

Why: CWE-255, credentials management: https://cwe.mitre.org/data/definitions/255.html

Bad:

    version: 1
    workspace:
      identity_verification: jwt
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    tokens:
      shop: {type: text, value: {secret: shop_token}, header: X-Token, hosts: [api.shop.example]}
    actions:
      loyalty:  # <- CA305
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

Fix: ``cactions vault seal NAME --host HOST``, or ``cactions vault rotate NAME``; for a token
``cactions vault bind NAME --token-host HOST``, if it is meant to go there.

Suppress: it is about this machine, and stops nothing.
"""

from __future__ import annotations

from cactions.rules.rule import WARNING, Rule

RULE = Rule("CA305", "secret-not-in-vault", WARNING)
