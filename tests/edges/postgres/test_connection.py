"""A connection to PostgreSQL: who is trusted, what errors say, and when it is opened again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Thread
from typing import Any

import psycopg
import pytest

from cactions.edges.postgres.address import build_parameters, read_address
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.schema import check_version, make_tables
from cactions.model import OutcomeUnknown, StoreError, UsageError

PASSWORD = "CANARY-4711"


@pytest.fixture
def database(postgres_address: str) -> Iterator[PostgresDatabase]:
    with closing(PostgresDatabase(postgres_address)) as opened:
        make_tables(opened)
        yield opened


def test_a_read_transaction_sees_one_state(
    database: PostgresDatabase, postgres_address: str
) -> None:
    """Whatever others write meanwhile; after it, what they have written."""
    sql = "SELECT count(*) FROM newest_vault"
    with psycopg.connect(postgres_address, autocommit=True) as other:
        with database.open_for_reading():
            assert [(0,)] == database.query_rows(sql)
            other.execute("INSERT INTO cactions.newest_vault VALUES ('p', 1)")
            assert [(0,)] == database.query_rows(sql)
        assert [(1,)] == database.query_rows(sql)


def end_others(address: str) -> None:
    """As a restart of the server, or a network that drops connections, does."""
    with psycopg.connect(address, autocommit=True) as other:
        sql = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid != pg_backend_pid()"""
        assert [(True,)] == other.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("host", "mode"),
    [
        ("db.example", "verify-full"), ("10.0.0.7", "verify-full"),
        ("[2001:db8::1]", "verify-full"),
        ("127.0.0.1", None), ("localhost", None), ("[::1]", None), ("", None), ("%2Ftmp", None),
        ("127.0.0.1.example", "verify-full"), ("localhost.example", "verify-full"),
    ],
)  # fmt: skip
def test_another_machine_must_show_a_certificate(host: str, mode: str | None) -> None:
    """Unless the address says otherwise: then the operator has decided."""
    parts = read_address(f"postgresql://ada:{PASSWORD}@{host}/x")
    assert mode == parts.get("sslmode")
    assert ("system" if mode else None) == parts.get("sslrootcert")
    said = read_address(f"postgresql://ada@{host}/x?sslmode=require")
    assert ("require", None) == (said["sslmode"], said.get("sslrootcert"))


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://ada:{PASSWORD}@[::1/x",
        f"password={PASSWORD} no", f"postgresql://ada:{PASSWORD}@h/x?no={PASSWORD}",
        f"passwort={PASSWORD}", f"password='{PASSWORD}",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_read_is_not_repeated(address: str) -> None:
    """Neither in the error nor in what caused it: it has a password."""
    with pytest.raises(UsageError) as refused:
        PostgresDatabase(address)
    texts: list[Any] = [refused.value, refused.value.hint, refused.value.__cause__]
    assert PASSWORD not in " ".join(map(repr, texts))


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://ada:a@{PASSWORD}@h/x", f"postgresql://ada:a/{PASSWORD}@h/x",
        f"postgresql://ada:a@et/{PASSWORD}#1@h:1/x", f"postgres://ada:{PASSWORD}@@h/x",
    ],
)  # fmt: skip
def test_a_password_that_must_be_encoded_is_not_taken_for_a_host(address: str) -> None:
    """It would be shown as one; the hint says how to encode it."""
    with pytest.raises(UsageError, match="must be encoded") as refused:
        PostgresDatabase(address)
    assert PASSWORD not in f"{refused.value} {refused.value.hint}"
    assert "%40" in refused.value.hint
    read_address("postgresql://ada:a%40b@h/x?application_name=a@b")
    read_address("host=h password=a@b@c")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a: a.replace(":", ":x", 2).replace(":x//", "://"), "this user with this password"),
        (lambda a: f"{a}_none", "does not know this user or database"),
        (lambda a: re.sub(r":[^:@/]*@", "@", a), "the address has none"),
        (lambda a: re.sub(r":\d+/", ":port/", a), "a port that is no number"),
        (lambda a: a.replace("127.0.0.1", "no-such-host.invalid"), "its host has no address"),
        (lambda a: re.sub(r":\d+/", ":1/", a), "cannot be reached"),
    ],
    ids=["password", "database", "no password", "port", "host", "no server"],
)
def test_why_a_server_cannot_be_used_is_told_apart(
    postgres_address: str, change: Callable[[str], str], words: str
) -> None:
    """With the host and port, and another next step than to look at the server."""
    with pytest.raises(StoreError) as refused:
        PostgresDatabase(change(postgres_address)).query_rows("SELECT 1")
    assert words in str(refused.value)
    assert ("CACTIONS_DATABASE" in refused.value.hint) is (words != "cannot be reached")


