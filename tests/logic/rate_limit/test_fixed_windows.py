"""Fixed windows of ten seconds are used almost fully, and no call is refused.

Time is simulated; a worker waits 70 to 350 ms for each answer.
"""

from __future__ import annotations

import itertools
import random

import pytest

from cactions.logic.rate_limit.figures import describe_limit
from cactions.logic.rate_limit.state import PacerState, WindowKind
from tests.logic.rate_limit.simulation import (
    START,
    Client,
    Crowd,
    Service,
    simulate,
    whole_windows,
)

SECONDS = 180.0
WORKERS = {83: 8, 166: 8, 167: 8, 1667: 64}
GRID = list(itertools.product((83, 167, 1667), (0, 3, 7), (0, 2, 6), (False, True)))
SLICE = [case for case in GRID if case[0] < 1667] + [(1667, 3, 2, False)]

Case = tuple[int, int, int, bool]


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.option.markexpr == "hostile")


def worst(service: Service, first: int = 2) -> float:
    """The least used of the windows from the third on, as a part of what others left."""
    return min(parts(service, first))


def parts(service: Service, first: int = 2) -> list[float]:
    return [
        service.own[window] / (service.limit - service.others[window])
        for window in whole_windows(service, SECONDS, first)
    ]


def left_used(service: Service) -> float:
    """The used part of what others left, over all windows from the third on."""
    windows = whole_windows(service, SECONDS)
    left = sum(service.limit - service.others[window] for window in windows)
    return sum(service.own[window] for window in windows) / left


def crowded(service: Service, manner: str, seed: int) -> Service:
    client = Client(workers=WORKERS[service.limit])
    return simulate(service, client, crowd=Crowd(0.2, manner), seed=seed)


@pytest.mark.hostile
@pytest.mark.parametrize("case", GRID, ids=lambda case: "-".join(map(str, case)))
def test_each_window_from_the_third_on_is_used_to_98_percent(case: Case, is_long: bool) -> None:
    """Whenever windows end, however late Reset is, and whenever Remaining is told."""
    if not is_long and case not in SLICE:
        pytest.skip("only in the long form")
    limit, phase, late, after = case
    for skew in (-1.0, 1.0) if is_long else ((phase - 3) / 4,):
        service = Service(limit, phase, late, told_after=after, skew=skew)
        simulate(service, Client(workers=WORKERS[limit]))
        assert [] == service.refusals
        assert worst(service) >= 0.98


@pytest.mark.hostile
def test_windows_may_begin_at_any_time(is_long: bool) -> None:
    """If the first call comes less than 0.5 s before a roll-over, it takes one window more."""
    chance = random.Random(7)
    for seed in range(200 if is_long else 10):
        limit, after = chance.choice((83, 166, 167)), chance.random() < 0.5
        late, phase = chance.choice((0, 2, 6)), chance.uniform(0, 10)
        service = Service(limit, phase, late, told_after=after, skew=chance.uniform(-1, 1))
        simulate(service, Client(workers=chance.randint(6, 40)), seed=seed)
        assert [] == service.refusals
        assert worst(service, 2 + (phase < 0.5)) >= 0.98


@pytest.mark.hostile
@pytest.mark.parametrize("limit", [83, 167, 1667])
def test_what_others_leave_is_used_to_97_percent(limit: int, is_long: bool) -> None:
    """Others take a fifth, evenly. We are never refused, and they in one of 200 calls at most."""
    seeds = range(1, 11) if is_long and limit < 1667 else range(1, 2)
    found = [
        crowded(Service(limit, phase, 2, told_after=after), "even", seed)
        for seed, phase, after in itertools.product(seeds, (0, 3, 7), (False, True))
        if limit < 1667 or (phase, after) == (3, False) or is_long
    ]
    used = [left_used(service) for service in found]
    assert 0 == sum(len(service.refusals) for service in found)
    assert sum(used) / len(used) >= 0.97
    assert min(used) >= 0.965
    late = sum(1 for service in found for at in service.foreign_refusals if at > 30)
    assert late <= 0.005 * sum(sum(service.others.values()) for service in found)


