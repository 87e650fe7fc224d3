"""The shared limit in a real PostgreSQL: its time, its locks, its table, and real processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace

from cactions.edges.clock import SystemSleeper
from cactions.edges.intercom.lease_pacer import LeasePacer
from cactions.edges.intercom.pacer import MonotonicClock
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.shared_limit import LIMIT_TABLES, LOCK_SECONDS, PostgresSharedLimit
from cactions.logic.rate_limit.state import PacerState, Permit
from cactions.model import StoreError
from tests.edges.counting_server import counting
from tests.edges.postgres.paced_processes import finish, make_tables, pacing, wait_for
from tests.logic.rate_limit.simulation import Headers, Service
from tests.postgres_server import PostgresServer, find_postgres

CLOCK = MonotonicClock()


def answer(remaining: int, limit: int = 83) -> Headers:
    return [("X-RateLimit-Limit", str(limit)), ("X-RateLimit-Remaining", str(remaining))]


def look(state: PacerState, now: float) -> tuple[PacerState, tuple[PacerState, float]]:
    return state, (state, now)


@pytest.fixture
def shared(postgres_address: str) -> Iterator[PostgresSharedLimit]:
    limit = PostgresSharedLimit(PostgresDatabase(make_tables(postgres_address)), "app")
    with closing(limit):
        yield limit


def test_the_time_is_that_of_the_database(shared: PostgresSharedLimit) -> None:
    """In seconds since 1970, whatever this machine's clock says."""
    [(_, first), (_, second)] = [shared.update(CLOCK, look) for _ in range(2)]
    assert 1_700_000_000 < first < second < first + 60


def test_the_time_is_read_when_the_row_is_locked(
    shared: PostgresSharedLimit, postgres_address: str
) -> None:
    """A change that waited is later than the one it waited for, also where that was given up."""
    shared.update(CLOCK, look)
    found: list[float] = []
    waiting = threading.Thread(target=lambda: found.append(shared.update(CLOCK, look)[1]))
    with psycopg.connect(postgres_address) as other:
        other.execute("SELECT * FROM cactions.rate_limits FOR UPDATE")
        waiting.start()
        time.sleep(0.5)
        [(until,)] = other.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        other.rollback()
    waiting.join(60)
    assert found[0] >= until


def test_a_locked_row_is_waited_for_two_seconds(
    shared: PostgresSharedLimit, postgres_address: str
) -> None:
    """Of a client that is frozen; later the state is used again."""
    shared.update(CLOCK, look)
    with psycopg.connect(postgres_address) as other:
        other.execute("SELECT * FROM cactions.rate_limits FOR UPDATE")
        begin = time.monotonic()
        with pytest.raises(StoreError, match="lock timeout"):
            shared.update(CLOCK, look)
        assert LOCK_SECONDS <= time.monotonic() - begin < LOCK_SECONDS + 5
    assert shared.update(CLOCK, look)


def test_without_tables_the_next_step_is_told(postgres_address: str) -> None:
    """And the pacer goes on alone."""
    with closing(PostgresSharedLimit(PostgresDatabase(postgres_address), "app")) as shared:
        with pytest.raises(StoreError, match="has no tables of cactions") as caught:
            shared.update(CLOCK, look)
        assert "cactions cluster init" in caught.value.hint
        pacer = LeasePacer(CLOCK, SystemSleeper(), shared)
        assert isinstance(pacer.acquire(), Permit)
        assert "has no tables of cactions" in pacer.get_figures().shared_error
        pacer.close()


def test_the_tables_can_be_made_again_and_hold_no_key_in_the_clear(
    shared: PostgresSharedLimit, postgres_address: str
) -> None:
    """A second ``cluster init`` leaves the state as it is."""
    pacer = LeasePacer(CLOCK, SystemSleeper(), shared)
    pacer.observe(pacer.acquire(), 200, answer(70))
    pacer.close()
    with psycopg.connect(postgres_address, autocommit=True) as connection:
        for statement in LIMIT_TABLES:
            connection.execute(statement.encode())
        [(key, state)] = connection.execute("SELECT key, state FROM cactions.rate_limits")
    assert "app" not in key
    assert 16 == len(key)
    assert len(state) < 1000
    assert 83 == shared.update(CLOCK, look)[0].limit


def test_many_changes_do_not_make_the_table_grow(
    shared: PostgresSharedLimit, postgres_address: str
) -> None:
    """The room of old versions of a row is used again, also of large ones."""
    large = PacerState(uncertain=tuple(float(number) for number in range(500)))
    for _ in range(1000):
        shared.update(CLOCK, lambda _, now: (replace(large, updated_at=now), None))
    with psycopg.connect(postgres_address) as connection:
        query = "SELECT pg_total_relation_size('cactions.rate_limits')"
        [(size,)] = connection.execute(query)
    assert size < 1024 * 1024


