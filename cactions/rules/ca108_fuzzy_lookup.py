"""The lookup is fuzzy, or glued into a query language.

A full-text search finds similar people, and a value inside a query may contain words of that
language: ``x' or email:*`` finds everybody. Values stay apart from the question in a parameter or a
JSON member of their own.

Why: CWE-943, improper neutralization of special elements in data query logic:
https://cwe.mitre.org/data/definitions/943.html

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers
          query: {q: "customer:'{{ person.user_id }}'"}  # <- CA108
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      tier: {data_type: string, options: [silver, gold], messenger_writable: false}
    actions:
      loyalty:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers
          query: {customer: "{{ person.user_id }}"}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Fix: use the service's look-up by id, or a filter that takes the value alone.

Suppress: where the service has no other way, with how its quoting was tested as the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cactions.rules.rule import (
    INFO,
    WARNING,
    KeyRole,
    LookupKey,
    RequestPart,
    Rule,
    RuleContext,
    RuleMatch,
)

_SEARCH = frozenset(
    "q query search searchterm searchtext term terms keyword keywords text fulltext fuzzy like"
    " wildcard contains match jql soql sosl gql cql fql lucene querystring sql".split()
)
_LANGUAGE = r":[\"'(]?$|[=<>~*%]\s?[\"'(]?$|[\"'(]$|\b(?:where|like|and|or|eq|contains)\s*$"
"""What stands before a value in a query language, right at its edge."""


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Keys under the names of searches, and those behind an operator."""
    for analysis in view.facts:
        for key in analysis.keys:
            if key.role is not KeyRole.CONTENT and (why := explain_fuzziness(key)):
                yield RuleMatch(
                    key.spot,
                    why,
                    "look up by a parameter that takes the value alone",
                    severity=None if key in analysis.chosen else INFO,
                )


def explain_fuzziness(key: LookupKey) -> str:
    """Why a value may find more than one record; empty where it does not."""
    if key.part in (RequestPart.HEADER, RequestPart.WHERE) or key.template is None:
        return ""
    before = _get_literal_before(key)
    if key.part is RequestPart.URL:
        return "a search also finds similar people" if before.endswith("/search/") else ""
    name = "".join(sign for sign in key.name.lower() if sign.isalpha())
    if name in _SEARCH:
        return f'"{key.name}" searches, and may also find similar people'
    if key.name and re.search(_LANGUAGE, before, re.IGNORECASE):
        return f"{key.reference} stands inside a query, and may hold words of its language"
    return ""


def _get_literal_before(key: LookupKey) -> str:
    """The literal text right before the value."""
    assert key.template is not None
    before = ""
    for part in key.template.pieces:
        if part == key.reference:
            return before
        before = part if isinstance(part, str) else ""
    return ""


RULE = Rule("CA108", "fuzzy-lookup", WARNING, check)
