"""Reports of probes that passed, made without a call: what a recording has to hold."""

from __future__ import annotations

from collections.abc import Iterator

from cactions.logic.definition.digest import digest_definition
from cactions.logic.probe.judge import judge_report
from cactions.logic.probe.keys import list_probed_keys
from cactions.logic.probe.recorded import list_due_attacks
from cactions.model import (
    Action,
    FailureReason,
    ProbeBaseline,
    ProbeCase,
    ProbeObservation,
    ProbeReport,
    ProbeVariant,
    Project,
)

_STOPPED = ProbeObservation("", 404, FailureReason.NOT_SUCCESS)


def build_passed_probe(action: Action, project: Project, made_at: float) -> ProbeReport:
    """Every attack on the action found nothing."""
    keys = list_probed_keys(action, project)
    mine, theirs = (_observe(action, digit) for digit in "ab")
    token = any(token.is_user_token for token in action.request.tokens)
    report = ProbeReport(
        action.name, digest_definition(action, project), made_at,
        ProbeBaseline(mine, theirs, token),
        tuple(_list_cases(action, project, mine)),
    )  # fmt: skip
    return judge_report(report, action, keys)


def _observe(action: Action, digit: str) -> ProbeObservation:
    """What is seen of the own call of a person: a value for each attribute."""
    digests = {mapping.attribute.name: digit * 32 for mapping in action.response.mapping}
    shown = digit * 32 if action.response.same_person else ""
    return ProbeObservation("", 200, digests=digests, shown=shown)


def _list_cases(action: Action, project: Project, mine: ProbeObservation) -> Iterator[ProbeCase]:
    keys = list_probed_keys(action, project)
    chosen = {str(key.reference): key.is_chosen for key in keys}
    for name, variant in list_due_attacks(action, keys):
        own = variant is ProbeVariant.OWN_AGAIN
        for _ in range(2 if own else 1):
            is_chosen = chosen.get(name, not own)
            yield ProbeCase(name, variant, is_chosen, mine if own else _STOPPED)
