"""A database with runs that have no people, for the parts of runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from cactions.edges.postgres.cluster_store import ClusterStore
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.schema import make_tables
from cactions.model import RunNeeds

NEEDS: Final = RunNeeds("1.0", 1)


class PlainCipher:
    """Seals nothing."""

    def seal(self, text: str, _place: Any) -> bytes:
        return text.encode()

    def unseal(self, cell: bytes, _place: Any) -> str:
        return cell.decode()


@contextmanager
def open_database(address: str) -> Iterator[PostgresDatabase]:
    """With the tables and without a run."""
    database = PostgresDatabase(address)
    make_tables(database)
    yield database
    database.close()


def add_run(database: PostgresDatabase, run_id: str) -> None:
    """A run of the project ``p``."""
    sql = "INSERT INTO run (project, id, head, seal, phase) VALUES ('p', %s, '{}', '', 'running')"
    with database.open_for_writing():
        database.execute(sql, run_id)


def open_store(database: PostgresDatabase) -> ClusterStore:
    """Of the project ``p``."""
    return ClusterStore(database, "p", PlainCipher())  # type: ignore[arg-type]
