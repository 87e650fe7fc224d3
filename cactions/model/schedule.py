"""When an action runs by itself, and for whom."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from cactions.model.condition import Condition


class CronTimes(Struct, frozen=True):
    """The minutes of a cron expression, in UTC; ``text`` is the expression, with single spaces.

    ``weekdays`` counts from Sunday, 0. ``any_day``: a day is meant where one of ``days`` and
    ``weekdays`` has it; otherwise both must have it.
    """

    text: str
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool = False


class Schedule(Struct, frozen=True):
    """``schedule:`` of an action; without ``conditions`` it is for everyone of the workspace."""

    cron: CronTimes
    conditions: tuple[Condition, ...] = ()


class MomentState(StrEnum):
    """How far the run of a due moment is. The first four go on, the others are final."""

    STARTING = "starting"
    PLANNING = "planning"
    JUDGED = "judged"
    """Planned and looked at as a whole; nothing is written yet."""
    WRITING = "writing"
    FINISHED = "finished"
    HELD = "held"
    """A breaker wants the approval of an operator."""
    STOPPED = "stopped"
    SKIPPED = "skipped"
    """The run before was still being carried out."""
    MISSED = "missed"
    """No worker was there in time."""


OPEN_MOMENTS = (
    MomentState.STARTING,
    MomentState.PLANNING,
    MomentState.JUDGED,
    MomentState.WRITING,
)


class DueMoment(Struct, frozen=True):
    """A moment at which an action was to run, in Unix seconds, and what has become of it.

    ``missed`` counts the moments that a MISSED one stands for. ``tries`` counts the failures to
    start it.
    """

    action: str
    environment: str
    due: int
    state: MomentState
    run_id: str = ""
    missed: int = 0
    tries: int = 0
    workspace: str = ""


class KnownSchedule(Struct, frozen=True):
    """A published action that is scheduled, since when, in Unix seconds, and for whom."""

    action: str
    times: CronTimes
    since: float
    workspace: str


class NoticeState(Struct, frozen=True):
    """How often a notice was tried; how, and when (Unix seconds), its command has ended."""

    tries: int = 0
    exit_code: int | None = None
    given_at: float | None = None


class ScheduleState(Struct, frozen=True):
    """A schedule as the workers know it, with the last moment that was due."""

    action: str
    environment: str
    cron: str
    next_due: int = 0
    last: DueMoment | None = None
    text: str = ""
    """What became of the last moment, in words."""
    notice: NoticeState = NoticeState()


class Notice(Struct, frozen=True):
    """What an operator is told of a moment; there is no value of a person in it.

    ``counts`` are people by what became of them.
    """

    moment: DueMoment
    counts: dict[str, int]
    text: str
