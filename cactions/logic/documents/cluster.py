"""What ``cactions cluster`` answers on ``--json``."""

from __future__ import annotations

from collections.abc import Mapping

from cactions.logic.documents.shapes.cluster import (
    ClusterChangeDocument,
    ClusterDocument,
    ClusterRunShape,
    MomentShape,
    ScheduleShape,
    WorkerDocument,
    WorkerShape,
)
from cactions.logic.documents.shapes.parts import shape_to_json
from cactions.model import ClusterStatus, Json, ScheduleState


def cluster_to_json(found: ClusterStatus) -> dict[str, Json]:
    """The state of the cluster."""
    workers = [
        WorkerShape(name=each.name, seconds=round(each.seconds, 1)) for each in found.workers
    ]
    runs = [
        ClusterRunShape(
            run=each.run_id,
            action=each.action,
            step=each.step,
            waiting=each.waiting,
            leased=each.leased,
            done=each.done,
            overdue=each.overdue,
            stopped=each.stopped,
            refusal=each.refusal,
            reason=each.reason,
        )
        for each in found.runs
    ]
    schedules = [_shape_schedule(each) for each in found.schedules]
    return shape_to_json(
        ClusterDocument(database=found.database, workers=workers, runs=runs, schedules=schedules)
    )


def _shape_schedule(each: ScheduleState) -> ScheduleShape:
    last = each.last
    moment = None
    if last:
        moment = MomentShape(
            due=last.due,
            state=last.state,
            run=last.run_id or None,
            missed=last.missed,
            text=each.text,
            notice_tries=each.notice.tries,
            notice_exit=each.notice.exit_code,
            notice_at=each.notice.given_at,
        )
    return ScheduleShape(
        action=each.action,
        environment=each.environment,
        cron=each.cron,
        next=each.next_due,
        last=moment,
    )


def worker_to_json(name: str, parts: int, people: Mapping[str, int]) -> dict[str, Json]:
    """What a worker has done until it ended."""
    return shape_to_json(WorkerDocument(worker=name, parts=parts, people=dict(people)))


def cluster_change_to_json(
    change: str, database: str, run_id: str | None, text: str
) -> dict[str, Json]:
    """What a command has changed."""
    return shape_to_json(
        ClusterChangeDocument(change=change, database=database, run=run_id, text=text)
    )
