"""Which scheduled actions are due: each moment is claimed once, by whichever worker sees it first.

A moment that no worker saw in time is made up for within an hour, the last one of them; older ones
are noted as missed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from cactions.app.cluster.schedule_ports import Schedules
from cactions.logic.expressions.cron import list_due
from cactions.model import DueMoment, KnownSchedule, MomentState

LATE_SECONDS: Final = 3600
"""So long after its moment a run may still be started."""
_LONGEST_LOOK: Final = 31 * 86400
"""Moments that are older are not even counted, in seconds."""


def take_due(
    known: KnownSchedule,
    environment: str,
    schedules: Schedules,
    create_run_id: Callable[[], str],
    now: float,
) -> Sequence[DueMoment]:
    """Claim what is due of one action; the moments that this call has claimed."""
    last = schedules.find_last(environment, known.action)
    begin = max(last, known.since, now - _LONGEST_LOOK)
    due = [*list_due(known.times, begin, now)]
    if not due:
        return ()
    bare = DueMoment(known.action, environment, 0, MomentState.MISSED, workspace=known.workspace)
    moments: list[DueMoment] = []
    starts = due[-1] > now - LATE_SECONDS
    if missed := due[:-1] if starts else due:
        moments.append(replace(bare, due=missed[-1], missed=len(missed)))
    if starts:
        run_id, state = create_run_id(), MomentState.STARTING
        moments.append(replace(bare, due=due[-1], state=state, run_id=run_id))
    return moments if schedules.take(moments, last) else ()
