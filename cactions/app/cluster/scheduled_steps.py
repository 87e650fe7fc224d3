"""The steps of a run that a schedule has started: it is planned, judged as a whole, and written.

A step moves the moment on in the transaction in which it has its effect. What a worker that died
has left is done again by another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Final

from msgspec import Struct

from cactions.app.apply import begin_planned, close_run, resume_run
from cactions.app.cluster.hand_in import hand_in_planning, hand_in_writing
from cactions.app.cluster.ports import Cluster, PartQueue
from cactions.app.cluster.schedule_ports import ScheduledWork, Schedules
from cactions.app.commit import RunStores
from cactions.app.plan_people import continue_planning, store_people
from cactions.app.planning_task import PlanningStopped
from cactions.model import (
    CactionsError,
    ClusterProgress,
    DueMoment,
    MomentState,
    PartKey,
    PartStep,
    Run,
    RunHead,
    RunPhase,
    UsageError,
)

_TAKEN: Final = "an operator has taken it over"


class ScheduleContext(Struct, frozen=True):
    """What the steps of scheduled runs are done with; ``open_work`` opens one's action."""

    schedules: Schedules
    cluster: Cluster
    queue: PartQueue
    open_work: Callable[[DueMoment], ScheduledWork]
    get_generation: Callable[[], int]
    say: Callable[[str], None]


class RunStep(Struct, frozen=True):
    """A moment whose run goes on now, with what is opened for it; the lock is held."""

    moment: DueMoment
    head: RunHead
    work: ScheduledWork
    context: ScheduleContext

    def move(
        self, state: MomentState, text: str = "", counts: Mapping[str, int] | None = None
    ) -> DueMoment:
        return self.context.schedules.move(self.moment, state, text=text, counts=counts)

    def read(self) -> Run | None:
        return read_run(self.head.id, self.work.stores)

    def read_progress(self) -> ClusterProgress | None:
        return self.context.cluster.read_progress(self.head.id)


def read_run(run_id: str, stores: RunStores) -> Run | None:
    """The run; None where it was not begun, or is deleted."""
    try:
        return stores.journal.read(run_id)
    except UsageError:
        return None


def _start(step: RunStep) -> DueMoment | None:
    """Store everyone, then let workers plan them."""
    head, work, run = step.head, step.work, step.read()
    journal = work.stores.journal
    if run and run.phase is RunPhase.READING:
        journal.discard(head.id)
        run = None
    if run is None:
        _store_people(head, work)
    people = journal.read(head.id).counts.total
    if not people:
        with step.context.schedules.open_for_writing():
            journal.discard(head.id)
            return step.move(MomentState.FINISHED, "no person matches")
    queue = _LaterQueue(step.context.queue)
    with step.context.schedules.open_for_writing():
        hand_in_planning(head, people, work.needs, step.context.cluster, queue)
        step.move(MomentState.PLANNING)
    queue.flush()
    return None


def _store_people(head: RunHead, work: ScheduledWork) -> None:
    task = work.build_task(head)
    try:
        with work.open_rows(task) as rows:
            store_people(task, rows)
    except CactionsError:
        with suppress(CactionsError):
            work.stores.journal.discard(head.id)
        raise


def _judge(step: RunStep) -> DueMoment | None:
    """Look at the plan as a whole, as soon as all of it is there."""
    cluster, run, progress = step.context.cluster, step.read(), step.read_progress()
    if run is None or progress is None:
        return step.move(MomentState.STOPPED, _TAKEN)
    if progress.leased or (progress.done < progress.parts and not progress.stop):
        _adopt(step, run, progress)
        return None
    if progress.stop:
        return _close(step, run, progress.stop.message, is_trip=bool(progress.stop.trip))
    task = step.work.continue_task(run)
    try:
        planned = continue_planning(task)
    except PlanningStopped as stopped:
        return _close(step, run, stopped.trip.message, is_trip=True)
    with step.context.schedules.open_for_writing():
        step.work.store_summary(planned, task)
        cluster.end(step.head.id)
        return step.move(MomentState.JUDGED)


