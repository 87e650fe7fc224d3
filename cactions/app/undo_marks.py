"""Marks in a run whom an undo has given everything back.

Whoever got only a part of it back can get the rest later, and so is not marked.
"""

from __future__ import annotations

from contextlib import suppress

from cactions.app.ports import Journal, People
from cactions.logic.plan.planner import plan_undo
from cactions.model import Outcome, Plan, Receipt, RunHead, RunKind, UsageError


class UndoMarks:
    """The run that ``head`` takes back; nothing where it takes none back, or that was deleted."""

    def __init__(self, head: RunHead, people: People, journal: Journal) -> None:
        self._head, self._people, self._journal = head, people, journal
        self._plans: dict[str, list[Plan]] = {}
        if head.kind is RunKind.UNDO:
            with suppress(UsageError):
                for entry in journal.read(head.undoes).entries:
                    if not (entry.forgotten or entry.undone_by):
                        self._plans.setdefault(entry.plan.subject.person_id, []).append(entry.plan)

    def mark_undone(self, receipt: Receipt | None) -> None:
        """Note it, where this receipt completes what the person gets back."""
        if receipt is None or receipt.outcome is not Outcome.APPLIED:
            return
        plans = self._plans.get(receipt.person_id, [])
        with suppress(UsageError):  # they are gone, or somebody has deleted the run
            if plans and all(self._is_back(plan) for plan in plans):
                self._journal.mark_undone(self._head.undoes, receipt.person_id, self._head.id)

    def _is_back(self, plan: Plan) -> bool:
        back, conflicts = plan_undo(plan, self._people.get(plan.subject.person_id))
        return not (back.effective or conflicts)
