"""When fixed windows end, learned from rises of ``Remaining``.

``RollOver`` bounds the end of the current window. An answer of the old window proves that it had
not ended when the call was sent; an answer of the new window, that it had when it was received.
``X-RateLimit-Reset`` is no proof: it was seen up to 6 s late.
"""

from __future__ import annotations

import math
from typing import Final

from msgspec.structs import replace

from cactions.logic.rate_limit.state import (
    SET_BACK,
    WINDOW,
    PacerState,
    Permit,
    RollOver,
    Sample,
)

_DRIFT: Final = 0.005
"""Seconds a window, for clocks that run at different speeds."""

_EXACT: Final = 0.2
"""Bounds closer than this are not narrowed further."""

_USEFUL: Final = 0.9 * WINDOW
_RETRY: Final = 1.0  # seconds; after a window went on beyond its expected end
_ALLOWANCE: Final = 0.2
"""The part of a new window that other clients may use before our first answer in it."""

_FEWEST: Final = 3
_EARLY: Final = 0.95 * WINDOW
_ENOUGH_RISES: Final = 3
_HINTS: Final = 2
_MORE_HINTS: Final = 5


def follow_time(state: PacerState, now: float) -> PacerState:
    """Begin a new window if the current one is certain to have ended.

    If the clock was set back, nothing that was known is used any more.
    """
    if now < state.updated_at - SET_BACK:
        return PacerState(updated_at=now, serial=state.serial)
    ends = state.ends
    if state.sliding:
        return state
    if ends and now >= ends.latest:
        windows = math.floor((now - ends.latest) / WINDOW) + 1
        moved = move_bounds(ends, windows)
        is_exact = moved.latest - moved.earliest < _USEFUL
        return _begin(state, windows, moved if is_exact else None, now)
    if not ends and state.sample and now >= state.since + WINDOW:
        return _begin(state, 1, None, now)
    return state


def choose_probe_time(ends: RollOver) -> float:
    """When to send a call that may fall into the old window: between the bounds, if they are far.

    It needs a call of the old window that is still free, and narrows the bounds.
    """
    middle = (ends.earliest + ends.latest) / 2
    return middle if ends.latest - ends.earliest > _EXACT else ends.latest


def move_bounds(ends: RollOver, windows: int) -> RollOver:
    """The bounds so many windows later or earlier."""
    drift = _DRIFT * max(windows, 0)
    return RollOver(
        ends.earliest + windows * WINDOW - drift, ends.latest + windows * WINDOW + drift
    )


def place_sample(state: PacerState, permit: Permit, sample: Sample) -> PacerState:
    """Take the figures of an answer into account; ``state.limit`` is its limit."""
    before = state.sample
    if before is None:
        state = replace(state, since=sample.received_at)
        return _accept(_note_first(state, permit, sample), sample)
    if state.sliding:
        return _accept(state, sample) if sample.sent_at >= before.sent_at else state
    is_current = permit.window == state.window
    is_later = sample.sent_at >= before.received_at
    if is_later and (is_current or not state.confirmed) and _is_jump(state, before, sample):
        return _note_jump(state, permit, before, sample)
    if not is_current:
        return _add_uncertain(state, sample)
    return _place_in_window(state, before, sample)


def _place_in_window(state: PacerState, before: Sample, sample: Sample) -> PacerState:
    is_later = sample.sent_at >= before.received_at
    is_lower = sample.remaining < before.remaining
    if is_later and not is_lower and sample.remaining:
        return _accept(_note_rise(state, before, sample), sample)
    is_old = is_later and is_lower and not _fits_new(state, sample)
    if not state.confirmed:
        return _return_to_old(state, sample) if is_old else _accept(state, sample)
    if is_lower:
        return _accept(_raise_earliest(state, sample) if is_old else state, sample)
    if state.ends and sample.received_at >= state.ends.earliest:
        return _add_uncertain(state, sample)
    return state  # counted before, received later


def _begin(state: PacerState, windows: int, ends: RollOver | None, now: float) -> PacerState:
    return replace(
        state,
        window=state.window + windows,
        ends=ends,
        since=now,
        confirmed=False,
        own=_count_possible(state),
        doubtful=0,
        foreign=_summarize_foreign(state),
        foreign_seen=0,
        foreign_from=ends.earliest - WINDOW if ends else -math.inf,
        foreign_base=0,
        reset_by=math.inf,
    )


def _count_possible(state: PacerState) -> int:
    """The most of our calls that can be counted in the window that begins."""
    if state.ends or not state.sample:
        return state.doubtful + len(state.pending)
    return state.serial - state.sample.serial + state.sample.in_flight


