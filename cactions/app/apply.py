"""Applies plans, undoes runs, and finishes what was cut off.

A person who no longer exists gets a failed receipt; the run goes on with the others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import ExitStack, contextmanager
from itertools import islice
from math import inf
from typing import Final, TypeAlias

from msgspec.structs import replace

from cactions.app.commit import (
    WINDOW,
    Outcomes,
    RunStores,
    TakeWindow,
    Write,
    check_unfinished,
    commit_windows,
)
from cactions.app.commit_counts import CommitCounts, abort_on_store_error, explain_progress
from cactions.app.open_entries import (
    commit_entry,
    commit_unless_known,
    find_known_receipt,
    leave_unwritten,
    take_open,
)
from cactions.app.ports import Journal
from cactions.app.undo_steps import (
    UndoMarks,
    UndoStep,
    build_undo_receipt,
    list_undo_steps,
    take_idle_steps,
)
from cactions.logic.project.stored_run import redact_entries
from cactions.logic.shell import join_command
from cactions.model import (
    Plan,
    Receipt,
    Run,
    RunAborted,
    RunEntry,
    RunHead,
    RunKind,
    RunPhase,
    StoreError,
    UsageError,
)

Ahead: TypeAlias = "tuple[RunEntry, Receipt | None]"
_SHOW: Final = "`cactions runs list` shows how far it came."


def apply_to_people(
    head: RunHead, plans: Iterable[Plan], stores: RunStores
) -> Iterator[tuple[RunEntry, Receipt]]:
    """Commit each plan as a new run; each entry with its receipt, while the run goes on.

    Raises RunAborted if a store failed or another process holds the lock, and OutcomeUnknown if
    one write may have been stored or not. Entries without an outcome stay in the journal without a
    receipt.
    """
    if head.people is None and isinstance(plans, Sized):
        head = replace(head, people=len(plans))
    plans = iter(plans)

    def take(outcomes: Outcomes) -> list[RunEntry]:
        stores.journal.record_outcomes(head.id, outcomes)
        window = [*islice(plans, WINDOW)]
        numbers = stores.journal.record_plans(head.id, window) if window else ()
        return [RunEntry(plan, number=number) for number, plan in zip(numbers, window, strict=True)]

    with stores.turns.hold(head):
        yield from _write_new(head, take, stores)


def undo_run(head: RunHead, stores: RunStores) -> Iterator[tuple[UndoStep, Receipt]]:
    """Undo the run ``head.undoes`` by a run of its own; raises as ``apply_to_people``.

    A receipt has the values that were left alone because they were changed since. An interrupted
    run is closed first, so that it cannot be resumed after the undo; an interrupted undo of it is
    finished first, so that both together are the whole.
    """
    begun: deque[tuple[int, UndoStep]] = deque()
    """In their order, with the number of the entry; 0 for a step with nothing to write."""

    def take(outcomes: Outcomes) -> list[RunEntry]:
        stores.journal.record_outcomes(head.id, outcomes)
        steps: list[UndoStep] = []
        plans: list[Plan] = []
        while len(plans) < WINDOW and (step := next(ahead, None)):
            steps.append(step)
            if step.plan.effective:
                plans.append(step.plan)
        numbers = iter(stores.journal.record_plans(head.id, plans) if plans else ())
        window = [(next(numbers) if step.plan.effective else 0, step) for step in steps]
        begun.extend(window)
        return [RunEntry(step.plan, number=number) for number, step in window if number]

    with stores.turns.hold(head):
        stores.check_run(stores.journal.read(head.undoes))
        _finish_undos(head.undoes, stores)
        undone = stores.journal.read(head.undoes)
        if not undone.finished:
            undone = _finish_run(head.undoes, stores, leave_unwritten)
        ahead = list_undo_steps(undone, stores)
        for entry, receipt in _write_new(replace(head, people=None), take, stores):
            yield from take_idle_steps(begun, entry.number)
            yield (step := begun.popleft()[1]), build_undo_receipt(step, receipt)
        yield from take_idle_steps(begun, 0)


def list_cut_off_undos(run_id: str, journal: Journal) -> Sequence[str]:
    """The ids of the undos of a run that were interrupted, or are still at work."""
    unfinished = journal.list_recent(inf)
    return [each.id for each in unfinished if each.kind is RunKind.UNDO and each.undoes == run_id]


def finish_undos(done: Run, stores: RunStores) -> None:
    """Finish the interrupted undos of a run, of which nothing else is left to restore."""
    with stores.turns.hold(done.head):
        _finish_undos(done.head.id, stores)


def _finish_undos(run_id: str, stores: RunStores) -> None:
    for undo_id in list_cut_off_undos(run_id, stores.journal):
        _finish_run(undo_id, stores, commit_unless_known)


def close_run(done: Run, stores: RunStores) -> Run:
    """Close an interrupted run without writing anything more; the run as it is then."""
    with stores.turns.hold(done.head):
        return _finish_run(done.head.id, stores, leave_unwritten)


def resume_run(done: Run, stores: RunStores) -> Run:
    """Finish an interrupted run; raises as ``apply_to_people``, and UsageError if finished."""
    with stores.turns.hold(done.head):
        return _finish_run(done.head.id, stores, commit_unless_known)


def commit_planned(planned: Run, stores: RunStores) -> Run:
    """Write a run that was planned and agreed to; raises as ``apply_to_people``."""
    with begin_planned(planned, stores):
        return _finish_run(planned.head.id, stores, commit_unless_known)


@contextmanager
def begin_planned(planned: Run, stores: RunStores) -> Iterator[None]:
    """Hold the lock for a run that was agreed to, and mark it as being written. Durable."""
    run_id = planned.head.id
    with hold_plan(planned, stores):
        with _abort_unwritten(run_id):
            rows = stores.journal.open_rows(run_id)
            rows.advance(RunPhase.RUNNING, rows.read_summary())
        yield


@contextmanager
def hold_plan(planned: Run, stores: RunStores) -> Iterator[None]:
    """Hold the lock for a run that waits for an answer. Raises UsageError if it was started."""
    run_id = planned.head.id
    with ExitStack() as held:
        try:
            held.enter_context(stores.turns.hold(planned.head))
        except RunAborted as error:
            hint = f"{error.hint} The plan is kept: `{join_command(('runs', 'resume'), run_id)}`."
            raise RunAborted(str(error), hint=hint) from error
        kept = stores.journal.read(run_id)
        if kept.finished or kept.phase is not RunPhase.PLANNED:
            raise UsageError(f"the run {run_id} was started or closed already", hint=_SHOW)
        yield


def preview_resume(done: Run, stores: RunStores, most: int) -> Sequence[Ahead]:
    """The first started entries with the receipt that each would get; None: its plan is written.

    Raises RunAborted if its process is still at work.
    """
    with stores.turns.hold(done.head):
        page = stores.journal.read_open(done.head.id, 0, started=True)[:most]
        entries = redact_entries(page, stores.project)
        return tuple((entry, find_known_receipt(entry, stores)) for entry in entries)


def _finish_run(run_id: str, stores: RunStores, write: Write) -> Run:
    """Give every open entry an outcome by ``write``, then finish the run."""
    with _abort_unwritten(run_id):
        interrupted = stores.journal.reopen(run_id)
        stores.check_run(interrupted)
    check_unfinished(interrupted)
    counts = CommitCounts(interrupted.head, interrupted.counts)
    with explain_progress(counts):
        for started in (True, False):
            take = take_open(run_id, stores, started=started)
            for _ in commit_windows(counts, take, write, stores):
                pass
        with abort_on_store_error():
            if interrupted.head.kind is RunKind.UNDO:
                _mark_undone(stores.journal.read(run_id), stores)
            stores.journal.finish(run_id)
            return stores.journal.read(run_id)


@contextmanager
def _abort_unwritten(run_id: str) -> Iterator[None]:
    """A journal that fails before the first write."""
    try:
        yield
    except StoreError as error:
        hint = f"{error.hint} Then finish it with `{join_command(('runs', 'resume'), run_id)}`."
        raise RunAborted(f"{error}; nothing was written", hint=hint) from error


def _mark_undone(undo: Run, stores: RunStores) -> None:
    """Mark everyone whom an undo has restored, also before it was cut off."""
    marks = UndoMarks(undo.head, stores)
    for entry in undo.entries:
        marks.add(entry, entry.receipt)
    marks.flush()


def _write_new(
    head: RunHead, take: TakeWindow, stores: RunStores
) -> Iterator[tuple[RunEntry, Receipt]]:
    try:
        stores.journal.create_run(head)
    except StoreError as error:
        raise RunAborted(f"{error}; nothing was written", hint=error.hint) from error
    counts = CommitCounts(head)
    with explain_progress(counts):
        marks = UndoMarks(head, stores)
        for entry, receipt in commit_windows(counts, take, commit_entry, stores):
            with abort_on_store_error():
                marks.add(entry, receipt)
            yield entry, receipt
        with abort_on_store_error():
            marks.flush()
            stores.journal.finish(head.id)
