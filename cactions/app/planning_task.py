"""What a planning of many people is given, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.commit import RunStores
from cactions.app.propose import PlanContext
from cactions.logic.bulk_summary import SummaryBuilder
from cactions.model import (
    Action,
    Plan,
    PlanBasis,
    PlanFailure,
    RunHead,
    StoreError,
    Trip,
    TripKind,
)

OnProgress: TypeAlias = Callable[[int, int, Mapping[str, int]], None]
"""Called with people done, all people, and counts by end state."""


class PlanningStopped(StoreError):
    """What came back looks like a leak: the planning was stopped, and nothing was written."""

    def __init__(self, trip: Trip) -> None:
        super().__init__(f"stopped: {trip.message}; nothing was written", hint=trip.hint)
        self.trip = trip


_OF_CALLS: Final = (TripKind.MANY_FAILURES, TripKind.ACCESS_DENIED)


def explain_trip(trip: Trip, result: Plan | PlanFailure) -> Trip:
    """The trip, with what was wrong with the last call where calls that failed are its reason."""
    if trip.kind not in _OF_CALLS or not isinstance(result, PlanFailure):
        return trip
    sentences = (text.rstrip(".") for text in (f"the last one: {result.message}", result.hint))
    return replace(trip, hint=". ".join(filter(None, sentences)))


class PlanningTask(Struct, frozen=True):
    """What is planned, with what. ``writes``: the call changes something at the third party.

    ``stores.journal`` gets the run; ``context.journal`` only says which values are ours.
    ``probes``: whether a call with a random key is made first. ``keys_hold``: the service still
    recognizes idempotency keys that were sent before. The caller of ``context`` has prepared the
    action. ``basis`` is what the plans are made with.
    """

    head: RunHead
    action: Action
    context: PlanContext
    stores: RunStores
    writes: bool = False
    probes: bool = True
    keys_hold: bool = False
    basis: PlanBasis = PlanBasis()
    on_progress: OnProgress = lambda _done, _total, _counts: None
    on_caution: Callable[[str], None] = lambda _text: None


class Planned(Struct, frozen=True):
    """What came of planning. ``alarms`` must be approved before anything of it is written."""

    summary: SummaryBuilder
    alarms: tuple[Trip, ...]
    calls: int
    """Calls to the third party."""
