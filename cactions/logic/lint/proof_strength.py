"""What each identity check is worth, so that a preview never says more than the analysis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from msgspec.structs import replace

from cactions.model import Action, Finding, ProofStrength, Severity, SuppressedFinding
from cactions.rules.rule import ActionAnalysis

Item = TypeVar("Item")

_IDENTITY = ("CA1", "CA2")
"""The rules about keys and about proofs."""
_NAMES = {"person.email": "the verified e-mail", "person.user_id": "the verified user id"}


def annotate_proofs(
    actions: Mapping[str, Action],
    facts: Iterable[ActionAnalysis],
    findings: Iterable[Finding],
    suppressed: Iterable[SuppressedFinding],
) -> dict[str, Action]:
    """The actions, with the strength and the basis of their identity checks."""
    allowed = _group_by_action(((item.finding, item) for item in suppressed), actions)
    warned = _group_by_action(((finding, finding) for finding in findings), actions)
    annotated = dict(actions)
    for analysis in facts:
        action = analysis.action
        proof = action.response.same_person
        if proof is None or action.name not in actions:
            continue
        strength, basis = _assess(
            analysis, warned.get(action.name, []), allowed.get(action.name, [])
        )
        if strength is not ProofStrength.PROVEN:
            checked = replace(proof, strength=strength, basis=basis)
            response = replace(action.response, same_person=checked)
            annotated[action.name] = replace(actions[action.name], response=response)
    return annotated


def _assess(
    analysis: ActionAnalysis, findings: list[Finding], suppressed: list[SuppressedFinding]
) -> tuple[ProofStrength, str]:
    for item in suppressed:
        if item.finding.severity is Severity.ERROR:
            return ProofStrength.UNPROVEN, _describe_suppression(item)
    if analysis.identity_gap:
        return ProofStrength.UNPROVEN, analysis.identity_gap
    for item in suppressed:
        if item.finding.severity is Severity.WARNING:
            return ProofStrength.DOUBTFUL, _describe_suppression(item)
    if warning := next((each for each in findings if each.severity is Severity.WARNING), None):
        return ProofStrength.DOUBTFUL, f"{warning.rule}: {warning.message}"
    if analysis.echo:
        sent = _NAMES.get(analysis.echo, analysis.echo)
        return ProofStrength.MATCHED, f"matched by {sent} that was sent"
    return ProofStrength.PROVEN, ""


def _describe_suppression(suppressed: SuppressedFinding) -> str:
    by = suppressed.by
    who = f" by {by.owner} until {by.expires}" if by.owner else " by a comment"
    return f"{suppressed.finding.rule} allowed{who}: {by.reason}"


def _group_by_action(
    found: Iterable[tuple[Finding, Item]], actions: Mapping[str, Action]
) -> dict[str, list[Item]]:
    """By the name of the action, those about its keys, its proof and its mapping."""
    grouped: dict[str, list[Item]] = {}
    for finding, item in found:
        if finding.rule.startswith(_IDENTITY) and finding.route.startswith("actions."):
            grouped.setdefault(_find_action(finding.route, actions), []).append(item)
    return grouped


def _find_action(route: str, actions: Mapping[str, Action]) -> str:
    """The longest name of an action that the route begins with; names may contain dots."""
    steps = route.removeprefix("actions.").split(".")
    names = (".".join(steps[:count]) for count in range(len(steps), 0, -1))
    return next((name for name in names if name in actions), "")
