"""A response is mapped, and nothing proves that it is about the matched person.

The response is written to the person, even if it is about another person. ``same_person`` compares
a field of the answer with what is known of the person, and refuses everything else.

Why: third-party data is not validated by the platform and may overwrite what is stored:
https://www.intercom.com/help/en/articles/6317752-custom-actions-security-and-best-practices

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
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          mapping: {tier: $.tier}  # <- CA201

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
          url: https://api.shop.example/customers/{{ person.user_id }}
        response:
          same_person: {path: $.email, equals: person.email, verified: the shop confirms e-mails}
          mapping: {tier: $.tier}

Fix: add ``same_person`` with a field of the answer that the request does not send.

A data connector of Intercom (``connector_id``) cannot prove an answer. So it is judged, also with
``same_person``, by its request alone: where that names the person by what no one can choose,
nothing is reported.

Suppress: where the response is not about a person (opening hours), so that no personal data can
be in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from cactions.rules.rule import (
    ERROR,
    INFO,
    ActionAnalysis,
    EditKind,
    KeyRole,
    Rule,
    RuleContext,
    RuleMatch,
    SuggestedFix,
)

_PROOFS = ("email", "user_id")


def check(view: RuleContext) -> Iterator[RuleMatch]:
    """Actions with a mapping and without a proof."""
    for analysis in view.facts:
        response = analysis.action.response
        if analysis.is_unproven_connector:
            yield from _list_untied(analysis)
        elif response.mapping and not response.same_person:
            yield RuleMatch(
                f"{analysis.route}.response.mapping#",
                "nothing proves that the answer is about the matched person",
                "add same_person: {path: $.email, equals: person.email}",
                fix=_build_fix(analysis, view),
            )
        elif response.on_nothing.value == "clear" and not _sends_key(analysis):
            yield RuleMatch(
                f"{analysis.route}.response.on_nothing",
                "the request does not say whose data it asks for: everyone would be cleared",
                "send person.user_id or person.email with it",
            )


def _sends_key(analysis: ActionAnalysis) -> bool:
    return any(key.is_sent and key.role is KeyRole.SELECTOR for key in analysis.keys)


def _list_untied(analysis: ActionAnalysis) -> Iterator[RuleMatch]:
    """A data connector whose answer is mapped for whatever person it runs: no key can be chosen."""
    if analysis.action.response.mapping and analysis.identity_gap and not analysis.chosen:
        yield RuleMatch(
            f"{analysis.route}.response.mapping#",
            "the request does not say whose data it asks for, and the answer is mapped",
            "send person.user_id or person.email with it, unless the answer is about no person",
            severity=INFO,
        )


def _build_fix(analysis: ActionAnalysis, view: RuleContext) -> SuggestedFix | None:
    """A comparison with what was not sent, and that no visitor can claim; None without any."""
    verification = view.project.workspace.identity_verification
    if set(analysis.action.audiences) != {"users"}:
        return None
    sent = {str(key.reference) for key in analysis.keys if key.is_sent}
    names = [each for each in _PROOFS if verification.is_signed(each)]
    name = next((each for each in names if f"person.{each}" not in sent), "")
    if not name:
        return None
    text = f"same_person: {{path: $.{name}, equals: person.{name}}}"
    title = "prove the answer; look up what the third party calls the field"
    return SuggestedFix(title, f"{analysis.route}.response", EditKind.INSERT, text)


RULE = Rule("CA201", "missing-identity-check", ERROR, check)
