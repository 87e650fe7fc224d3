"""Gives the room of deleted rows back to the disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, TypeAlias

from cactions.edges.store.sqlite_schema_check import Row
from cactions.model import StoreError

_COUNT_FREE_PAGES: Final = "PRAGMA freelist_count"
_GIVE_BACK: Final = "PRAGMA incremental_vacuum(2000)"
"""Eight megabytes: the log of a large file stays small, and no statement takes long."""

QueryRows: TypeAlias = Callable[[str], Sequence[Row]]


def release_free_pages(query_rows: QueryRows) -> None:
    """Give all of it back; where that fails, the rest stays in the file, for later rows.

    Does nothing in a file that was made without INCREMENTAL_VACUUM.
    """
    with suppress(StoreError):
        free, before = query_rows(_COUNT_FREE_PAGES), None
        while free != before:
            query_rows(_GIVE_BACK)
            free, before = query_rows(_COUNT_FREE_PAGES), free
