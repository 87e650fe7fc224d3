"""Properties of the state for any answers, times and stored bytes; pauses after refusals."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.logic.rate_limit.answers import observe_answer, observe_loss
from cactions.logic.rate_limit.figures import describe_limit
from cactions.logic.rate_limit.file_format import dump_state, load_state
from cactions.logic.rate_limit.permits import take_permit
from cactions.logic.rate_limit.roll_over import follow_time
from cactions.logic.rate_limit.state import (
    LONGEST_PAUSE,
    WINDOW,
    PacerState,
    PendingCall,
    Permit,
    RollOver,
    Sample,
    SeenWorker,
    is_usable,
)
from tests.logic.rate_limit.simulation import START, Client, Headers, Service, simulate
from tests.strategies import builds

NOW = 1000.0


def answer(remaining: int, limit: int = 83, **more: str) -> Headers:
    named = [(name.replace("_", "-"), value) for name, value in more.items()]
    return [("X-RateLimit-Limit", str(limit)), ("X-RateLimit-Remaining", str(remaining)), *named]


def permit_at(state: PacerState, now: float) -> tuple[PacerState, Permit]:
    state, permit = take_permit(state, now, 1.0)
    assert isinstance(permit, Permit)
    return state, permit


def wait_at(state: PacerState, now: float) -> float:
    _, wait = take_permit(state, now, 1.0)
    assert not isinstance(wait, Permit)
    return wait


@pytest.mark.parametrize("late", [-0.001, 0.0, 0.001])
def test_a_window_whose_end_is_not_known_ends_after_its_length(late: float) -> None:
    """Counted from when it was certain to have begun; no sample of the next one is known then."""
    sample = Sample(7, NOW, NOW, 1, 1)
    state = PacerState(updated_at=NOW, limit=83, sample=sample, confirmed=True, since=NOW, window=4)
    later = follow_time(state, NOW + WINDOW + late)
    assert ((4, True) if late < 0 else (5, False)) == (later.window, later.confirmed)


def refused(headers: Headers, times: int = 1) -> PacerState:
    """The state after so many refusals in succession, each at NOW."""
    state, now = PacerState(), NOW
    for _ in range(times):
        now = max(now, state.pause_until)
        state, permit = permit_at(state, now)
        state = observe_answer(state, permit, now, 429, headers)
    return replace(state, pause_until=NOW + state.pause_until - now)


def test_only_one_call_is_sent_before_the_first_answer() -> None:
    """Another one each second, in case that no answer comes."""
    state, _ = permit_at(PacerState(), NOW)
    assert 0.05 == wait_at(state, NOW)
    assert 0.05 == wait_at(state, NOW + 0.9)
    state, _ = permit_at(state, NOW + 1)
    assert 0.05 == wait_at(state, NOW + 1.9)


def test_never_more_calls_are_on_their_way_than_are_left() -> None:
    """One of them is kept for the end of the window."""
    state, permit = permit_at(PacerState(), NOW)
    state = observe_answer(state, permit, NOW, 200, answer(60, 100))
    state = replace(state, ends=RollOver(NOW + 8, NOW + 8.1))
    for _ in range(58):
        state, _ = permit_at(state, NOW)
    assert wait_at(state, NOW) > 0


@pytest.mark.parametrize(
    ("header", "pause"), [("7", 7), ("0", 0), ("60", 60), ("3600", 60), ("999999999999", 60)]
)
def test_retry_after_is_honoured_up_to_a_minute(header: str, pause: float) -> None:
    """After each pause, one call is tried."""
    state = refused(answer(0, retry_after=header))
    if pause:
        assert pause == wait_at(state, NOW)
    state, _ = permit_at(state, NOW + pause)
    assert 0.05 == wait_at(state, NOW + pause)


def test_a_retry_after_of_nothing_is_not_followed_forever() -> None:
    """Each refusal adds a second, up to five."""
    headers = answer(0, retry_after="0")
    waits = [refused(headers, times).pause_until - NOW for times in range(1, 9)]
    assert [0, 1, 2, 3, 4, 5, 5, 5] == waits


def test_a_refusal_without_any_header_is_followed_by_longer_and_longer_pauses() -> None:
    """Up to the length of a window and of the longest delay of Reset."""
    assert [5, 10, 16, 16] == [refused([], times).pause_until - NOW for times in (1, 2, 3, 4)]


@pytest.mark.parametrize(("late", "pause"), [(0, 4), (2, 5)])
def test_a_first_refusal_waits_for_reset_at_most(late: int, pause: float) -> None:
    """Reset is an upper bound; a second more for its clock."""
    date = ("Date", "Wed, 10 Aug 2022 10:16:57 GMT")
    headers = [*answer(0), date, ("X-RateLimit-Reset", str(1660126617 + 3 + late))]
    assert pause == wait_at(refused(headers), NOW)


def test_each_refusal_keeps_more_calls_free_in_a_sliding_window_alone() -> None:
    """One more of a hundred calls, up to ten; the other windows tell when they end."""
    state, permit = permit_at(PacerState(), NOW)
    state = observe_answer(state, permit, NOW, 200, answer(100, 200))
    kept = []
    for number in range(9):
        now = max(NOW, state.pause_until)
        permit = Permit(number, now, state.window, 0)
        state = observe_answer(state, permit, now, 429, answer(0, 200))
        kept.append(state.sliding_kept)
        state = replace(state, sliding=True)
    assert [1, 4, 7, 10, 13, 16, 19, 21, 21] == kept


def test_answers_without_figures_are_followed_by_eight_calls_a_second() -> None:
    """The lowest limit that was seen allows 8.3."""
    service = Service(83)
    simulate(service, Client(change=lambda *_: []), seconds=60)
    assert [] == service.refusals
    assert all(75 <= service.own[period] <= 82 for period in range(1, 5))


def test_headers_that_vanish_and_return_stop_nothing() -> None:
    """For a minute, none of the answers has figures."""
    client = Client()
    client.change = lambda headers, _: (
        [] if START + 60 < client.shared[0].updated_at < START + 120 else headers
    )
    service = simulate(Service(83, 3), client)
    assert len(service.refusals) <= 1
    assert min(service.own[period] for period in range(6, 12)) >= 70
    assert min(service.own[period] for period in range(14, 17)) >= 82


def spoil(headers: Headers, chance: random.Random) -> Headers:
    """Remove, replace or exchange some of the headers."""
    garbage = ["", "-1", "0", "99999999", "NaN", "83, 83", "\x00", "\u0661", str(2**70)]
    return [
        (name, chance.choice(garbage) if chance.random() < 0.1 else value)
        for name, value in headers
        if chance.random() > 0.1
    ]


@pytest.mark.parametrize("sliding", [False, True])
def test_garbage_between_good_answers_does_no_harm(sliding: bool) -> None:
    """Calls go on, few are refused, and no wait is long."""
    client = Client(change=spoil)
    service = simulate(Service(83, 3, sliding=sliding), client, seed=5)
    assert len(service.refusals) <= 8
    assert sum(service.own.values()) >= 0.3 * 83 * 18
    assert client.longest_wait <= 16


NUMBERS = st.integers(-5, 200).map(str)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After"]
        ),
        NUMBERS | st.text(max_size=4),
    )
    | st.just(("Date", "Thu, 01 Jan 1970 00:01:00 GMT")),
    max_size=8,
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["take", "take", "answer", "lose"]),
        st.floats(-1, 40) | st.floats(0, 0.1) | st.floats(-1e9, 1e9),
        st.sampled_from([200, 200, 200, 404, 429, 500]),
        HEADERS,
        st.integers(0, 5),
    ),
    max_size=40,
)


def check_going_on(state: PacerState, now: float) -> None:
    """A call may be sent after a bounded time without any answer."""
    until = now + LONGEST_PAUSE + 40
    while now < until:
        state, wait = take_permit(state, now, 1.0)
        if isinstance(wait, Permit):
            return
        assert 0 < wait <= LONGEST_PAUSE
        now += max(wait, 0.05)
    raise AssertionError("it waits without end")


@given(STEPS)
def test_no_answers_make_the_wait_unbounded(steps: list[Any]) -> None:
    """Whatever they say, whenever they come, and even if the clock jumps."""
    state, now = PacerState(), NOW
    permits = [Permit(0, NOW, 0, 0)]
    for kind, seconds, status, headers, which in steps:
        now += seconds
        permit = permits[which % len(permits)]
        if kind == "take":
            state, result = take_permit(state, now, 1.0)
            if isinstance(result, Permit):
                permits.append(result)
            else:
                assert 0 < result <= LONGEST_PAUSE
        elif kind == "answer":
            state = observe_answer(state, permit, now, status, headers)
        else:
            state = observe_loss(state, permit, now)
        describe_limit(state, now)
    check_going_on(state, now)


FLOATS = st.floats(NOW - 200, NOW + 70) | st.floats()
COUNTS = st.integers(-2, 200) | st.integers(-(2**63), 2**64 - 1)
STATES = builds(
    PacerState,
    updated_at=st.floats(NOW - 200, NOW + 1),
    serial=COUNTS,
    permitted_at=FLOATS,
    pending=st.lists(st.builds(PendingCall, COUNTS, FLOATS, COUNTS), max_size=3).map(tuple),
    uncertain=st.lists(FLOATS, max_size=3).map(tuple),
    limit=COUNTS,
    sample=st.none() | st.builds(Sample, COUNTS, FLOATS, FLOATS, COUNTS, COUNTS),
    told_after=st.sampled_from([None, False, True]),
    window=COUNTS,
    confirmed=st.booleans(),
    since=FLOATS,
    own=COUNTS,
    ends=st.none() | st.builds(RollOver, FLOATS, FLOATS),
    reset_by=FLOATS,
    foreign=st.lists(st.floats(), max_size=3).map(tuple),
    foreign_seen=COUNTS,
    foreign_from=FLOATS,
    rises=COUNTS,
    rise_at=FLOATS,
    sliding=st.booleans(),
    bucket_at=FLOATS,
    pause_until=FLOATS,
    refusals=COUNTS,
    bare=COUNTS,
    workers=st.lists(st.builds(SeenWorker, COUNTS, FLOATS), max_size=3).map(tuple),
)
FOUND = PacerState(updated_at=NOW, since=NOW - 1)
"""Without a limit."""


@given(STATES)
@example(replace(FOUND, sliding=True))
@example(replace(FOUND, sample=Sample(0, NOW, NOW, 1, 0)))
def test_no_stored_state_makes_the_wait_unbounded(stored: PacerState) -> None:
    """Impossible ones count as none; the others are followed for a bounded time."""
    state = load_state(dump_state(stored), NOW)
    assert state in (PacerState(), stored)
    check_going_on(state, NOW)
    state, _ = take_permit(state, NOW, 0.5)
    state = observe_answer(state, Permit(1, NOW, state.window, 0), NOW + 1, 200, answer(5))
    describe_limit(state, NOW + 1)


def test_a_state_in_use_is_usable_at_any_time() -> None:
    """And the same after it was stored."""
    client = Client()
    seen = []
    take = client.take

    def remember(now: float) -> Permit | float:
        seen.append((client.shared[0], now))
        return take(now)

    client.take = remember  # type: ignore[method-assign]
    simulate(Service(83, 3, 2), client, seconds=45)
    for state, now in seen[1:]:
        assert is_usable(state, now)
        assert state == load_state(dump_state(state), now)


@pytest.mark.parametrize("later", [121.0, -1.0, math.inf, math.nan])
def test_an_old_state_and_that_of_an_earlier_start_of_the_machine_are_not_used(
    later: float,
) -> None:
    """The clock begins anew with the machine."""
    client = Client()
    simulate(Service(83), client, seconds=15)
    state = client.shared[0]
    assert state == load_state(dump_state(state), state.updated_at + 119)
    assert PacerState() == load_state(dump_state(state), state.updated_at + later)


def test_damaged_bytes_count_as_no_state() -> None:
    """Each byte may be changed, and the bytes may end anywhere."""
    client = Client()
    simulate(Service(83), client, seconds=15)
    data, now = dump_state(client.shared[0]), client.shared[0].updated_at
    for place in range(len(data)):
        spoiled = bytearray(data)
        spoiled[place] ^= 0x21
        assert PacerState() == load_state(bytes(spoiled), now)
        assert PacerState() == load_state(data[:place], now)
    assert client.shared[0] == load_state(data + b"rest of a longer state", now)


@given(st.binary(max_size=200))
def test_any_bytes_can_be_loaded(data: bytes) -> None:
    """None of them raises an error."""
    assert isinstance(load_state(data, NOW), PacerState)
