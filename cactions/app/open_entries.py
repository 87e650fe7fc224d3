"""The open entries of a run, window by window, and the outcome that each of them gets."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, repeat
from sys import maxsize

from cactions.app.commit import (
    FIRST_WINDOWS,
    WINDOW,
    Outcomes,
    RunStores,
    TakeWindow,
    commit_windows,
)
from cactions.app.commit_counts import CommitCounts
from cactions.logic.plan.compare_and_set import CALL_OUTCOME_UNKNOWN, find_outcome
from cactions.logic.project.stored_run import find_misfit, redact_entries, redact_receipt
from cactions.logic.shell import join_command
from cactions.model import (
    Outcome,
    Receipt,
    Run,
    RunEntry,
    RunHead,
    RunPart,
    StoreError,
    UsageError,
)


def write_part(part: RunPart, head: RunHead, stores: RunStores) -> Mapping[str, int]:
    """Give every open entry of a part an outcome, while other processes write others; the counts.

    Entries that were begun before are compared with the person first, as ``resume_run`` does.
    Raises StoreError, and OutcomeUnknown where something may have been written.
    """
    counts = CommitCounts(head)
    for started in (True, False):
        take = take_open(part.run_id, stores, started=started, part=part)
        for _ in commit_windows(counts, take, commit_unless_known, stores, canaries=False):
            pass
    return {outcome.value: number for outcome, number in counts.outcomes.items()}


def take_open(
    run_id: str, stores: RunStores, *, started: bool, part: RunPart | None = None
) -> TakeWindow:
    """The windows of the open entries; those that were not started are durable as started then.

    Those of a ``part`` only, where one is given; the first parts of a run are small themselves.
    """
    last, end = (part.first - 1, part.last) if part else (0, maxsize)
    sizes = chain(() if part else FIRST_WINDOWS, repeat(WINDOW))

    def take(outcomes: Outcomes) -> list[RunEntry]:
        nonlocal last
        page = stores.journal.read_open(run_id, last, next(sizes), started=started)
        page = [entry for entry in page if entry.number <= end]
        if not stores.held.isdisjoint(entry.number for entry in page):
            raise _build_changed_error(run_id)
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
        return stores.people.commit(entry.plan, stores.turns.check)
    except UsageError as error:
        return _build_failed_receipt(entry, str(error))


def list_held(run: Run, expected: int) -> frozenset[int]:
    """The entries that were held when the run was planned; ``expected`` as its summary counts them.

    The states of entries are not sealed, and a held one without its outcome looks like a plan.
    Raises StoreError where an outcome was deleted.
    """
    found = frozenset(entry.number for entry in run.list_in((Outcome.HELD,)))
    if len(found) != expected:
        raise _build_changed_error(run.head.id)
    return found


def _build_changed_error(run_id: str) -> StoreError:
    return StoreError(
        f"the run {run_id} does not hold the people back whom it held when it was planned: what is"
        " stored of it was changed; nothing more was written",
        hint=f"Look at it: `{join_command(('runs', 'show'), run_id)}`. Plan again.",
    )


def commit_unless_known(entry: RunEntry, stores: RunStores) -> Receipt:
    return find_known_receipt(entry, stores) or commit_entry(entry, stores)


def leave_unwritten(entry: RunEntry, stores: RunStores) -> Receipt:
    not_written = "the run was closed before this was written"
    return find_known_receipt(entry, stores) or _build_failed_receipt(entry, not_written)


def find_known_receipt(entry: RunEntry, stores: RunStores) -> Receipt | None:
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
