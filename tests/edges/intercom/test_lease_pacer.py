"""Leased permits: windows are used and never exceeded, nothing is kept, outages are survived."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from cactions.edges.clock import SystemSleeper
from cactions.edges.intercom.lease_pacer import LeasePacer
from cactions.edges.intercom.pacer import MonotonicClock, PacerClock, SharedState
from cactions.logic.rate_limit.file_format import dump_state, load_state_and_time
from cactions.logic.rate_limit.leases import HOLD_SECONDS
from cactions.logic.rate_limit.state import PacerState, Permit
from cactions.model import StoreError
from tests.edges.intercom.lease_clients import NOW, LeaseClient, MemoryState, Timer
from tests.logic.rate_limit.simulation import (
    EPOCH,
    Crowd,
    Headers,
    Service,
    simulate,
    whole_windows,
)

SECONDS = 60.0


def answer(remaining: int, limit: int = 83) -> Headers:
    return [("X-RateLimit-Limit", str(limit)), ("X-RateLimit-Remaining", str(remaining))]


def a_group(
    shared: SharedState, processes: int, workers: int, think: float = 0.0
) -> list[LeaseClient]:
    group: list[LeaseClient] = []
    for _ in range(processes):
        LeaseClient(shared, group, workers, think)
    return group


def worst(service: Service) -> float:
    windows = whole_windows(service, SECONDS)
    return min((service.own[each] + service.others[each]) / service.limit for each in windows)


CASES = [(83, 1, 4), (83, 2, 4), (83, 4, 4), (83, 8, 4), (167, 4, 4), (1667, 2, 24), (1667, 8, 8)]


@pytest.mark.parametrize(("limit", "processes", "workers"), CASES)
@pytest.mark.parametrize("phase", [0.0, 3.0, 8.7])
def test_each_window_is_used_to_98_percent_and_no_call_is_refused(
    limit: int, processes: int, workers: int, phase: float
) -> None:
    """However many processes there are, and whenever windows end."""
    service, group = Service(limit, phase, 2), a_group(MemoryState(), processes, workers)
    simulate(service, *group, seconds=SECONDS)
    assert [] == service.refusals
    assert worst(service) >= 0.98
    figures = [client.pacer.get_figures() for client in group]
    assert all(each.shared and each.calls for each in figures)
    assert sum(service.own.values()) <= sum(each.calls for each in figures)


@pytest.mark.parametrize(("limit", "workers"), [(83, 4), (1667, 48)])
def test_a_busy_process_uses_what_idle_ones_leave(limit: int, workers: int) -> None:
    """Three others send a call in three seconds."""
    group = a_group(MemoryState(), 1, workers)
    for _ in range(3):
        LeaseClient(group[0].store.inner, group, 1, think=3.0)
    simulate(service := Service(limit, 4, 2), *group, seconds=SECONDS)
    assert [] == service.refusals
    assert worst(service) >= 0.98


@pytest.mark.parametrize(("share", "most"), [(0.5, 83), (0.1, 16)])
def test_all_processes_together_keep_to_a_share(share: float, most: int) -> None:
    """Of each window of 167 calls; leased permits that were not used do not count."""
    group: list[LeaseClient] = []
    shared = MemoryState()
    for _ in range(4):
        LeaseClient(shared, group, 4, share=share)
    simulate(service := Service(167, 3, 2), *group, seconds=SECONDS)
    windows = [service.own[each] for each in whole_windows(service, SECONDS, first=1)]
    assert most >= max(windows)
    assert most - 2 <= min(windows)


@pytest.mark.parametrize("manner", ["even", "random", "bursts"])
def test_other_clients_keep_their_part(manner: str) -> None:
    """They use a fifth; hardly any of their calls is refused, and none of ours."""
    service, group = Service(167, 3, 2), a_group(MemoryState(), 4, 4)
    simulate(service, *group, seconds=SECONDS, crowd=Crowd(0.2, manner))
    assert len(service.refusals) <= 1
    assert worst(service) >= 0.85


def test_lost_answers_and_sliding_windows_are_survived() -> None:
    """As without leases."""
    group = a_group(MemoryState(), 4, 4)
    for client in group:
        client.lost = 0.05
    simulate(service := Service(83, 3, 2), *group, seconds=SECONDS)
    assert [] == service.refusals
    group = a_group(MemoryState(), 4, 4)
    simulate(service := Service(167, sliding=True), *group, seconds=SECONDS)
    assert len(service.refusals) <= 3
    assert sum(service.own.values()) >= 0.85 * 167 * 6


class OwnTime(MemoryState):
    """A shared state with a clock of its own, which is set now and then."""

    def __init__(self, steps: Sequence[tuple[float, float]]) -> None:
        super().__init__()
        self.group: list[LeaseClient] = []
        self.steps = steps

    def update(
        self, clock: PacerClock, change: Callable[[PacerState, float], tuple[PacerState, Any]]
    ) -> Any:
        passed = self.group[0].timer.now - self.group[0].offset - NOW
        step = next((step for since, step in reversed(self.steps) if passed >= since), 0.0)
        state, now = load_state_and_time(dump_state(self.state), EPOCH + passed + step)
        self.state, result = change(state, now)
        return result


STEPS = {
    "steady": [],
    "set back a bit": [(25.0, -0.8)],
    "set on a bit": [(25.0, 0.8)],
    "set back an hour": [(25.0, -3600.0)],
    "set on an hour": [(25.0, 3600.0)],
}


@pytest.mark.parametrize("kind", STEPS)
def test_clocks_of_machines_do_not_matter_and_that_of_the_database_may_be_set(kind: str) -> None:
    """Machines have started at different times; after a step, the windows are learned anew."""
    group = a_group(shared := OwnTime(STEPS[kind]), 4, 4)
    shared.group = group
    for number, client in enumerate(group):
        client.offset = number * 100_000.0
    simulate(service := Service(83, 3, 2), *group, seconds=80)
    assert len(service.refusals) <= (kind == "set on a bit")
    assert all(service.own[window] >= 0.97 * 83 for window in (0, 1, 4, 5, 6))
    assert all(service.own[window] >= 0.75 * 83 for window in (2, 3))
    assert all(client.pacer.get_figures().shared for client in group)


def test_many_calls_share_a_change_of_the_state() -> None:
    """At a limit of 10,000 a minute, with two processes of many workers."""
    group = a_group(MemoryState(), 2, 24)
    simulate(service := Service(1667, 3, 2), *group, seconds=SECONDS)
    changes = sum(client.store.changes for client in group)
    assert changes * 5 <= sum(service.own.values())


def test_an_idle_process_keeps_nothing() -> None:
    """Permits and answers go back in 0.3 s; then its thread sleeps."""
    [client] = a_group(shared := MemoryState(), 1, 8)
    client.ends = 17
    simulate(Service(1667, 3, 2), client, seconds=17)
    assert len(shared.state.pending) > 8  # also leased ones
    for step in range(100):
        client.pass_time(NOW + 17 + step / 100)
    lost = client.store.changes
    assert len(shared.state.pending) <= 8  # the calls without an answer
    for step in range(1000):
        client.pass_time(NOW + 18 + step / 100)
    assert lost == client.store.changes


def test_closing_gives_everything_back() -> None:
    """At the end of the process; who still calls then, goes on alone."""
    shared, group = MemoryState(), []
    client = LeaseClient(shared, group, 0)
    permit = client.take(NOW)
    assert isinstance(permit, Permit)
    client.observe(permit, NOW + 0.1, 200, answer(1600, 1667))
    taken = client.take(NOW + 0.2)
    assert isinstance(taken, Permit)
    client.pacer.observe(taken, 200, answer(1599, 1667))
    client.pacer.close()
    assert () == shared.state.pending
    assert shared.state.sample
    assert 1599 == shared.state.sample.remaining
    client.pacer.try_acquire()
    assert not client.pacer.get_figures().shared


def test_an_answer_counts_in_the_figures_before_it_is_stored() -> None:
    """``doctor`` asks after one call."""
    pacer = LeasePacer(timer := Timer(), timer, MemoryState(), threaded=False)
    assert isinstance(pacer.try_acquire(), float)
    pacer.run_due()
    permit = pacer.try_acquire()
    assert isinstance(permit, Permit)
    timer.now += 0.1
    pacer.observe(permit, 200, answer(80))
    assert (83, 80) == (pacer.get_figures().seen.limit, pacer.get_figures().seen.remaining)


class Outage:
    """A shared state that is out of reach for a while."""

    def __init__(self, inner: MemoryState, begins: float, ends: float) -> None:
        self.inner, self.begins, self.ends = inner, NOW + begins, NOW + ends

    def update(
        self, clock: PacerClock, change: Callable[[PacerState, float], tuple[PacerState, Any]]
    ) -> Any:
        if self.begins <= clock.get_time() < self.ends:
            raise StoreError("the database cannot be reached", hint="Check it.")
        return self.inner.update(clock, change)


@pytest.mark.parametrize("limit", [83, 167, 1667])
@pytest.mark.parametrize("processes", [2, 4, 8])
def test_without_the_state_the_limit_is_kept_and_sharing_comes_back(
    limit: int, processes: int
) -> None:
    """In the outage, half of a window is used at most; the figures say why."""
    group = a_group(Outage(MemoryState(), 24, 65), processes, 8 if limit < 1000 else 24)
    service, said = Service(limit, 3, 2), set()

    def note(now: float) -> None:
        figures = group[0].pacer.get_figures()
        said.add((round((now - NOW) // 10), figures.shared, figures.shared_error))

    watched = group[0].pass_time
    group[0].pass_time = lambda now: (watched(now), note(now))[0]  # type: ignore[method-assign]
    simulate(service, *group, seconds=100)
    assert [] == service.refusals
    for window in (3, 4, 5):  # seconds 33 to 63
        assert 0.2 * limit <= service.own[window] <= limit / 2
    assert all(service.own[window] >= 0.97 * limit for window in (0, 1, 8))
    why = "the database cannot be reached"
    assert {(4, False, why), (5, False, why), (8, True, "")} <= said
    assert {(4, True, ""), (5, True, ""), (8, False, why)}.isdisjoint(said)


def test_a_process_that_alone_is_cut_off_takes_a_small_part() -> None:
    """The three others see its calls as those of another client, and use the rest."""
    group = a_group(shared := MemoryState(), 4, 4)
    group[3].store.inner = Outage(shared, 24, 65)
    simulate(service := Service(167, 3, 2), *group, seconds=SECONDS)
    assert len(service.refusals) <= 1
    assert all(service.own[window] >= 0.9 * 167 for window in (3, 4))


def test_calls_of_an_outage_are_told_afterwards() -> None:
    """Those on their way count as such, the others until an answer includes them."""
    shared = MemoryState()
    client = LeaseClient(shared, [], 0)
    shared.is_down = True
    first = client.take(NOW)
    assert isinstance(first, Permit)
    client.observe(first, NOW + 0.1, 200, answer(83))
    second = client.take(NOW + 0.2)
    assert isinstance(second, Permit)
    assert not client.pacer.get_figures().shared
    shared.is_down = False
    client.pass_time(NOW + 2)
    assert client.pacer.get_figures().shared
    assert (1, 1) == (len(shared.state.pending), len(shared.state.uncertain))
    client.observe(second, NOW + 2.1, 200, answer(82))
    client.pass_time(NOW + 3)
    assert ((), ()) == (shared.state.pending, shared.state.uncertain)


class Slow(MemoryState):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.go, self.lock = threading.Event(), threading.Lock()

    def update(
        self, clock: PacerClock, change: Callable[[PacerState, float], tuple[PacerState, Any]]
    ) -> Any:
        assert self.go.wait(60)
        with self.lock:
            return super().update(clock, change)


def test_a_state_that_does_not_answer_is_not_waited_for() -> None:
    """After two seconds the process goes on alone; when the answer comes, it shares again."""
    shared = Slow()
    pacer = LeasePacer(MonotonicClock(), SystemSleeper(), shared)
    begin = time.monotonic()
    permit = pacer.acquire()
    assert 2 <= time.monotonic() - begin < 20
    assert not pacer.get_figures().shared
    shared.go.set()
    pacer.observe(permit, 200, answer(1600, 1667))
    until = time.monotonic() + 30
    while not pacer.get_figures().shared and time.monotonic() < until:
        time.sleep(0.01)
    assert (True, "") == (pacer.get_figures().shared, pacer.get_figures().shared_error)
    pacer.close()


def test_threads_get_what_one_change_brought() -> None:
    """Twenty threads call five times each; no permit is given twice, and the answers are stored."""
    shared = Slow()
    shared.go.set()
    pacer = LeasePacer(MonotonicClock(), SystemSleeper(), shared)
    pacer.observe(pacer.acquire(), 200, answer(1667, 1667))
    serials, left = [], iter(range(1666, 0, -1))

    def call() -> None:
        for _ in range(5):
            permit = pacer.acquire()
            serials.append(permit.serial)
            pacer.observe(permit, 200, answer(next(left), 1667))

    threads = [threading.Thread(target=call) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    pacer.close()
    assert list(range(2, 102)) == sorted(serials)
    assert () == shared.state.pending
    assert 101 == pacer.get_figures().calls


class Far(Slow):
    """Each change takes longer than a permit is held."""

    def update(
        self, clock: PacerClock, change: Callable[[PacerState, float], tuple[PacerState, Any]]
    ) -> Any:
        time.sleep(HOLD_SECONDS * 1.5)
        return super().update(clock, change)


def test_permits_from_far_away_can_be_used_when_they_arrive() -> None:
    """They are leased for more calls then, and before they are needed."""
    shared = Far()
    shared.go.set()
    pacer = LeasePacer(MonotonicClock(), SystemSleeper(), shared)
    pacer.observe(pacer.acquire(), 200, answer(1667, 1667))
    counts, until = [0] * 8, time.monotonic() + 5

    def call(number: int) -> None:
        while time.monotonic() < until:
            permit = pacer.acquire()
            counts[number] += 1
            time.sleep(0.02)
            pacer.observe(permit, 200, answer(1600, 1667))

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    pacer.close()
    assert pacer.get_figures().shared
    assert sum(counts) > 10 * 8  # as many as changes bring to waiting calls alone


class Broken(MemoryState):
    """Has a fault of its own."""

    def update(
        self, clock: PacerClock, change: Callable[[PacerState, float], tuple[PacerState, Any]]
    ) -> Any:
        raise ValueError("a fault of the program")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_in_the_thread_stops_no_call() -> None:
    """It is reported, and the process goes on alone."""
    pacer = LeasePacer(MonotonicClock(), SystemSleeper(), Broken())
    assert isinstance(pacer.acquire(), Permit)
    assert "a fault of the program" == pacer.get_figures().shared_error
    pacer.close()


def test_store_errors_are_the_only_expected_ones() -> None:
    """Without a thread, a fault reaches the caller."""
    pacer = LeasePacer(timer := Timer(), timer, Broken(), threaded=False)
    pacer.try_acquire()
    with pytest.raises(ValueError, match="a fault"):
        pacer.run_due()
    assert issubclass(StoreError, Exception)
    assert isinstance(pacer.try_acquire(), Permit)
