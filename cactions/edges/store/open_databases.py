"""The databases that this process has open: none of their files may be opened a second time.

Closing a file releases all locks that the process has on it (fcntl(2), "record locks").
"""

from __future__ import annotations

import threading
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol

from cactions.edges.store.sqlite_files import get_identity, read_mark
from cactions.model import StoreError


class OpenDatabase(Protocol):
    """A database; ``file`` is its device and inode."""

    file: tuple[int, int]
    close: Any

    def read_mark(self) -> int:
        """Its number."""


OPENED: Final[weakref.WeakSet[OpenDatabase]] = weakref.WeakSet()
OPENING: Final = threading.Lock()


def find_open(file: tuple[int, int]) -> OpenDatabase | None:
    """The open database of this file, if there is one."""
    return next((each for each in OPENED if each.file == file and each.close.alive), None)


def read_database_mark(path: Path) -> int:
    """The number of a database, which is not opened; 0 if it cannot be read."""
    with OPENING, suppress(StoreError, OSError):
        known = find_open(get_identity(path))
        return known.read_mark() if known else read_mark(path)
    return 0
