"""The SQLite file of a workspace server: documents, applied writes and requests.

Every request commits once, before its answer is sent: documents, writes and its line of the log
together. A killed process loses no write that a client knows of, and a reader of the file sees
either all of a request or nothing.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.workspace.messages import AppliedWrite, Document, LoggedRequest

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
  kind TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS writes (
  number INTEGER PRIMARY KEY, request INTEGER NOT NULL, time REAL NOT NULL,
  kind TEXT NOT NULL, id TEXT NOT NULL, document TEXT
);
CREATE TABLE IF NOT EXISTS requests (
  number INTEGER PRIMARY KEY, time REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
  query TEXT NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, status INTEGER NOT NULL,
  wrote INTEGER NOT NULL, token TEXT NOT NULL
);
"""
WRITES = "SELECT number, request, time, kind, id, document FROM writes ORDER BY number"
REQUESTS = (
    "SELECT number, time, method, path, query, headers, body, status, wrote, token "
    "FROM requests ORDER BY number"
)


class Storage:
    """Used by one thread at a time; the workspace's lock sees to that."""

    def __init__(self, path: Path | None) -> None:
        self._connection = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(SCHEMA)
        self._pending = False
        self.wrote = False
        """Whether something was stored since the last commit."""

    def load(self, kind: str) -> list[tuple[str, Document]]:
        """Every document of a kind, by id."""
        rows = self._connection.execute(
            "SELECT id, document FROM documents WHERE kind = ? ORDER BY id", (kind,)
        )
        return [(key, json.loads(text)) for key, text in rows]

    def put(self, kind: str, key: str, document: Document, *, request: int, time: float) -> None:
        """Store a document, and record that as a write."""
        text = json.dumps(document)
        self._begin()
        self._connection.execute(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (kind, key, text)
        )
        self._record(request, time, kind, key, text)

    def remove(self, kind: str, key: str, *, request: int, time: float) -> None:
        """Remove a document, and record that as a write."""
        self._begin()
        self._connection.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, key))
        self._record(request, time, kind, key, None)

    def append(self, logged: LoggedRequest) -> None:
        """Add a line to the log of requests."""
        self._begin()
        self._connection.execute(
            "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                logged.number,
                logged.time,
                logged.method,
                logged.path,
                logged.query,
                json.dumps(logged.headers),
                logged.body,
                logged.status,
                logged.wrote,
                logged.token,
            ),
        )

    def commit(self) -> None:
        """End the transaction, if there is one."""
        if self._pending:
            self._connection.execute("COMMIT")
        self._pending = self.wrote = False

    def read_writes(self) -> list[AppliedWrite]:
        """Every applied write, in order."""
        return _read_writes(self._connection)

    def read_requests(self) -> list[LoggedRequest]:
        """Every logged request, in order."""
        return _read_requests(self._connection)

    def close(self) -> None:
        """Commit and close the file."""
        self.commit()
        self._connection.close()

    def _begin(self) -> None:
        if not self._pending:
            self._connection.execute("BEGIN")
            self._pending = True

    def _record(self, request: int, time: float, kind: str, key: str, text: str | None) -> None:
        self._connection.execute(
            "INSERT INTO writes (request, time, kind, id, document) VALUES (?, ?, ?, ?, ?)",
            (request, time, kind, key, text),
        )
        self.wrote = True


def read_log(path: Path) -> list[LoggedRequest]:
    """The requests in the file of a server, which may run in another process or be killed."""
    connection = sqlite3.connect(path)
    try:
        return _read_requests(connection)
    finally:
        connection.close()


def read_writes(path: Path) -> list[AppliedWrite]:
    """The applied writes in the file of a server; see ``read_log``."""
    connection = sqlite3.connect(path)
    try:
        return _read_writes(connection)
    finally:
        connection.close()


def _read_writes(connection: sqlite3.Connection) -> list[AppliedWrite]:
    return [
        AppliedWrite(
            number=number,
            request=request,
            time=time,
            kind=kind,
            id=key,
            document=None if text is None else json.loads(text),
        )
        for number, request, time, kind, key, text in connection.execute(WRITES)
    ]


def _read_requests(connection: sqlite3.Connection) -> list[LoggedRequest]:
    return [
        LoggedRequest(
            number=number,
            time=time,
            method=method,
            path=path,
            query=query,
            headers=json.loads(headers),
            body=body,
            status=status,
            wrote=bool(wrote),
            token=token,
        )
        for (
            number, time, method, path, query, headers, body, status, wrote, token,
        ) in connection.execute(REQUESTS)
    ]  # fmt: skip