@pytest.mark.parametrize("manner", ["random", "bursts"])
def test_unsteady_others_are_left_room_too(manner: str) -> None:
    """What they do in the last moment cannot be known: hardly any call is refused."""
    found = [
        crowded(Service(limit, phase, 2), manner, seed)
        for limit, phase, seed in itertools.product((83, 167), (0, 3, 7), (1,))
    ]
    assert sum(len(service.refusals) for service in found) <= len(found) / 2
    used = [left_used(service) for service in found]
    assert sum(used) / len(used) >= 0.96


def test_others_are_noticed_when_they_begin_and_end() -> None:
    """In the window in which they begin; what they leave is used again two windows later."""
    service = Service(167)
    client = Client()
    simulate(service, client, crowd=Crowd(0.2, begins=60, ends=110))
    assert [] == service.refusals
    assert worst(service, 14) >= 0.98
    assert 0.0 == describe_limit(client.shared[0], START + SECONDS).foreign_calls


@pytest.mark.parametrize("limit", [83, 167])
@pytest.mark.parametrize("part", [0.0, 0.2])
def test_two_processes_together_are_as_good_as_a_single_process(limit: int, part: float) -> None:
    """They share the state; the second begins later."""
    shared = [PacerState()]
    workers = WORKERS[limit] // 2
    service = Service(limit, phase=3, reset_late=2)
    processes = [Client(workers, shared=shared), Client(workers, shared=shared, begins=4)]
    simulate(service, *processes, crowd=Crowd(part) if part else None)
    assert [] == service.refusals
    if part:
        assert left_used(service) >= 0.97
    else:
        assert worst(service) >= 0.98


def test_two_processes_that_cannot_share_see_each_other_as_others() -> None:
    """Hardly anything is refused, and almost everything is used."""
    service = Service(83, phase=3, reset_late=2)
    simulate(service, Client(4), Client(4, begins=4))
    assert len(service.refusals) <= 3
    assert left_used(service) >= 0.97


def test_a_very_large_limit_holds_no_call_back() -> None:
    """As many calls as with the largest limit that is told apart."""
    numbers = [
        sum(simulate(Service(limit=limit), Client(workers=8), seconds=3).own.values())
        for limit in (10**6, 10**9)
    ]
    assert numbers[0] == numbers[1] > 100


def test_a_killed_process_costs_its_open_calls_for_two_windows() -> None:
    """Its calls without an answer count as on their way for 20 s."""
    shared = [PacerState()]
    service = Service(83, phase=3, reset_late=2)
    killed = Client(4, shared=shared, ends=60, lost=0.0)
    killed.observe = lambda permit, now, status, headers: (  # type: ignore[method-assign]
        Client.observe(killed, permit, now, status, headers) if now < START + 55 else None
    )
    simulate(service, Client(4, shared=shared), killed)
    assert [] == service.refusals
    assert worst(service, 9) >= 0.98
    assert worst(service) >= (83 - 1 - 4) / 83


@pytest.mark.parametrize("share", [0.8, 0.5, 0.1])
@pytest.mark.parametrize("workers", [4, 64])
def test_a_share_is_never_exceeded(share: float, workers: int) -> None:
    """Nor is much of it left."""
    service = Service(167, phase=3, reset_late=6)
    simulate(service, Client(workers, share=share))
    assert max(service.own.values()) <= share * 167
    assert worst(service) >= 0.92 * share - 1 / 167


def test_others_may_use_what_a_share_leaves() -> None:
    """The share is of the whole window, not of what others leave."""
    service = Service(167, phase=3)
    simulate(service, Client(share=0.5), crowd=Crowd(0.4))
    assert [] == service.refusals == service.foreign_refusals
    assert max(service.own.values()) <= 83
    assert min(service.own[window] for window in whole_windows(service, SECONDS)) >= 80


@pytest.mark.parametrize(("before", "after"), [(83, 167), (167, 83), (1667, 83), (83, 1667)])
def test_a_limit_that_changes_with_a_window_refuses_nothing(before: int, after: int) -> None:
    """The first answer of each window tells its limit, and only one call is sent before it."""
    service = Service(before, limits=[(60, after)])
    simulate(service, Client(64), seconds=100)
    assert [] == service.refusals
    assert min(service.own[window] for window in range(6, 9)) >= 0.98 * after


