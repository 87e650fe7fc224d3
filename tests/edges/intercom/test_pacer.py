"""The pacer as workers and processes use it: waiting, threads, the shared file, kills."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from cactions.edges.clock import SystemSleeper
from cactions.edges.intercom.pacer import (
    LOCK_SECONDS,
    FileSharedState,
    MonotonicClock,
    Pacer,
    PacerClock,
    SharedState,
)
from cactions.logic.rate_limit.state import PacerState, Permit, WindowKind
from cactions.model import StoreError
from tests.edges.counting_server import counting
from tests.edges.processes import running, said, tell
from tests.logic.rate_limit.simulation import Client, Crowd, Headers, Service, simulate

NOW = 5000.0


class Timer:
    """A clock and a sleeper: waiting lets the time pass."""

    def __init__(self) -> None:
        self.now = NOW
        self.waits: list[float] = []

    def get_time(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def answer(remaining: int, limit: int = 83) -> Headers:
    return [("X-RateLimit-Limit", str(limit)), ("X-RateLimit-Remaining", str(remaining))]


def a_pacer(timer: Timer, shared: SharedState | None = None, share: float = 1.0) -> Pacer:
    return Pacer(timer, timer, shared, share)


class Paced(Client):
    """A simulated client that has a pacer of its own, as a process has."""

    def __init__(self, folder: Path, workers: int, begins: float = 0.0) -> None:
        super().__init__(workers, begins=begins)
        self.timer = Timer()
        self.pacer = a_pacer(self.timer, FileSharedState(folder, "app"))

    def take(self, now: float) -> Permit | float:
        self.timer.now = now
        return self.pacer.try_acquire()

    def observe(self, permit: Permit, now: float, status: int, headers: Headers) -> None:
        self.timer.now = now
        self.pacer.observe(permit, status, headers)

    def abandon(self, permit: Permit, now: float) -> None:
        self.timer.now = now
        self.pacer.abandon(permit)


def test_a_worker_waits_as_long_as_needed_in_short_steps() -> None:
    """Other processes may change the state meanwhile."""
    timer = Timer()
    pacer = a_pacer(timer)
    pacer.observe(pacer.acquire(), 429, [("Retry-After", "7")])
    pacer.acquire()
    assert 7 == pytest.approx(timer.now - NOW)
    assert max(timer.waits) <= 0.5
    assert len(timer.waits) <= 15


def test_the_figures_tell_what_was_done_and_seen() -> None:
    """For ``doctor`` and the end of a run."""
    timer = Timer()
    pacer = a_pacer(timer)
    assert (0, None) == (pacer.get_figures().seen.limit, pacer.get_figures().seen.remaining)
    pacer.observe(pacer.acquire(), 200, answer(83))
    pacer.abandon(pacer.acquire())
    pacer.observe(pacer.acquire(), 429, [*answer(0), ("Retry-After", "2")])
    pacer.acquire()
    found = pacer.get_figures()
    assert (4, 1, False, "") == (found.calls, found.refused, found.shared, found.shared_error)
    assert 2 == pytest.approx(found.waited)
    assert (83, WindowKind.UNKNOWN) == (found.seen.limit, found.seen.windows)


class Interrupted(Timer):
    """A sleeper in whose first wait the operator presses Ctrl-C."""

    def wait(self, seconds: float) -> None:
        super().wait(seconds)
        if len(self.waits) == 1:
            raise KeyboardInterrupt


def test_an_interrupted_wait_leaves_the_pacer_usable() -> None:
    """The interrupt passes, and the next worker gets its turn."""
    timer = Interrupted()
    pacer = a_pacer(timer)
    pacer.observe(pacer.acquire(), 429, [("Retry-After", "3")])
    with pytest.raises(KeyboardInterrupt):
        pacer.acquire()
    assert isinstance(pacer.acquire(), Permit)


def test_two_processes_with_a_file_use_each_window_and_are_not_refused(tmp_path: Path) -> None:
    """The same as in the simulation of the logic, through the file; others take a fifth."""
    service = Service(83, phase=3, reset_late=2)
    processes = [Paced(tmp_path / "state", 4), Paced(tmp_path / "state", 4, begins=4.0)]
    simulate(service, *processes, seconds=60, crowd=Crowd(0.2))
    assert [] == service.refusals
    assert min(service.own[window] + service.others[window] for window in (2, 3, 4)) >= 81
    figures = [process.pacer.get_figures() for process in processes]
    assert all(each.shared and each.calls > 100 for each in figures)
    assert sum(service.own.values()) + 8 >= sum(each.calls for each in figures)


def test_apps_do_not_share_a_limit(tmp_path: Path) -> None:
    """Each key has a file; the key is not readable in its name."""
    folder = tmp_path / "state"
    for key in ("app-1", "../app", "a/b", "", "é\ud800"):
        timer = Timer()
        pacer = a_pacer(timer, FileSharedState(folder, key))
        assert isinstance(pacer.try_acquire(), Permit)
        assert isinstance(pacer.try_acquire(), float)
    names = sorted(file.name for file in folder.iterdir())
    assert [".gitignore"] == [name for name in names if not name.startswith("rate-limit-")]
    assert 6 == len(names)
    assert not any("app" in name for name in names)


def test_the_file_is_private_and_small(tmp_path: Path) -> None:
    """Whatever the umask is."""
    shared = FileSharedState(tmp_path / "state", "app")
    simulate(Service(167), client := Paced(tmp_path / "state", 8), seconds=15)
    assert client.pacer.get_figures().shared
    assert 0o600 == stat.S_IMODE(shared.path.stat().st_mode)
    assert shared.path.stat().st_size < 4096


def plant_link(path: Path) -> None:
    path.parent.mkdir(0o700)
    (path.parent.parent / "victim").write_text("precious")
    path.symlink_to(path.parent.parent / "victim")


def plant_hard_link(path: Path) -> None:
    path.parent.mkdir(0o700)
    (path.parent.parent / "victim").write_text("precious")
    path.hardlink_to(path.parent.parent / "victim")


def plant_folder(path: Path) -> None:
    path.mkdir(0o700, parents=True)


def plant_pipe(path: Path) -> None:
    path.parent.mkdir(0o700)
    os.mkfifo(path)


def plant_file_for_folder(path: Path) -> None:
    path.parent.write_text("no folder")


def plant_repository(path: Path) -> None:
    path.parent.mkdir(0o700)
    path.write_bytes(b"tracked")
    for command in (["init", "-q"], ["add", "-f", "."]):
        subprocess.run(["git", *command], cwd=path.parent.parent, check=True, timeout=300)


PLANTS = [plant_link, plant_hard_link, plant_folder, plant_pipe, plant_file_for_folder,
          plant_repository]  # fmt: skip


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_an_unusable_file_never_stops_a_run(tmp_path: Path, plant: Callable[[Path], None]) -> None:
    """The process paces its own calls then, and says so; nothing is written elsewhere."""
    shared = FileSharedState(tmp_path / "state", "app")
    plant(shared.path)
    timer = Timer()
    pacer = a_pacer(timer, shared)
    pacer.observe(pacer.acquire(), 200, answer(83))
    assert isinstance(pacer.try_acquire(), Permit)
    figures = pacer.get_figures()
    assert not figures.shared
    assert str(tmp_path / "state") in figures.shared_error
    assert [] == timer.waits
    victim = tmp_path / "victim"
    assert not victim.exists() or "precious" == victim.read_text()


class FullDisk:
    """A shared state whose second change cannot be stored."""

    def __init__(self) -> None:
        self.state = PacerState()
        self.changes = 0

    def update(
        self, clock: PacerClock, change: Callable[[PacerState, float], tuple[PacerState, Any]]
    ) -> Any:
        self.state, result = change(self.state, clock.get_time())
        self.changes += 1
        if self.changes > 1:
            raise StoreError("no space left on device", hint="Make room.")
        return result


def test_a_file_that_fails_later_is_continued_from_memory() -> None:
    """What was learned is kept."""
    shared = FullDisk()
    pacer = a_pacer(Timer(), shared)
    pacer.observe(pacer.acquire(), 200, answer(83))
    assert 83 == pacer.get_figures().seen.limit
    assert "no space left on device" == pacer.get_figures().shared_error
    assert 2 == shared.changes


@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"\xff" * 4096, b"{}", bytes(range(256))])
def test_any_content_of_the_file_is_survived(tmp_path: Path, content: bytes) -> None:
    """It counts as no state: one call is sent to learn."""
    shared = FileSharedState(tmp_path / "state", "app")
    shared.path.parent.mkdir(0o700)
    shared.path.write_bytes(content)
    pacer = a_pacer(Timer(), shared)
    assert isinstance(pacer.try_acquire(), Permit)
    assert isinstance(pacer.try_acquire(), float)
    assert pacer.get_figures().shared


class Killed(BaseException):
    """The process ended within a write."""


def cut_off(write: int, size: int) -> Callable[[int, bytes, int], int]:
    """``pwrite`` of a process that is killed in this write, after so many bytes."""
    pwrite, count = os.pwrite, iter(range(2))

    def write_some(handle: int, data: bytes, at: int) -> int:
        if next(count) < write:
            return pwrite(handle, data, at)
        pwrite(handle, data[:size], at)
        raise Killed

    return write_some


@pytest.mark.parametrize(
    ("write", "size", "calls"),
    [(0, 0, 1), (0, 1, 1), (0, 4096, 1), (0, 8192, 1), (1, 0, 1), (1, 4, 2)],
)
def test_a_write_that_is_cut_off_leaves_the_old_state_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int, size: int, calls: int
) -> None:
    """The kernel writes page by page, and ends with the process; this state has several."""
    timer = Timer()
    pacer = a_pacer(timer, FileSharedState(tmp_path, "app"))
    pacer.observe(pacer.acquire(), 200, answer(100_000, 100_000))
    for _ in range(900):
        assert isinstance(pacer.try_acquire(), Permit)
        timer.now += 0.001
    other = FileSharedState(tmp_path, "app")
    assert other.path.stat().st_size > 8192
    for begun in range(5):
        before = other.update(timer, lambda state, _: (state, state.serial))
        monkeypatch.setattr("os.pwrite", cut_off(write, size))
        with pytest.raises(Killed):
            pacer.try_acquire()
        monkeypatch.undo()
        after = other.update(timer, lambda state, _: (state, state.serial))
        assert (901 + begun * (calls - 1), calls - 1) == (before, after - before)
    assert other.path.stat().st_size < 64 * 1024


def test_a_file_that_is_deleted_or_damaged_in_use_is_learned_anew(tmp_path: Path) -> None:
    """The next answer tells everything again."""
    shared = FileSharedState(tmp_path / "state", "app")
    pacer = a_pacer(Timer(), shared)
    for spoil in (shared.path.unlink, lambda: shared.path.write_bytes(b"x" * 50)):
        pacer.observe(pacer.acquire(), 200, answer(83))
        assert isinstance(pacer.try_acquire(), Permit)
        spoil()
        assert 0 == pacer.get_figures().seen.limit
        assert isinstance(pacer.try_acquire(), Permit)
        assert isinstance(pacer.try_acquire(), float)
        assert pacer.get_figures().shared
        shared.path.unlink()


def test_threads_never_send_more_than_is_left() -> None:
    """A hundred threads want to call at once; the second half of the first window is spread."""
    timer = Timer()
    pacer = a_pacer(timer)
    pacer.observe(pacer.acquire(), 200, answer(83, 83))
    timer.now += 0.01
    found: list[Permit | float] = []
    threads = [
        threading.Thread(target=lambda: found.append(pacer.try_acquire())) for _ in range(100)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    permits = [each for each in found if isinstance(each, Permit)]
    assert len(permits) == len({permit.serial for permit in permits})
    assert (40, 100) == (len(permits), len(found))


def test_pacing_costs_less_than_five_percent(tmp_path: Path) -> None:
    """Of one CPU, at 166 calls a second, with the file and 16 calls on their way."""
    timer = Timer()
    pacer = a_pacer(timer, FileSharedState(tmp_path / "state", "app"))
    pacer.observe(pacer.acquire(), 200, answer(100_000, 100_000))
    permits = [pacer.acquire() for _ in range(16)]
    costs = []
    for part in range(5):  # the best part, since other processes disturb
        begin = time.process_time()
        for number in range(166):
            timer.now += 0.001
            permits.append(pacer.acquire())
            pacer.observe(permits.pop(0), 200, answer(90_000 - 166 * part - number, 100_000))
        costs.append(time.process_time() - begin)
    assert min(costs) < 0.05
    assert pacer.get_figures().shared


USE = """
import sys
from pathlib import Path
from cactions.edges.clock import SystemSleeper
from cactions.edges.intercom.pacer import FileSharedState, MonotonicClock, Pacer
pacer = Pacer(MonotonicClock(), SystemSleeper(), FileSharedState(Path(sys.argv[1]), "app"))
headers = [("X-RateLimit-Limit", "1000000"), ("X-RateLimit-Remaining", "1000000")]
pacer.observe(pacer.acquire(), 200, headers)
for number in range(10**9):
    permit = pacer.try_acquire()
    if number % 2 and not isinstance(permit, float):
        pacer.observe(permit, 200, headers)
    if number == 20:
        print("busy", flush=True)