def _summarize_foreign(state: PacerState) -> tuple[float, ...]:
    """The rates of other clients, with that of the window that ends."""
    if not (state.sample and state.confirmed):
        return state.foreign
    seconds = state.sample.received_at - state.foreign_from
    if not 1 <= seconds < math.inf:
        return state.foreign
    return (*state.foreign[-2:], state.foreign_seen / seconds)


def _fits_new(state: PacerState, sample: Sample) -> bool:
    """Whether the count can be one of the beginning of a window."""
    own = sample.in_flight + 1 + state.serial - sample.serial
    others = max(_FEWEST, _ALLOWANCE * state.limit)
    return sample.remaining >= state.limit - own - others


def _is_jump(state: PacerState, before: Sample, sample: Sample) -> bool:
    if not 0 < sample.remaining >= before.remaining or not _fits_new(state, sample):
        return False
    return sample.remaining > before.remaining or not _is_early(state, sample.received_at)


def _is_early(state: PacerState, now: float) -> bool:
    """Whether less than a window has passed since the earliest time of the last rise."""
    return now - state.rise_at < _EARLY


def _note_jump(state: PacerState, permit: Permit, before: Sample, sample: Sample) -> PacerState:
    """The first answer of a new window; by time, that has begun already if not ``confirmed``."""
    passed = state.ends if state.confirmed or not state.ends else move_bounds(state.ends, -1)
    ends = _combine(passed, RollOver(before.sent_at, sample.received_at))
    ends = move_bounds(ends, 1) if ends else None
    state = _note_first(_note_rise(state, before, sample), permit, sample)
    if state.sliding:
        return _accept(state, sample)
    if state.confirmed:
        return _accept(_begin(state, 1, ends, sample.received_at), sample)
    return _accept(replace(state, ends=ends, since=sample.received_at), sample)


def _combine(known: RollOver | None, seen: RollOver) -> RollOver | None:
    """Both bounds; where they contradict each other, what was seen now."""
    if seen.latest - seen.earliest > _USEFUL:
        return known
    if known:
        earliest, latest = max(known.earliest, seen.earliest), min(known.latest, seen.latest)
        if earliest <= latest:
            return RollOver(earliest, latest)
    return seen


def _note_rise(state: PacerState, before: Sample, sample: Sample) -> PacerState:
    rises = state.rises + 1 if _is_early(state, sample.received_at) else 0
    state = replace(state, rises=rises, rise_at=before.sent_at)
    if rises < _ENOUGH_RISES:
        return state
    return replace(state, sliding=True, ends=None, foreign=())


def _note_first(state: PacerState, permit: Permit, sample: Sample) -> PacerState:
    """Learn when ``Remaining`` is told, from the first call in a window.

    If other clients are active, it is often not the first; then more such answers are needed.
    """
    is_first = permit.in_flight == 0 and permit.serial == state.serial
    if state.told_after is not None or not is_first or sample.remaining != state.limit - 1:
        return state
    hints = state.hints + 1
    enough = _MORE_HINTS if any(state.foreign) else _HINTS
    return replace(state, hints=hints, told_after=True if hints >= enough else None)


def _raise_earliest(state: PacerState, sample: Sample) -> PacerState:
    ends = state.ends
    if not ends or sample.sent_at <= ends.earliest:
        return state
    latest = max(ends.latest, sample.sent_at)
    return replace(state, ends=RollOver(sample.sent_at, latest))


def _return_to_old(state: PacerState, sample: Sample) -> PacerState:
    """The window went on beyond its expected end: all calls that it counts may be ours."""
    ends = RollOver(sample.sent_at, sample.received_at + _RETRY)
    return _accept(replace(state, ends=ends, own=state.limit), sample)


def _accept(state: PacerState, sample: Sample) -> PacerState:
    """Take the sample as the newest."""
    used = state.limit - sample.remaining + (state.told_after is False)
    state = replace(
        state,
        sample=sample,
        confirmed=True,
        uncertain=tuple(at for at in state.uncertain if at > sample.sent_at),
        own=min(state.own, used + 1 + len(state.pending)),
    )
    return _note_foreign(state, used - state.own)


def _note_foreign(state: PacerState, others: int) -> PacerState:
    """``others``: counted calls that cannot be ours."""
    if state.sliding:
        return state
    if state.foreign_from == -math.inf and state.sample:
        at = state.sample.received_at
        return replace(state, foreign_from=at, foreign_base=max(0, others))
    seen = max(state.foreign_seen, others - state.foreign_base)
    return state if seen == state.foreign_seen else replace(state, foreign_seen=seen)


def _add_uncertain(state: PacerState, sample: Sample) -> PacerState:
    return replace(state, uncertain=(*state.uncertain, sample.received_at))