@pytest.mark.parametrize(("before", "after"), [(83, 167), (167, 83), (83, 1667)])
def test_a_limit_that_changes_within_a_window_refuses_only_calls_on_their_way(
    before: int, after: int
) -> None:
    """They are at most as many as there are workers."""
    service = Service(before, limits=[(63, after)])
    simulate(service, Client(8), seconds=100)
    assert len(service.refusals) <= 8
    assert all(at < 63.5 for at in service.refusals)
    assert min(service.own[window] for window in range(7, 9)) >= 0.98 * min(after, 330)


@pytest.mark.parametrize("drift", [-0.0005, 0.0005])
def test_a_clock_of_another_speed_is_followed(drift: float) -> None:
    """By half a millisecond a second, the most by which time servers adjust clocks."""
    service = Service(83, 3, 2, drift=drift)
    simulate(service, Client())
    assert [] == service.refusals
    assert worst(service) >= 0.98


@pytest.mark.parametrize("skew", [-200, -20, -5, 5, 20, 200])
@pytest.mark.parametrize("phase", [0, 3, 7])
def test_a_wrong_date_of_the_service_does_no_harm(skew: float, phase: float) -> None:
    """Nor does the time of day of this machine, which is not read at all."""
    service = simulate(Service(83, phase, 2, skew=skew), Client())
    assert [] == service.refusals
    assert worst(service) >= 0.98


@pytest.mark.parametrize("seconds", [-303.3, -7.0, -0.5, 0.5, 4.0, 303.3])
def test_a_clock_that_jumps_costs_two_windows(seconds: float) -> None:
    """The clock of the pacer should not; but the machine may have slept."""
    service = simulate(Service(83, 3, 2, clock_jump=(60, seconds)), Client())
    assert len(service.refusals) <= 2
    assert min(service.own[window] for window in range(8, 16)) >= 82


@pytest.mark.parametrize("jump", [(60.0, 4.0), (65.0, 8.0)])
def test_windows_that_begin_at_another_time_from_now_on_are_learned_anew(
    jump: tuple[float, float],
) -> None:
    """As after a restart of the service."""
    service = Service(83, phase_jump=jump)
    simulate(service, Client())
    assert len(service.refusals) <= 2
    assert min(service.own[window] for window in range(9, 16)) >= 0.98 * 83


def test_calls_without_an_answer_count_as_made() -> None:
    """None is refused, though each may have been counted."""
    service = Service(83, 3, 2)
    simulate(service, Client(lost=0.1))
    assert [] == service.refusals
    assert worst(service) >= 0.9


def test_slow_answers_do_not_disturb() -> None:
    """With answers after 50 ms to 3 s, and more workers, windows are still used."""
    service = Service(83, 3, 2)
    simulate(service, Client(40, latency=(0.05, 3)))
    assert [] == service.refusals
    assert worst(service) >= 0.9


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_who_needs_less_than_the_limit_never_waits_long(workers: int) -> None:
    """The roll-over is crossed without a pause."""
    service = Service(167, 3, 2)
    client = Client(workers)
    simulate(service, client)
    assert [] == service.refusals
    assert client.waited < 0.02 * SECONDS


def test_a_small_run_is_not_spread() -> None:
    """Half of the first window is given as fast as the workers ask."""
    service = Service(83, 3)
    simulate(service, Client(8, ends=1.8), seconds=3)
    assert sum(service.own.values()) >= 38


@pytest.mark.parametrize("limit", [1, 2, 5, 20, 50])
def test_small_limits_refuse_nothing_and_go_on(limit: int) -> None:
    """Below about ten calls, a roll-over cannot be told from other clients."""
    service = Service(limit, 3)
    simulate(service, Client(2))
    assert [] == service.refusals
    assert sum(service.own.values()) >= (0.5 if limit < 20 else 0.9) * limit * SECONDS / 10


def test_the_kind_of_windows_is_told() -> None:
    """Unknown before the first roll-over, then fixed."""
    client = Client()
    simulate(Service(83, 3), client, seconds=2)
    assert WindowKind.UNKNOWN is describe_limit(client.shared[0], START + 2).windows
    simulate(Service(83, 3), client := Client(), seconds=20)
    figures = describe_limit(client.shared[0], START + 20)
    assert (83, WindowKind.FIXED) == (figures.limit, figures.windows)
