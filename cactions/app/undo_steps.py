"""What undoing a run would write to each person, what it leaves alone, and what it has undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import Journal, People
from cactions.logic.plan.planner import invert_plan, plan_undo
from cactions.logic.project.stored_run import find_misfit
from cactions.model import (
    Conflict,
    Outcome,
    Plan,
    Project,
    Receipt,
    Run,
    RunHead,
    RunKind,
    UsageError,
)


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
    """Build a step for each entry that was applied or whose outcome is unknown."""
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


class UndoMarks:
    """Marks the people in the run that ``head`` undoes whose changes are reverted completely.

    A person with only a part reverted is not marked: the other changes can be undone later.
    Does nothing if there is no such run.
    """

    def __init__(self, head: RunHead, people: People, journal: Journal) -> None:
        self._head, self._people, self._journal = head, people, journal
        self._plans: dict[str, list[Plan]] = {}
        if head.kind is RunKind.UNDO:
            with suppress(UsageError):
                for entry in journal.read(head.undoes).entries:
                    if not (entry.forgotten or entry.undone_by):
                        self._plans.setdefault(entry.plan.subject.person_id, []).append(entry.plan)

    def mark_undone(self, receipt: Receipt | None) -> None:
        """Mark the person if this receipt completes the undo of their changes."""
        if receipt is None or receipt.outcome is not Outcome.APPLIED:
            return
        plans = self._plans.get(receipt.person_id, [])
        with suppress(UsageError):  # the person is gone, or the run was deleted meanwhile
            if plans and all(self._is_reverted(plan) for plan in plans):
                self._journal.mark_undone(self._head.undoes, receipt.person_id, self._head.id)

    def _is_reverted(self, plan: Plan) -> bool:
        undo_plan, conflicts = plan_undo(plan, self._people.get(plan.subject.person_id))
        return not (undo_plan.effective or conflicts)