def _close(step: RunStep, run: Run, text: str, *, is_trip: bool) -> DueMoment:
    """End a run whose planning was stopped; after a trip, which counts, it is not resumed."""
    if is_trip and not run.finished:
        close_run(run, step.work.stores)
    with step.context.schedules.open_for_writing():
        step.context.cluster.end(run.head.id)
        return step.move(MomentState.STOPPED, f"{text}; no person was changed")


def _decide(step: RunStep) -> DueMoment | None:
    """Write a plan that no breaker holds."""
    run, work, context = step.read(), step.work, step.context
    if run is None or run.finished or run.phase is not RunPhase.PLANNED or step.read_progress():
        return step.move(MomentState.STOPPED, _TAKEN)
    summary = work.check_plan(run)
    if not summary.writing:
        with context.schedules.open_for_writing():
            work.stores.journal.finish(run.head.id)
            return step.move(MomentState.FINISHED, counts=_count(run))
    if summary.alarms:
        return step.move(MomentState.HELD, "; ".join(summary.alarms), _count(run))
    queue = _LaterQueue(context.queue)
    with context.schedules.open_for_writing(), begin_planned(run, work.stores):
        journal, needs = work.stores.journal, work.needs
        hand_in_writing(run.head, needs, journal, context.cluster, queue)
        step.move(MomentState.WRITING)
    queue.flush()
    return None


def _end(step: RunStep) -> DueMoment | None:
    """Say how the run ended, once the workers have done their parts."""
    run, progress, stores = step.read(), step.read_progress(), step.work.stores
    if run is None or (progress is None and not run.finished):
        return step.move(MomentState.STOPPED, _TAKEN)
    if progress and progress.leased and not run.finished:
        return None
    if progress and progress.stop and not run.finished:
        return step.move(MomentState.STOPPED, progress.stop.message, _count(run))
    if not run.finished:
        if progress and progress.done < progress.parts:
            _adopt(step, run, progress)
            return None
        step.context.cluster.check_step(run.head.id, PartStep.WRITE)
        run = resume_run(run, stores)
    with step.context.schedules.open_for_writing():
        step.context.cluster.end(run.head.id)
        return step.move(MomentState.FINISHED, counts=_count(run))


STEPS: Final[Mapping[MomentState, Callable[[RunStep], DueMoment | None]]] = {
    MomentState.STARTING: _start,
    MomentState.PLANNING: _judge,
    MomentState.JUDGED: _decide,
    MomentState.WRITING: _end,
}
"""What is done in each state; the moment as it is then, None where workers go on with it."""


def _adopt(step: RunStep, run: Run, progress: ClusterProgress) -> None:
    """Let workers with a newer vault go on, where what the run rests on is the same in it."""
    needs, now = step.context.cluster.read_needs(run.head.id), step.work.needs
    if needs and needs.generation < now.generation and not progress.leased:
        step.work.continue_task(run)
        step.context.schedules.replace_generation(run.head.id, now.generation)


def _count(run: Run) -> dict[str, int]:
    """People by what became of them."""
    counts = run.counts
    found = {outcome.value: number for outcome, number in counts.outcomes.items() if number}
    return {**found, **({"planned": counts.planned} if counts.planned else {})}


class _LaterQueue:
    """Implements ``PartQueue``; puts parts once the transaction that makes them is over."""

    def __init__(self, queue: PartQueue) -> None:
        self._queue = queue
        self._puts: list[Callable[[], None]] = []

    def put(self, parts: Iterable[PartKey], *, left: bool = False) -> None:
        self._puts.append(partial(self._queue.put, [*parts], left=left))

    def count_workers(self) -> int:
        return self._queue.count_workers()

    def flush(self) -> None:
        """Without it, a sweep finds the parts some seconds later."""
        with suppress(CactionsError):
            for put in self._puts:
                put()
