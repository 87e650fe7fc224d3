"""The prefix of a token is joined to its value, without the space between them.

A header is sent as ``prefix`` and value, one behind the other, with nothing in between. A plain
``prefix: Bearer`` has no space at its end, which YAML cuts off, so that ``Bearertoken`` is sent and
the service answers that the token is not valid.

Why: RFC 9110, 11.4, credentials are a scheme, a space and the token:
https://www.rfc-editor.org/rfc/rfc9110#section-11.4

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    tokens:
      shop:
        type: text
        value: {secret: shop_token}
        header: Authorization
        prefix: Bearer  # <- CA409
        hosts: [api.shop.example]
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
          tokens: [shop]
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    tokens:
      shop:
        type: text
        value: {secret: shop_token}
        header: Authorization
        prefix: "Bearer "
        hosts: [api.shop.example]
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
          tokens: [shop]
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Fix: write the space, in quotes.

Suppress: where the service wants the word and the token in one piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cactions.rules.rule import WARNING, EditKind, Rule, RuleContext, RuleMatch, SuggestedFix

_SCHEMES: Final = frozenset(
    ["apikey", "api-key", "basic", "bearer", "digest", "hmac", "jwt", "oauth", "token"]
)
_CREDENTIALS: Final = "authorization"


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Prefixes that end with a letter, where a scheme stands."""
    for token in view.project.tokens.values():
        known = token.prefix.lower() in _SCHEMES
        scheme = token.header.lower() == _CREDENTIALS and token.prefix[-1:].isalnum()
        if known or scheme:
            route = f"tokens.{token.name}.prefix"
            quoted = f'"{token.prefix} "'
            yield RuleMatch(
                route,
                f'"{token.prefix}" and the token are sent as one word',
                f"write the space: prefix: {quoted}",
                fix=SuggestedFix(f"write {quoted}", route, EditKind.REPLACE, quoted, safe=known),
            )


RULE = Rule("CA409", "joined-prefix", WARNING, check)
