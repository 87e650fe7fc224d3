"""The files of a SQLite database: the one with the data, and those beside it.

A database is found under its name only; a log without its database is not used.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from cactions.edges.files.drafts import delete_drafts
from cactions.edges.files.file_io import delete_file, store_errors
from cactions.edges.files.private_files import has_private_file
from cactions.edges.store.sqlite_errors import DAMAGED
from cactions.model import StoreError

_BESIDE: Final = ("-wal", "-shm", "-journal")
"""Suffixes of SQLite's files beside a database in use."""
_MAGIC: Final = b"SQLite format 3\0"
_VERSIONS: Final = slice(18, 20)
"""The write and read versions in the header."""
_MARK: Final = slice(68, 72)
"""``application_id`` in the header."""
_WITH_LOG: Final = b"\2\2"
_HEADER_BYTES: Final = 100
_READ_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


def has_private_database(path: Path) -> bool:
    """Whether it exists; if so, all its files are real files that only the owner can open."""
    if not has_private_file(path):
        return False
    for beside in _list_beside(path):
        has_private_file(beside)
    return True


def refuse_foreign(path: Path, name: str, *, is_open: bool) -> None:
    """Raises StoreError for files that could make SQLite change other files.

    Every program that opens a database executes its rollback journal, and SQLite deletes the
    super-journal named there, whatever file that is. Our databases have a log instead.

    ``is_open``: this process has the file open and has checked its header. Opening and closing it
    again would release SQLite's locks on it (fcntl(2), "record locks").
    """
    journal = path.with_name(path.name + _BESIDE[2])
    if os.path.lexists(journal):
        raise StoreError(
            f"{journal} was not made by cactions, and could make SQLite change or"
            " delete other files",
            hint=f"Move it out of the way. {path.name} itself was not opened.",
        )
    if why := "" if is_open else _find_header_fault(path):
        raise StoreError(f"{name} {why}", hint=DAMAGED)


def _find_header_fault(path: Path) -> str:
    """Why the file is not a database with a write-ahead log; empty if it is one."""
    with store_errors(path):
        handle = os.open(path, _READ_FLAGS)
        try:
            header = os.read(handle, _HEADER_BYTES)
        finally:
            os.close(handle)
    if not header:
        return "is damaged: it is empty, or the database of another program"
    if not header.startswith(_MAGIC):
        return "is not a database"
    return "" if header[_VERSIONS] == _WITH_LOG else "is not a database with a write-ahead log"


def is_at_rest(path: Path) -> bool:
    """Whether everything is in the one file: there is no log, or nothing in it."""
    try:
        return not os.lstat(f"{path}{_BESIDE[0]}").st_size
    except FileNotFoundError:
        return True


def refuse_orphans(path: Path, what: str) -> None:
    """Raises StoreError for a log without a database: it would be replayed into a new one."""
    orphan = next((beside for beside in _list_beside(path) if os.path.lexists(beside)), None)
    if orphan and not os.path.lexists(path):
        raise StoreError(
            f"orphaned {orphan}: {what} is missing",
            hint=f"Put {path.name} back beside it, or delete it too.",
        )


def delete_database(path: Path) -> None:
    """Delete all its files; no process may have it open. Raises StoreError."""
    for file in (path, *_list_beside(path)):
        delete_file(file)


def sync_log(path: Path) -> None:
    """Make the length of the log durable, which SQLite does not where it has emptied it.

    SQLite holds no lock on this file, so that it may be opened and closed. Raises OSError.
    """
    handle = os.open(f"{path}{_BESIDE[0]}", _READ_FLAGS)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def delete_draft_databases(folder: Path) -> None:
    """Delete the drafts that killed processes have left in a folder of state."""
    delete_drafts(folder, r"\..*-", "", ("", *_BESIDE))


def read_mark(path: Path) -> int:
    """The number in the header that is free for our use; this process has the file not open.

    Raises OSError.
    """
    handle = os.open(path, _READ_FLAGS)
    try:
        header = os.read(handle, _HEADER_BYTES)
    finally:
        os.close(handle)
    return int.from_bytes(header[_MARK], "big", signed=True)


def get_identity(path: Path) -> tuple[int, int]:
    """Device and inode of the file. Raises StoreError if it is gone."""
    with store_errors(path):
        status = path.stat()
    return status.st_dev, status.st_ino


def get_signature(path: Path) -> tuple[str, float]:
    """A text that changes with the database, and the time of the last change in Unix seconds.

    Two changes within one tick of the file system's clock can look like one. Fast, since it is
    needed for every run at each look-up. Raises OSError if the database is gone.
    """
    data = os.stat(path)  # noqa: PTH116 - half the time of Path.stat
    try:
        log = os.stat(f"{path}{_BESIDE[0]}")  # noqa: PTH116
    except FileNotFoundError:
        log = None
    if log is None or not log.st_size:  # reading makes an empty one
        return f"{data.st_ino}.{data.st_size}.{data.st_mtime_ns}", data.st_mtime
    parts = (f"{file.st_ino}.{file.st_size}.{file.st_mtime_ns}" for file in (data, log))
    return " ".join(parts), max(data.st_mtime, log.st_mtime)


def _list_beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in _BESIDE]
