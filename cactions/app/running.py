"""Applies plans, and takes runs back; the journal knows of every write before it happens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cactions.app.ports import Journal, People
from cactions.logic.planning import undo
from cactions.model import Conflict, Outcome, Plan, Receipt, Run, RunHead


@dataclass(frozen=True, slots=True)
class Books:
    """Where a run writes: people, and the journal that goes before them."""

    people: People
    journal: Journal


@dataclass(frozen=True, slots=True)
class Return:
    """How one person gets back what a run replaced.

    ``plan`` holds the attributes that are still as the run left them, ``conflicts`` those that
    somebody changed since; these are left alone.
    """

    plan: Plan
    conflicts: tuple[Conflict, ...] = ()


def run(head: RunHead, plans: Iterable[Plan], books: Books) -> tuple[Receipt, ...]:
    """Commit each plan; one receipt for each. Raises StoreError where a store fails.

    The before-image is durable before the write. Whatever was not settled when a store failed
    stays in the journal without a receipt.
    """
    books.journal.begin(head)
    receipts = tuple(_commit(head.id, plan, books) for plan in plans)
    books.journal.finish(head.id)
    return receipts


def _commit(run_id: str, plan: Plan, books: Books) -> Receipt:
    entry = books.journal.intend(run_id, plan)
    receipt = books.people.commit(plan)
    books.journal.settle(run_id, entry, receipt)
    return receipt


def returns(done: Run, people: People) -> tuple[Return, ...]:
    """What undoing a run would do now: entries that were applied, or whose outcome is unknown."""
    undoable = (
        entry.plan
        for entry in done.entries
        if not entry.undone_by
        and (entry.receipt is None or entry.receipt.outcome is Outcome.APPLIED)
    )
    return tuple(Return(*undo(plan, people.get(plan.subject.person_id))) for plan in undoable)


def take_back(head: RunHead, back: Iterable[Return], books: Books) -> tuple[Receipt, ...]:
    """Undo as a run of its own: the inverse plans through the same commit.

    A receipt carries the values that were left alone because they are no longer ours.
    """
    books.journal.begin(head)
    receipts = tuple(_restore(head, one, books) for one in back)
    books.journal.finish(head.id)
    return receipts


def _restore(head: RunHead, one: Return, books: Books) -> Receipt:
    person = one.plan.subject.person_id
    if not one.plan.effective:
        outcome = Outcome.CONFLICT if one.conflicts else Outcome.UNCHANGED
        return Receipt(person, outcome, conflicts=one.conflicts)
    receipt = _commit(head.id, one.plan, books)
    if receipt.outcome is Outcome.APPLIED:
        books.journal.mark_undone(head.undoes, person, head.id)
    return Receipt(person, receipt.outcome, receipt.message, receipt.conflicts + one.conflicts)
