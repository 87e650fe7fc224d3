"""A run of one machine whose lock is in the database: it writes to no one once that is lost."""

from __future__ import annotations

import time

import psycopg
import pytest

from cactions.edges.postgres.connection import PostgresDatabase
from cactions.model import DatabaseAway
from tests.cluster.scene import wait_until


def count_queries(other: psycopg.Connection[tuple[int]], backend: int) -> str:
    [(text,)] = other.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [backend])
    return str(text)


def test_a_lost_lock_is_noticed_without_asking_the_server(postgres_address: str) -> None:
    database = PostgresDatabase(postgres_address)
    database.check_locks()
    assert database.try_lock(7)
    [(backend,)] = database.query_rows("SELECT pg_backend_pid()")
    with psycopg.connect(postgres_address, autocommit=True) as other:
        database.check_locks()
        assert "SELECT pg_backend_pid()" == count_queries(other, backend)
        other.execute("SELECT pg_terminate_backend(%s)", [backend])

        def is_noticed() -> bool:
            try:
                database.check_locks()
            except DatabaseAway:
                return True
            return False

        began = time.monotonic()
        wait_until(is_noticed, 5)
        assert time.monotonic() < began + 1
    for _ in range(2):
        with pytest.raises(DatabaseAway):
            database.check_locks()
    database.unlock(7)
    database.check_locks()
    assert [(1,)] == database.query_rows("SELECT 1")
    database.close()
