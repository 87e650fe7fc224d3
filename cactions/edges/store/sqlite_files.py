"""The files that a SQLite database consists of: the one with the data, and what stands beside it.

A database is found under its name only; a log without its database is not used.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cactions.edges.files.file_io import delete_file, store_errors
from cactions.edges.files.private_files import has_private_file
from cactions.edges.store.sqlite_errors import DAMAGED
from cactions.model import StoreError

_BESIDE: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database while it is in use."""
_MAGIC: Final = b"SQLite format 3\0"
_VERSIONS: Final = slice(18, 20)
"""Where the header says how the file is written and read."""
_WITH_LOG: Final = b"\2\2"
_HEADER: Final = 100
_READ: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def has_private_database(path: Path) -> bool:
    """Whether it is there; if so, all of its files are real ones and their owner's alone."""
    if not has_private_file(path):
        return False
    for beside in _beside(path):
        has_private_file(beside)
    return True


def refuse_foreign(path: Path, name: str, *, is_open: bool) -> None:
    """Raises StoreError for files with which SQLite would do more than read and write a database.

    A rollback journal is carried out by each program that opens the database, and SQLite deletes
    the super-journal that it names, whatever file that is. Our databases have a log instead.

    ``is_open``: this process has the file open. Its header was looked at then; to close it here
    once more would end the locks that SQLite holds on it (fcntl(2), "record locks").
    """
    journal = path.with_name(path.name + _BESIDE[2])
    if os.path.lexists(journal):
        raise StoreError(
            f"{journal} is not from cactions, and could make SQLite change or delete other files",
            hint=f"Move it out of the way. {path.name} itself was not opened.",
        )
    if why := "" if is_open else _header_fault(path):
        raise StoreError(f"{name} {why}", hint=DAMAGED)


def _header_fault(path: Path) -> str:
    """Why the file is no database with a write-ahead log, after its name; empty where it is one."""
    with store_errors(path):
        handle = os.open(path, _READ)
        try:
            header = os.read(handle, _HEADER)
        finally:
            os.close(handle)
    if not header:
        return "is damaged: it is empty, or the database of another program"
    if not header.startswith(_MAGIC):
        return "is not a database"
    return "" if header[_VERSIONS] == _WITH_LOG else "is not a database with a write-ahead log"


def at_rest(path: Path) -> bool:
    """Whether everything is in the one file."""
    return not os.path.lexists(log_of(path))


def log_of(path: Path) -> Path:
    """Where SQLite writes ahead."""
    return path.with_name(path.name + _BESIDE[0])


def refuse_orphans(path: Path, what: str) -> None:
    """A log whose database was deleted would be replayed into the new one."""
    found = next((beside for beside in _beside(path) if os.path.lexists(beside)), None)
    if found and not os.path.lexists(path):
        raise StoreError(
            f"{found} is there, but {what} that it belongs to is not",
            hint=f"Put {path.name} back beside it, or delete it too.",
        )


def delete_database(path: Path) -> None:
    """Delete all of it; no process may have it open. Raises StoreError."""
    for file in (path, *_beside(path)):
        delete_file(file)


def identity(path: Path) -> tuple[int, int]:
    """Which file it is, whatever its name. Raises StoreError where it is gone."""
    with store_errors(path):
        found = path.stat()
    return found.st_dev, found.st_ino


def signature(path: Path) -> tuple[str, float]:
    """What changes whenever the database does, and when it changed last, in Unix seconds.

    A change within the grain of the file system's clock can hide behind an earlier one. Quick,
    since it is asked of every run at each look-up. Raises OSError where the database is gone.
    """
    data = os.stat(path)  # noqa: PTH116 - half the time of Path.stat
    try:
        log = os.stat(f"{path}{_BESIDE[0]}")  # noqa: PTH116
    except FileNotFoundError:
        log = None
    if log is None or not log.st_size:  # reading makes an empty one
        return f"{data.st_ino}.{data.st_size}.{data.st_mtime_ns}", data.st_mtime
    marks = (f"{each.st_ino}.{each.st_size}.{each.st_mtime_ns}" for each in (data, log))
    return " ".join(marks), max(data.st_mtime, log.st_mtime)


def _beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in _BESIDE]
