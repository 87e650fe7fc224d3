"""Whether a call may be sent now, and if not, how long to wait.

- Never more calls are on their way than the newest answer says are left.
- In a new window only what was left of the old one, or one call, is sent before its first answer.
- One call of each window is kept for the moment when it may have ended, so that the first call of
  the next window is not refused if it comes too early.
- What other clients are expected to use until the window ends is left to them.
- With a ``share``, no more than that part of each window is used, even if it is free.
"""

from __future__ import annotations

import math
from typing import Final

from msgspec.structs import replace

from cactions.logic.rate_limit.roll_over import choose_probe_time, follow_time
from cactions.logic.rate_limit.state import (
    LONGEST_PAUSE,
    WINDOW,
    PacerState,
    PendingCall,
    Permit,
    count_after,
    count_debits,
    drop_old,
)

POLL: Final = 0.05  # seconds; an answer may come at any time
_SHORTEST: Final = 0.001
_PATIENCE: Final = 1.0  # seconds until a first call without an answer is followed by another
_BARE_RATE: Final = 8.0  # calls a second where nothing is said; the lowest limit seen is 8.3
_BARE_ENOUGH: Final = 3
_BUCKET_PART: Final = 0.95
_BURST_SECONDS: Final = 0.2
_LONGEST_GAP: Final = 0.5  # seconds between calls that look for the end of a window
_REFRESH_SECONDS: Final = 0.25
_ENOUGH_SECONDS: Final = 3.0
"""Shorter times say little about the calls of other clients."""

_FOREIGN_RATE: Final = 0.0006  # of the limit, a second; less is one call a window
_SPREAD: Final = 0.7
"""Standard deviations of the number of calls by other clients that are kept beyond the mean."""


def take_permit(state: PacerState, now: float, share: float) -> tuple[PacerState, Permit | float]:
    """The permit to send a call now, or the seconds to wait before the next try.

    ``share``: the part of each window that may be used, over 0 and at most 1.
    """
    state = drop_old(follow_time(state, now), now)
    wait = _compute_wait(state, now, share)
    if wait > 0:
        return state, min(max(wait, _SHORTEST), LONGEST_PAUSE)
    return give_permit(state, now, share)


def give_permit(state: PacerState, now: float, share: float) -> tuple[PacerState, Permit]:
    """A permit for a call that is sent in any case."""
    serial = state.serial + 1
    permit = Permit(serial, now, state.window, len(state.pending))
    return replace(
        state,
        serial=serial,
        permitted_at=now,
        own=state.own + 1,
        pending=(*state.pending, PendingCall(serial, now, state.window)),
        bucket_at=_choose_next_token(state, now, share),
    ), permit


def _compute_wait(state: PacerState, now: float, share: float) -> float:
    if state.pause_until > now:
        return state.pause_until - now
    if _is_blind(state):
        return state.bucket_at - now
    if not state.sample:
        return 0.0 if _may_probe(state, now) else POLL
    if state.sliding:
        return _wait_for_bucket(state, now)
    if not state.confirmed and _may_probe(state, now):
        return 0.0
    if share < 1 and state.own >= math.floor(share * state.limit):
        return _wait_for_change(state, now)
    return _wait_in_window(state, now)


def _wait_in_window(state: PacerState, now: float) -> float:
    left = count_after(state) - count_debits(state) - _count_kept(state, now)
    if left >= 1:
        return _wait_for_spread(state, now, left)
    return 0.0 if _may_refresh(state, now) else _wait_for_change(state, now)


def _is_blind(state: PacerState) -> bool:
    """Whether the answers say nothing."""
    return state.bare >= _BARE_ENOUGH or (state.bare > 0 and not state.sample)


def _choose_next_token(state: PacerState, now: float, share: float) -> float:
    """When the bucket that is in use has its next token."""
    if _is_blind(state):
        rate = _BARE_RATE * share
    elif state.sliding:
        rate = _BUCKET_PART * share * state.limit / WINDOW
    else:
        return now
    return max(state.bucket_at, now - _BURST_SECONDS) + 1 / rate


def _may_probe(state: PacerState, now: float) -> bool:
    """Whether no answer is expected soon that would tell more."""
    return not any(call.sent_at > now - _PATIENCE for call in state.pending)


def _wait_for_bucket(state: PacerState, now: float) -> float:
    """The token bucket; the service's own count goes before it."""
    assert state.sample, "the bucket follows answers"
    is_old = now >= state.sample.received_at + _PATIENCE and _may_probe(state, now)
    later = sum(1 for call in state.pending if call.sent_at > state.sample.sent_at)
    if count_after(state) - later < state.sliding_kept and not is_old:
        return max(POLL, state.bucket_at - now)
    return state.bucket_at - now


def _count_kept(state: PacerState, now: float) -> float:
    """The calls that are kept: for other clients, or for the end of the window."""
    expected = _expect_foreign(state, now)
    if expected:
        return expected + _SPREAD * math.sqrt(expected)
    return 0 if state.ends and now >= choose_probe_time(state.ends) else 1


def _expect_foreign(state: PacerState, now: float) -> float:
    """The calls by other clients from the newest sample to the end of the window."""
    rate = measure_foreign_rate(state, now)
    if not (rate and state.sample):
        return 0.0
    return rate * max(0.0, _choose_end(state) - state.sample.sent_at)


def _choose_end(state: PacerState) -> float:
    """When the window is expected to end."""
    if state.ends:
        return (state.ends.earliest + state.ends.latest) / 2
    return min(state.since + WINDOW, state.reset_by)


def measure_foreign_rate(state: PacerState, now: float) -> float:
    """Calls a second by other clients; 0 for hardly any.

    As in the busiest of the last windows, as far as the current one does not contradict.
    """
    if state.sliding:
        return 0.0
    seen, usual = state.foreign_seen, max(state.foreign, default=0.0)
    rate = max(usual, seen / max(_ENOUGH_SECONDS, now - state.foreign_from))
    seconds = state.sample.received_at - state.foreign_from if state.sample else 0.0
    if state.confirmed and _ENOUGH_SECONDS <= seconds < math.inf:
        rate = min(rate, (seen + 2 * math.sqrt(seen) + 4) / seconds)  # hardly ever more
    return rate if rate > _FOREIGN_RATE * max(state.limit, 83) else 0.0


def _may_refresh(state: PacerState, now: float) -> bool:
    """Whether a call may look how much other clients have left.

    That is more and more often towards the end of the window.
    """
    expected = _expect_foreign(state, now)
    if not expected or state.pending or not state.sample:
        return False
    quiet = now - state.sample.sent_at
    if quiet < max(_REFRESH_SECONDS, (_choose_end(state) - now) / 2):
        return False
    left = count_after(state) - count_debits(state)
    return left - expected >= 1 or left > state.limit / 4


def _wait_for_spread(state: PacerState, now: float, left: float) -> float:
    """Where the end of the window is not known, the second half is spread to find it."""
    if state.ends or left >= state.limit / 2:
        return 0.0
    seconds = max(0.0, _choose_end(state) - now)
    return state.permitted_at + min(seconds / left, _LONGEST_GAP) - now


def _wait_for_change(state: PacerState, now: float) -> float:
    """Until time may bring another permit, or until an answer may be there."""
    ends = state.ends
    soonest = ends.latest if ends else state.since + WINDOW
    if ends and now < (probe := choose_probe_time(ends)):
        soonest = probe
    if state.pending or _expect_foreign(state, now):
        soonest = min(soonest, now + POLL)
    return max(soonest - now, _SHORTEST)
