"""Decides which entries of a finished run get another attempt, and makes their rows.

- People who failed or are in conflict; held and refused ones only if that was asked for.
- A write request is made again only if the first one was certainly not carried out, or with its
  key, so that the service recognizes it. One of unknown outcome is never sent without its key.
- Every entry is in exactly one group: the counts add up to the entries of the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from cactions.app.planned_entries import build_row
from cactions.app.ports import Journal
from cactions.logic.request.idempotency import build_entry_key, find_sent_key
from cactions.logic.request.inputs import resolve_inputs
from cactions.logic.shell import join_command
from cactions.model import (
    Action,
    EntryState,
    JobRow,
    OpenState,
    Outcome,
    RetryCounts,
    RetryGroup,
    Run,
    RunEntry,
    RunHead,
    RunKind,
    UsageError,
)

_CLIENT_ERRORS: Final = range(400, 500)
"""With such a status, the service says that it has not done what was asked for."""

_NUMBERS: Final = 10
_DONE: Final = (Outcome.APPLIED, Outcome.UNCHANGED)
_OTHERS: Final[tuple[EntryState, ...]] = (
    *(word for word in Outcome if word not in _DONE),
    *OpenState,
)


class RetryChoice(Struct, frozen=True):
    """What is to be retried: also ``held`` and ``refused`` entries.

    ``writes``: the call changes something at the third party. ``keys_hold``: the service still
    recognizes the idempotency keys of the run.
    """

    action: Action
    writes: bool = False
    keys_hold: bool = False
    held: bool = False
    refused: bool = False

    def find_key(self, entry: RunEntry) -> str:
        """The key with which the request of an entry may be sent again; empty for none."""
        usable = self.writes and self.keys_hold
        return find_sent_key(self.action, entry.plan.call) if usable else ""

    def choose_group(self, head: RunHead, entry: RunEntry) -> RetryGroup:
        """The group of an entry of a finished run."""
        outcome, subject = entry.receipt and entry.receipt.outcome, entry.plan.subject
        if outcome in _DONE:
            return RetryGroup.DONE
        if not subject.matched.value:
            return RetryGroup.UNREADABLE if subject.label else RetryGroup.FORGOTTEN
        if outcome in (Outcome.OUTCOME_UNKNOWN, None):
            return RetryGroup.RETRIED if self.find_key(entry) else RetryGroup.UNKNOWN
        if outcome is Outcome.HELD and entry.plan.call.status is None:
            return RetryGroup.REPEATED
        if outcome is Outcome.HELD and not self.held:
            return RetryGroup.HELD
        if outcome is Outcome.REFUSED and not self.refused:
            return RetryGroup.REFUSED
        if self.writes and not (self.find_key(entry) or _is_certainly_undone(head, entry)):
            return RetryGroup.SENT
        return RetryGroup.RETRIED


def count_retried(run: Run, choice: RetryChoice) -> RetryCounts:
    """Count everyone who was handed in, each in one group."""
    counts, outcomes = run.counts, Counter[Outcome]()
    groups = Counter({RetryGroup.DONE: sum(counts.outcomes.get(word, 0) for word in _DONE)})
    groups[RetryGroup.NOT_STARTED] = run.not_started
    unknown: list[int] = []
    for entry in run.list_in(_OTHERS):
        group = choice.choose_group(run.head, entry)
        groups[group] += 1
        if group is RetryGroup.RETRIED:
            outcome = entry.receipt.outcome if entry.receipt else Outcome.OUTCOME_UNKNOWN
            outcomes[outcome] += 1
        if group is RetryGroup.UNKNOWN and len(unknown) < _NUMBERS:
            unknown.append(entry.number)
    return RetryCounts(groups, outcomes, tuple(unknown))


def list_retry_rows(run: Run, choice: RetryChoice) -> Iterator[JobRow]:
    """The rows of the entries that get another attempt.

    Raises UsageError where the inputs of one are not those of the action any more.
    """
    for entry in run.list_in(_OTHERS):
        if choice.choose_group(run.head, entry) is RetryGroup.RETRIED:
            _check_inputs(run, entry, choice.action)
            yield build_row(entry, choice.action, choice.find_key(entry))


def check_retryable(run: Run) -> None:
    """Raises UsageError for a run that is not finished, and for an undo."""
    if run.head.kind is RunKind.UNDO:
        undo = join_command(("runs", "undo"), run.head.undoes)
        raise UsageError(
            f"the run {run.head.id} is an undo; nothing was sent and nothing was written",
            hint=f"To restore what is left: `{undo}`.",
        )
    if not run.finished:
        resume, undo = (join_command(("runs", verb), run.head.id) for verb in ("resume", "undo"))
        raise UsageError(
            f"the run {run.head.id} is not finished; nothing was sent and nothing was written",
            hint=f"Finish it with `{resume}`, or take it back with `{undo}`; then retry it.",
        )


def check_no_other_retry(run: Run, journal: Journal, choice: RetryChoice) -> None:
    """Raises UsageError where another retry of the run is under way.

    Also where one has ended, if its requests change something: they might be made twice. To be
    called under the lock of the run.
    """
    for other in journal.list_runs():
        if other.head.retries != run.head.id:
            continue
        if not other.finished:
            resume = join_command(("runs", "resume"), other.head.id)
            undo = join_command(("runs", "undo"), other.head.id)
            raise UsageError(
                f"the run {run.head.id} is being retried by {other.head.id}; nothing was sent",
                hint=f"Go on with `{resume}`, or close it with `{undo}`.",
            )
        if choice.writes:
            raise UsageError(
                f"the run {run.head.id} was retried before, by {other.head.id}: write requests of"
                " that one might be made twice; nothing was sent",
                hint=f"Retry that one: `{join_command(('runs', 'retry'), other.head.id)}`.",
            )


def _is_certainly_undone(head: RunHead, entry: RunEntry) -> bool:
    """Whether no request of the entry was sent, or the service has turned it down.

    Where a key is that of an earlier attempt, the outcome of that one may be unknown. A run of a
    version that kept no inputs does not say which requests were sent.
    """
    if entry.plan.inputs is None or not entry.receipt:
        return False
    call = entry.plan.call
    earlier = call.key and not call.key.endswith(f": {build_entry_key(head, entry.number)}")
    if earlier:
        return False
    if call.status is None:
        return entry.receipt.outcome is Outcome.FAILED
    return call.status in _CLIENT_ERRORS


def _check_inputs(run: Run, entry: RunEntry, action: Action) -> None:
    hint = f"Run the action for a file of these people: `{join_command(('run',), action.name)}`."
    if action.inputs and entry.plan.inputs is None:
        raise UsageError(
            f"the run {run.head.id} does not hold the inputs of entry {entry.number:,}, as those of"
            " older versions do not; nothing was sent and nothing was written",
            hint=hint,
        )
    kept = entry.plan.inputs or {}
    try:
        fits = resolve_inputs(action, kept) == kept
    except UsageError as error:
        why = str(error)
    else:
        why = "" if fits else "the action has other inputs now"
    if why:
        raise UsageError(
            f"the inputs of entry {entry.number:,} do not fit {action.name} any more: {why};"
            " nothing was sent and nothing was written",
            hint=hint,
        )
