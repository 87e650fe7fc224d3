"""A connection to the PostgreSQL database that machines share. Only this package uses ``psycopg``.

- The address comes from the user, never from the files of a project. Its password is in no error.
- Another machine is reached with TLS and a checked certificate, unless the address says otherwise.
- A commit is on the server's disk on return. With ``durable=False`` it survives the end of this
  process, and a crash of the server once anything durable was committed after it.
- A connection that was lost is opened again, except in a transaction and while a lock is held: who
  has lost a lock must not write as if it were still held.
- A client that is frozen in a transaction loses it after ten seconds, so that it blocks no other.
- Every failure is a StoreError with the next step. Threads may share a database.
"""

from __future__ import annotations

import select
import threading
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import Any, Final, TypeAlias

import psycopg

from cactions.edges.postgres.address import add_defaults, read_address
from cactions.edges.postgres.errors import describe_error
from cactions.model import DatabaseAway, OutcomeUnknown, StoreError

Cell: TypeAlias = "str | bytes | int | float | bool | list[Any] | None"
Row: TypeAlias = Sequence[Any]

_READ: Final = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITE: Final = b"BEGIN"
_WRITE_LATER: Final = b"BEGIN; SET LOCAL synchronous_commit = off"


class PostgresDatabase:
    """An open database; it connects when it is first used, and ends when it is collected."""

    def __init__(self, address: str) -> None:
        """Raises UsageError for an address that cannot be read."""
        self._parts = read_address(address)
        self._lock = threading.RLock()
        self._connection: psycopg.Connection[Any] | None = None
        self._finalizer = weakref.finalize(self, int)  # until there is a connection
        self._is_writing = False
        self._locks: set[int] = set()

    def __str__(self) -> str:
        host, port = self._parts.get("host") or "this machine", self._parts.get("port")
        name = self._parts.get("dbname") or "of this user"
        return f"the database {name} on {host}" + (f":{port}" if port else "")

    def close(self) -> None:
        """Close the connection; with it, every lock ends."""
        with self._lock:
            if self._connection:
                self._connection.close()
            self._connection = None

    def query_rows(self, sql: str, *values: Cell) -> list[Row]:
        """All rows of a query."""
        with self._lock, self._translate_errors():
            if self._is_writing or self._locks:
                return self._fetch(sql, values)
            try:
                return self._fetch(sql, values)
            except psycopg.OperationalError:
                if self._connection and not self._connection.closed:
                    raise
                return self._fetch(sql, values)

    def _fetch(self, sql: str, values: Sequence[Cell]) -> list[Row]:
        return self._connect().execute(sql.encode(), values or None).fetchall()

    def execute(self, sql: str, *values: Cell) -> int:
        """Run a statement inside ``open_for_writing``; returns the number of changed rows."""
        with self._lock, self._translate_errors():
            return self._connect().execute(sql.encode(), values or None).rowcount

    def execute_all(self, sql: str, rows: Iterable[Sequence[Cell]], *values: Cell) -> int:
        """Run a statement inside ``open_for_writing`` for rows; the number of changed rows.

        ``values`` come first, then one array for each column: ``unnest`` makes rows of them again,
        so that many rows are one statement. Without rows, nothing is done.
        """
        columns = [[*column] for column in zip(*rows, strict=True)]
        return self.execute(sql, *values, *columns) if columns else 0

    @contextmanager
    def open_for_reading(self) -> Iterator[None]:
        """A read transaction: every query in it sees the same state."""
        with self._lock, nullcontext() if self._is_writing else self._commit_at_end(_READ):
            yield

    @contextmanager
    def open_for_writing(self, *, durable: bool = True) -> Iterator[None]:
        """A write transaction, all of it or nothing; others inside it are parts of it.

        Raises OutcomeUnknown where the connection was lost in its commit.
        """
        begin = _WRITE if durable else _WRITE_LATER
        with self._lock, nullcontext() if self._is_writing else self._commit_at_end(begin):
            yield

    @contextmanager
    def _commit_at_end(self, begin: bytes) -> Iterator[None]:
        try:
            with self._translate_errors():
                self._begin(begin)
            self._is_writing = True
            yield
            with self._translate_errors(outcome_unknown=begin != _READ):
                self._connect().execute(b"COMMIT")
        except BaseException:
            with suppress(psycopg.Error, StoreError):
                self._connect().execute(b"ROLLBACK")
            raise
        finally:
            self._is_writing = False

    def _begin(self, begin: bytes) -> None:
        try:
            self._connect().execute(begin)
        except psycopg.OperationalError:
            if self._locks or (self._connection and not self._connection.closed):
                raise
            self._connect().execute(begin)

    def try_lock(self, key: int) -> bool:
        """Take an advisory lock of the connection; whether it was free, also of ours."""
        if key in self._locks:  # PostgreSQL would give it again
            return False
        [(is_free,)] = self.query_rows("SELECT pg_try_advisory_lock(%s)", key)
        if is_free:
            self._locks.add(key)
        return bool(is_free)

    def unlock(self, key: int) -> None:
        """Give the lock back; it ends with the connection anyway."""
        with suppress(StoreError):
            self.query_rows("SELECT pg_advisory_unlock(%s)", key)
        self._locks.discard(key)

    def check_locks(self) -> None:
        """Raises DatabaseAway where a lock was lost; the server is not asked."""
        with self._lock, self._translate_errors():
            if self._locks and (self._connection is None or _is_cut_off(self._connection)):
                raise psycopg.OperationalError("the connection was lost")

    def build_damaged_error(self, why: str) -> StoreError:
        """The error for content that was not written here."""
        return StoreError(f"{self} is damaged: {why}", hint="Restore it from a backup.")

    def _connect(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            if self._locks or self._is_writing:
                raise psycopg.OperationalError("the connection was lost")
            self._connection = connect(self._parts)
            self._finalizer.detach()
            self._finalizer = weakref.finalize(self, self._connection.close)
        return self._connection

    @contextmanager
    def _translate_errors(self, *, outcome_unknown: bool = False) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            described = describe_error(error, str(self))
            if not (outcome_unknown and isinstance(described, DatabaseAway)):
                raise described from error
            lost = f"{described}: whether the last entries were stored is not known"
            raise OutcomeUnknown(lost, hint=described.hint) from described
        except UnicodeEncodeError as error:
            why = f"a text for {self} is not valid Unicode"
            raise StoreError(why, hint="Check where the text comes from.") from error


def connect(parts: dict[str, Any]) -> psycopg.Connection[Any]:
    """A new connection. Raises psycopg.Error."""
    connection: psycopg.Connection[Any] = psycopg.connect(
        "", autocommit=True, **add_defaults(parts)
    )
    return connection


def _is_cut_off(connection: psycopg.Connection[Any]) -> bool:
    """Whether its end has arrived, which is otherwise noticed at the next query."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    while poll.poll(0):  # a notice of the server, or the end
        connection.pgconn.consume_input()
        if connection.pgconn.status != psycopg.pq.ConnStatus.OK:
            return True
    return False
