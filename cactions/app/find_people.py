"""Finds the people of many rows: in batches, and each once more by id where that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TypeAlias

from cactions.app.planned_entries import build_unfound_entry
from cactions.app.ports import People
from cactions.app.propose import Job
from cactions.app.workers import Pool, Workers
from cactions.logic.people.lookup import has_key, require_one_person
from cactions.model import Person, PlannedEntry, UsageError

Found: TypeAlias = tuple[int, Job, Person]
_Numbered: TypeAlias = "tuple[int, Job, Person | UsageError]"


class PeopleFinder:
    """``fresh``: no one is left as a search index had them.

    ``most`` people are read at the same time, by the threads of ``pool``.
    """

    def __init__(self, people: People, *, fresh: bool, pool: Pool | None, most: int) -> None:
        self._people, self._fresh = people, fresh
        self._pool, self._most = pool, most

    def find(self, jobs: Iterable[tuple[int, Job]]) -> tuple[list[Found], list[PlannedEntry]]:
        """The person of each job, and an entry for each job that not exactly one matches."""
        found: list[Found] = []
        unfound: list[PlannedEntry] = []
        for number, job, person in self._read(list(jobs)):
            if isinstance(person, UsageError):
                unfound.append(build_unfound_entry(number, job, str(person)))
            else:
                found.append((number, job, person))
        return found, unfound

    def _read(self, jobs: list[tuple[int, Job]]) -> Iterator[_Numbered]:
        people = self._people.find_many([job.query for _, job in jobs])
        numbered = (
            (number, job, person) for (number, job), (_, person) in zip(jobs, people, strict=True)
        )
        if not self._fresh:
            yield from numbered
            return
        workers = Workers(partial(_read_again, self._people), self._pool, self._most)
        for each in numbered:
            yield from (done for _, done in workers.put(each))
        yield from (done for _, done in workers.end())


def _read_again(people: People, found: _Numbered) -> _Numbered:
    """The same, with the person as they are now."""
    number, job, person = found
    if isinstance(person, UsageError) or not person.from_search:
        return found
    try:
        current = people.get(person.id)
        matches = [current] if has_key(current, job.query) else []
        return number, job, require_one_person(job.query, matches)
    except UsageError as error:
        return number, job, error
