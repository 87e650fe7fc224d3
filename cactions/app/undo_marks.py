"""Marks the people in a run whose changes an undo has reverted completely.

A person with only a part reverted is not marked: the other changes can be undone later.
"""

from __future__ import annotations

from contextlib import suppress

from cactions.app.ports import Journal, People
from cactions.logic.plan.planner import plan_undo
from cactions.model import Outcome, Plan, Receipt, RunHead, RunKind, UsageError


class UndoMarks:
    """Marks in the run that ``head`` undoes; does nothing if there is no such run."""

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
