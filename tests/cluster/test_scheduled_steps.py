"""What becomes of a scheduled run whose step fails, or whose planning is stopped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.app.cluster.scheduled_run import MOST_TRIES, advance
from cactions.app.cluster.scheduled_steps import STEPS, RunStep, ScheduleContext
from cactions.model import (
    CactionsError,
    ClusterProgress,
    ClusterStop,
    DefinitionError,
    DueMoment,
    MomentState,
    Run,
    RunHead,
    RunKind,
    StoreError,
    UsageError,
    WorkspaceError,
)

HEAD = RunHead("run-1", RunKind.APPLY, "loyalty", 0.0, "")


class Schedules:
    """Notes what is moved and what is tried again, and that both are in a transaction."""

    def __init__(self, moment: DueMoment) -> None:
        self.moment = moment
        self.delays: list[float] = []
        self.is_writing = False

    @contextmanager
    def open_for_writing(self) -> Iterator[None]:
        self.is_writing = True
        yield
        self.is_writing = False

    def move(self, moment: DueMoment, state: MomentState, **_: Any) -> DueMoment:
        self.moment = replace(moment, state=state)
        return self.moment

    def record_failure(self, moment: DueMoment, _text: str, seconds: float) -> None:
        self.moment = replace(moment, tries=moment.tries + 1)
        self.delays.append(seconds)


class Cluster:
    """A run of which workers were told to stop, or that they do not have."""

    def __init__(self, schedules: Schedules, stop: ClusterStop | None) -> None:
        self._schedules = schedules
        self.progress = ClusterProgress(4, 1, stop=stop) if stop else None
        self.ended: list[bool] = []

    def read_progress(self, _run_id: str) -> ClusterProgress | None:
        return self.progress

    def end(self, run_id: str) -> None:
        assert run_id == HEAD.id
        self.ended.append(self._schedules.is_writing)


def create_context(moment: DueMoment, open_work: Any, stop: ClusterStop | None = None) -> Any:
    schedules: Any = Schedules(moment)
    cluster: Any = Cluster(schedules, stop)
    queue: Any = None
    return ScheduleContext(schedules, cluster, queue, open_work, lambda: 1, lambda _: None)


@pytest.mark.parametrize("error", [WorkspaceError("away"), StoreError("no room")])
def test_a_step_that_fails_is_tried_again_and_later_each_time(error: CactionsError) -> None:
    """As often as it may: then the run is given up."""

    def fail(_moment: DueMoment) -> Any:
        raise error

    moment = DueMoment("loyalty", "", 60, MomentState.STARTING, "run-1")
    context = create_context(moment, fail)
    for _ in range(MOST_TRIES + 1):
        assert MomentState.STARTING is context.schedules.moment.state
        advance(context.schedules.moment, context)
    assert MomentState.STOPPED is context.schedules.moment.state
    assert [5.0 * 2**number for number in range(MOST_TRIES)] == context.schedules.delays


@pytest.mark.parametrize("error", [UsageError("not published"), DefinitionError("a mistake")])
def test_what_cannot_succeed_later_is_not_tried_again(error: CactionsError) -> None:
    def fail(_moment: DueMoment) -> Any:
        raise error

    context = create_context(DueMoment("loyalty", "", 60, MomentState.STARTING, "run-1"), fail)
    advance(context.schedules.moment, context)
    assert (MomentState.STOPPED, []) == (context.schedules.moment.state, context.schedules.delays)


def test_a_planning_that_was_stopped_leaves_nothing_in_the_cluster() -> None:
    """Else the run would be in the way of the next moment; both are one transaction."""

    class Journal:
        def read(self, _run_id: str) -> Run:
            return Run(HEAD)

    class Work:
        class stores:  # noqa: N801 - an attribute
            journal = Journal()

    moment = DueMoment("loyalty", "", 60, MomentState.PLANNING, "run-1")
    work: Any = Work()
    context = create_context(moment, None, ClusterStop("an operator has stopped it"))
    moved = STEPS[MomentState.PLANNING](RunStep(moment, HEAD, work, context))
    assert moved
    assert (MomentState.STOPPED, [True]) == (moved.state, context.cluster.ended)
