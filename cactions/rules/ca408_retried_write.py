"""A call that changes something would be sent twice.

After a lost response it is unknown whether the call succeeded: sent again without a key that the
service knows it by, it is done twice. Such a call may not ask for retries, and one that deletes or
replaces is no ``effect: read``, whatever the file says; neither is a GraphQL mutation, or a POST to
``/cancel`` or ``/refund``.

Why: RFC 9110, section 9.2.2, on idempotent methods:
https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2

Bad:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      points: {data_type: integer, messenger_writable: false}
    actions:
      bonus:
        match: user_id
        limits:
          retries: 2  # <- CA408
        request:
          http_method: post
          url: https://api.shop.example/customers/{{ person.user_id }}/bonus
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {points: $.points}

Good:

    version: 1
    workspace: {identity_verification: jwt}
    attributes:
      points: {data_type: integer, messenger_writable: false}
    actions:
      bonus:
        match: user_id
        limits:
          retries: 2
        request:
          http_method: post
          url: https://api.shop.example/customers/{{ person.user_id }}/bonus
          idempotency: {header: Idempotency-Key}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {points: $.points}

Fix: ``idempotency: {header: …}``, if the service knows such a key; else no ``retries``.

Suppress: where the service itself tells repeated calls apart, with how as the reason.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import Effect
from cactions.rules.operations import find_change
from cactions.rules.rule import (
    ERROR,
    ActionAnalysis,
    EditKind,
    Rule,
    RuleContext,
    RuleMatch,
    SuggestedFix,
)

_CHANGING = ("put", "patch", "delete")


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Retries that were asked for, and reads that are none."""
    for analysis in view.facts:
        asked = analysis.action.request
        retries = f"{analysis.route}.limits.retries"
        if not asked.repeatable and asked.limits.retries and view.is_declared(retries):
            yield _build_match(analysis, retries)
        elif asked.effect is Effect.READ and asked.http_method in _CHANGING:
            yield RuleMatch(
                f"{analysis.route}.request.effect",
                f"a {asked.http_method.upper()} changes something: as a read it may be sent twice",
                "remove effect: read",
            )
        elif asked.effect is Effect.READ and (what := find_change(asked)):
            yield RuleMatch(
                f"{analysis.route}.request.effect",
                f"{what} changes something: as a read it may be sent twice, and without a question",
                "remove effect: read",
            )


def _build_match(analysis: ActionAnalysis, route: str) -> RuleMatch:
    return RuleMatch(
        route,
        "this call changes something, and would be sent again without a key",
        "add idempotency: {header: …} to the request, or remove retries",
        fix=SuggestedFix(
            "send a key with it, if the service knows one",
            f"{analysis.route}.request",
            EditKind.INSERT,
            "idempotency: {header: Idempotency-Key}",
        ),
    )


RULE = Rule("CA408", "retried-write", ERROR, check)
