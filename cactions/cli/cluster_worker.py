"""What a worker opens for a run: its definition, people, calls and journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.cluster.carry_out import explain_unfit
from cactions.app.lost_calls import has_valid_keys
from cactions.app.plan_basis import check_basis
from cactions.app.planning_task import PlanningTask
from cactions.app.propose import Job, PlanContext
from cactions.cli import arguments, bulk_wiring, progress, recordings, workspace
from cactions.cli.cluster_wiring import require_shared_database
from cactions.cli.live_options import LiveOptions
from cactions.cli.open_project import open_project, open_published_project
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.published import require_published
from cactions.cli.saved_plans import read_begun_basis
from cactions.cli.vault_check import read_vault_head
from cactions.cli.vault_choice import VAULT
from cactions.cli.wiring import find_folder
from cactions.edges.clock import SystemClock
from cactions.model import (
    Action,
    CactionsError,
    PartKey,
    PartLease,
    PartStep,
    PersonQuery,
    RunHead,
    RunNeeds,
    RunPhase,
    StoreError,
    UsageError,
)

_REPEAT_SECONDS: Final = 60.0


class WorkerProject(Struct, frozen=True):
    """Where a worker works: its files, the way to services, and how many threads it uses."""

    files: Sequence[Path] | None
    environment: str | None
    options: LiveOptions
    threads: int


class RunWork:
    """Implements ``PartWork`` for one run; the files are read when it is made."""

    def __init__(self, part: PartKey, place: WorkerProject) -> None:
        """Raises CactionsError where this worker cannot carry out the run."""
        self._place = place
        home = _open_run_project(part, place)
        self._shared = require_shared_database(home.folder, home.cover)
        self._check_needs_of(part)
        journal = self._shared.open_journal()
        self._shared.open_cluster().check_step(part.run_id, part.step)
        run = journal.read(part.run_id)
        if part.step is PartStep.WRITE and run.phase is not RunPhase.RUNNING:
            raise StoreError(
                f"the plan of the run {part.run_id} was not accepted; nothing was written",
                hint="What is stored of it was changed.",
            )
        self._home = require_published(home, run.head.action, draft=False)
        self._stores = replace(
            workspace.open_run_stores(self._home), journal=journal, threads=place.threads
        )
        self._stores.check_run(run)
        self._head, self._basis, held = run.head, *read_begun_basis(run, self._stores)
        self._stores = replace(self._stores, held=held)
        check_basis(run, self._basis, bulk_wiring.read_basis(self._home, run.head))
        self._action, self._context = open_calls(run.head, self._home, place.options)
        self._keys_hold = has_valid_keys(run.head, journal, SystemClock())

    def _check_needs_of(self, part: PartKey) -> None:
        """Raises UsageError: with another vault, the definition may be another one, too."""
        needs = self._shared.open_cluster().read_needs(part.run_id)
        if needs and (why := self.check_needs(needs)):
            raise UsageError(why)

    def check_needs(self, needs: RunNeeds) -> str:
        return explain_unfit(self._shared.needs, needs)

    def build_task(self, lease: PartLease) -> PlanningTask:
        fence = self._shared.open_cluster().build_fence(lease)
        journal = self._shared.open_journal(fence=fence)
        writes = self._place.options.is_write_call(self._action)
        return PlanningTask(
            self._head,
            self._action,
            self._context,
            replace(self._stores, journal=journal),
            writes=writes,
            probes=lease.part.first == 1 and not writes,
            keys_hold=self._keys_hold,
            basis=self._basis,
        )


def _open_run_project(part: PartKey, place: WorkerProject) -> ProjectFolder:
    """The project; for a run that a schedule has started, what is published, whatever files say."""
    shared = require_shared_database(find_folder(place.files))
    if not shared.open_schedules().has_run(part.run_id):
        return open_project(place.files, place.environment, place.options)
    head = shared.open_journal().read(part.run_id).head
    return open_published_project(place.files, head.environment, place.options)


def open_calls(
    head: RunHead, home: ProjectFolder, options: LiveOptions
) -> tuple[Action, PlanContext]:
    """The action as it fits the workspace, and what it is planned with."""
    found = arguments.find_action(home.project, head.action)
    action = workspace.prepare_job(home, Job(found, PersonQuery("id", ""), {}), options).action
    caller = recordings.create_caller(home, action, options)
    caller.prepare(action)
    return action, workspace.create_plan_context(home, caller)


class RefusedWork:
    """Implements ``PartWork`` for a run that this worker cannot carry out."""

    def __init__(self, why: str) -> None:
        self._why = why

    def check_needs(self, _needs: RunNeeds) -> str:
        return self._why

    def build_task(self, _lease: PartLease) -> PlanningTask:
        raise AssertionError("a refused run is not carried out")


class RunWorks:
    """The runs that a worker has opened; one that was refused is looked at again later."""

    def __init__(self, place: WorkerProject) -> None:
        self._place = place
        self._works: dict[tuple[str, str, int], RunWork] = {}
        self._opened = ExitStack()

    def open_work(self, part: PartKey) -> RunWork | RefusedWork:
        """The run; what was opened for another one is closed. None is at work meanwhile."""
        opened = ExitStack()
        try:
            generation = read_vault_head(find_folder(self._place.files) / VAULT).generation
            key = (part.run_id, part.step.value, generation)
            if key not in self._works:
                with progress.gather_closing_hooks(opened):
                    self._works = {key: RunWork(part, self._place)}
                self.close()
                self._opened = opened
        except CactionsError as error:
            opened.close()
            return RefusedWork(str(error))
        return self._works[key]

    def close(self) -> None:
        """Close what is open for a run."""
        self._opened.close()


class RepeatFilter:
    """Says a text once in a minute: many parts may have the same fault."""

    def __init__(self, say: Callable[[str], None], get_time: Callable[[], float]) -> None:
        self._say, self._get_time = say, get_time
        self._said: dict[str, float] = {}

    def report(self, text: str) -> None:
        now = self._get_time()
        self._said = {old: at for old, at in self._said.items() if now < at + _REPEAT_SECONDS}
        if text not in self._said:
            self._said[text] = now
            self._say(text)
