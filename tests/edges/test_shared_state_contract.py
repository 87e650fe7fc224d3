"""What every shared state of a rate limit promises, in a file and in a database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from msgspec.structs import replace

from cactions.edges.intercom.pacer import FileSharedState, Pacer, SharedState
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.shared_limit import PostgresSharedLimit
from cactions.logic.rate_limit.state import PacerState, Permit
from tests.edges.intercom.lease_clients import NOW, LeaseClient, Timer
from tests.edges.postgres.paced_processes import make_tables
from tests.edges.processes import running, said, tell
from tests.logic.rate_limit.simulation import Client, Crowd, Headers, Service, simulate


class StateHome(Protocol):
    """Where states are kept."""

    program: str
    """Opens the state ``shared`` of a process; its first argument is ``address``."""
    address: object

    def open(self, timer: Timer, key: str = "app") -> SharedState:
        """As another process does."""

    def spoil(self, content: bytes) -> None:
        """Replace what is stored."""

    def delete(self) -> None:
        """Delete it."""


class Folder:
    program = """
import sys
from pathlib import Path
from cactions.edges.intercom.pacer import FileSharedState, MonotonicClock
clock = MonotonicClock()
shared = FileSharedState(Path(sys.argv[1]), "app")
"""

    def __init__(self, folder: Path) -> None:
        self.address = folder / "state"

    def open(self, _timer: Timer, key: str = "app") -> SharedState:
        return FileSharedState(self.address, key)

    def spoil(self, content: bytes) -> None:
        FileSharedState(self.address, "app").path.write_bytes(content)

    def delete(self) -> None:
        FileSharedState(self.address, "app").path.unlink()


class Database:
    program = """
