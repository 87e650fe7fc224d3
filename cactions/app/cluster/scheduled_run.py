"""A run that a schedule starts: it goes on step by step, whichever worker takes the next one.

- A step is done under the lock of the action: by one worker at a time.
- Nothing is written where a breaker wants an approval: then the plan waits for an operator.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Final

from msgspec.structs import replace

from cactions.app.cluster.schedule_ports import ScheduledWork
from cactions.app.cluster.scheduled_steps import STEPS, RunStep, ScheduleContext, read_run
from cactions.app.cluster.schedules import LATE_SECONDS
from cactions.app.run_lock_port import HeldRunLock
from cactions.logic.shell import join_command
from cactions.model import (
    OPEN_MOMENTS,
    CactionsError,
    DefinitionError,
    DueMoment,
    MomentState,
    RunAborted,
    RunHead,
    UsageError,
)

MOST_TRIES: Final = 8
"""After so many failures of one step, the run is given up: that is after about 20 minutes."""
_FIRST_DELAY: Final = 5.0  # seconds, twice as many after each failure


def advance(moment: DueMoment, context: ScheduleContext) -> None:
    """Do the next step of a run, if there is one to be done now. Raises StoreError.

    A step that fails is tried again later.
    """
    if not _has_step(moment, context):
        return
    try:
        work = context.open_work(moment)
        head = _find_head(moment, work)
        with ExitStack() as held:
            try:
                held.enter_context(work.stores.turns.hold(head))
                work.stores = replace(work.stores, turns=HeldRunLock(work.stores.turns))
            except RunAborted as error:
                _wait_or_skip(moment, context, str(error))
                return
            now: DueMoment | None = context.schedules.read(moment)
            while now and now.state in OPEN_MOMENTS:
                moment = now
                now = STEPS[now.state](RunStep(moment, head, work, context))
    except CactionsError as error:
        _note_failure(moment, error, context)


def _has_step(moment: DueMoment, context: ScheduleContext) -> bool:
    """Whether the workers have done what the next step waits for."""
    if moment.state in (MomentState.STARTING, MomentState.JUDGED):
        return True
    progress = context.cluster.read_progress(moment.run_id)
    if progress is None or progress.leased:
        return progress is None
    needs = context.cluster.read_needs(moment.run_id)
    is_older = needs is not None and needs.generation < context.get_generation()
    return is_older or progress.stop is not None or progress.done == progress.parts


def _find_head(moment: DueMoment, work: ScheduledWork) -> RunHead:
    run = read_run(moment.run_id, work.stores)
    return run.head if run else work.build_head(moment.run_id)


def _wait_or_skip(moment: DueMoment, context: ScheduleContext, why: str) -> None:
    """Another worker does the step, or another run has the action: wait for it, but not long."""
    schedules = context.schedules
    if moment.state is not MomentState.STARTING:
        return
    if schedules.get_time() > moment.due + LATE_SECONDS and not schedules.is_begun(moment):
        schedules.move(moment, MomentState.SKIPPED, text=why)


def _note_failure(moment: DueMoment, error: CactionsError, context: ScheduleContext) -> None:
    """Try again later what may succeed then; give up what cannot."""
    schedules, text = context.schedules, str(error)
    context.say(f"The scheduled run {moment.run_id} of {moment.action}: {text}. {error.hint}")
    if isinstance(error, UsageError | DefinitionError) or moment.tries >= MOST_TRIES:
        show = join_command(("runs", "show"), moment.run_id)
        begun = "" if moment.state is MomentState.STARTING else f". `{show}` shows it"
        schedules.move(moment, MomentState.STOPPED, text=f"{text}{begun}")
    else:
        schedules.record_failure(moment, text, _FIRST_DELAY * 2**moment.tries)
