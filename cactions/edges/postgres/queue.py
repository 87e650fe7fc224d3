"""The queue of parts, by Procrastinate: it wakes workers, and looks for what was left behind.

A job says which part is to be carried out, and nothing of a person. Which worker has a part is
known by ``ClusterStore`` alone: a job that comes twice, or to two workers, does no harm.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
from msgspec import convert, to_builtins
from procrastinate import App, JobContext, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

from cactions.edges.postgres.address import build_parameters
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.model import DatabaseAway, PartKey, StoreError, WorkerState

_CARRY_OUT: Final = "cactions.carry_out"
_SWEEP: Final = "cactions.sweep"
_EVERY_FIVE_SECONDS: Final = "* * * * * */5"
_POLL_SECONDS: Final = 1.0
_HEARTBEAT_SECONDS: Final = 3.0
_LOST_SECONDS: Final = 15.0
"""A worker that has said nothing for so long is dead: its jobs are dropped."""
_LEFT: Final = -1_000_000
"""The priority of parts that a worker has left to others."""
_LIFTED: Final = 8
"""So many of these, of each run, are tried again with every sweep, whatever else there is."""

_LOGGERS: Final = ("procrastinate", "psycopg", "asyncio")
"""What they have to say, with tracebacks, is said in our words, or the next attempt succeeds."""

for _name in _LOGGERS:
    logging.getLogger(_name).addHandler(logging.NullHandler())


class PostgresQueue:
    """Implements ``PartQueue`` of ``app/cluster/ports.py`` for the runs of one project."""

    def __init__(self, address: str, database: PostgresDatabase, project: str) -> None:
        """``database`` has the same ``address``; ``project`` is the id of the vault."""
        self._project, self._database = project, database
        self._app = App(connector=SyncPsycopgConnector(conninfo="", **_build_pool(address, 2)))

    def put(self, parts: Iterable[PartKey], *, left: bool = False) -> None:
        """Let workers carry these out; a part that waits already is not put again.

        The n-th part of a run comes before the next one of any other run; ``left``: after all. Of
        those that were left before, the first of each run come in their turn again.
        """
        before: Counter[str] = Counter()
        with _store_errors(self._database), self._app.open():
            known = self._list_known()
            for part in parts:
                rank = before[part.run_id]
                job = known.get(_name_part(part))
                if job and job.priority == _LEFT and not left and rank < _LIFTED:
                    self._app.job_manager.cancel_job_by_id(job.id, delete_job=True)
                    job = None
                if job is None:
                    self._defer(part, _LEFT if left else -rank)
                before[part.run_id] += 1

    def _list_known(self) -> Mapping[str, Any]:
        """The jobs that wait, by the name of their part."""
        jobs = self._app.job_manager.list_jobs(queue=self._project, status="todo")
        return {job.queueing_lock: job for job in jobs if job.queueing_lock}

    def _defer(self, part: PartKey, priority: int) -> None:
        job = self._app.configure_task(
            _CARRY_OUT, queue=self._project, queueing_lock=_name_part(part), priority=priority
        )
        with suppress(AlreadyEnqueued):
            job.defer(part=to_builtins(PartKey(part.run_id, part.step, part.first)))

    def count_workers(self) -> int:
        """How many are alive."""
        return len(self.list_workers())

    def list_workers(self) -> list[WorkerState]:
        """The workers that are alive."""
        sql = """SELECT name, extract(epoch FROM clock_timestamp() - seen)::float FROM worker
            WHERE project = %s AND seen > clock_timestamp() - %s * interval '1 second'
            ORDER BY name"""
        rows = self._database.query_rows(sql, self._project, _LOST_SECONDS)
        return [WorkerState(name, seconds) for name, seconds in rows]

    def note_worker(self, name: str) -> None:
        """Say that a worker is alive."""
        sql = """INSERT INTO worker (project, name, seen) VALUES (%s, %s, clock_timestamp())
            ON CONFLICT (project, name) DO UPDATE SET seen = excluded.seen"""
        with self._database.open_for_writing(durable=False):
            self._database.execute(sql, self._project, name)

    def drop_worker(self, name: str) -> None:
        """Say that a worker has ended."""
        sql = "DELETE FROM worker WHERE project = %s AND name = %s"
        with self._database.open_for_writing(durable=False):
            self._database.execute(sql, self._project, name)


def serve_queue(
    address: str,
    project: str,
    carry_out: Callable[[PartKey, bool], None],
    sweep: Callable[[], None],
    *,
    idle: bool = False,
) -> None:
    """Carry out parts, one at a time, until a signal comes; a part that was begun is ended first.

    ``carry_out`` is also told whether a worker has left the part to others.

    A second signal ends the process at once, as a system does. ``sweep`` is called every five
    seconds, by one of the workers. ``idle``: end when there is no job. Neither may raise. Raises
    StoreError where the connection to the database is lost; after a signal, it is an end as well.
    """
    for name in _LOGGERS:
        logging.getLogger(name).propagate = False
    app = App(connector=PsycopgConnector(conninfo="", **_build_pool(address, 4)))

    @app.task(name=_CARRY_OUT, queue=project, pass_context=True)
    def carry_out_part(context: JobContext, /, part: object) -> None:
        carry_out(convert(part, PartKey), context.job.priority == _LEFT)

    @app.periodic(cron=_EVERY_FIVE_SECONDS, periodic_id=project)
    @app.task(name=_SWEEP, queue=project, queueing_lock=f"sweep {project}", priority=1)
    async def sweep_queue(timestamp: int) -> None:
        del timestamp
        await _drop_dead_jobs(app, project)
        await asyncio.to_thread(sweep)

    if not (asyncio.run(_serve_until_signal(app, project, idle=idle)) or idle):
        raise _build_lost_error()


async def _serve_until_signal(app: App, project: str, *, idle: bool) -> bool:
    """Whether a signal has ended it."""
    serving = asyncio.ensure_future(_run_worker(app, project, idle=idle))
    with _cancel_at_signal(serving) as is_asked:
        try:
            await serving
        except asyncio.CancelledError:
            if not is_asked():
                raise
        except (ConnectorException, psycopg.Error) as error:
            if not is_asked():
                raise _build_lost_error() from error
        return is_asked()


async def _run_worker(app: App, project: str, *, idle: bool) -> None:
    """Ends by itself where a part of it has failed; cancelled, when its part has come to an end."""
    async with app.open_async():
        await app.run_worker_async(
            queues=[project],
            concurrency=1,
            wait=not idle,
            fetch_job_polling_interval=_POLL_SECONDS,
            update_heartbeat_interval=_HEARTBEAT_SECONDS,
            stalled_worker_timeout=_LOST_SECONDS,
            delete_jobs="always",
            install_signal_handlers=False,
        )


@contextmanager
def _cancel_at_signal(serving: asyncio.Future[None]) -> Iterator[Callable[[], bool]]:
    """Cancel it at the first signal, the next one is not handled; tells whether there was one."""
    loop, numbers = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)
    former = {number: signal.getsignal(number) for number in numbers}
    is_asked = False

    def stop() -> None:
        nonlocal is_asked
        is_asked = True
        for number in numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        serving.cancel()

    for number in numbers:
        loop.add_signal_handler(number, stop)
    try:
        yield lambda: is_asked
    finally:
        for number in () if is_asked else numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, former[number])


def _build_pool(address: str, most: int) -> dict[str, Any]:
    """Settings of a pool of at most so many connections."""
    pool: dict[str, Any] = {"kwargs": build_parameters(address), "min_size": 1}
    return {**pool, "max_size": most, "timeout": 10}


def _build_lost_error() -> StoreError:
    return DatabaseAway("the connection to the database was lost", hint="The worker tries again.")


async def _drop_dead_jobs(app: App, project: str) -> None:
    """Drop the jobs of workers that are dead: the parts themselves are put again."""
    manager = app.job_manager
    jobs = await manager.get_stalled_jobs(queue=project, seconds_since_heartbeat=_LOST_SECONDS)
    for job in jobs:
        with suppress(ConnectorException):  # another worker has dropped it meanwhile
            await manager.finish_job(job, Status.FAILED, delete_job=True)


def _name_part(part: PartKey) -> str:
    return f"{part.run_id} {part.step.value} {part.first}"


@contextmanager
def _store_errors(database: PostgresDatabase) -> Iterator[None]:
    try:
        yield
    except (ConnectorException, psycopg.Error) as error:
        raise DatabaseAway(
            f"{database} cannot be reached", hint="Check that the server runs."
        ) from error
