"""Decides which runs may be deleted, and finds a person in the runs.

- An interrupted run is kept, and so is the run that it undoes: both are needed to go on.
- A run with a call of unknown outcome is kept: without it, the call would be made again. So is a
  retry of a run that is kept.
- A forgotten person stays counted, with the outcome: the counts of a run still add up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from msgspec import Struct

from cactions.app.ports import Journal, People
from cactions.app.write_calls import find_unknown_outcomes
from cactions.logic.follow import Follow, follow_silently
from cactions.logic.people.lookup import is_any_key, list_lookup_keys
from cactions.logic.shell import join_command, quote_word
from cactions.model import PersonQuery, Run, RunAborted, RunEntry, StoreError, UsageError

_MOST_NAMED: Final = 5


class PersonTraces(Struct, frozen=True):
    """Entries and runs about one person, and how many of their calls have an unknown outcome.

    ``person_id`` is empty where only rows of files name a person, whom no one has found.
    """

    person_id: str
    entries: int
    runs: int
    unknown_outcomes: int = 0
    keys: tuple[PersonQuery, ...] = ()
    """By which the rows of files mean them, also rows for which no person was looked up."""


class PruneChoice(Struct, frozen=True):
    """The runs that may be deleted, and the old ones that are kept, each with the reason."""

    prunable: tuple[Run, ...]
    kept: tuple[tuple[Run, str], ...] = ()


def choose_prunable(journal: Journal, *, before: float | None, keep: int | None) -> PruneChoice:
    """Choose among those started before a time, or among all but the newest ``keep``.

    ``before`` is in Unix seconds.
    """
    all_runs = list(journal.list_runs())
    needed = _list_needed(all_runs, journal)
    old = all_runs[keep:] if keep is not None else all_runs
    old = [run for run in old if before is None or run.head.started < before]
    return PruneChoice(
        tuple(run for run in old if run.head.id not in needed),
        tuple((run, needed[run.head.id]) for run in old if run.head.id in needed),
    )


def _list_needed(all_runs: Sequence[Run], journal: Journal) -> Mapping[str, str]:
    """The runs that must stay, by id, and why."""
    needed: dict[str, str] = {}
    for run in all_runs:
        if not run.finished:
            needed[run.head.id] = "it is not finished"
            if run.head.undoes:
                why = f"{run.head.id}, which undoes it, is not finished"
                needed.setdefault(run.head.undoes, why)
    for run_id in find_unknown_outcomes(journal).values():
        needed.setdefault(run_id, "it has a request of unknown outcome")
    for run in reversed(all_runs):  # a run that was retried would make the same calls again
        if run.head.retries in needed:
            needed.setdefault(run.head.id, f"it is a retry of {run.head.retries}, which is kept")
    return needed


def prune_runs(runs: Sequence[Run], journal: Journal, follow: Follow = follow_silently) -> None:
    """Delete the runs, the oldest first, if they still exist. Raises RunAborted."""
    oldest_first = follow(reversed(runs), "Deleting", "runs", len(runs))
    for number, run in enumerate(oldest_first):
        try:
            with suppress(UsageError):
                journal.discard(run.head.id)
        except StoreError as error:
            stopped = RunAborted(
                f"{error}; {number:,} of {len(runs):,} runs were deleted", hint=error.hint
            )
            stopped.written = number > 0
            raise stopped from error


def find_traces(
    query: PersonQuery, journal: Journal, people: People, follow: Follow = follow_silently
) -> PersonTraces:
    """Find the person in the runs, whether or not they are still in the workspace.

    Raises UsageError if no person or more than one matches, or if the outcome of a write to the
    person is still open.
    """
    runs = list(journal.list_runs())
    person_id = _find_person_id(query, runs, people)
    _refuse_open(person_id, runs)
    keys = _list_keys(person_id, query, journal, people)
    searched = follow(runs, "Searching", "runs", len(runs))
    counts = [sum(_is_about(entry, person_id, keys) for entry in run.entries) for run in searched]
    unknown = find_unknown_outcomes(journal) if person_id else {}
    unknown_outcomes = sum(owner_id == person_id for _, owner_id in unknown)
    return PersonTraces(
        person_id, sum(counts), sum(count > 0 for count in counts), unknown_outcomes, keys
    )


def erase_traces(found: PersonTraces, journal: Journal, follow: Follow = follow_silently) -> int:
    """Erase the person from all runs; the number of entries.

    Raises RunAborted if some are left, or if a run cannot be read and may hold others, and
    UsageError if a run has begun meanwhile whose outcome is open.
    """
    _refuse_open(found.person_id, list(journal.list_runs()))
    number = journal.forget(found.person_id, found.keys, follow)
    damaged = [run_id for run_id, _ in journal.list_damaged()]
    if number >= found.entries and not damaged:
        return number
    named = f": {', '.join(damaged[:_MOST_NAMED])}" if damaged else ""
    stopped = RunAborted(
        f"{number:,} of {found.entries:,} entries were erased; a damaged run may still hold data of"
        f" the person{named}",
        hint="`cactions runs list` names damaged runs. Repair them or delete their files.",
    )
    stopped.written = number > 0
    raise stopped


def _list_keys(
    person_id: str, query: PersonQuery, journal: Journal, people: People
) -> tuple[PersonQuery, ...]:
    """The keys by which they were looked up, and those that they have now."""
    if not person_id:
        return (query,)
    keys = {query: None}
    for run in journal.list_runs():
        entries = journal.list_of_people(run.head.id, [person_id])
        keys |= {entry.plan.subject.matched: None for entry in entries}
    with suppress(UsageError):  # they are not in the workspace any more
        for field, value in list_lookup_keys(people.get(person_id)).items():
            keys |= {PersonQuery(field, value): None} if value else {}
    return tuple(keys)


def _is_about(entry: RunEntry, person_id: str, keys: Sequence[PersonQuery]) -> bool:
    subject = entry.plan.subject
    if subject.person_id:
        return subject.person_id == person_id
    return is_any_key(subject.matched, keys)


def _find_person_id(query: PersonQuery, runs: Sequence[Run], people: People) -> str:
    """The person's id, by the current workspace and by earlier runs.

    Empty where no one was found, and rows of files have the key.
    """
    subjects = [entry.plan.subject for run in runs for entry in run.entries]
    if query.field == "id":
        known = any(subject.person_id == query.value for subject in subjects)
        return query.value if known else people.find(query).id
    ids = {subject.person_id for subject in subjects if subject.matched == query}
    is_in_rows = "" in ids or any(
        not subject.person_id and is_any_key(subject.matched, [query]) for subject in subjects
    )
    ids.discard("")  # rows for which no person was looked up or found
    try:
        ids.add(people.find(query).id)
    except UsageError:
        if not (ids or is_in_rows):
            raise
    if len(ids) <= 1:
        return ids.pop() if ids else ""
    raise UsageError(
        f"{len(ids)} people matched {query} at different times: {', '.join(sorted(ids))}",
        hint=f"Name the person by id, such as `{quote_word([f'id={min(ids)}'])}`.",
    )


def _refuse_open(person_id: str, runs: Sequence[Run]) -> None:
    for run in runs:
        if run.counts.waiting and not run.finished:
            finish = join_command(("runs", "resume"), run.head.id)
            close = join_command(("runs", "undo"), run.head.id)
            raise UsageError(
                f"the run {run.head.id} was cut off while it was planned: it holds rows of a file",
                hint=f"Finish it with `{finish}`, or close it with `{close}`.",
            )
        if person_id and any(entry.plan.subject.person_id == person_id for entry in run.open):
            finish = join_command(("runs", "resume"), run.head.id)
            raise UsageError(
                f"the run {run.head.id} was interrupted, and what it did to this person is unknown",
                hint=f"Finish it with `{finish}`, or undo it.",
            )
