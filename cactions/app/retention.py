"""How long runs are kept, and how a person is taken out of them.

- A run that was cut off is kept, and so is the run that it takes back: both are needed to go on.
- A run that keeps a call in doubt is kept: without it the call would be made again.
- Whoever is forgotten stays counted, with the outcome: the counts of a run still add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from msgspec import Struct

from cactions.app.ports import Journal, People
from cactions.app.write_calls import find_unknown_outcomes
from cactions.logic.shell import join_command, quote_word
from cactions.model import Person, PersonQuery, Run, UsageError


class PersonTraces(Struct, frozen=True):
    """What the runs hold about one person: so many entries in so many runs.

    ``doubts``: how many calls for them are in doubt, which nobody will know of afterwards.
    """

    person_id: str
    entries: int
    runs: int
    doubts: int = 0


def find_prunable(
    runs: Iterable[Run], *, before: float | None, keep: int | None
) -> tuple[Run, ...]:
    """The runs that may go: those begun before that time, or all but the newest ``keep``.

    ``before`` is in Unix seconds. ``runs`` come newest first.
    """
    found = list(runs)
    cut_off = [run.head for run in found if not run.finished]
    needed = {head.id for head in cut_off} | {head.undoes for head in cut_off}
    needed |= {*find_unknown_outcomes(found).values()}
    old = found[keep:] if keep is not None else found
    return tuple(
        run
        for run in old
        if run.head.id not in needed and (before is None or run.head.started < before)
    )


def prune_runs(runs: Sequence[Run], journal: Journal) -> None:
    """Delete the runs, the oldest first. Raises StoreError; those before it are gone then.

    One that another process has deleted meanwhile is gone, as it should be.
    """
    for run in reversed(runs):
        with suppress(UsageError):
            journal.discard(run.head.id)


def find_traces(query: PersonQuery, journal: Journal, people: People) -> PersonTraces:
    """Where the person is in the runs, whether or not they are still in the workspace.

    Raises UsageError where nobody is meant, more than one may be, or the outcome of a write
    to the person is still open.
    """
    runs = list(journal.runs())
    person_id = _who(query, runs, people)
    _refuse_open(person_id, runs)
    counts = [
        sum(entry.plan.subject.person_id == person_id for entry in run.entries) for run in runs
    ]
    doubtful = sum(whose == person_id for _, whose in find_unknown_outcomes(runs))
    return PersonTraces(person_id, sum(counts), sum(count > 0 for count in counts), doubtful)


def _who(query: PersonQuery, runs: Sequence[Run], people: People) -> str:
    """The person's id, by the workspace of today and by the runs of then."""
    if query.field == "id":
        return query.value
    subjects = [entry.plan.subject for run in runs for entry in run.entries]
    ids = {subject.person_id for subject in subjects if subject.matched == query}
    person = _found(query, people, needed=not ids)
    ids |= {person.id} if person else set()
    if len(ids) == 1:
        return ids.pop()
    raise UsageError(
        f"{len(ids)} people were found by {query} at one time or another: {', '.join(sorted(ids))}",
        hint=f"Name the one by id, such as `{quote_word([f'id={min(ids)}'])}`.",
    )


def _found(query: PersonQuery, people: People, *, needed: bool) -> Person | None:
    try:
        return people.find(query)
    except UsageError:
        if needed:
            raise
        return None


def _refuse_open(person_id: str, runs: Sequence[Run]) -> None:
    for run in runs:
        if any(entry.plan.subject.person_id == person_id for _, entry in run.open):
            finish = join_command(("runs", "resume"), run.head.id)
            raise UsageError(
                f"the run {run.head.id} was cut off, and what it did to this person is not known",
                hint=f"Finish it with `{finish}`, or undo it.",
            )