def test_a_pacer_gives_back_and_stores_within_half_a_second(shared: PostgresSharedLimit) -> None:
    """Its thread does it, although no call asks for it."""
    pacer = LeasePacer(CLOCK, SystemSleeper(), shared)
    permit = pacer.acquire()
    pacer.observe(permit, 200, answer(1600, 1667))
    for _ in range(30):
        pacer.observe(pacer.acquire(), 200, answer(1600, 1667))
        time.sleep(0.005)
    wait_for(lambda: not shared.update(CLOCK, look)[0].pending, 5)
    time.sleep(0.5)
    state, _ = shared.update(CLOCK, look)
    assert ((), 1667) == (state.pending, state.limit)
    assert pacer.get_figures().shared
    pacer.close()


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    found = find_postgres()
    if not isinstance(found, Path):
        pytest.skip(found)
    with PostgresServer(found) as server:
        yield server


def test_a_crash_of_the_server_is_survived(server: PostgresServer) -> None:
    """The process goes on alone meanwhile; the table is empty then, and sharing begins anew."""
    address = make_tables(server.create_database())
    with closing(PostgresSharedLimit(PostgresDatabase(address), "app")) as shared:
        pacer = LeasePacer(CLOCK, SystemSleeper(), shared)
        pacer.observe(pacer.acquire(), 200, answer(1600, 1667))
        assert isinstance(pacer.acquire(), Permit)
        server.stop()
        time.sleep(0.5)
        permits = [pacer.acquire() for _ in range(3)]
        figures = pacer.get_figures()
        assert (False, 1667) == (figures.shared, figures.seen.limit)
        assert "cannot be reached" in figures.shared_error
        server.start()
        pacer.observe(permits[0], 200, answer(1590, 1667))
        wait_for(lambda: pacer.get_figures().shared, 30)
        assert "" == pacer.get_figures().shared_error
        assert 2 <= len(shared.update(CLOCK, look)[0].pending)
        for permit in permits[1:]:
            pacer.observe(permit, 200, answer(1580, 1667))
        pacer.close()
        assert 1580 == pacer.get_figures().seen.remaining


BUSY, IDLE = (4, 0.0), (1, 3.0)
CASES = {
    "2 processes": (83, [BUSY] * 2),
    "4 processes": (83, [BUSY] * 4),
    "8 processes": (83, [BUSY] * 8),
    "1 busy, 3 idle": (83, [BUSY, IDLE, IDLE, IDLE]),
    "2 processes, many calls": (1667, [(24, 0.0)] * 2),
    "4 processes, many calls": (1667, [(16, 0.0)] * 4),
    "8 processes, many calls": (1667, [(8, 0.0)] * 8),
    "1 busy, 3 idle, many calls": (1667, [(48, 0.0), IDLE, IDLE, IDLE]),
}
SHORT = ("4 processes", "1 busy, 3 idle")


@pytest.mark.hostile
@pytest.mark.parametrize("case", CASES)
def test_processes_use_windows_of_a_real_server_and_are_not_refused(
    postgres_address: str, request: pytest.FixtureRequest, case: str
) -> None:
    """97 percent of each of three windows of ten seconds; in the normal form, of the first one.

    The first call is 1.5 s before the end of a window.
    """
    is_long = request.config.option.markexpr == "hostile"
    if not is_long and case not in SHORT:
        pytest.skip("only in the long form")
    limit, workers = CASES[case]
    last = 2 if is_long else 0
    with (
        counting(Service(limit, phase=1.5)) as (service, port),
        pacing(make_tables(postgres_address), port, workers) as processes,
    ):
        wait_for(lambda: service.own[last] >= 0.97 * limit)
        time.sleep(0.5)
        ends = finish(processes)
    assert [] == service.refusals
    assert all(service.own[window] >= 0.97 * limit for window in range(last + 1))
    assert {(True, "", 0)} == {(each["shared"], each["error"], each["refused"]) for each in ends}
    assert all(each["calls"] for each in ends)


def test_a_killed_process_takes_a_small_part_with_it(postgres_address: str) -> None:
    """What it held counts as used in this window; the others use the rest."""
    with (
        counting(Service(300, phase=1.5)) as (service, port),
        pacing(make_tables(postgres_address), port, [(8, 0.0)] * 3) as processes,
    ):
        wait_for(lambda: service.own[0] >= 60)
        os.kill(processes[0].pid, signal.SIGKILL)
        wait_for(lambda: service.own[0] >= 0.85 * 300, 15)
        ends = finish(processes[1:])
    assert [] == service.refusals
    assert service.own[0] >= 0.85 * 300
    assert all(each["shared"] for each in ends)
