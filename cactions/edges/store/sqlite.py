"""SQLite databases for state: private and durable. Only this and its connections use ``sqlite3``.

- A database appears complete or not at all, with mode 0600, and never behind a symbolic link.
- A commit of ``writing`` survives a power cut: WAL with ``synchronous=FULL``. With
  ``durable=False`` it survives the end of the process, and a power cut once anything durable was
  written after it.
- A transaction waits up to BUSY_SECONDS for another process, then raises StoreError.
- A disk error in a commit of ``writing`` raises OutcomeUnknown; after others nothing was stored.
- A rollback journal, which can make SQLite delete any file, is refused before SQLite sees it.
- A database that was deleted or replaced under an open connection is not used any more.
- Tables and indexes are exactly those of a layout: others may have a trigger that writes.
- No query runs longer than QUERY_SECONDS; signals are handled meanwhile. Reading needs no room.
- Every failure is a StoreError with the next step. Threads may share a Database, forks may not.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Final

from cactions.edges.files.file_io import open_private_draft, publish_file, store_errors
from cactions.edges.store.open_databases import OPENED, OPENING, find_open
from cactions.edges.store.query_timeout import QueryTimeout
from cactions.edges.store.sqlite_access import (
    BUSY_SECONDS,
    DRAFT,
    SEALED,
    DatabaseAccess,
    choose_access,
    choose_reading,
)
from cactions.edges.store.sqlite_connection import INCREMENTAL_VACUUM, connect, list_objects
from cactions.edges.store.sqlite_errors import (
    Code,
    build_damaged_error,
    describe_error,
    is_unwritable,
)
from cactions.edges.store.sqlite_files import (
    delete_database,
    delete_draft_databases,
    get_identity,
    has_private_database,
    refuse_foreign,
    refuse_orphans,
    sync_log,
)
from cactions.edges.store.sqlite_schema_check import Cell, Row, Schema, check_layout
from cactions.model import StoreError

PROGRESS_STEPS: Final = 100_000
"""Instructions of SQLite's machine between two checks of the clock: a few milliseconds."""

__all__ = ["BUSY_SECONDS", "Cell", "Database", "Row", "Schema"]

_WRITE: Final = "BEGIN IMMEDIATE"


