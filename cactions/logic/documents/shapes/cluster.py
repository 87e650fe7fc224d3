"""The shapes of what ``cactions cluster`` prints with ``--json``."""

from __future__ import annotations

from cactions.logic.documents.shapes.parts import Document, Part
from cactions.model import MomentState, PartStep


class WorkerShape(Part, frozen=True, kw_only=True):
    """A worker that is alive, and the seconds since it last said so."""

    name: str
    seconds: float


class ClusterRunShape(Part, frozen=True, kw_only=True):
    """A run that workers carry out, and its parts by state.

    ``overdue`` parts were begun by a worker that has not said for 15 s that it is there.
    ``refusal`` is why the last worker that could not take a part did not, ``reason`` why the
    workers have stopped; it is empty where they were told to.
    """

    run: str
    action: str
    step: PartStep
    waiting: int
    leased: int
    done: int
    overdue: int
    stopped: bool
    refusal: str
    reason: str


class WorkerDocument(Document, frozen=True, kw_only=True, tag="cactions.worker/1"):
    """`worker`: what it has done until it ended; people by what became of them."""

    worker: str
    parts: int
    people: dict[str, int]


class MomentShape(Part, frozen=True, kw_only=True):
    """The last moment that was due, in Unix seconds, and what has become of it.

    ``notice_tries``: how often the command of `worker --notify` was tried; ``notice_exit`` is its
    last exit code, ``notice_at`` when that was; both are null where there is none.
    """

    due: int
    state: MomentState
    run: str | None
    missed: int
    text: str
    notice_tries: int
    notice_exit: int | None
    notice_at: float | None


class ScheduleShape(Part, frozen=True, kw_only=True):
    """A published action that workers start by themselves; ``next`` is in Unix seconds."""

    action: str
    environment: str
    cron: str
    next: int
    last: MomentShape | None


class ClusterDocument(Document, frozen=True, kw_only=True, tag="cactions.cluster/1"):
    """`cluster status`: the workers, and the runs that they carry out."""

    database: str
    workers: list[WorkerShape]
    runs: list[ClusterRunShape]
    schedules: list[ScheduleShape]


class NoticeDocument(Document, frozen=True, kw_only=True, tag="cactions.notice/1"):
    """What the command of `worker --notify` reads: what became of a scheduled run.

    ``event`` is finished, held, stopped, skipped or missed. ``due`` is the moment in Unix seconds.
    ``run`` is null where none was started; ``missed`` then counts the moments. ``counts`` are
    people by what became of them. No value of a person is in it.
    """

    event: MomentState
    action: str
    environment: str
    workspace: str
    due: int
    run: str | None
    missed: int
    counts: dict[str, int]
    text: str


class ClusterChangeDocument(Document, frozen=True, kw_only=True, tag="cactions.cluster-change/1"):
    """`cluster init`, `stop` and `import`: what was done, and with which run."""

    change: str
    database: str
    run: str | None
    text: str
