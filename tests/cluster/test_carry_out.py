"""What a worker does with a part that fails, and how it knows that its lease is over."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from cactions.app.cluster.carry_out import Worker, carry_out, explain_unfit
from cactions.app.cluster.lease_keeper import LeaseKeeper
from cactions.cli.cluster_worker import RepeatFilter
from cactions.model import (
    ClusterStop,
    DatabaseAway,
    LeaseLost,
    PartLease,
    PartStep,
    RunAborted,
    RunNeeds,
    RunPart,
    StoreError,
    WorkspaceError,
)
from tests.cluster.scene import wait_until

PART = RunPart("run-1", PartStep.PLAN, 1, 50)
NEEDS = RunNeeds("1.0", 1)


class FailingWork:
    """A run whose parts all end with an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def check_needs(self, _needs: RunNeeds) -> str:
        return ""

    def build_task(self, _lease: PartLease) -> Any:
        raise self._error


class RecordingCluster:
    """Notes what is released; ``away`` times the database is not there."""

    def __init__(self, *, goes_on: bool = True, away: int = 0) -> None:
        self._goes_on, self._away = goes_on, away
        self.released: list[bool] = []
        self.stops: list[ClusterStop] = []

    def read_needs(self, _run_id: str) -> RunNeeds:
        return NEEDS

    def take(self, part: RunPart, _worker: str) -> PartLease:
        return PartLease(part, 7)

    def renew(self, _lease: PartLease) -> bool:
        return True

    def release(self, _lease: PartLease, *, failed: bool = False) -> bool:
        if self._away:
            self._away -= 1
            raise DatabaseAway("the database cannot be reached")
        self.released.append(failed)
        return self._goes_on

    def finish(self, _lease: PartLease, _outcomes: Mapping[str, int]) -> None:
        raise AssertionError("it has failed")

    def stop_run(self, _run_id: str, stop: ClusterStop) -> None:
        self.stops.append(stop)


def fail(error: Exception, **how: Any) -> tuple[RecordingCluster, list[str]]:
    """A worker whose part ends with the error; what it tells the cluster, and the operator."""
    cluster, said = RecordingCluster(**how), []
    now = [0.0]

    def wait(seconds: float) -> None:
        now[0] += seconds

    worker = Worker(
        "one", cluster, None, lambda _: FailingWork(error), 15.0, lambda: now[0], wait, said.append
    )  # type: ignore[arg-type]
    carry_out(PART, worker)
    return cluster, said


def wrap(cause: Exception) -> RunAborted:
    """As the app does with an error of the journal."""
    error = RunAborted(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "failed"),
    [
        (WorkspaceError("Intercom does not answer"), True),
        (StoreError("the database has no room left"), True),
        (KeyError("a value of a person"), True),
        (DatabaseAway("the database cannot be reached"), False),
        (wrap(DatabaseAway("the database cannot be reached")), False),
    ],
)
def test_a_part_has_failed_unless_the_database_was_away(error: Exception, failed: bool) -> None:
    """It is given back in any case, also after a mistake of ours, of which no value is said."""
    cluster, [said] = fail(error)
    assert [failed] == cluster.released
    assert "a value of a person" not in said


def test_a_part_is_given_back_when_the_database_is_there_again() -> None:
    assert [False] == fail(DatabaseAway("away"), away=5)[0].released
    with pytest.raises(DatabaseAway):
        fail(DatabaseAway("away"), away=50)


def test_the_last_failure_stops_the_run_with_its_reason() -> None:
    cluster, _ = fail(WorkspaceError("Intercom does not answer", hint="Wait."), goes_on=False)
    assert [ClusterStop("Intercom does not answer", "Wait.")] == cluster.stops


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (NEEDS, ""), (RunNeeds("1.0", 0), "older"), (RunNeeds("1.0", 2), "newer"),
        (RunNeeds("1.1", 1), "of cactions 1.1"), (RunNeeds("1.1", 2), "of cactions 1.1"),
    ],
)  # fmt: skip
def test_a_worker_that_does_not_fit_says_what_it_has(own: RunNeeds, words: str) -> None:
    """And nothing where it has exactly what the run was handed in with."""
    why = explain_unfit(own, NEEDS)
    assert words in why
    assert bool(words) == bool(why)


def test_a_lease_is_over_before_the_database_says_so() -> None:
    """It counts from before it was asked for, and a renewal that fails does not lengthen it."""
    now, reached = [100.0], [True]

    def renew() -> bool:
        if not reached[0]:
            raise DatabaseAway("away")
        return True

    keeper = LeaseKeeper(renew, 0.2 * 15, lambda: now[0], 98.0)
    try:
        with pytest.raises(LeaseLost, match="not reached"):
            keeper.check()  # 98 + 3 - 5
    finally:
        keeper.close()
    keeper = LeaseKeeper(renew, 15.0, lambda: now[0], 98.0)
    try:
        now[0] = 107.9
        keeper.check()
        now[0] = 108.0
        with pytest.raises(LeaseLost, match="not reached"):
            keeper.check()
    finally:
        keeper.close()


def test_a_lease_that_is_refused_is_lost_at_once() -> None:
    keeper = LeaseKeeper(lambda: False, 0.2, lambda: 0.0, 100.0)

    def is_lost() -> bool:
        try:
            keeper.check()
        except LeaseLost as error:
            return "another worker" in str(error)
        return False

    began = time.monotonic()
    wait_until(is_lost, 5)
    assert time.monotonic() < began + 2
    keeper.close()


def test_the_same_text_is_said_once_in_a_minute() -> None:
    said: list[str] = []
    now = [0.0]
    say = RepeatFilter(said.append, lambda: now[0]).report
    for now[0], text in ((0, "a"), (1, "a"), (2, "b"), (59, "a"), (60, "a"), (61, "b")):
        say(text)
    assert ["a", "b", "a"] == said
