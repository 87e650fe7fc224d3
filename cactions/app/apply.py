"""Applies plans, and takes runs back; the journal knows of every write before it happens.

- Plans go in windows: all of a window are durable before its first write, in one transaction.
- Where a store fails, nothing more is written; the error says what was, and what is not known.
- A person who is gone is one failed receipt; the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import Journal, People, RunLock
from cactions.app.undo_marks import UndoMarks
from cactions.app.undo_steps import UndoStep, build_undo_plan
from cactions.logic.plan.compare_and_set import CALL_IN_DOUBT, find_conflicts
from cactions.logic.project.stored_run import find_misfit, redact_receipt, redact_run
from cactions.logic.shell import join_command
from cactions.model import (
    Outcome,
    OutcomeUnknown,
    Plan,
    Project,
    Receipt,
    Run,
    RunAborted,
    RunHead,
    StoreError,
    Tally,
    UsageError,
)

WINDOW: Final = 20
"""Plans that share one wait for the disk; more would hardly be faster (security.md, section 5)."""


class RunStores(Struct, frozen=True):
    """Where a run writes: people, the journal that goes before them, and whose turn it is.

    ``project`` has the last word on types and on what is shown, where its files can be read.
    ``unsealed``: a run that is not authentic is believed all the same, since the operator says so.
    """

    people: People
    journal: Journal
    turns: RunLock
    project: Project | None = None
    unsealed: bool = False

    def without_forged_values(self, kept: Run) -> Run:
        """The run, as the project shows it. Raises UsageError where it may be forged."""
        if not (kept.authentic or self.unsealed):
            show = join_command(("runs", "show"), kept.head.id)
            raise UsageError(
                f"the run {kept.head.id} is not sealed throughout by the vault, so that any program"
                " that can write its file can have made or changed it; nothing was written",
                hint=f"Look at it: `{show}`. If it is yours, from before the vault or of an older"
                " cactions, give the same command with --unsealed.",
            )
        return redact_run(kept, self.project)


Write: TypeAlias = Callable[[Plan, RunStores], Receipt]


def apply_to_people(head: RunHead, plans: Sequence[Plan], books: RunStores) -> tuple[Receipt, ...]:
    """Commit each plan; one receipt for each.

    Raises Stopped where a store failed, or another process has the turn, and OutcomeUnknown where
    of one write it is not known whether it was kept. Whatever was not settled then stays in the
    journal without a receipt.
    """
    with books.turns.hold(head):
        return _carried_out(head, plans, books)


def undo_run(head: RunHead, back: Sequence[UndoStep], books: RunStores) -> tuple[Receipt, ...]:
    """Undo as a run of its own: the inverse plans through the same commit; raises as ``run`` does.

    A receipt carries the values that were left alone because they are no longer ours. A run that
    was cut off is first closed, so that nobody resumes what was taken back.
    """
    writing = [one.plan for one in back if one.plan.effective]
    with books.turns.hold(head):
        if not books.without_forged_values(books.journal.read(head.undoes)).finished:
            _conclude(head.undoes, books, _not_resumed)
        written = iter(_carried_out(head, writing, books))
    return tuple(build_undo_plan(one, written) for one in back)


def close_run(done: Run, books: RunStores) -> Run:
    """Settle a run that was cut off without writing anything more; the run as it is then."""
    with books.turns.hold(done.head):
        return _conclude(done.head.id, books, _not_resumed)


def resume_run(done: Run, books: RunStores) -> Run:
    """Finish a run that was cut off: what was not written is written now; raises as ``run`` does.

    Raises UsageError where it is finished.
    """
    with books.turns.hold(done.head):
        return _conclude(done.head.id, books, _written_once)


def preview_resume(done: Run, books: RunStores) -> tuple[Receipt | None, ...]:
    """What is known of each open entry by reading the person; None: resuming writes the plan.

    Raises Stopped where the run is not cut off at all: its process is still at work.
    """
    with books.turns.hold(done.head):
        return tuple(_prospect(entry.plan, books) for _, entry in done.open)


def _conclude(run_id: str, books: RunStores, write: Write) -> Run:
    """Settle every open entry by ``write``, then finish the run."""
    with _about_nobody():
        cut_off = books.without_forged_values(books.journal.reopen(run_id))
    if cut_off.finished:
        raise UsageError(
            f"the run {run_id} is finished: nothing is left to resume",
            hint="`cactions runs list` names the runs that were cut off.",
        )
    receipts = [entry.receipt for entry in cut_off.entries if entry.receipt]
    with _stopping(cut_off.head, receipts):
        for number, entry in cut_off.open:
            receipts.append(_settled(run_id, number, entry.plan, books, write))
        with _about_nobody():
            done = books.without_forged_values(books.journal.read(run_id))
            undone = UndoMarks(done.head, books.people, books.journal)
            for entry in done.entries:
                undone.mark_undone(entry.receipt)
            books.journal.finish(run_id)
    return replace(done, finished=True)


def _carried_out(head: RunHead, plans: Sequence[Plan], books: RunStores) -> tuple[Receipt, ...]:
    head = replace(head, people=len(plans))
    try:
        books.journal.create_run(head)
    except StoreError as error:
        raise RunAborted(f"{error}; nothing was written", hint=error.hint) from error
    receipts: list[Receipt] = []
    with _stopping(head, receipts):
        undone = UndoMarks(head, books.people, books.journal)
        for number, plan in _intended(head.id, plans, books.journal):
            receipts.append(_settled(head.id, number, plan, books, _written))
            with _about_nobody():
                undone.mark_undone(receipts[-1])
        with _about_nobody():
            books.journal.finish(head.id)
    return tuple(receipts)


def _intended(run_id: str, plans: Sequence[Plan], journal: Journal) -> Iterator[tuple[int, Plan]]:
    """Each plan with its entry; none comes before its whole window is durable."""
    for start in range(0, len(plans), WINDOW):
        window = plans[start : start + WINDOW]
        with _about_nobody():
            numbers = journal.record_plans(run_id, window)
        yield from zip(numbers, window, strict=True)


def _settled(run_id: str, number: int, plan: Plan, books: RunStores, write: Write) -> Receipt:
    receipt = redact_receipt(write(plan, books), books.project)
    try:
        books.journal.record_outcome(run_id, number, receipt)
    except StoreError as error:
        if receipt.outcome is not Outcome.APPLIED:
            raise RunAborted(str(error), hint=error.hint) from error
        raise OutcomeUnknown(str(error), hint=error.hint) from error
    return receipt


def _written(plan: Plan, books: RunStores) -> Receipt:
    try:
        return books.people.commit(plan)
    except UsageError as error:
        return _gone(plan, error)


def _written_once(plan: Plan, books: RunStores) -> Receipt:
    return _prospect(plan, books) or _written(plan, books)


def _not_resumed(plan: Plan, books: RunStores) -> Receipt:
    not_written = "the run was cut off before this was written, and was not resumed"
    failed = Receipt(plan.subject.person_id, Outcome.FAILED, not_written)
    return _prospect(plan, books) or failed


def _prospect(plan: Plan, books: RunStores) -> Receipt | None:
    if plan.pending:
        return Receipt(plan.subject.person_id, Outcome.IN_DOUBT, CALL_IN_DOUBT)
    try:
        known = find_conflicts(plan, books.people.get(plan.subject.person_id))
    except UsageError as error:
        return _gone(plan, error)
    if known:
        return redact_receipt(known, books.project)
    why = find_misfit(plan, books.project)
    return Receipt(plan.subject.person_id, Outcome.FAILED, why) if why else None


def _gone(plan: Plan, error: UsageError) -> Receipt:
    return Receipt(plan.subject.person_id, Outcome.FAILED, str(error))


@contextmanager
def _about_nobody() -> Iterator[None]:
    """A journal that fails between two people leaves none of them in doubt."""
    try:
        yield
    except StoreError as error:
        raise RunAborted(str(error), hint=error.hint) from error


@contextmanager
def _stopping(head: RunHead, receipts: list[Receipt]) -> Iterator[None]:
    """A store's error leaves with what the run has done so far, and with how to go on."""
    before = len(receipts)
    try:
        yield
    except StoreError as error:
        doubtful = isinstance(error, OutcomeUnknown)
        told = f"{error}; {_truth(head, receipts, doubtful)}"
        finish, back = (join_command(("runs", verb), head.id) for verb in ("resume", "undo"))
        hint = f"{error.hint} Then finish it with `{finish}`, or take it back with `{back}`."
        if doubtful:
            raise OutcomeUnknown(told, hint=hint) from error
        stopped = RunAborted(told, hint=hint)
        stopped.written = any(done.outcome is Outcome.APPLIED for done in receipts[before:])
        raise stopped from error


def _truth(head: RunHead, receipts: list[Receipt], doubtful: bool) -> str:
    counts = Tally.of(receipts).counts
    known = [f"{number:,} {outcome.value}" for outcome, number in counts.items()]
    left = max(head.people or 0, len(receipts)) - len(receipts)
    told = f"the run {head.id} was cut off: {', '.join([*known, f'{left:,} open'])}"
    if doubtful:
        return f"{told}. Of one of these it is not known whether the write was kept"
    return f"{told}. Nothing was written to those"
