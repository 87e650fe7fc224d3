"""Applies plans and undoes runs; every write is in the journal before it happens.

- Plans are written in windows: a whole window is durable, in one transaction, before its first
  write.
- When a store fails, nothing more is written; the error says what was written and what is unknown.
- A person who no longer exists gets a failed receipt; the run goes on with the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import Journal, People, RunLock
from cactions.app.undo_steps import UndoMarks, UndoStep, build_undo_plan
from cactions.logic.plan.compare_and_set import CALL_OUTCOME_UNKNOWN, find_outcome
from cactions.logic.project.stored_run import find_misfit, redact_receipt, redact_run
from cactions.logic.shell import join_command
from cactions.model import (
    LOCAL,
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
"""Plans that share one wait for the disk; more would hardly be faster."""


class RunStores(Struct, frozen=True):
    """What a run works with: people, the journal, and the lock of the action.

    ``project`` declares types and redaction, if its files can be read. ``workspace`` is the name
    of the people's home in the heads of runs. ``unsealed``: a run that is not authentic is
    accepted, because the operator said so.
    """

    people: People
    journal: Journal
    turns: RunLock
    project: Project | None = None
    workspace: str = LOCAL
    unsealed: bool = False

    def without_forged_values(self, kept: Run) -> Run:
        """The run, redacted as the project declares.

        Raises UsageError if it may be forged, or if its people are in another workspace.
        """
        if kept.head.workspace != self.workspace:
            raise UsageError(
                f"the run {kept.head.id} was made in the workspace {kept.head.workspace}, and these"
                f" files are of {self.workspace}; nothing was written",
                hint="Use the action files of that workspace (-f), and fix errors in them first.",
            )
        if not (kept.authentic or self.unsealed):
            show = join_command(("runs", "show"), kept.head.id)
            raise UsageError(
                f"the run {kept.head.id} is not completely sealed by the vault: any program that"
                " can write its file could have made or changed it; nothing was written",
                hint=f"Inspect it: `{show}`. If it is yours, from before the vault or from an older"
                " cactions, run the same command with --unsealed.",
            )
        return redact_run(kept, self.project)


Write: TypeAlias = Callable[[Plan, RunStores], Receipt]


def apply_to_people(head: RunHead, plans: Sequence[Plan], stores: RunStores) -> tuple[Receipt, ...]:
    """Commit each plan; one receipt for each.

    Raises RunAborted if a store failed or another process holds the lock, and OutcomeUnknown if
    one write may have been stored or not. Entries without an outcome stay in the journal without a
    receipt.
    """
    with stores.turns.hold(head):
        return _write_plans(head, plans, stores)


def undo_run(head: RunHead, steps: Sequence[UndoStep], stores: RunStores) -> tuple[Receipt, ...]:
    """Undo a run by a run of its own that commits the inverse plans; raises as ``apply_to_people``.

    A receipt has the values that were left alone because they were changed since. An interrupted
    run is closed first, so that it cannot be resumed after the undo.
    """
    writing = [step.plan for step in steps if step.plan.effective]
    with stores.turns.hold(head):
        if not stores.without_forged_values(stores.journal.read(head.undoes)).finished:
            _finish_run(head.undoes, stores, _leave_unwritten)
        written = iter(_write_plans(head, writing, stores))
    return tuple(build_undo_plan(step, written) for step in steps)


def close_run(done: Run, stores: RunStores) -> Run:
    """Close an interrupted run without writing anything more; the run as it is then."""
    with stores.turns.hold(done.head):
        return _finish_run(done.head.id, stores, _leave_unwritten)


def resume_run(done: Run, stores: RunStores) -> Run:
    """Finish an interrupted run; raises as ``apply_to_people``, and UsageError if finished."""
    with stores.turns.hold(done.head):
        return _finish_run(done.head.id, stores, _commit_unless_known)


def preview_resume(done: Run, stores: RunStores) -> tuple[Receipt | None, ...]:
    """The receipt that each open entry would get; None if resuming would write its plan.

    Raises RunAborted if the run is not interrupted: its process is still at work.
    """
    with stores.turns.hold(done.head):
        return tuple(_find_known_receipt(entry.plan, stores) for _, entry in done.open)


def _finish_run(run_id: str, stores: RunStores, write: Write) -> Run:
    """Record an outcome for every open entry by ``write``, then finish the run."""
    with _abort_on_store_error():
        interrupted = stores.without_forged_values(stores.journal.reopen(run_id))
    if interrupted.finished:
        raise UsageError(
            f"the run {run_id} is finished: nothing is left to resume",
            hint="`cactions runs list` shows the interrupted runs.",
        )
    receipts = [entry.receipt for entry in interrupted.entries if entry.receipt]
    with _explain_progress(interrupted.head, receipts):
        for number, entry in interrupted.open:
            receipts.append(_settle_entry(run_id, number, entry.plan, stores, write))
        with _abort_on_store_error():
            done = stores.without_forged_values(stores.journal.read(run_id))
            undone = UndoMarks(done.head, stores.people, stores.journal)
            for entry in done.entries:
                undone.mark_undone(entry.receipt)
            stores.journal.finish(run_id)
    return replace(done, finished=True)


def _write_plans(head: RunHead, plans: Sequence[Plan], stores: RunStores) -> tuple[Receipt, ...]:
    head = replace(head, people=len(plans))
    try:
        stores.journal.create_run(head)
    except StoreError as error:
        raise RunAborted(f"{error}; nothing was written", hint=error.hint) from error
    receipts: list[Receipt] = []
    with _explain_progress(head, receipts):
        undone = UndoMarks(head, stores.people, stores.journal)
        for number, plan in _record_windows(head.id, plans, stores.journal):
            receipts.append(_settle_entry(head.id, number, plan, stores, _commit_plan))
            with _abort_on_store_error():
                undone.mark_undone(receipts[-1])
        with _abort_on_store_error():
            stores.journal.finish(head.id)
    return tuple(receipts)


def _record_windows(
    run_id: str, plans: Sequence[Plan], journal: Journal
) -> Iterator[tuple[int, Plan]]:
    """Each plan with its entry number, after its whole window is durable."""
    for start in range(0, len(plans), WINDOW):
        window = plans[start : start + WINDOW]
        with _abort_on_store_error():
            numbers = journal.record_plans(run_id, window)
        yield from zip(numbers, window, strict=True)


def _settle_entry(run_id: str, number: int, plan: Plan, stores: RunStores, write: Write) -> Receipt:
    receipt = redact_receipt(write(plan, stores), stores.project)
    try:
        stores.journal.record_outcome(run_id, number, receipt)
    except StoreError as error:
        if receipt.outcome is not Outcome.APPLIED:
            raise RunAborted(str(error), hint=error.hint) from error
        raise OutcomeUnknown(str(error), hint=error.hint) from error
    return receipt


def _commit_plan(plan: Plan, stores: RunStores) -> Receipt:
    try:
        return stores.people.commit(plan)
    except UsageError as error:
        return _build_failed_receipt(plan, str(error))


def _commit_unless_known(plan: Plan, stores: RunStores) -> Receipt:
    return _find_known_receipt(plan, stores) or _commit_plan(plan, stores)


def _leave_unwritten(plan: Plan, stores: RunStores) -> Receipt:
    not_written = "the run was interrupted before this was written, and was not resumed"
    return _find_known_receipt(plan, stores) or _build_failed_receipt(plan, not_written)


def _find_known_receipt(plan: Plan, stores: RunStores) -> Receipt | None:
    if plan.pending:
        return Receipt(plan.subject.person_id, Outcome.OUTCOME_UNKNOWN, CALL_OUTCOME_UNKNOWN)
    try:
        known = find_outcome(plan, stores.people.get(plan.subject.person_id))
    except UsageError as error:
        return _build_failed_receipt(plan, str(error))
    if known:
        return redact_receipt(known, stores.project)
    why = find_misfit(plan, stores.project)
    return _build_failed_receipt(plan, why) if why else None


def _build_failed_receipt(plan: Plan, why: str) -> Receipt:
    return Receipt(plan.subject.person_id, Outcome.FAILED, why)


@contextmanager
def _abort_on_store_error() -> Iterator[None]:
    """A journal that fails between two people leaves no outcome unknown."""
    try:
        yield
    except StoreError as error:
        raise RunAborted(str(error), hint=error.hint) from error


@contextmanager
def _explain_progress(head: RunHead, receipts: list[Receipt]) -> Iterator[None]:
    """Add to a store's error what the run has done so far, and how to go on."""
    before = len(receipts)
    try:
        yield
    except StoreError as error:
        is_unknown = isinstance(error, OutcomeUnknown)
        message = f"{error}; {_describe_progress(head, receipts, is_unknown)}"
        finish, steps = (join_command(("runs", verb), head.id) for verb in ("resume", "undo"))
        hint = f"{error.hint} Then finish it with `{finish}`, or undo it with `{steps}`."
        if is_unknown:
            raise OutcomeUnknown(message, hint=hint) from error
        stopped = RunAborted(message, hint=hint)
        stopped.written = any(done.outcome is Outcome.APPLIED for done in receipts[before:])
        raise stopped from error


def _describe_progress(head: RunHead, receipts: list[Receipt], is_unknown: bool) -> str:
    counts = Tally.of(receipts).counts
    known = [f"{number:,} {outcome.value}" for outcome, number in counts.items()]
    left = max(head.people or 0, len(receipts)) - len(receipts)
    message = f"the run {head.id} was interrupted: {', '.join([*known, f'{left:,} open'])}"
    if is_unknown:
        return f"{message}. For one of these, the outcome of the write is unknown"
    return f"{message}. Nothing was written to those"
