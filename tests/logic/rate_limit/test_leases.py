"""Leases: sizes, what is given back, late answers, and a process without the others."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.logic.rate_limit.answers import observe_answer
from cactions.logic.rate_limit.file_format import dump_state, load_state, load_state_and_time
from cactions.logic.rate_limit.leases import (
    HOLD_SECONDS,
    CallOutcome,
    Demand,
    begin_alone,
    choose_delay,
    choose_share_alone,
    choose_size,
    count_left,
    give_back,
    is_urgent,
    record_worker,
    register_calls,
    settle_outcomes,
    take_lease,
)
from cactions.logic.rate_limit.permits import take_permit
from cactions.logic.rate_limit.state import (
    MOST_WORKERS,
    WINDOW,
    PacerState,
    Permit,
    RollOver,
    SeenWorker,
)

NOW = 1_900_000_000.0
"""As the clock of a database tells it."""

Headers = tuple[tuple[str, str], ...]


def answer(remaining: int, limit: int = 83) -> Headers:
    return (("X-RateLimit-Limit", str(limit)), ("X-RateLimit-Remaining", str(remaining)))


def learned(remaining: int = 83, limit: int = 83, workers: int = 1) -> PacerState:
    """A state at NOW in the middle of a window whose end is known."""
    state, permit = take_permit(PacerState(), NOW - 0.1, 1.0)
    assert isinstance(permit, Permit)
    state = observe_answer(state, permit, NOW, 200, answer(remaining, limit))
    for worker in range(workers):
        state = record_worker(state, worker, NOW)
    return replace(state, ends=RollOver(NOW + 5, NOW + 5.1))


def lease(state: PacerState, waiting: int, expected: int = 0) -> tuple[PacerState, list[Permit]]:
    state, found = take_lease(state, NOW + 0.01, 1.0, Demand(waiting, expected))
    return state, list(found.permits)


@pytest.mark.parametrize(
    ("remaining", "workers", "demand", "size"),
    [
        (1667, 4, Demand(), 0),
        (1667, 4, Demand(1), 1),
        (1667, 4, Demand(1, 30), 31),
        (1667, 4, Demand(0, 1000), 104),  # a fourth of an equal part
        (1667, 8, Demand(0, 1000), 52),
        (1667, 4, Demand(1000), 416),  # an equal part: it is sent at once
        (60, 4, Demand(0, 30), 3),
        (8, 4, Demand(0, 30), 1),
        (8, 4, Demand(5, 30), 1),
        (1, 4, Demand(5, 30), 1),
        (0, 4, Demand(5), 1),  # the state is asked in any case
    ],
)
def test_a_lease_is_small_where_little_is_left(
    remaining: int, workers: int, demand: Demand, size: int
) -> None:
    """And never larger than what is wanted."""
    assert size == choose_size(learned(remaining, 1667, workers), NOW, demand)


def test_a_process_that_was_idle_gets_no_part() -> None:
    """Parts are for those that leased something in the last two seconds."""
    state = learned(1600, 1667, 8)
    assert 50 - 1 == choose_size(state, NOW, Demand(0, 1000))
    state = record_worker(state, 0, NOW + 3)
    assert 400 - 1 == choose_size(state, NOW + 3, Demand(0, 1000))


@given(
    st.integers(1, 200),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 50)), min_size=1, max_size=30),
    st.integers(1, 9),
)
def test_leases_never_exceed_what_is_left(
    limit: int, demands: list[tuple[int, int]], workers: int
) -> None:
    """Whatever is wanted, in any order; each permit has a number of its own."""
    state, permits = learned(limit, limit, workers), []
    for waiting, expected in demands:
        state, more = lease(state, waiting, expected)
        permits += more
    assert len(permits) <= max(0, limit - 1)
    assert len(permits) == len({permit.serial for permit in permits})


@given(st.integers(2, 500), st.integers(0, 40), st.integers(0, 40))
def test_what_is_given_back_is_free_again(limit: int, waiting: int, expected: int) -> None:
    """As if it had not been leased; doing it twice changes nothing."""
    state = learned(limit, limit)
    leased, permits = lease(state, waiting, expected)
    assert count_left(state) - len(permits) == count_left(leased)
    back = give_back(leased, permits)
    assert (state.pending, state.own, count_left(state)) == (
        back.pending, back.own, count_left(back),
    )  # fmt: skip
    assert back == give_back(back, permits)


def test_a_share_holds_for_leases_too() -> None:
    """A fifth of 100, of which one was used to learn."""
    state, found = take_lease(learned(100, 100), NOW + 0.01, 0.2, Demand(90))
    assert 19 == len(found.permits)
    assert 0 < found.wait <= WINDOW
    assert 20 == state.own


def test_several_processes_look_for_an_answer_less_often() -> None:
    """All together about as often as one alone would."""
    waits = []
    for workers in (1, 2, 4, 8, 100):
        state, _ = lease(learned(3, 83, workers), 9)
        _, found = take_lease(state, NOW + 0.01, 1.0, Demand(9))
        waits.append(round(found.wait, 3))
    assert [0.1, 0.1, 0.1, 0.2, 0.2] == waits


def test_the_wait_for_the_end_of_a_window_is_exact() -> None:
    """No process is late for the next one."""
    state = replace(learned(1, 83, 50), pending=())
    assert 5.09 == pytest.approx(take_lease(state, NOW + 0.01, 1.0, Demand(1))[1].wait, abs=0.11)


def outcome(permit: Permit | None, at: float, remaining: int) -> CallOutcome:
    return CallOutcome(permit, at, 200, answer(remaining))


def test_late_answers_count_as_if_they_had_been_stored_at_once() -> None:
    """In any order, some seconds late, and although others changed the state meanwhile."""
    state, permits = lease(learned(80), 3)
    at_once = state
    for number, permit in enumerate(permits):
        at = NOW + 0.1 + number / 10
        at_once = observe_answer(at_once, permit, at, 200, answer(79 - number))
    outcomes = [outcome(each, NOW + 0.1 + n / 10, 79 - n) for n, each in enumerate(permits)]
    late = settle_outcomes(replace(state, updated_at=NOW + 4), NOW + 4, outcomes[::-1])
    assert replace(at_once, updated_at=NOW + 4) == late
    again = settle_outcomes(late, NOW + 4, outcomes)
    assert (late.sample, late.pending, late.limit) == (again.sample, again.pending, again.limit)


def test_no_time_of_the_state_is_after_the_time_of_the_change() -> None:
    """The time of an answer is a bound, which may be too late; the state stays usable."""
    state, permits = lease(learned(80), 2)
    outcomes = [outcome(permits[0], NOW + 9, 79), CallOutcome(permits[1], NOW + 9, None)]
    state = settle_outcomes(state, NOW + 1, [*outcomes, outcome(None, NOW + 9, 70)])
    state = record_worker(state, 5, NOW + 1)
    assert state == load_state(dump_state(state), NOW + 1)


def test_calls_that_the_state_does_not_know_are_counted() -> None:
    """Those on their way as such; those with an answer until a later answer includes them."""
    state = learned(80)
    adopting, permits = register_calls(state, NOW + 0.01, 1.0, 3)
    assert (3, count_left(state) - 3) == (len(permits), count_left(adopting))
    settled = settle_outcomes(state, NOW + 1, [outcome(None, NOW + 0.5, 75)])
    assert count_left(state) - 1 == count_left(settled)
    old = settle_outcomes(state, NOW + 11, [outcome(None, NOW + 0.5, 75)])
    assert state.uncertain == old.uncertain


@given(st.integers(1, 40), st.sampled_from([83, 167, 1667]))
def test_processes_without_the_state_use_half_of_a_window_together(
    workers: int, limit: int
) -> None:
    """Where each of them knows of the others; one call each is sent in any case."""
    shared, calls = learned(limit, limit, workers), 0
    for _ in range(workers):
        state, share = begin_alone(shared, ()), choose_share_alone(shared, 1.0)
        now = NOW + 5.2  # the next window
        state, permit = take_permit(state, now, share)
        assert isinstance(permit, Permit)
        state = observe_answer(state, permit, now + 0.1, 200, answer(limit, limit))
        calls += 1
        for step in range(95):
            state, permit = take_permit(state, now + 0.1 + step / 10, share)
            while isinstance(permit, Permit):
                calls += 1
                state, permit = take_permit(state, now + 0.1 + step / 10, share)
    assert calls <= max(limit / 2, workers)


def test_a_process_that_never_saw_the_state_supposes_others() -> None:
    """It may be one of many."""
    assert 1 / 16 == choose_share_alone(PacerState(), 1.0)
    assert 0.5 / 4 == choose_share_alone(learned(workers=2), 0.5)


def test_answers_are_urgent_where_others_wait_for_them() -> None:
    """At the begin of a window, and refusals; others may wait."""
    state = learned(80)
    assert not is_urgent(state, NOW + 1, 200)
    assert not is_urgent(state, NOW + 1, None)
    assert is_urgent(state, NOW + 1, 429)
    assert is_urgent(state, NOW + 5.01, 200)
    assert is_urgent(replace(state, confirmed=False), NOW + 1, 200)
    assert is_urgent(PacerState(), NOW, 200)


def test_answers_are_kept_longer_while_much_is_left() -> None:
    """With other clients or near the end they tell more."""
    assert HOLD_SECONDS == choose_delay(learned(80), NOW)
    assert choose_delay(learned(15), NOW) < HOLD_SECONDS
    crowded = replace(learned(80), foreign=(2.0,), foreign_from=NOW - 1)
    assert choose_delay(crowded, NOW) < HOLD_SECONDS


def test_processes_are_remembered_for_two_minutes_and_not_without_end() -> None:
    """The newest of too many."""
    state = PacerState()
    for number in range(MOST_WORKERS + 5):
        state = record_worker(state, number, NOW + number / 1000)
    assert MOST_WORKERS == len(state.workers)
    assert MOST_WORKERS + 4 == state.workers[-1].id
    assert 5 == state.workers[0].id
    state = record_worker(state, 7, NOW + 121)
    assert [1000, 1001, 1002, 1003, 1004, 7] == [each.id for each in state.workers]
    assert [7] == [each.id for each in record_worker(state, 7, NOW + 500).workers]


def test_a_clock_that_was_set_back_a_bit_loses_nothing() -> None:
    """The time stands still until the clock has come up to it; after a second, nothing is used."""
    state = learned(80)
    data = dump_state(state)
    assert (state, NOW + 3) == load_state_and_time(data, NOW + 3)
    assert (state, NOW) == load_state_and_time(data, NOW - 0.9)
    assert (PacerState(), NOW - 1.1) == load_state_and_time(data, NOW - 1.1)
    assert (PacerState(), NOW) == load_state_and_time(b"damaged", NOW)


@pytest.mark.parametrize(
    "workers",
    [
        (SeenWorker(1, NOW + 0.001),),
        (SeenWorker(1, math.nan),),
        tuple(SeenWorker(number, NOW) for number in range(MOST_WORKERS + 1)),
    ],
    ids=["future", "nan", "too many"],
)
def test_impossible_processes_make_a_stored_state_useless(
    workers: tuple[SeenWorker, ...],
) -> None:
    """Nothing that is stored is trusted."""
    state = replace(learned(80), workers=workers)
    assert PacerState() == load_state(dump_state(state), NOW)