"""


@pytest.mark.hostile
def test_a_killed_process_blocks_no_other(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Wherever it is killed; the file is whole afterwards, and the next process goes on at once."""
    kills = 100 if request.config.option.markexpr == "hostile" else 12
    shared = FileSharedState(tmp_path / "state", "app")
    pacer = Pacer(MonotonicClock(), SystemSleeper(), shared)
    learned = False  # the first ones can be killed before they have stored anything
    for number in range(kills):
        with running(USE, tmp_path / "state") as process:
            assert "busy" == said(process)
            time.sleep(number * 0.0007)
            process.send_signal(signal.SIGKILL)
            process.wait()
        figures = pacer.get_figures()  # not shared where the lock was waited for in vain
        learned = learned or figures.seen.limit > 0
        assert (True, 1_000_000 if learned else 0) == (figures.shared, figures.seen.limit)
    assert learned


HOLD = """
import sys
from pathlib import Path
from cactions.edges.files.private_files import open_private_file, try_lock
handle = open_private_file(Path(sys.argv[1]))
print(try_lock(handle), flush=True)
sys.stdin.read()
"""


def test_a_process_that_hangs_with_the_lock_is_waited_for_once(tmp_path: Path) -> None:
    """Then this process paces its own calls."""
    shared = FileSharedState(tmp_path / "state", "app")
    pacer = Pacer(MonotonicClock(), SystemSleeper(), shared)
    pacer.observe(pacer.acquire(), 200, answer(83))
    with running(HOLD, shared.path) as process:
        assert "True" == said(process)
        begin = time.monotonic()
        assert isinstance(pacer.try_acquire(), Permit)
        assert LOCK_SECONDS <= time.monotonic() - begin
        waits = []
        for _ in range(5):  # the shortest one, since other processes disturb
            begin = time.monotonic()
            figures = pacer.get_figures()
            waits.append(time.monotonic() - begin)
        assert min(waits) < LOCK_SECONDS
    assert (False, 83) == (figures.shared, figures.seen.limit)
    assert "locked by another process" in figures.shared_error


