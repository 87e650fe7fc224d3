"""What an answer, or a missing answer, says about the rate limit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from cactions.logic.rate_limit.headers import RateHeaders, read_headers
from cactions.logic.rate_limit.roll_over import follow_time, place_sample
from cactions.logic.rate_limit.state import (
    LONGEST_PAUSE,
    PacerState,
    Permit,
    Sample,
)

_REFUSED: Final = 429
_SKEW: Final = 1.0  # seconds between ``Date`` and the clock of the windows
_FIRST_PAUSE: Final = 5.0  # seconds; what Intercom's own tool waits
_LAST_PAUSE: Final = 16.0  # seconds; a window, and the latest Reset seen


def observe_answer(
    state: PacerState, permit: Permit, now: float, status: int, headers: Sequence[tuple[str, str]]
) -> PacerState:
    """The state after an answer to the call of this permit."""
    figures = read_headers(headers)
    state = _settle(state, permit, now)
    if status == _REFUSED:
        return _note_refusal(state, permit, now, figures)
    if figures.limit is None or figures.remaining is None:
        return replace(state, bare=state.bare + 1, uncertain=(*state.uncertain, now))
    state = _take_limit(replace(state, bare=0, refusals=0), figures.limit)
    state = _learn_when_told(state, figures.remaining)
    sent_at = min(permit.sent_at, now)
    sample = Sample(figures.remaining, sent_at, now, permit.serial, permit.in_flight)
    state = place_sample(state, permit, sample)
    if state.sample is sample and figures.reset_in is not None:
        return replace(state, reset_by=now + max(0.0, figures.reset_in) + _SKEW)
    return state


def observe_loss(state: PacerState, permit: Permit, now: float) -> PacerState:
    """The state after a call without an answer; it may have been counted."""
    state = _settle(state, permit, now)
    return replace(state, uncertain=(*state.uncertain, now))


def _settle(state: PacerState, permit: Permit, now: float) -> PacerState:
    """The call is not on its way any more."""
    state = follow_time(state, now)
    pending = tuple(call for call in state.pending if call.serial != permit.serial)
    is_doubtful = state.ends is not None and now >= state.ends.earliest
    return replace(state, pending=pending, updated_at=now, doubtful=state.doubtful + is_doubtful)


def _take_limit(state: PacerState, limit: int) -> PacerState:
    """Another limit can let ``Remaining`` rise within a window."""
    if limit == state.limit:
        return state
    return replace(state, limit=limit, rise_at=-math.inf, foreign_seen=0)


def _learn_when_told(state: PacerState, remaining: int) -> PacerState:
    """An answer with all calls left is told before its call is counted; with none left, after."""
    if remaining == state.limit:
        return replace(state, told_after=False)
    return replace(state, told_after=True) if remaining == 0 else state


def _note_refusal(
    state: PacerState, permit: Permit, now: float, figures: RateHeaders
) -> PacerState:
    """Pause as long as the service says, else until the window has ended."""
    if figures.retry_after is not None:
        pause = min(max(figures.retry_after, min(state.refusals, _FIRST_PAUSE)), LONGEST_PAUSE)
    elif permit.window != state.window:
        return replace(state, uncertain=(*state.uncertain, now))
    else:
        pause = _choose_pause(state, now, figures)
    is_new = permit.sent_at >= state.refused_at
    return replace(
        state,
        pause_until=max(state.pause_until, now + pause),
        refusals=state.refusals + is_new,
        refused_at=now if is_new else state.refused_at,
        sliding_kept=_keep_more(state) if state.sliding else 1,
        told_after=False if state.told_after else state.told_after,
        ends=state.ends if state.confirmed else None,
        sample=_empty(state.sample),
        window=state.window + 1,
        confirmed=False,
        since=now,
    )


def _keep_more(state: PacerState) -> int:
    """One more of a hundred calls, up to ten."""
    return min(state.sliding_kept + 1 + state.limit // 100, 1 + state.limit // 10)


def _choose_pause(state: PacerState, now: float, figures: RateHeaders) -> float:
    longer = min(_FIRST_PAUSE * 2.0 ** min(state.refusals, 2), _LAST_PAUSE)
    if state.refusals or figures.remaining != 0:
        return longer
    if state.confirmed and state.ends:
        return max(0.0, state.ends.latest - now)
    if figures.reset_in is not None:
        return min(max(0.0, figures.reset_in) + _SKEW, longer)
    return longer


def _empty(sample: Sample | None) -> Sample | None:
    return replace(sample, remaining=0) if sample else None
