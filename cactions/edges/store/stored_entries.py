"""The entries of a stored run as a collection that is read page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from heapq import merge
from typing import Final, Protocol

from cactions.model import EntryState, RunCounts, RunEntry

PAGE: Final = 500
"""Entries that are read at once."""


class ReadPage(Protocol):
    """Reads the entries behind a number, in order, or those of them in a state; none at the end."""

    def __call__(self, after: int, state: EntryState | None = None) -> list[RunEntry]: ...


class StoredEntries(Collection[RunEntry]):
    """Every iteration reads anew, and holds one page at a time. Iterating raises StoreError.

    ``has_states``: the entries of a state can be read without the others.
    """

    def __init__(self, read_page: ReadPage, counts: RunCounts, *, has_states: bool) -> None:
        self._read_page = read_page
        self._length = counts.total - counts.waiting
        self._has_states = has_states

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[RunEntry]:
        return self._read()

    def __contains__(self, entry: object) -> bool:
        return any(entry == each for each in self)

    def list_in(self, states: Collection[EntryState]) -> Iterator[RunEntry]:
        """The entries in these states, in order; a page of each state is held."""
        if not self._has_states:
            return (entry for entry in self if entry.state in states)
        return merge(*map(self._read, states), key=lambda entry: entry.number)

    def _read(self, state: EntryState | None = None) -> Iterator[RunEntry]:
        last = 0
        while page := self._read_page(last, state):
            yield from page
            last = page[-1].number