@pytest.fixture
def counter() -> Iterator[tuple[Service, int]]:
    """Its windows have ten seconds; the first call is 1.5 s before the end of one."""
    with counting(Service(83, phase=1.5)) as found:
        yield found


CALL = """
import http.client, sys, threading
from pathlib import Path
from cactions.edges.clock import SystemSleeper
from cactions.edges.intercom.pacer import FileSharedState, MonotonicClock, Pacer
pacer = Pacer(MonotonicClock(), SystemSleeper(), FileSharedState(Path(sys.argv[1]), "app"))
def work():
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[2]))
    while True:
        permit = pacer.acquire()
        connection.request("GET", "/")
        response = connection.getresponse()
        response.read()
        pacer.observe(permit, response.status, response.getheaders())
for _ in range(3):
    threading.Thread(target=work, daemon=True).start()
print("began", flush=True)
sys.stdin.readline()
figures = pacer.get_figures()
print(figures.shared, figures.calls, figures.refused, flush=True)
"""


def test_two_processes_use_a_window_of_a_real_server(
    tmp_path: Path, counter: tuple[Service, int]
) -> None:
    """In a few seconds with a roll-over: it is learned, and no call is refused.

    A busy machine may need another window to make so many calls in one.
    """
    service, port = counter
    with ExitStack() as stack:
        processes = [stack.enter_context(running(CALL, tmp_path / "s", port)) for _ in range(2)]
        assert ["began", "began"] == [said(process) for process in processes]
        until = time.monotonic() + 60
        while max(service.own.values(), default=0) < 80 and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.5)
        for process in processes:
            tell(process, "end")
        figures = [said(process).split() for process in processes]
    assert [] == service.refusals
    assert max(service.own.values()) >= 80
    assert [["True", "0"]] * 2 == [[shared, refused] for shared, _, refused in figures]
    assert all(int(calls) >= 5 for _, calls, _ in figures)
