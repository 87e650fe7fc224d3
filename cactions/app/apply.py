"""Applies plans, undoes runs, and finishes what was cut off.

A person who no longer exists gets a failed receipt; the run goes on with the others.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence, Sized
from contextlib import ExitStack, contextmanager
from itertools import chain, islice, repeat
from typing import Final, TypeAlias

from msgspec.structs import replace

from cactions.app.commit import (
    FIRST_WINDOWS,
    WINDOW,
    Outcomes,
    RunStores,
    TakeWindow,
    Write,
    check_unfinished,
    commit_windows,
)
from cactions.app.commit_counts import CommitCounts, abort_on_store_error, explain_progress
from cactions.app.undo_steps import (
    UndoMarks,
    UndoStep,
    build_undo_receipt,
    list_undo_steps,
    take_idle_steps,
)
from cactions.logic.plan.compare_and_set import CALL_OUTCOME_UNKNOWN, find_outcome
from cactions.logic.project.stored_run import find_misfit, redact_entries, redact_receipt
from cactions.logic.shell import join_command
from cactions.model import (
    Outcome,
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
    run is closed first, so that it cannot be resumed after the undo.
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
        undone = stores.journal.read(head.undoes)
        stores.check_run(undone)
        if not undone.finished:
            undone = _finish_run(head.undoes, stores, _leave_unwritten)
        ahead = list_undo_steps(undone, stores)
        for entry, receipt in _write_new(replace(head, people=None), take, stores):
            yield from take_idle_steps(begun, entry.number)
            yield (step := begun.popleft()[1]), build_undo_receipt(step, receipt)
        yield from take_idle_steps(begun, 0)


def close_run(done: Run, stores: RunStores) -> Run:
    """Close an interrupted run without writing anything more; the run as it is then."""
    with stores.turns.hold(done.head):
        return _finish_run(done.head.id, stores, _leave_unwritten)


def resume_run(done: Run, stores: RunStores) -> Run:
    """Finish an interrupted run; raises as ``apply_to_people``, and UsageError if finished."""
    with stores.turns.hold(done.head):
        return _finish_run(done.head.id, stores, _commit_unless_known)


def commit_planned(planned: Run, stores: RunStores) -> Run:
    """Write a run that was planned and agreed to; raises as ``apply_to_people``."""
    run_id = planned.head.id
    with hold_plan(planned, stores):
        with _abort_unwritten(run_id):
            rows = stores.journal.open_rows(run_id)
            rows.advance(RunPhase.RUNNING, rows.read_summary())
        return _finish_run(run_id, stores, _commit_unless_known)


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
        return tuple((entry, _find_known_receipt(entry, stores)) for entry in entries)


def _finish_run(run_id: str, stores: RunStores, write: Write) -> Run:
    """Give every open entry an outcome by ``write``, then finish the run."""
    with _abort_unwritten(run_id):
        interrupted = stores.journal.reopen(run_id)
        stores.check_run(interrupted)
    check_unfinished(interrupted)
    counts = CommitCounts(interrupted.head, interrupted.counts)
    with explain_progress(counts):
        for started in (True, False):
            take = _take_open(run_id, stores, started=started)
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


def _take_open(run_id: str, stores: RunStores, *, started: bool) -> TakeWindow:
    """The windows of the open entries; those that were not started are durable as started then."""
    last = 0
    sizes = chain(FIRST_WINDOWS, repeat(WINDOW))

    def take(outcomes: Outcomes) -> list[RunEntry]:
        nonlocal last
        page = stores.journal.read_open(run_id, last, next(sizes), started=started)
        window = [*redact_entries(page, stores.project)]
        last = window[-1].number if window else last
        if window and not started:
            stores.journal.start_entries(run_id, [entry.number for entry in window], outcomes)
        else:
            stores.journal.record_outcomes(run_id, outcomes)
        return window

    return take


def commit_entry(entry: RunEntry, stores: RunStores) -> Receipt:
    """Write the plan of an entry. Raises StoreError and OutcomeUnknown."""
    try:
        return stores.people.commit(entry.plan)
    except UsageError as error:
        return _build_failed_receipt(entry, str(error))


def _commit_unless_known(entry: RunEntry, stores: RunStores) -> Receipt:
    return _find_known_receipt(entry, stores) or commit_entry(entry, stores)


def _leave_unwritten(entry: RunEntry, stores: RunStores) -> Receipt:
    not_written = "the run was interrupted before this was written, and was not resumed"
    return _find_known_receipt(entry, stores) or _build_failed_receipt(entry, not_written)


def _find_known_receipt(entry: RunEntry, stores: RunStores) -> Receipt | None:
    """The receipt of an open entry; None where its plan was not written and can be."""
    plan = entry.plan
    if plan.pending:
        return Receipt(plan.subject.person_id, Outcome.OUTCOME_UNKNOWN, CALL_OUTCOME_UNKNOWN)
    if entry.started:
        try:
            known = find_outcome(plan, stores.people.get(plan.subject.person_id))
        except UsageError as error:
            return _build_failed_receipt(entry, str(error))
        if known:
            return redact_receipt(known, stores.project)
    why = find_misfit(plan, stores.project)
    return _build_failed_receipt(entry, why) if why else None


def _build_failed_receipt(entry: RunEntry, why: str) -> Receipt:
    return Receipt(entry.plan.subject.person_id, Outcome.FAILED, why)
