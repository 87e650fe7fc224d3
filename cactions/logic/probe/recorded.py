"""Whether a probe that was recorded still says anything of the action as it is today.

What a recording holds is judged anew, and nothing that the files decide is taken from it. A person
who writes the whole file can invent digests: like a recorded response, it is to be reviewed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cactions.logic.definition.digest import digest_definition
from cactions.logic.probe.combine import list_record_lists
from cactions.logic.probe.judge import judge_baseline, judge_report
from cactions.logic.probe.keys import ProbedKey, is_named_by_others, list_probed_keys
from cactions.logic.probe.values import KEY_VARIANTS
from cactions.logic.probe.variants import is_attacked_as_whole
from cactions.model import (
    EVERY_KEY,
    Action,
    FailureReason,
    ProbeCase,
    ProbeObservation,
    ProbeReport,
    ProbeVariant,
    Project,
)

LIFETIME: Final = 30 * 24 * 3600.0
"""Seconds for which a probe is taken as evidence: services change, too."""
_AHEAD: Final = 24 * 3600.0
"""Seconds by which the clock of another machine may be ahead."""


def judge_recording(
    report: ProbeReport, action: Action, project: Project, now: float
) -> tuple[ProbeReport, str]:
    """The report with the verdicts of today, and why it says nothing of the action any more.

    That is empty where it does say something.
    """
    judged = judge_report(report, action, list_probed_keys(action, project))
    definition = digest_definition(action, project)
    why = _find_staleness(report, action, project, definition, now)
    if not why and judged.passed and (report.leaks or report.undecided):
        why = "it was recorded as one that failed, and was changed since"
    return judged, why


def _find_staleness(
    report: ProbeReport, action: Action, project: Project, definition: str, now: float
) -> str:
    if report.action != action.name:
        return "it is a probe of another action"
    if report.definition != definition:
        return "the action has changed since"
    if now - report.made_at > LIFETIME:
        return "it is older than 30 days"
    if report.made_at > now + _AHEAD:
        return "it was made in the future"
    if not report.cases and judge_baseline(report.baseline):
        return ""  # it was not probed, and that is said
    keys = list_probed_keys(action, project)
    return _find_foreign_part(report, action, keys) or _find_missing_attack(report, action, keys)


def _find_foreign_part(report: ProbeReport, action: Action, keys: tuple[ProbedKey, ...]) -> str:
    """What no probe of this action holds."""
    if report.baseline.has_user_token != any(t.is_user_token for t in action.request.tokens):
        return "its user token is not that of the action"
    mapped = {mapping.attribute.name for mapping in action.response.mapping}
    if any(not seen.digests.keys() <= mapped for seen in _list_observations(report)):
        return "it has attributes that the action does not map"
    if any(_is_foreign(seen, action) for seen in _list_observations(report)):
        return "it has an outcome that a response to this action cannot have"
    references = frozenset(key.reference for key in keys)
    named = {str(k.reference): is_named_by_others(k, keys, references) for k in keys}
    chosen = {str(key.reference): key.is_chosen for key in keys}
    for case in report.cases:
        if case.key in chosen and chosen[case.key] != case.is_chosen:
            return f"who can choose {case.key} has changed since"
        if case.is_named and not named.get(case.key, False):
            return "it has an attack that says more of the request than it holds"
    return ""


def _is_foreign(seen: ProbeObservation, action: Action) -> bool:
    """Whether it comes from a check that the action does not make, or lacks one that it makes."""
    response = action.response
    if seen.failure is FailureReason.NOT_SAME_PERSON or seen.shown:
        return response.same_person is None
    if seen.failure in (FailureReason.NO_ROW, FailureReason.MANY_ROWS):
        return response.rows is None
    return bool(seen.digests) and (seen.failure is not None or response.same_person is not None)


def _list_observations(report: ProbeReport) -> Iterator[ProbeObservation]:
    yield from (report.baseline.attacker, report.baseline.victim)
    yield from (case.observation for case in report.cases)


def _find_missing_attack(report: ProbeReport, action: Action, keys: tuple[ProbedKey, ...]) -> str:
    made = [_identify(case) for case in report.cases]
    due = [*list_due_attacks(action, keys)]
    for key, variant in due:
        if (key, variant) not in made:
            where = f" on {key}" if key not in ("", EVERY_KEY) else ""
            return f"the attack {variant.value}{where} is missing"
    if len(set(made) - set(due)) or made.count(("", ProbeVariant.OWN_AGAIN)) < 2:  # noqa: PLR2004
        return "its attacks are not those on the action"
    return ""


def _identify(case: ProbeCase) -> tuple[str, ProbeVariant]:
    return case.key, case.variant


def list_due_attacks(
    action: Action, keys: tuple[ProbedKey, ...]
) -> Iterator[tuple[str, ProbeVariant]]:
    """Every attack that a probe makes, or skips with a reason, by the text of its key."""
    yield "", ProbeVariant.OWN_AGAIN
    for key in keys:
        for variant in KEY_VARIANTS:
            if variant is not ProbeVariant.VICTIM_KEY or key.is_chosen or key.is_sent:
                yield str(key.reference), variant
    if is_attacked_as_whole(keys):
        yield from ((EVERY_KEY, ProbeVariant.ALL_KEYS), (EVERY_KEY, ProbeVariant.ALL_RANDOM))
    if list_record_lists(action):
        yield "", ProbeVariant.TWO_RECORDS
