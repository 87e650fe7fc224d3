"""What is known about a service's rate limit, and the calls that are on their way.

All times are seconds of one clock that all processes with the state share: that of a machine, which
never jumps, or of a database. A call is counted by the service at an unknown moment between its
permit and its answer.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

WINDOW: Final = 10.0  # seconds
LONGEST_PAUSE: Final = 60.0  # seconds
STALE_SECONDS: Final = 120.0
"""After so long without a call, what was known is not used any more."""

SET_BACK: Final = 1.0
"""A clock that is more seconds behind the state was set back."""

_COUNTED_SECONDS: Final = 5.0
"""A call that was permitted so long before an answered one is counted before it."""

_LOST_SECONDS: Final = 2 * WINDOW
_MOST: Final = 10_000  # calls on their way
MOST_WORKERS: Final = 1000


class WindowKind(StrEnum):
    """How the service counts."""

    UNKNOWN = "unknown"
    FIXED = "fixed"
    SLIDING = "sliding"


class Permit(Struct, frozen=True):
    """The right to send one call."""

    serial: int
    sent_at: float
    window: int
    in_flight: int
    """The other calls without an answer at that time."""


class PendingCall(Struct, frozen=True, array_like=True):
    """A permitted call without an answer."""

    serial: int
    sent_at: float
    window: int


class Sample(Struct, frozen=True, array_like=True):
    """The answer that tells the newest count."""

    remaining: int
    """As the header says it."""
    sent_at: float
    received_at: float
    serial: int
    in_flight: int


class RollOver(Struct, frozen=True, array_like=True):
    """The bounds of the moment at which a window ends."""

    earliest: float
    latest: float


class SeenWorker(Struct, frozen=True, array_like=True):
    """A process that leases permits, and when it last did."""

    id: int
    seen_at: float


class PacerState(Struct, frozen=True):
    """Everything that processes with the same limit share. ``window`` numbers the windows."""

    updated_at: float = -math.inf
    serial: int = 0
    """Permits so far."""
    permitted_at: float = -math.inf
    pending: tuple[PendingCall, ...] = ()
    uncertain: tuple[float, ...] = ()
    """When calls ended that ``sample`` may not include: no answer, or of either window."""
    limit: int = 0
    sample: Sample | None = None
    told_after: bool | None = None
    """Whether ``Remaining`` is told after its own call is counted; None: not known."""
    hints: int = 0
    """First answers of a window that look as if it is told after."""
    window: int = 0
    confirmed: bool = False
    """Whether ``sample`` is of the current window."""
    since: float = -math.inf
    """When the current window was certain to have begun."""
    own: int = 0
    """At most so many of our calls are counted in the window."""
    doubtful: int = 0
    """Our calls that were answered when the window may have ended."""
    ends: RollOver | None = None
    reset_by: float = math.inf
    """When the window has ended according to ``X-RateLimit-Reset``."""
    foreign: tuple[float, ...] = ()
    """Calls a second by other clients, in the last windows."""
    foreign_seen: int = 0
    """Calls of other clients in the window since ``foreign_from``, at least."""
    foreign_from: float = -math.inf
    """Minus infinity before the first answer of a window whose begin is not known."""
    foreign_base: int = 0
    """Calls that were counted before."""
    rises: int = 0
    """How often in succession ``Remaining`` rose too early for a fixed window."""
    rise_at: float = -math.inf
    sliding: bool = False
    sliding_kept: int = 1
    """Calls that are kept free in a sliding window; more after each refusal."""
    bucket_at: float = -math.inf
    """When the token bucket has its next token."""
    pause_until: float = -math.inf
    refusals: int = 0
    refused_at: float = -math.inf
    bare: int = 0
    """Answers without figures, in succession."""
    workers: tuple[SeenWorker, ...] = ()


def count_after(state: PacerState) -> int:
    """The calls that were left behind ``sample``'s own."""
    assert state.sample, "there is an answer"
    return max(0, state.sample.remaining - (state.told_after is not True))


def count_debits(state: PacerState) -> int:
    """The calls that may be counted and that ``sample`` does not include."""
    since = state.sample.sent_at if state.sample else -math.inf
    open_calls = sum(1 for call in state.pending if call.sent_at > since - _COUNTED_SECONDS)
    return open_calls + len(state.uncertain)


def drop_old(state: PacerState, now: float) -> PacerState:
    """Without the calls of processes that must have ended, and of windows that have."""
    pending, uncertain = state.pending, state.uncertain
    if pending and pending[0].sent_at < now - _LOST_SECONDS:
        pending = tuple(call for call in pending if call.sent_at >= now - _LOST_SECONDS)
    if uncertain and uncertain[0] < now - WINDOW:
        uncertain = tuple(at for at in uncertain if at >= now - WINDOW)
    return replace(state, pending=pending, uncertain=uncertain, updated_at=now)


def is_usable(state: PacerState, now: float) -> bool:
    """Whether a stored state can be of this machine since it started, and recent."""
    sample, ends = state.sample, state.ends
    past = [state.updated_at, state.since, *state.uncertain]
    past += [call.sent_at for call in state.pending]
    past += [worker.seen_at for worker in state.workers]
    past += [sample.sent_at, sample.received_at] if sample else []
    rare = (state.permitted_at, state.rise_at, state.refused_at, state.foreign_from)
    past += [at for at in rare if at != -math.inf]
    soon = [state.bucket_at, state.pause_until, *((ends.earliest, ends.latest) if ends else ())]
    counts = [
        state.limit,
        state.own,
        state.doubtful,
        state.serial,
        state.hints,
        state.rises,
        state.refusals,
    ]
    return (
        now - STALE_SECONDS <= state.updated_at <= now
        and all(at <= now for at in past)  # not so for NaN
        and all(at <= now + LONGEST_PAUSE for at in soon)
        and not math.isnan(state.reset_by)
        and all(0 <= rate < math.inf for rate in state.foreign)
        and all(0 <= count < 2**53 for count in counts)
        and (sample is None or 0 <= sample.remaining <= state.limit)
        and (state.limit > 0 or not (sample or state.sliding))  # both come with a limit
        and (ends is None or ends.earliest <= ends.latest)
        and len(state.pending) + len(state.uncertain) <= _MOST
        and len(state.workers) <= MOST_WORKERS
    )
