"""The figures of a pacer that ``doctor`` and the summary of a run show."""

from __future__ import annotations

from msgspec import Struct

from cactions.logic.rate_limit.permits import measure_foreign_rate
from cactions.logic.rate_limit.state import WINDOW, PacerState, WindowKind


class LimitFigures(Struct, frozen=True):
    """What the service has said."""

    limit: int
    """Calls a window; 0 if it has said nothing."""
    remaining: int | None
    """As the newest answer says it."""
    windows: WindowKind
    foreign_calls: float
    """Calls of other clients in a window, as far as they show."""


class PacerFigures(Struct, frozen=True):
    """What the service has said, and what this process did."""

    seen: LimitFigures
    calls: int
    """Permits."""
    refused: int
    """Answers with status 429."""
    waited: float
    """Seconds in which no worker could go on."""
    shared: bool
    """Whether other processes are taken into account."""
    shared_error: str
    """Why not, if they were to be."""


def describe_limit(state: PacerState, now: float) -> LimitFigures:
    """The figures of the state."""
    return LimitFigures(
        state.limit,
        state.sample.remaining if state.sample else None,
        _name_kind(state),
        measure_foreign_rate(state, now) * WINDOW,
    )


def _name_kind(state: PacerState) -> WindowKind:
    if state.sliding:
        return WindowKind.SLIDING
    return WindowKind.FIXED if state.ends else WindowKind.UNKNOWN
