"""Records what was found out about write requests whose outcome was unknown.

Only the operator can know it, from the service itself. The person was not written in either case:
the response is lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from cactions.app.ports import Journal
from cactions.app.run_lock_port import RunLock
from cactions.logic.shell import join_command
from cactions.model import Outcome, Receipt, Run, RunEntry, RunHead, UsageError

_FOUND: Final = {
    True: (Outcome.UNCHANGED, "the request was carried out, as {} found out; its response is lost"),
    False: (Outcome.FAILED, "the request was not carried out, as {} found out"),
}


def list_unsettled(run: Run, numbers: Collection[int] = ()) -> tuple[RunEntry, ...]:
    """The entries whose request has an unknown outcome, all or those of these numbers.

    Raises UsageError for a run that is not finished, for a number that is none of them, and where
    there is nothing to settle.
    """
    if not run.finished:
        resume = join_command(("runs", "resume"), run.head.id)
        raise UsageError(
            f"the run {run.head.id} is not finished; nothing was recorded",
            hint=f"Finish it first: `{resume}` sends no request a second time.",
        )
    found = {entry.number: entry for entry in _list_unknown(run)}
    show = join_command(("runs", "show"), run.head.id)
    for number in numbers:
        if number not in found:
            raise UsageError(
                f"entry {number} of the run {run.head.id} is no request of unknown outcome",
                hint=f"`{show}` lists them.",
            )
    if not found:
        raise UsageError(
            f"the run {run.head.id} has no request of unknown outcome", hint=f"`{show}` shows it."
        )
    return tuple(found[number] for number in (numbers or found))


def find_unsettled_run(journal: Journal) -> Run:
    """The newest run with a request of unknown outcome. Raises UsageError if there is none."""
    for run in journal.list_runs():
        if run.counts.outcomes.get(Outcome.OUTCOME_UNKNOWN) and any(_list_unknown(run)):
            return run
    raise UsageError(
        "no run has a request of unknown outcome", hint="`cactions runs list` shows what there is."
    )


def _list_unknown(run: Run) -> Iterator[RunEntry]:
    unknown = run.list_in((Outcome.OUTCOME_UNKNOWN,))
    return (entry for entry in unknown if entry.plan.pending)


def build_settled_receipts(
    entries: Iterable[RunEntry], operator: str, *, done: bool
) -> list[tuple[int, Receipt]]:
    """The outcomes of the entries, by their numbers: whether the requests were carried out."""
    outcome, text = _FOUND[done]
    message = text.format(operator)
    return [
        (entry.number, Receipt(entry.plan.subject.person_id, outcome, message)) for entry in entries
    ]


def settle_calls(
    head: RunHead, receipts: Iterable[tuple[int, Receipt]], journal: Journal, lock: RunLock
) -> None:
    """Record these outcomes; durable on return. Raises RunAborted, StoreError."""
    with lock.hold(head):
        journal.record_outcomes(head.id, receipts)
        journal.finish(head.id)
