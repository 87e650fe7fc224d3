"""Gives the room of deleted rows back to the disk."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from cactions.edges.store.sqlite import Database
from cactions.model import StoreError

PAGES_AT_ONCE: Final = 2_000
"""Eight megabytes: the log of a large file stays small, and no transaction takes long."""

_RELEASE_ONE: Final = "PRAGMA incremental_vacuum(1)"
"""The driver takes one step of this statement, which is one page, whatever number it names."""


def release_free_pages(database: Database) -> None:
    """Give all of them back; where that fails, the rest stays in the file, for later rows.

    Does nothing in a file that was made without INCREMENTAL_VACUUM.
    """
    with suppress(StoreError):
        free = _count_free_pages(database)
        while free:
            with database.open_for_writing(durable=False):
                for _ in range(min(free, PAGES_AT_ONCE)):
                    database.execute(_RELEASE_ONE)
            before, free = free, _count_free_pages(database)
            if free >= before:
                return


def _count_free_pages(database: Database) -> int:
    [(number,)] = database.query_rows("PRAGMA freelist_count")
    return int(number or 0)
