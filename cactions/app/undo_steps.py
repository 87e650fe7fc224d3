"""What undoing a run would write to each person, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import People
from cactions.logic.plan.planner import invert_plan, plan_undo
from cactions.logic.project.stored_run import find_misfit
from cactions.model import Conflict, Outcome, Plan, Project, Receipt, Run, UsageError


class UndoStep(Struct, frozen=True):
    """How the changes of a run to one person are undone.

    ``plan`` has the attributes that are still as the run left them, ``conflicts`` those that were
    changed since; these are left alone. ``gone`` says why nothing can be written: the person no
    longer exists, or the attribute cannot hold an old value.
    """

    plan: Plan
    conflicts: tuple[Conflict, ...] = ()
    gone: str = ""


def build_undo_steps(
    done: Run, people: People, project: Project | None = None
) -> tuple[UndoStep, ...]:
    """Build the steps for each entry that was applied or whose outcome is unknown.

    ``project`` declares what the attributes can hold.
    """
    return tuple(
        _build_step(entry.plan, people, project)
        for entry in done.entries
        if not (entry.undone_by or entry.forgotten)
        and (entry.receipt is None or entry.receipt.outcome is Outcome.APPLIED)
    )


def _build_step(plan: Plan, people: People, project: Project | None) -> UndoStep:
    try:
        undo_plan, conflicts = plan_undo(plan, people.get(plan.subject.person_id))
    except UsageError as error:
        return UndoStep(replace(invert_plan(plan), changes=()), gone=str(error))
    if why := find_misfit(undo_plan, project):
        return UndoStep(replace(undo_plan, changes=()), conflicts, why)
    return UndoStep(undo_plan, conflicts)


def build_undo_plan(step: UndoStep, written: Iterator[Receipt]) -> Receipt:
    """The receipt of one step; a step that was written takes the next receipt of ``written``."""
    if step.plan.effective:
        receipt = next(written)
        return replace(receipt, conflicts=receipt.conflicts + step.conflicts)
    outcome = Outcome.CONFLICT if step.conflicts else Outcome.UNCHANGED
    outcome = Outcome.FAILED if step.gone else outcome
    return Receipt(step.plan.subject.person_id, outcome, step.gone, step.conflicts)
