"""People whom a list has shown a moment ago, so that no one is read twice for one plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cactions.edges.intercom.pacer import MonotonicClock
from cactions.model import Person

MOST_LISTED: Final = 10_000
"""People who are kept, so that memory does not grow with the workspace; others are read again."""

OLDEST: Final = 60.0
"""Seconds for which they are kept; the search itself may have been a minute old."""


class ListedPeople:
    """Keeps the first people of a list until they are asked for."""

    def __init__(self, clock: MonotonicClock) -> None:
        self._clock = clock
        self._people: dict[str, tuple[Person, float]] = {}

    def add(self, people: Iterable[Person]) -> None:
        """Keep them, as far as there is room."""
        now = self._clock.get_time()
        for person in people:
            if len(self._people) < MOST_LISTED:
                self._people[person.id] = person, now

    def take(self, person_id: str) -> Person | None:
        """The person, if they were seen recently; they are not kept any longer."""
        person, seen = self._people.pop(person_id, (None, 0.0))
        return person if self._clock.get_time() - seen <= OLDEST else None
