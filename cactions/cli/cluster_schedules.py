"""The runs that workers start by themselves: what is published and scheduled, step by step."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from cactions.app.cluster.ports import PartQueue
from cactions.app.cluster.schedule_ports import ScheduledWork
from cactions.app.cluster.scheduled_run import advance
from cactions.app.cluster.scheduled_steps import ScheduleContext
from cactions.app.cluster.schedules import take_due
from cactions.app.lost_calls import has_valid_keys
from cactions.app.plan_basis import check_basis
from cactions.app.planning_task import Planned, PlanningTask
from cactions.app.published_projects import load_published_action
from cactions.app.vault.definitions import list_live
from cactions.app.vault.open_vault import open_vault
from cactions.cli import bulk_wiring, progress, workspace, write_calls
from cactions.cli.bulk_checks import check_write_calls
from cactions.cli.bulk_options import BulkOptions
from cactions.cli.cluster_wiring import SharedDatabase, require_shared_database
from cactions.cli.cluster_worker import WorkerProject, open_calls
from cactions.cli.open_project import open_published_project
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.published import check_published, open_definitions_vault, require_published
from cactions.cli.run_head import build_run_head
from cactions.cli.saved_plans import check_kept_plan, read_begun_basis, read_summary, store_summary
from cactions.cli.vault_check import read_vault_head
from cactions.cli.vault_choice import VAULT
from cactions.edges.clock import SystemClock
from cactions.logic.people.selected_rows import build_selected_rows
from cactions.logic.shell import join_command
from cactions.model import (
    BadRow,
    CactionsError,
    DefinitionError,
    DueMoment,
    JobRow,
    KnownSchedule,
    PlanBasis,
    PlanSummary,
    Run,
    RunHead,
    RunKind,
    StoreError,
    UsageError,
)

OPERATOR: Final = "schedule"


class Timetable:
    """What is scheduled in a vault, for one worker: it looks when it has nothing else to do."""

    def __init__(
        self,
        shared: SharedDatabase,
        place: WorkerProject,
        home: ProjectFolder,
        queue: PartQueue,
        say: Callable[[str], None],
    ) -> None:
        """``home`` is the project of the worker: its environment counts, and not what it says."""
        self._shared, self._place, self._say = shared, place, say
        self._environment = home.project.environment
        self._schedules = shared.open_schedules()
        self._known = PublishedSchedules(home.folder, self._environment, self._say_once)
        self._noted = -1
        self._said = ""
        self._context = ScheduleContext(
            self._schedules,
            shared.open_cluster(),
            queue,
            self._open_work,
            self._get_generation,
            say,
        )

    def look(self, now: float | None = None) -> None:
        """Start what is due, and go on with what was started; ``now`` is the database's time.

        It raises nothing: what fails is tried again when it is called again.
        """
        try:
            generation, known = self._known.read()
            if not self._is_newest(generation, known):
                self._say_once("Another worker has a newer vault: this one starts no schedules.")
                return
            self._take(known, now)
            at_work = self._shared.list_at_work()
            for moment in self._schedules.list_open(self._environment):
                if moment.run_id not in at_work:
                    with ExitStack() as opened, progress.gather_closing_hooks(opened):
                        advance(moment, self._context)
        except CactionsError as error:
            self._say_once(f"{error}. {error.hint}")

    def _is_newest(self, generation: int, known: Sequence[KnownSchedule]) -> bool:
        if self._noted == generation:
            return self._schedules.is_newest(generation)
        if not self._schedules.store_known(self._environment, generation, known):
            return False
        self._noted = generation
        return True

    def _take(self, known: Sequence[KnownSchedule], now: float | None) -> None:
        now = self._schedules.get_time() if now is None else now
        for each in known:
            for moment in take_due(each, self._environment, self._schedules, _create_id, now):
                if moment.run_id:
                    self._say(f"{each.action} is due: the run {moment.run_id} starts.")

    def _open_work(self, moment: DueMoment) -> ScheduledWork:
        return ActionWork(moment, self._place)

    def _get_generation(self) -> int:
        return self._known.read()[0]

    def _say_once(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._say(text)


class PublishedSchedules:
    """The published actions of a vault that have a schedule; read again when its file changes."""

    def __init__(self, folder: Path, environment: str, say: Callable[[str], None]) -> None:
        self._folder, self._environment, self._say = folder, environment, say
        self._file: tuple[int, ...] = ()
        self._found: tuple[int, Sequence[KnownSchedule]] = (0, ())

    def read(self) -> tuple[int, Sequence[KnownSchedule]]:
        """The generation of the vault, and what is scheduled. Raises VaultError, StoreError."""
        path = self._folder / VAULT
        try:
            stat = path.stat()
        except OSError as error:
            why = f"{path} cannot be read: {error.strerror}"
            raise StoreError(why, hint="Nothing is started without it.") from error
        file = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if file != self._file:
            generation = read_vault_head(path).generation
            self._found = generation, [*self._list()]
            self._file = file
        return self._found

    def _list(self) -> Iterable[KnownSchedule]:
        for published in list_live(open_vault(open_definitions_vault(self._folder))):
            if published.environment != self._environment:
                continue
            try:
                schedule = load_published_action(published)[0].schedule
            except DefinitionError as error:
                self._say(f"{error}. {error.hint}")
                continue
            if schedule:
                since, place = published.published_at, published.workspace.key
                yield KnownSchedule(published.action, schedule.cron, since, place)


class ActionWork:
    """Implements ``ScheduledWork``: the published version of one action, and what it runs with."""

    def __init__(self, moment: DueMoment, place: WorkerProject) -> None:
        """Raises CactionsError where it is not published (any more)."""
        home = open_published_project(place.files, moment.environment, place.options)
        self._home = replace(require_published(home, moment.action, draft=False), clustered=True)
        self._moment, self._place = moment, place
        self.needs = require_shared_database(home.folder, home.cover).needs
        self.stores = replace(workspace.open_run_stores(self._home), threads=place.threads)

    def build_head(self, run_id: str) -> RunHead:
        head = write_calls.new_run_head(self._moment.action, self._home, "")
        return replace(head, id=run_id, operator=f"{OPERATOR}@{platform.node()}")

    def build_task(self, head: RunHead) -> PlanningTask:
        check_published(self._home)
        return self._build_task(head, bulk_wiring.read_basis(self._home, head))

    def continue_task(self, run: Run) -> PlanningTask:
        self.stores.check_run(run)
        basis, _ = read_begun_basis(run, self.stores)
        check_basis(run, basis, bulk_wiring.read_basis(self._home, run.head))
        return self._build_task(run.head, basis)

    def _build_task(self, head: RunHead, basis: PlanBasis) -> PlanningTask:
        action, context = open_calls(head, self._home, self._place.options)
        writes = self._place.options.is_write_call(action)
        check_write_calls(action, BulkOptions(), writes=writes)
        journal = self.stores.journal
        return PlanningTask(
            head,
            action,
            replace(context, journal=journal),
            self.stores,
            writes=writes,
            probes=False,  # the first part makes it
            keys_hold=has_valid_keys(head, journal, SystemClock()),
            basis=basis,
        )

    def open_rows(self, task: PlanningTask) -> AbstractContextManager[Iterable[JobRow | BadRow]]:
        schedule = task.action.schedule
        if schedule is None:
            raise UsageError(
                f'"{task.action.name}" was published again without a schedule',
                hint=f"By hand: `{join_command(('run',), task.action.name, options=('--all',))}`.",
            )
        found = task.context.people.search(schedule.conditions)
        return closing(build_selected_rows(found, schedule.conditions, task.action, {}))

    def store_summary(self, planned: Planned, task: PlanningTask) -> None:
        store_summary(planned, task, self._home)

    def check_plan(self, run: Run) -> PlanSummary:
        check_kept_plan(run, self._home, self.stores)
        return read_summary(run, self.stores)


def _create_id() -> str:
    return build_run_head(RunHead("", RunKind.APPLY, "", 0, "")).id