import sys
from cactions.edges.intercom.pacer import MonotonicClock
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.shared_limit import PostgresSharedLimit
clock = MonotonicClock()
shared = PostgresSharedLimit(PostgresDatabase(sys.argv[1]), "app")
"""

    def __init__(self, address: str, stack: ExitStack) -> None:
        self.address, self._stack = make_tables(address), stack
        self._database = self._connect()

    def _connect(self) -> PostgresDatabase:
        database = PostgresDatabase(self.address)
        self._stack.callback(database.close)
        return database

    def open(self, timer: Timer, key: str = "app") -> SharedState:
        return PostgresSharedLimit(self._connect(), key, timer)

    def spoil(self, content: bytes) -> None:
        with self._database.open_for_writing():
            assert 1 == self._database.execute("UPDATE rate_limits SET state = %s", content)

    def delete(self) -> None:
        with self._database.open_for_writing():
            assert 1 == self._database.execute("DELETE FROM rate_limits")


@pytest.fixture(params=["file", "postgres"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StateHome]:
    with ExitStack() as stack:
        if request.param == "file":
            yield Folder(tmp_path)
        else:
            yield Database(request.getfixturevalue("postgres_address"), stack)


def answer(remaining: int, limit: int = 83) -> Headers:
    return [("X-RateLimit-Limit", str(limit)), ("X-RateLimit-Remaining", str(remaining))]


class PacedClient(Client):
    """A simulated process that asks the shared state for each call."""

    def __init__(self, home: StateHome, workers: int, begins: float = 0.0) -> None:
        super().__init__(workers, begins=begins)
        self.timer = Timer()
        self.pacer = Pacer(self.timer, self.timer, home.open(self.timer))

    def take(self, now: float) -> Permit | float:
        self.timer.now = now
        return self.pacer.try_acquire()

    def observe(self, permit: Permit, now: float, status: int, headers: Headers) -> None:
        self.timer.now = now
        self.pacer.observe(permit, status, headers)


def test_two_processes_use_each_window_and_are_not_refused(home: StateHome) -> None:
    """The same as in the simulation of the logic; other clients take a fifth."""
    service = Service(83, phase=3, reset_late=2)
    processes = [PacedClient(home, 4), PacedClient(home, 4, begins=4.0)]
    simulate(service, *processes, seconds=60, crowd=Crowd(0.2))
    assert [] == service.refusals
    assert min(service.own[window] + service.others[window] for window in (2, 3, 4)) >= 81
    assert all(process.pacer.get_figures().shared for process in processes)


def test_four_processes_with_leases_use_each_window_and_are_not_refused(home: StateHome) -> None:
    """One of them is hardly ever busy."""
    group: list[LeaseClient] = []
    for think in (0.0, 0.0, 0.0, 3.0):
        client = LeaseClient(home.open(timer := Timer()), group, 4, think)
        client.timer = timer
        client.pacer = type(client.pacer)(timer, timer, client.store, threaded=False)
    simulate(service := Service(83, phase=3, reset_late=2), *group, seconds=40)
    assert [] == service.refusals
    assert min(service.own[window] for window in (1, 2)) >= 81
    assert all(client.pacer.get_figures().shared for client in group)


def test_keys_do_not_share_a_limit(home: StateHome) -> None:
    """Whatever is in them."""
    for key in ("app-1", "../app", "a/b", "", "é\ud800", "'; DROP TABLE rate_limits; --"):
        timer = Timer()
        pacer = Pacer(timer, timer, home.open(timer, key))
        assert isinstance(pacer.try_acquire(), Permit)
        assert isinstance(pacer.try_acquire(), float)
        assert pacer.get_figures().shared


@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"\xff" * 4096, b"{}", bytes(range(256))])
def test_any_stored_content_is_survived(home: StateHome, content: bytes) -> None:
    """It counts as no state: one call is sent to learn."""
    pacer = Pacer(timer := Timer(), timer, home.open(timer))
    pacer.observe(pacer.acquire(), 200, answer(80))
    home.spoil(content)
    assert isinstance(pacer.try_acquire(), Permit)
    assert isinstance(pacer.try_acquire(), float)
    assert pacer.get_figures().shared


def test_a_state_that_is_deleted_in_use_is_learned_anew(home: StateHome) -> None:
    """The next answer tells everything again."""
    pacer = Pacer(timer := Timer(), timer, home.open(timer))
    pacer.observe(pacer.acquire(), 200, answer(83))
    home.delete()
    assert 0 == pacer.get_figures().seen.limit
    pacer.observe(pacer.acquire(), 200, answer(80))
    assert (83, True) == (pacer.get_figures().seen.limit, pacer.get_figures().shared)


def test_another_process_sees_each_change(home: StateHome) -> None:
    """At once, with the same content."""
    timer = Timer()
    one, other = home.open(timer), home.open(timer)
    pacer = Pacer(timer, timer, one)
    for remaining in (83, 80, 60):
        pacer.observe(pacer.acquire(), 200, answer(remaining))
        timer.now += 0.1
        states = [each.update(timer, lambda state, _: (state, state)) for each in (one, other)]
        assert states[0] == states[1]
        assert states[0].sample
        assert remaining == states[0].sample.remaining


def test_a_change_that_fails_leaves_the_state_as_it_was(home: StateHome) -> None:
    """And the next change is possible."""
    shared = home.open(timer := Timer())

    def write(state: PacerState, now: float) -> tuple[PacerState, None]:
        return replace(state, limit=7, updated_at=now), None

    def fail(state: PacerState, now: float) -> tuple[PacerState, None]:
        raise ZeroDivisionError

    shared.update(timer, write)
    with pytest.raises(ZeroDivisionError):
        shared.update(timer, fail)
    assert 7 == shared.update(timer, lambda state, _: (state, state.limit))


def test_threads_lose_no_change(home: StateHome) -> None:
    """Of one shared state, and with the same time for all of them."""
    timer = Timer()

    def add(state: PacerState, now: float) -> tuple[PacerState, None]:
        return replace(state, serial=state.serial + 1, updated_at=now), None

    def change() -> None:
        shared = home.open(timer)
        for _ in range(25):
            shared.update(timer, add)

    threads = [threading.Thread(target=change) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert 100 == home.open(timer).update(timer, lambda state, _: (state, state.serial))


ADD = """
from msgspec.structs import replace
times = []
def add(state, now):
    times.append((state.updated_at, now))
    return replace(state, serial=state.serial + 1, updated_at=now), state.serial
print("began", flush=True)
sys.stdin.readline()
for _ in range(100):
    last = shared.update(clock, add)
ordered = all(before <= now for before, now in times)
print(last + 1, ordered, flush=True)
"""


def test_processes_lose_no_change_and_time_does_not_go_back(home: StateHome) -> None:
    """The time is read while no other process changes the state."""
    with ExitStack() as stack:
        processes = [
            stack.enter_context(running(home.program + ADD, home.address)) for _ in range(4)
        ]
        assert {"began"} == {said(process) for process in processes}
        for process in processes:
            tell(process, "go")
        ends = [said(process).split() for process in processes]
    assert 400 == max(int(serial) for serial, _ in ends)
    assert {"True"} == {ordered for _, ordered in ends}


def test_an_old_state_is_not_used(home: StateHome) -> None:
    """Two minutes after its last change."""
    pacer = Pacer(timer := Timer(), timer, home.open(timer))
    pacer.observe(pacer.acquire(), 200, answer(83))
    for later, limit in ((119, 83), (121, 0)):
        timer.now = NOW + later
        other = home.open(timer)
        assert limit == other.update(timer, lambda state, _: (state, state.limit))
