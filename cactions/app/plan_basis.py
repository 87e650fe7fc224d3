"""What a saved plan rests on, and whether it still holds when it is to be written."""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec

from cactions.app.ports import Clock
from cactions.model import Action, PlanSummary, Project, Run, RunPhase, UsageError

LIFETIME: Final = 24 * 3600.0
"""Seconds after which a plan is too old to be written."""


def digest_definition(action: Action, project: Project) -> str:
    """A text that changes with the action and with the attributes that it writes."""
    names = {mapping.attribute.name for mapping in action.response.mapping}
    attributes = [attribute for name, attribute in project.attributes.items() if name in names]
    text = msgspec.json.encode((action, attributes), order="deterministic")
    return hashlib.sha256(text).hexdigest()[:32]


def check_basis(run: Run, summary: PlanSummary, project: Project, clock: Clock) -> None:
    """Raises UsageError for a plan that is too old, or of another definition."""
    made = f"the plan {run.head.id}"
    again = "Make it again: `cactions diff ACTION --people FILE --out PLAN`."
    if run.phase is not RunPhase.PLANNED:
        raise UsageError(f"{made} is not complete, or was started before", hint=again)
    if clock.get_time() > run.head.started + LIFETIME:
        raise UsageError(f"{made} is older than 24 hours; nothing was written", hint=again)
    action = project.actions.get(run.head.action)
    if action is None or digest_definition(action, project) != summary.definition:
        raise UsageError(
            f'"{run.head.action}" has changed since {made} was made; nothing was written',
            hint=again,
        )