class Database:
    """An open database; it is closed when it is garbage-collected."""

    close: weakref.finalize[[], Database]

    def __init__(
        self,
        path: Path,
        layout: Schema,
        *,
        name: Path | None = None,
        access: DatabaseAccess | None = None,
    ) -> None:
        self.path, self.layout = path, layout
        self._name = f"{layout.what} {name or path}"
        self._lock = threading.RLock()
        self._timeout = QueryTimeout()
        self._is_writing = False
        self._unwritable: StoreError | None = None
        with OPENING, self._translate_errors():
            self.file = get_identity(path)
            if access != DRAFT:
                refuse_foreign(path, str(self), is_open=bool(find_open(self.file)))
            self._access = access or choose_access(path)
            self._connection = connect(path, self._access)
            self._connection.set_progress_handler(self._timeout, PROGRESS_STEPS)
            self.close = weakref.finalize(self, self._connection.close)
            OPENED.add(self)
            self._check_not_replaced()

    def __str__(self) -> str:
        return self._name

    @classmethod
    def existing(cls, path: Path, *layouts: Schema) -> Database | None:
        """Open the database in one of the layouts, if it exists. The folder must be private."""
        if not has_private_database(path):
            return None
        try:
            return _check_known(cls(path, layouts[0]), layouts)
        except StoreError as error:
            if not is_unwritable(error):
                raise
            with suppress(StoreError, OSError):
                found = _check_known(cls(path, layouts[0], access=choose_reading(path)), layouts)
                found._unwritable = error  # noqa: SLF001 - its own class
                return found
            raise

    @classmethod
    def create(
        cls, path: Path, layout: Schema, fill: Callable[[Database], object] | None = None
    ) -> None:
        """Make and fill the database in one step; durable. Raises FileExistsError if it exists."""
        refuse_orphans(path, layout.what)
        with cls.draft(path.parent, layout, fill, name=path) as draft:
            publish_file(draft, path)

    @classmethod
    @contextmanager
    def draft(
        cls,
        folder: Path,
        layout: Schema,
        fill: Callable[[Database], object] | None = None,
        *,
        name: Path | None = None,
    ) -> Iterator[Path]:
        """Make a complete, closed database under a temporary name; deleted unless it is renamed."""
        delete_draft_databases(folder)
        with open_private_draft(folder, f".{name.name if name else ''}-") as draft:
            try:
                _fill_new(cls(draft, layout, name=name, access=DRAFT), fill)
                yield draft
            finally:
                with suppress(StoreError):
                    delete_database(draft)

    @classmethod
    def sealed(cls, path: Path, layout: Schema) -> Database:
        """Open a database that is never changed, without a lock or a log."""
        return _check_known(cls(path, layout, access=SEALED), (layout,))

    def query_rows(self, sql: str, *values: Cell) -> list[Row]:
        """All rows of a query. Raises StoreError if the query does not end in time."""
        with self._lock, self._translate_errors(), self._timeout.limit_queries():
            rows = self._connection.execute(sql, values).fetchall()
            self._access.check_unchanged(self.path, str(self))
            return rows

    def execute(self, sql: str, *values: Cell) -> int:
        """Run a statement inside ``writing``; returns the number of changed rows."""
        with self._translate_errors():
            return self._connection.execute(sql, values).rowcount

    def execute_all(self, sql: str, rows: Iterable[Row]) -> int:
        """Run a statement inside ``writing`` for each row; returns the number of changed rows."""
        with self._translate_errors():
            return self._connection.executemany(sql, rows).rowcount

    def open_for_reading(self) -> AbstractContextManager[None]:
        """A read transaction: every query in it sees the same state."""
        return self._run_transaction("BEGIN")

    def open_for_writing(self, *, durable: bool = True) -> AbstractContextManager[None]:
        """A write transaction, all of it or nothing; others inside it are parts of it."""
        return self._run_transaction(_WRITE, "FULL" if durable else "NORMAL")

    def read_mark(self) -> int:
        """A number that is stored with the file; 0 at first."""
        [(mark,)] = self.query_rows("PRAGMA application_id")
        return mark if isinstance(mark, int) else 0

    def settle(self) -> None:
        """Move everything from the log durably into the one file; no log is left."""
        if self._access.signature:  # it is at rest, and was opened as it is
            return
        with self._lock, self._translate_errors():
            self._check_not_replaced(writing=True)
            self._connection.execute("PRAGMA synchronous=FULL")
            [(busy, *_)] = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if busy:
                raise describe_error(Code.BUSY, str(self))

    def scrub(self) -> None:
        """Remove every byte of deleted or replaced data from the files."""
        self.query_rows("PRAGMA temp_store=MEMORY")
        with self._lock, self._translate_errors():
            self._connection.execute("VACUUM")
            self.settle()
            sync_log(self.path)  # or a power cut could bring the old one back

    def build_damaged_error(self, why: str) -> StoreError:
        """The error for content that was not written here."""
        return build_damaged_error(str(self), why)

    @contextmanager
    def _run_transaction(self, begin: str, level: str = "FULL") -> Iterator[None]:
        with self._lock, nullcontext() if self._is_writing else self._commit_at_end(begin, level):
            yield

    @contextmanager
    def _commit_at_end(self, begin: str, level: str) -> Iterator[None]:
        try:  # first: a signal right after the beginning must not leave the transaction open
            with self._translate_errors():
                self._check_not_replaced(writing=begin == _WRITE)
                self._connection.execute(f"PRAGMA synchronous={level}")
                self._connection.execute(begin)
            self._is_writing = begin == _WRITE
            for statement in self.layout.additions if self._is_writing else ():
                self.execute(statement)
            yield
            with self._translate_errors(outcome_unknown=self._is_writing):
                self._connection.execute("COMMIT")
            self.layout = (self._is_writing and self.layout.newer) or self.layout
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.rollback()
            raise
        finally:
            self._is_writing = False

    @contextmanager
    def _translate_errors(self, *, outcome_unknown: bool = False) -> Iterator[None]:
        try:
            with store_errors(self.path):
                yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
            if code == sqlite3.SQLITE_INTERRUPT and not self._timeout.ended:
                raise KeyboardInterrupt from None  # SQLite loses the signal's own exception
            raise describe_error(
                code, str(self), str(error), outcome_unknown=outcome_unknown
            ) from error
        except UnicodeDecodeError as error:  # of a name in the schema
            raise self.build_damaged_error("a text in it is not UTF-8") from error
        except UnicodeEncodeError as error:
            why = f"a text for {self.layout.what} is not valid Unicode"
            raise StoreError(why, hint="Check where the text comes from.") from error

    def _check_not_replaced(self, *, writing: bool = False) -> None:
        if writing and self._unwritable:
            raise StoreError(str(self._unwritable), hint=self._unwritable.hint)
        if get_identity(self.path) != self.file:
            raise StoreError(
                f"{self} was replaced while it was in use",
                hint="Run the command again; leave the folder alone while it runs.",
            )


def _check_known(database: Database, layouts: tuple[Schema, ...]) -> Database:
    try:
        database.layout = check_layout(database.query_rows, str(database), layouts, list_objects)
    except StoreError:
        database.close()
        raise
    return database


def _fill_new(database: Database, fill: Callable[[Database], object] | None) -> None:
    try:
        database.query_rows(INCREMENTAL_VACUUM)
        database.query_rows("PRAGMA journal_mode=WAL")
        with database.open_for_writing():
            for statement in database.layout.statements:
                database.execute(statement)
            database.execute(f"PRAGMA user_version={database.layout.version}")
            if fill:
                fill(database)
        database.settle()  # closing would do it too, but hide a full disk
    finally:
        database.close()
