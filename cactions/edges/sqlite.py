"""SQLite as this project keeps state: private, durable, with no error but ours.

The one home of ``sqlite3``.

- A database appears complete or not at all, with mode 0600, and never behind a symbolic link.
- What ``writing`` has committed survives a power cut: WAL with ``synchronous=FULL``. With
  ``durable=False`` it survives the death of the process, and a power cut once anything durable
  was written after it.
- A transaction waits up to BUSY_SECONDS for another process, then is a StoreError.
- A database that was deleted or replaced under an open connection is not used any more.
- Every failure is a StoreError with the next step. Threads may share a Database, forks may not.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from cactions.edges.files import has_private_file, new_private_file, publish_file, store_errors
from cactions.model import StoreError

BUSY_SECONDS: Final = 10.0

Cell: TypeAlias = "str | int | float | bytes | None"
Row: TypeAlias = "tuple[Cell, ...]"

_BESIDE: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database while it is in use."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a database is called in messages, its version, and the statements that make it."""

    what: str
    version: int
    statements: tuple[str, ...]


class Database:
    """An open database; closes itself when it is forgotten."""

    def __init__(self, path: Path, layout: Layout, *, name: Path | None = None) -> None:
        self.path = path
        self.layout = layout
        self._name = f"{layout.what} {name or path}"
        self._lock = threading.RLock()
        with self._translated():
            self._connection = _connect(path)
        self.close = weakref.finalize(self, self._connection.close)
        with self._translated():
            self._file = _identity(path)

    def __str__(self) -> str:
        return self._name

    @classmethod
    def existing(cls, path: Path, layout: Layout) -> Database | None:
        """The database, if it is there; nothing is made. The folder must be private."""
        if not has_private_file(path):
            return None
        for suffix in _BESIDE:
            has_private_file(_beside(path, suffix))
        database = cls(path, layout)
        try:
            database._check_version()
        except StoreError:
            database.close()
            raise
        return database

    @classmethod
    def create(
        cls, path: Path, layout: Layout, fill: Callable[[Database], object] | None = None
    ) -> None:
        """Make the database, filled in the same breath; durable on return.

        Raises FileExistsError where it is there already.
        """
        _refuse_orphans(path, layout)
        draft = new_private_file(path.parent, f".{path.name}-")
        try:
            _make(cls(draft, layout, name=path), fill)
            publish_file(draft, path)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def rows(self, sql: str, *values: Cell) -> list[Row]:
        """All rows of a query."""
        with self._lock, self._translated():
            return self._connection.execute(sql, values).fetchall()

    def execute(self, sql: str, *values: Cell) -> int:
        """Run a statement inside ``writing``; the number of rows that it touched."""
        with self._translated():
            return self._connection.execute(sql, values).rowcount

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Every query within sees one and the same moment."""
        with self._lock, self._transaction("BEGIN"):
            yield

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[None]:
        """All of what is written within, or nothing where an exception leaves."""
        with self._lock:
            self.rows(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            with self._transaction("BEGIN IMMEDIATE"):
                yield

    def damaged(self, why: str) -> StoreError:
        """The error for content that cannot be what was written here."""
        return StoreError(f"{self} is damaged: {why}", hint=_DAMAGED)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._translated():
            self._check_in_place()
            self._connection.execute(begin)
        try:
            yield
            with self._translated():
                self._connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.rollback()
            raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with store_errors(self.path):
                yield
        except sqlite3.Error as error:
            raise _in_words(error, str(self)) from error
        except UnicodeEncodeError as error:
            raise StoreError(
                f"a text for {self.layout.what} is no Unicode text", hint="Check where it is from."
            ) from error

    def _check_in_place(self) -> None:
        if _identity(self.path) != self._file:
            raise StoreError(
                f"{self} was replaced while it was in use",
                hint="Run the command again; leave the folder alone while it runs.",
            )

    def _check_version(self) -> None:
        [(version,)] = self.rows("PRAGMA user_version")
        if version == self.layout.version:
            return
        if isinstance(version, int) and version > self.layout.version:
            raise StoreError(
                f"{self} was written by a newer cactions "
                f"(format {version}; this one knows {self.layout.version})",
                hint="Use the newer cactions.",
            )
        raise self.damaged("it is empty, or the database of another program")


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{_access(path)}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA trusted_schema=OFF")  # the file may come from a stranger
        connection.execute("PRAGMA fullfsync=ON")  # macOS: fsync alone stops at the drive's cache
    except BaseException:
        connection.close()
        raise
    return connection


def _access(path: Path) -> str:
    """At rest, in a folder that may not be written, a database can be read without a log."""
    at_rest = not os.path.lexists(_beside(path, "-wal"))
    return "immutable=1" if at_rest and not os.access(path.parent, os.W_OK) else "mode=rw"


def _make(database: Database, fill: Callable[[Database], object] | None) -> None:
    try:
        database.rows("PRAGMA journal_mode=WAL")
        with database.writing():
            for statement in database.layout.statements:
                database.execute(statement)
            database.execute(f"PRAGMA user_version={database.layout.version}")
            if fill:
                fill(database)
    finally:
        database.close()


def _refuse_orphans(path: Path, layout: Layout) -> None:
    """A log whose database was deleted would be replayed into the new one."""
    found = next((b for s in _BESIDE if os.path.lexists(b := _beside(path, s))), None)
    if found and not os.path.lexists(path):
        raise StoreError(
            f"{found} is there, but {layout.what} that it belongs to is not",
            hint=f"Put {path.name} back beside it, or delete it too.",
        )


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


_DAMAGED: Final = "Move it out of the way, or put a backup in its place."
_RIGHTS: Final = "Check who owns it, its permissions, and whether the disk is read-only."
_WORDS: Final = {
    sqlite3.SQLITE_BUSY: ("is in use by another process", "Let the other command end, then retry."),
    sqlite3.SQLITE_FULL: ("cannot grow: the disk is full", "Make room, then try again."),
    sqlite3.SQLITE_READONLY: ("may not be written", _RIGHTS),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", _RIGHTS),
    sqlite3.SQLITE_PERM: ("may not be opened", _RIGHTS),
    sqlite3.SQLITE_NOTADB: ("is not a database", _DAMAGED),
    sqlite3.SQLITE_CORRUPT: ("is damaged", _DAMAGED),
    sqlite3.SQLITE_IOERR: (
        "met an error of the disk; what was being written may be kept or not",
        "Check the disk and the room on it, then look at what is there before you go on.",
    ),
}
"""By primary result code: https://sqlite.org/rescode.html"""


def _in_words(error: sqlite3.Error, subject: str) -> StoreError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    message, hint = _WORDS.get(code, (f"is damaged: {error}", _DAMAGED))
    return StoreError(f"{subject} {message}", hint=hint)
