"""Several permits and several answers in one change of the state, for processes far from it.

- A leased permit counts as a call on its way from its lease on, so that it may be used later, also
  in the next window. One that was not used is given back.
- No process takes more than a part of what is left, which is the smaller, the less is left.
- A process without the shared state uses a part of the limit that all together do not exceed.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.rate_limit.answers import observe_answer, observe_loss
from cactions.logic.rate_limit.permits import POLL, give_permit, measure_foreign_rate, take_permit
from cactions.logic.rate_limit.state import (
    MOST_WORKERS,
    STALE_SECONDS,
    WINDOW,
    PacerState,
    Permit,
    SeenWorker,
    count_after,
    count_debits,
)

HOLD_SECONDS: Final = 0.3
"""An unused permit is given back after so long."""
EXPECTED_SECONDS: Final = 0.2
"""A lease is for the calls of so long."""

_ACTIVE_SECONDS: Final = 2.0
"""A process that leased nothing for so long wants nothing now."""
_PARTS: Final = 4
_SPARE: Final = 2
_FEWEST_WORKERS: Final = 8
"""Where the shared state was never read, so many processes are assumed."""
_SOON: Final = 0.1  # seconds
_LONGEST_POLL: Final = 0.2  # seconds
_SHORTEST_POLL: Final = 0.1  # seconds
_REFUSED: Final = 429


class CallOutcome(Struct, frozen=True):
    """How a call ended."""

    permit: Permit | None
    """None: it was sent without the shared state, which does not know it."""
    received_at: float
    status: int | None
    """None: no answer came."""
    headers: tuple[tuple[str, str], ...] = ()


class Demand(Struct, frozen=True):
    """The calls that a process wants to send."""

    waiting: int = 0
    """At once."""
    expected: int = 0
    """Soon, as far as it has no permits for them."""


class PermitLease(Struct, frozen=True):
    """The permits, and where they are fewer than were wanted, the seconds to the next try."""

    permits: tuple[Permit, ...] = ()
    wait: float = 0.0


def record_worker(state: PacerState, worker: int, now: float) -> PacerState:
    """Remember that the process takes part; those that have not for long are forgotten."""
    others = (
        each
        for each in state.workers
        if each.id != worker and now - STALE_SECONDS <= each.seen_at <= now
    )
    kept = sorted(others, key=lambda each: each.seen_at)[1 - MOST_WORKERS :]
    return replace(state, workers=(*kept, SeenWorker(worker, now)))


def take_lease(
    state: PacerState, now: float, share: float, demand: Demand
) -> tuple[PacerState, PermitLease]:
    """As many permits as may be used now and are this process's part."""
    permits: list[Permit] = []
    for _ in range(choose_size(state, now, demand)):
        state, result = take_permit(state, now, share)
        if isinstance(result, float):
            return state, PermitLease(tuple(permits), _stretch_wait(state, now, result))
        permits.append(result)
    return state, PermitLease(tuple(permits))


def choose_size(state: PacerState, now: float, demand: Demand) -> int:
    """The most permits of a lease, at least one for a demand.

    Who waits sends at once and keeps nothing from the others; so that part may be larger.
    """
    if demand.waiting + demand.expected <= 0:
        return 0
    left, workers = count_left(state), _count_active(state, now)
    sent_now = min(demand.waiting, left // workers)
    kept = min(demand.waiting + demand.expected, left // (_PARTS * workers))
    return max(1, sent_now, kept)


def _count_active(state: PacerState, now: float) -> int:
    return max(1, sum(1 for each in state.workers if each.seen_at > now - _ACTIVE_SECONDS))


def _stretch_wait(state: PacerState, now: float, wait: float) -> float:
    """Where several processes look for an answer, each looks less often."""
    if not math.isclose(wait, POLL, abs_tol=1e-4):
        return wait
    return max(_SHORTEST_POLL, min(POLL * _count_active(state, now) / 2, _LONGEST_POLL))


def count_left(state: PacerState) -> int:
    """The calls that are left, without those on their way."""
    return max(0, count_after(state) - count_debits(state)) if state.sample else 0


def settle_outcomes(state: PacerState, now: float, outcomes: Sequence[CallOutcome]) -> PacerState:
    """The state after these answers, which came before ``now``; the state may be newer than they.

    It may be done twice, where it is not known whether it was stored.
    """
    for outcome in sorted(outcomes, key=lambda each: each.received_at):
        at = min(outcome.received_at, now)
        state = replace(state, updated_at=min(state.updated_at, at))  # not a clock that was set
        if outcome.permit is None:
            if at > now - WINDOW:
                state = replace(state, uncertain=(*state.uncertain, at))
        elif outcome.status is None:
            state = observe_loss(state, outcome.permit, at)
        else:
            state = observe_answer(state, outcome.permit, at, outcome.status, outcome.headers)
    return replace(state, updated_at=now)


def give_back(state: PacerState, permits: Collection[Permit]) -> PacerState:
    """The state without permits that were not used."""
    serials = {permit.serial for permit in permits}
    pending = tuple(call for call in state.pending if call.serial not in serials)
    returned = len(state.pending) - len(pending)
    return replace(state, pending=pending, own=max(0, state.own - returned))


def register_calls(
    state: PacerState, now: float, share: float, number: int
) -> tuple[PacerState, tuple[Permit, ...]]:
    """Permits for calls that are on their way already, sent without the shared state."""
    permits = []
    for _ in range(number):
        state, permit = give_permit(state, now, share)
        permits.append(permit)
    return state, tuple(permits)


def begin_alone(state: PacerState, own_calls: Collection[int]) -> PacerState:
    """The state for a process that goes on without the others, whose calls it does not see."""
    pending = tuple(call for call in state.pending if call.serial in own_calls)
    return replace(state, pending=pending)


def choose_share_alone(state: PacerState, share: float) -> float:
    """The part of a window for a process without the shared state: half of its equal part."""
    known = len(state.workers) or _FEWEST_WORKERS
    return share / (_SPARE * known)


def is_urgent(state: PacerState, now: float, status: int | None) -> bool:
    """Whether others wait for this answer: it may be the first of a window, or a refusal."""
    if status == _REFUSED or not (state.sample and state.confirmed):
        return True
    return state.ends is not None and now >= state.ends.earliest


def choose_delay(state: PacerState, now: float) -> float:
    """The seconds for which answers may be kept: fewer where they tell others what is left."""
    if measure_foreign_rate(state, now) or count_left(state) <= state.limit / _PARTS:
        return _SOON
    return HOLD_SECONDS
