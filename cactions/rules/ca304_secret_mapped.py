"""A secret, or the header that carried it, reaches a mapping.

Services that echo a request, or answer with a session or an access token, put a credential into
the answer. Mapped onto a person it is shown to teammates, to the AI agent, and sent on by the next
action.

Why: CWE-200, exposure of sensitive information to an unauthorized actor:
https://cwe.mitre.org/data/definitions/200.html

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      session: {data_type: string, messenger_writable: false}
    actions:
      login:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            session: {path: $.auth.access_token, max_length: 200}  # <- CA304

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      session: {data_type: string, messenger_writable: false}
    actions:
      login:
        match: user_id
        request:
          http_method: get
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping:
            session: {path: $.auth.status, max_length: 200}

Fix: map something else. A credential that an action needs is a token.

Suppress: where the field only has the name of a credential, with what it holds as the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import Path
from cactions.rules.ca301_hardcoded_secret import CARRIERS, plain
from cactions.rules.rule import ERROR, ActionAnalysis, Rule, RuleContext, RuleMatch

_NAMES = CARRIERS | frozenset(
    "token idtoken sessiontoken csrftoken sessionid sessionkey setcookie jwt bearer apikeys"
    " passwordhash privatekeys signingkey encryptionkey otp totpsecret".split()
)


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Mapped paths with the names of credentials, or of the headers that carry tokens."""
    for analysis in view.facts:
        headers = {plain(token.header) for token in analysis.action.request.tokens}
        yield from _of(analysis, headers)


def _of(analysis: ActionAnalysis, headers: set[str]) -> Iterator[RuleMatch]:
    for attribute_mapping in analysis.action.response.mapping:
        names = {_name(path) for path in attribute_mapping.value_paths}
        if names & (_NAMES | headers):
            yield RuleMatch(
                f"{analysis.route}.response.mapping.{attribute_mapping.attribute.name}",
                f"{attribute_mapping.source} is a credential, and would be visible on a person",
                "map something else; a credential that an action needs is a token",
            )


def _name(path: Path) -> str:
    names = [segment for segment in path.segments if isinstance(segment, str)]
    return plain(names[-1]) if names else ""


RULE = Rule("CA304", "secret-mapped", ERROR, check)
