"""What a saved plan rests on, and whether it still holds when it is to be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cactions.app.ports import Clock
from cactions.logic.definition.digest import (
    digest_attribute,
    digest_plan,
    list_attributes,
    list_secrets,
)
from cactions.logic.request.idempotency import CLOCK_SLACK
from cactions.logic.shell import join_command
from cactions.model import PlanBasis, PlanSummary, Project, Run, RunPhase, UsageError

LIFETIME: Final = 24 * 3600.0
"""Seconds after which a plan is too old to be written."""


def build_basis(
    action: str, project: Project, secrets: Mapping[str, str] | None, *, fresh: bool = False
) -> PlanBasis:
    """What plans of an action are made with now; an action that is not there has no digest.

    ``secrets`` are the versions that the vault has, None for a replay: it uses none.
    """
    definition = project.actions.get(action)
    if definition is None:
        return PlanBasis()
    recorded = project.snapshot.attributes if project.snapshot else {}
    return PlanBasis(
        digest_plan(definition, project),
        {
            name: digest_attribute(project.attributes.get(name), recorded.get(name))
            for name in sorted(list_attributes(definition))
        },
        {name: secrets.get(name, "") for name in sorted(list_secrets(definition))}
        if secrets is not None
        else {},
        fresh,
    )


def check_plan(run: Run, kept: PlanBasis, now: PlanBasis, clock: Clock) -> None:
    """Raises UsageError for a plan that is too old, or rests on something that has changed."""
    made = f"the plan {run.head.id}"
    if run.phase is not RunPhase.PLANNED:
        raise UsageError(
            f"{made} is not complete, or was started before", hint=_explain_planning(run)
        )
    if clock.get_time() > run.head.started + LIFETIME:
        raise UsageError(
            f"{made} is older than 24 hours; nothing was written", hint=_explain_planning(run)
        )
    if run.head.started > clock.get_time() + CLOCK_SLACK:
        raise UsageError(
            f"{made} was made in the future, by this clock; nothing was written",
            hint=f"Compare the clocks. {_explain_planning(run)}",
        )
    check_basis(run, kept, now)


def check_plan_counts(run: Run, summary: PlanSummary) -> None:
    """Raises UsageError where other people would be written than are shown and approved.

    The states of entries are not sealed: a held one whose outcome is deleted looks like a plan.
    """
    counts = run.counts
    settled = {word: number for word, number in counts.outcomes.items() if number}
    shown = {word: number for word, number in summary.outcomes.items() if number}
    if (counts.planned, counts.total, settled) != (summary.writing, summary.people, shown):
        raise UsageError(
            f"the plan {run.head.id} does not have the entries with which it was made: its file"
            " was changed; nothing was written",
            hint=_explain_planning(run),
        )


def check_basis(run: Run, kept: PlanBasis, now: PlanBasis) -> None:
    """Raises UsageError that names what is not as it was when the planning began."""
    if not kept.definition:
        raise UsageError(
            f"the plan {run.head.id} is of another version of cactions, and does not say what it"
            " rests on; nothing was written",
            hint=_explain_planning(run),
        )
    if changed := [*_list_changed(run.head.action, kept, now)]:
        parts = ", ".join(changed[:-1]) + (" and " if changed[1:] else "") + changed[-1]
        verb = "have" if changed[1:] else "has"
        raise UsageError(
            f"{parts} {verb} changed since the plan {run.head.id} was made; nothing was written",
            hint=_explain_planning(run),
        )


def _list_changed(action: str, kept: PlanBasis, now: PlanBasis) -> Iterator[str]:
    """The parts that are not as they were, in words."""
    if kept.definition != now.definition:
        yield f'the definition of the action "{action}"'
    for what, before, after in (
        ("attribute", kept.attributes, now.attributes),
        ("secret", kept.secrets, now.secrets),
    ):
        for name in sorted({*before} & {*after}):  # others differ in the definition
            if before[name] != after[name]:
                yield f'the {what} "{name}"'


def _explain_planning(run: Run) -> str:
    again = join_command(("diff",), run.head.action, options=("--people", "FILE", "--out", "PLAN"))
    return f"Make it again: `{again}`."
