"""What taking a run back would write to each person, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import People
from cactions.logic.plan.planner import invert_plan, plan_undo
from cactions.logic.project.stored_run import find_misfit
from cactions.model import Conflict, Outcome, Plan, Project, Receipt, Run, UsageError


class UndoStep(Struct, frozen=True):
    """How one person gets back what a run replaced.

    ``plan`` holds the attributes that are still as the run left them, ``conflicts`` those that
    were changed since; these are left alone. ``gone`` says why nothing can be written: there
    is no such person, or an old value is none that the attribute can hold.
    """

    plan: Plan
    conflicts: tuple[Conflict, ...] = ()
    gone: str = ""


def build_undo_steps(
    done: Run, people: People, project: Project | None = None
) -> tuple[UndoStep, ...]:
    """What undoing a run would do now: entries that were applied, or whose outcome is unknown.

    ``project`` declares what the attributes can hold.
    """
    return tuple(
        _return(entry.plan, people, project)
        for entry in done.entries
        if not (entry.undone_by or entry.forgotten)
        and (entry.receipt is None or entry.receipt.outcome is Outcome.APPLIED)
    )


def _return(plan: Plan, people: People, project: Project | None) -> UndoStep:
    try:
        back, conflicts = plan_undo(plan, people.get(plan.subject.person_id))
    except UsageError as error:
        return UndoStep(replace(invert_plan(plan), changes=()), gone=str(error))
    if why := find_misfit(back, project):
        return UndoStep(replace(back, changes=()), conflicts, why)
    return UndoStep(back, conflicts)


def build_undo_plan(one: UndoStep, written: Iterator[Receipt]) -> Receipt:
    """What became of one return; whatever was written has the next receipt."""
    if one.plan.effective:
        receipt = next(written)
        return replace(receipt, conflicts=receipt.conflicts + one.conflicts)
    outcome = Outcome.CONFLICT if one.conflicts else Outcome.UNCHANGED
    outcome = Outcome.FAILED if one.gone else outcome
    return Receipt(one.plan.subject.person_id, outcome, one.gone, one.conflicts)
