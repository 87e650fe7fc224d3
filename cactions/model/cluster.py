"""The parts of a run that workers carry out, on whatever machine."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from cactions.model.schedule import ScheduleState


class PartStep(StrEnum):
    """What is done with the people of a part."""

    PLAN = "plan"
    WRITE = "write"


class PartKey(Struct, frozen=True):
    """Which part of a run: the one that begins with the entry ``first``."""

    run_id: str
    step: PartStep
    first: int


class RunPart(PartKey, frozen=True):
    """The entries ``first`` to ``last`` of a run, both included.

    ``stage``: a part is begun when all parts of the earlier stages are done.
    """

    last: int
    stage: int = 0


class PartLease(Struct, frozen=True):
    """The right of one worker to carry out a part; no two have the same ``attempt``."""

    part: RunPart
    attempt: int


class RunNeeds(Struct, frozen=True):
    """What a worker must have to carry out a part of a run, beside its definition."""

    version: str
    """Of cactions."""
    generation: int
    """Of the vault."""


class ClusterStop(Struct, frozen=True):
    """Why the workers do not go on with a run; ``trip``: what looked like a leak, or empty."""

    message: str
    hint: str = ""
    trip: str = ""


class ClusterProgress(Struct, frozen=True):
    """How far the parts of a run are.

    ``outcomes`` counts people by word, in the parts that are done. ``stop`` is why the workers have
    stopped, ``refusal`` why the last worker that could not take a part did not. ``leased`` parts
    are being carried out.
    """

    parts: int = 0
    done: int = 0
    leased: int = 0
    outcomes: Mapping[str, int] = {}
    stop: ClusterStop | None = None
    refusal: str = ""


class WorkerState(Struct, frozen=True):
    """A worker that is alive: its name, and the seconds since it last said so."""

    name: str
    seconds: float


class ClusterRun(Struct, frozen=True):
    """A run that the cluster carries out, and the counts of its parts by state."""

    run_id: str
    action: str
    step: PartStep
    waiting: int
    leased: int
    done: int
    overdue: int
    """Parts whose worker has not said for longer than its lease that it is there."""
    stopped: bool
    refusal: str = ""
    reason: str = ""
    """Why the workers have stopped, where it was not ``cluster stop``."""

    @property
    def is_planned(self) -> bool:
        """Whether workers have planned everyone, and the next step is not theirs."""
        return self.step is PartStep.PLAN and not (self.waiting or self.leased or self.overdue)

    @property
    def is_carried_out(self) -> bool:
        """Whether workers do something of it, or will by themselves."""
        return bool(self.leased) or not (self.stopped or self.is_planned)


class ClusterStatus(Struct, frozen=True):
    """What the database says of the cluster of one project."""

    database: str
    workers: tuple[WorkerState, ...]
    runs: tuple[ClusterRun, ...]
    schedules: tuple[ScheduleState, ...] = ()
