"""The entries of a stored run as a collection that is read page by page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from cactions.model import RunCounts, RunEntry


class StoredEntries(Collection[RunEntry]):
    """Every iteration reads anew, and holds one page at a time.

    ``read_page`` gives the entries behind a number, in order, or none. Iterating raises StoreError.
    """

    def __init__(self, read_page: Callable[[int], list[RunEntry]], counts: RunCounts) -> None:
        self._read_page = read_page
        self._length = counts.total - counts.waiting

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[RunEntry]:
        last = 0
        while page := self._read_page(last):
            yield from page
            last = page[-1].number

    def __contains__(self, entry: object) -> bool:
        return any(entry == each for each in self)
