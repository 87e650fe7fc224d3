"""A probe that was recorded: judged anew, and compared with what the files say today."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from cactions.logic.probe.judge import judge_attack, judge_baseline
from cactions.logic.probe.variants import list_probed_keys
from cactions.model import Action, ProbeReport, ProbeVariant, Project

LIFETIME: Final = 30 * 24 * 3600.0
"""Seconds for which a probe is taken as evidence: services change, too."""


def judge_recording(report: ProbeReport) -> ProbeReport:
    """The report with the verdicts that its observations have by the rules of today."""
    cases = tuple(
        replace(
            case,
            verdict=judge_attack(
                case.variant, case.observation, report.baseline, is_chosen=case.is_chosen
            ),
        )
        for case in report.cases
    )
    return replace(report, cases=cases, problem=report.problem or judge_baseline(report.baseline))


def find_staleness(
    report: ProbeReport, action: Action, project: Project, definition: str, now: float
) -> str:
    """Why the recording says nothing of the action as it is; empty where it does."""
    if report.action != action.name:
        return f'it is a probe of "{report.action}"'
    if report.definition != definition:
        return "the action has changed since"
    if now - report.made_at > LIFETIME:
        return "it is older than 30 days"
    if report.made_at > now + 24 * 3600:
        return "it was made in the future"
    attacked = {(case.key, case.is_chosen, case.variant) for case in report.cases}
    for key in list_probed_keys(action, project):
        for variant in (ProbeVariant.VICTIM_KEY, ProbeVariant.RANDOM_KEY):
            is_due = key.is_chosen or key.is_sent or variant is not ProbeVariant.VICTIM_KEY
            if is_due and (str(key.reference), key.is_chosen, variant) not in attacked:
                return f"it has no such attack on {key.reference} as it is now"
    return ""
