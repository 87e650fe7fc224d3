"""Why a planning was stopped, in words that help."""

from __future__ import annotations

import pytest

from cactions.app.planning_task import PlanningStopped, explain_trip
from cactions.model import FailureReason, PersonQuery, PlanFailure, Subject, Trip, TripKind

ABOUT_CALLS = (TripKind.MANY_FAILURES, TripKind.ACCESS_DENIED)
FAILURE = PlanFailure(
    "loyalty",
    Subject("c-1", PersonQuery("user_id", "u-1"), "Ada"),
    FailureReason.NO_ANSWER,
    "the certificate is not trusted",
    hint="Pass --ca-file.",
)


@pytest.mark.parametrize("kind", TripKind)
def test_calls_that_fail_tell_what_was_wrong_with_the_last_one(kind: TripKind) -> None:
    """A sign of a leak keeps its own hint."""
    trip = explain_trip(Trip(kind, "11 failed", hint="as it was"), FAILURE)
    expected = "the last one: the certificate is not trusted. Pass --ca-file"
    assert (expected if kind in ABOUT_CALLS else "as it was") == trip.hint
    assert "stopped: 11 failed; nothing was written" == str(PlanningStopped(trip))
