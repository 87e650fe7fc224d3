"""How the file of a database is opened: to write, or to read where nothing can be written.

Even a reader needs an index of the log, a file of 32 KiB. Where it cannot be made, as on a full
disk, a database is read without it: one at rest as if it never changed, which is checked after each
query; one with a log under a lock that excludes all others, with the index in memory.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from msgspec import Struct

from cactions.edges.store.sqlite_errors import Code, describe_error
from cactions.edges.store.sqlite_files import get_signature, is_at_rest

_IMMUTABLE: Final = "immutable=1"


class DatabaseAccess(Struct, frozen=True):
    """The options of an URI, and how long to wait for other processes, in seconds.

    ``signature`` is that of the files, where they are read without a lock. ``alone``: all others
    are kept out.
    """

    options: str
    patience: float
    signature: str = ""
    alone: bool = False

    @property
    def pragmas(self) -> tuple[str, ...]:
        """What is set before the file is read."""
        return ("locking_mode=EXCLUSIVE",) if self.alone else ()

    def check_unchanged(self, path: Path, name: str) -> None:
        """Raises StoreError where another process has written meanwhile, and OSError."""
        if self.signature and get_signature(path)[0] != self.signature:
            raise describe_error(Code.BUSY, name)


BUSY_SECONDS: Final = 10.0
DRAFT: Final = DatabaseAccess("mode=rw", BUSY_SECONDS)
"""No other process knows its name."""
SEALED: Final = DatabaseAccess(_IMMUTABLE, 0)
"""It is never changed."""


def choose_access(path: Path) -> DatabaseAccess:
    """To write, or to read a database at rest in a folder that may not be written."""
    if not os.access(path.parent, os.W_OK) and is_at_rest(path):
        return choose_reading(path)
    return DatabaseAccess("mode=rw", BUSY_SECONDS)


def choose_reading(path: Path) -> DatabaseAccess:
    """To read only, without another file. Raises OSError."""
    if is_at_rest(path):
        return DatabaseAccess(_IMMUTABLE, 0, get_signature(path)[0])
    return DatabaseAccess("mode=rw", 1.0, alone=True)