def test_no_error_has_the_password() -> None:
    """Also where there is no server, or it refuses."""
    database = PostgresDatabase(f"postgresql://ada:{PASSWORD}@127.0.0.1:1/x")
    with pytest.raises(StoreError, match="cannot be reached") as refused:
        database.query_rows("SELECT 1")
    assert PASSWORD not in f"{refused.value} {refused.value.__cause__} {database}"


def test_a_lost_connection_is_opened_again_between_transactions(
    database: PostgresDatabase, postgres_address: str
) -> None:
    """For a read, and at the beginning of a write."""
    end_others(postgres_address)
    assert [(1,)] == database.query_rows("SELECT 1")
    end_others(postgres_address)
    with database.open_for_writing():
        database.execute("INSERT INTO taken (project, id) VALUES ('a', 'b')")
    assert [("b",)] == database.query_rows("SELECT id FROM taken")


def test_a_transaction_that_loses_its_connection_stores_nothing_and_is_not_repeated(
    database: PostgresDatabase, postgres_address: str
) -> None:
    """What was in it before would be missing."""
    sql = "INSERT INTO taken (project, id) VALUES ('a', %s)"

    def write(lost_after: int) -> None:
        with database.open_for_writing():
            for number in range(3):
                database.execute(sql, str(number))
                if number == lost_after:
                    end_others(postgres_address)

    for lost_after in (0, 1):
        with pytest.raises(StoreError, match="cannot be reached") as failed:
            write(lost_after)
        assert not isinstance(failed.value, OutcomeUnknown)
        assert [] == database.query_rows("SELECT id FROM taken")
    with pytest.raises(OutcomeUnknown):  # only the commit is missing
        write(2)
    write(9)
    assert 3 == len(database.query_rows("SELECT id FROM taken"))


def test_a_client_that_is_frozen_in_a_transaction_does_not_hold_others_up(
    database: PostgresDatabase, postgres_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends its transaction; with its next statement, it is told so."""
    assert "idle_in_transaction_session_timeout=10s" in str(build_parameters(postgres_address))
    settings = "-c search_path=cactions -c idle_in_transaction_session_timeout=200ms"
    monkeypatch.setattr("cactions.edges.postgres.address._SETTINGS", settings)
    frozen = PostgresDatabase(postgres_address)
    other = PostgresDatabase(postgres_address)
    sql = "UPDATE layout SET version = version"
    done: list[int] = []

    def write() -> None:
        with other.open_for_writing():
            done.append(other.execute(sql))

    thread = Thread(target=write)

    def freeze() -> None:
        with frozen.open_for_writing():
            frozen.execute(sql)
            thread.start()
            thread.join(20)
            assert [1] == done
            frozen.execute(sql)

    with pytest.raises(StoreError, match=r"cannot be reached|refused"):
        freeze()
    frozen.close()
    other.close()


def test_the_tables_are_made_once_by_many_at_once(postgres_address: str) -> None:
    """One of them makes them; the others find them there."""
    databases = [PostgresDatabase(postgres_address) for _ in range(4)]
    made: list[bool] = []
    threads = [Thread(target=lambda d=each: made.append(make_tables(d))) for each in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [False, False, False, True] == sorted(made)
    check_version(databases[0])
    for each in databases:
        each.close()


@pytest.mark.parametrize(("version", "which"), [(0, "an older"), (999, "a newer")])
def test_tables_of_another_version_are_refused(
    database: PostgresDatabase, version: int, which: str
) -> None:
    """With the version that can use them."""
    with database.open_for_writing():
        database.execute("UPDATE layout SET version = %s", version)
    for use in (check_version, make_tables):
        with pytest.raises(StoreError, match=f"by {which} cactions"):
            use(database)


def test_without_tables_the_command_that_makes_them_is_named(postgres_address: str) -> None:
    """Whatever is asked first."""
    with closing(PostgresDatabase(postgres_address)) as empty:
        for use in (check_version, lambda each: each.query_rows("SELECT * FROM run")):
            with pytest.raises(StoreError, match="has no tables") as refused:
                use(empty)
            assert "`cactions cluster init`" in refused.value.hint


@pytest.mark.parametrize("table", ["layout", "part", "schedule_run", "procrastinate_jobs"])
def test_a_part_of_the_tables_is_no_database(database: PostgresDatabase, table: str) -> None:
    """Every command says so at once, also the one that makes them."""
    with database.open_for_writing():
        database.execute(f"DROP TABLE {table} CASCADE")
    for use in (check_version, make_tables):
        with pytest.raises(StoreError, match="only a part of the tables") as refused:
            use(database)
        assert table in str(refused.value)
        assert "DROP SCHEMA cactions" in refused.value.hint
