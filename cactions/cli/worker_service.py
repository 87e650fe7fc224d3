"""A worker as a process: it carries out parts and looks after schedules until a signal comes."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from cactions.app.cluster.carry_out import Worker, carry_out
from cactions.app.cluster.ports import AHEAD
from cactions.cli import wiring
from cactions.cli.cluster_schedules import Timetable
from cactions.cli.cluster_wiring import SharedDatabase
from cactions.cli.cluster_worker import RepeatFilter, RunWorks, WorkerProject
from cactions.cli.project_folder import ProjectFolder
from cactions.edges.clock import get_awake_time
from cactions.model import CactionsError, PartKey, StoreError
from cactions.render.messages import count_noun

if TYPE_CHECKING:
    from cactions.edges.postgres.connection import PostgresDatabase

_SAY_SECONDS: Final = 3.0
_AGAIN_SECONDS: Final = 2.0
_LEAVE_SECONDS: Final = 5.0
"""So long the end waits for the database to be told; without that, it finds out by itself."""


class WorkerService:
    """One worker. ``parts`` and ``people`` count what it has carried out."""

    def __init__(
        self, shared: SharedDatabase, place: WorkerProject, home: ProjectFolder, name: str
    ) -> None:
        self._shared, self._place, self._home, self._name = shared, place, home, name
        self._works = RunWorks(place)
        self.parts = 0
        self.people: Counter[str] = Counter()

    def describe(self) -> str:
        """What it has done, in words."""
        if not self.parts:
            return "it had nothing to do"
        return f"{count_noun(self.parts, 'part')} of runs: {_describe_counts(self.people)}"

    def serve(self, *, idle: bool) -> None:
        """Work until a signal comes; with ``idle``, until nothing is to be done."""
        with closing(self._shared.connect()) as database:
            self._serve(self._create_worker(database, idle=idle), idle=idle)

    def _serve(self, worker: Worker, *, idle: bool) -> None:
        from cactions.edges.postgres.queue import serve_queue

        shared = self._shared
        timetable = Timetable(shared, self._place, self._home, shared.open_queue(), worker.say)

        def carry_out_part(part: PartKey, was_left: bool) -> None:
            try:
                outcomes = carry_out(part, worker, was_left=was_left)
            except CactionsError as error:
                worker.say(f"{error}. {error.hint}")
            except Exception as error:  # noqa: BLE001 - a mistake of ours: the part is tried again
                worker.say(f"The run {part.run_id}: an internal error ({type(error).__name__}).")
            else:
                self._note_part(part, outcomes, worker)

        def sweep() -> None:
            try:
                worker.queue.put(worker.cluster.list_ready(AHEAD))
            except StoreError as error:
                worker.say(f"{error}. {error.hint}")
            timetable.look()

        is_over = Event()
        beat = Thread(target=self._say_alive, args=(is_over,), daemon=True)
        beat.start()
        try:
            while not _try_serving(
                lambda: serve_queue(
                    shared.address, shared.project, carry_out_part, sweep, idle=idle
                ),
                worker.say,
            ):
                time.sleep(_AGAIN_SECONDS)
        finally:
            is_over.set()
            beat.join(_LEAVE_SECONDS)
            self._works.close()

    def _note_part(self, part: PartKey, outcomes: Mapping[str, int], worker: Worker) -> None:
        if outcomes:
            self.parts += 1
            self.people.update(outcomes)
            what = f"Run {part.run_id}: {part.step.value} from entry {part.first:,}"
            worker.say(f"{what}: {_describe_counts(outcomes)}.")

    def _create_worker(self, database: PostgresDatabase, *, idle: bool) -> Worker:
        from cactions.edges.postgres.part_leases import LEASE_SECONDS

        shared = self._shared
        return Worker(
            self._name,
            shared.open_cluster(database),
            shared.open_queue(),
            self._works.open_work,
            LEASE_SECONDS,
            get_awake_time,
            time.sleep,
            RepeatFilter(wiring.create_output().info, time.monotonic).report,
            ends=idle,
        )

    def _say_alive(self, is_over: Event) -> None:
        """Tell the others that this worker is there, until it ends."""
        with closing(self._shared.connect()) as database:  # it must not wait for the work
            queue = self._shared.open_queue(database)
            while not is_over.is_set():
                with suppress(StoreError):
                    queue.note_worker(self._name)
                is_over.wait(_SAY_SECONDS)
            with suppress(StoreError):
                queue.drop_worker(self._name)


def _describe_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {word}" for word, number in counts.items())


def _try_serving(serve: Callable[[], None], say: Callable[[str], None]) -> bool:
    """Whether it came to its end; not where the database was away."""
    try:
        serve()
    except StoreError as error:
        say(f"{error}. {error.hint}")
        return False
    return True
