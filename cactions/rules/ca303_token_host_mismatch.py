"""A secret would be sent to a host outside its list.

A token names the only hosts that it is sent to. A contributor who changes a URL does not get the
secret with it.

Why: CWE-201, sensitive information in sent data: https://cwe.mitre.org/data/definitions/201.html

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
          url: https://api.shop.test.example/customers/{{ person.user_id }}
          tokens: [shop]  # <- CA303
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

Fix: name the right host, in the URL or under ``hosts``; the vault has the last word.

Suppress: only for a secret in a query or a body, with why that host may have it as the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cactions.model import Token
from cactions.rules.rule import ERROR, Rule, RuleContext, RuleMatch


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Secrets in queries and bodies for a host that no token of the same secret names.

    Attached tokens are compared with their hosts when the files are read.
    """
    hosts = _list_hosts(view.project.tokens.values())
    for analysis in view.facts:
        asked = analysis.action.request
        for place, name in asked.list_secret_places(f"{analysis.route}.request"):
            if name in hosts and asked.host not in hosts[name]:
                known = ", ".join(sorted(hosts[name]))
                yield RuleMatch(
                    place,
                    f'the secret "{name}" would be sent to {asked.host}',
                    f"its tokens name {known} only; attach a token of this host's own secret",
                )


def _list_hosts(tokens: Iterable[Token]) -> dict[str, set[str]]:
    """The hosts that tokens name, by secret."""
    found: dict[str, set[str]] = {}
    for token in tokens:
        for name in token.secrets:
            found.setdefault(name, set()).update(token.hosts)
        if token.fetch:
            request = token.fetch.request
            names = [name for _, name in request.list_secret_places()]
            for name in (*names, *(each for sent in request.tokens for each in sent.secrets)):
                found.setdefault(name, set()).add(request.host)
    return found


RULE = Rule("CA303", "token-host-mismatch", ERROR, check)
