"""A run for many people that workers carry out: handed in here, followed here, or elsewhere."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from typing import Final

from cactions.app.apply import begin_planned, resume_run
from cactions.app.cluster.hand_in import (
    RunFollower,
    follow_run,
    hand_in_planning,
    hand_in_rest,
    hand_in_writing,
)
from cactions.app.plan_people import store_people
from cactions.app.planning_task import PlanningTask
from cactions.cli import arguments, bulk_wiring, progress, prompts, wiring
from cactions.cli.bulk_command import BulkCommand
from cactions.cli.cluster_wiring import SharedDatabase, require_shared_database
from cactions.cli.exit_codes import Exit
from cactions.cli.planning_ends import discard_on_error
from cactions.logic import documents
from cactions.logic.people.job_rows import JobRows
from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import (
    ClusterProgress,
    DatabaseAway,
    Outcome,
    OutcomeUnknown,
    Run,
    RunAborted,
    RunHead,
    RunKind,
    RunPhase,
    UsageError,
)
from cactions.render.bulk import render_bulk_outcome
from cactions.render.progress_display import ProgressDisplay

_PLANNING: Final = "Workers plan the run {}; they write nothing before you accept its plan."
_WRITING: Final = "Workers go on with the run {}."


class ClusterCommand(BulkCommand):
    """As ``BulkCommand``, with the calls and writes made by workers."""

    @cached_property
    def _shared(self) -> SharedDatabase:
        shared = require_shared_database(self._home.folder, self._home.cover)
        shared.open_cluster().check_vault(shared.needs)
        return shared

    def _plan_new(self, planning: PlanningTask, rows: JobRows) -> None:
        head, journal = planning.head, self._stores.journal
        with (
            discard_on_error(head, self._stores, writes=planning.writes, keeps=self._keeps),
            self._show_progress(f"Reading for {head.action}", 0) as display,
        ):
            store_people(planning, bulk_wiring.follow_reading(rows, display))
            self._ignored = tuple(rows.ignored)
            people = journal.read(head.id).counts.total
            cluster, queue = self._shared.open_cluster(), self._shared.open_queue()
            hand_in_planning(head, people, self._shared.needs, cluster, queue)

    def _complete(self, head: RunHead) -> Run:
        return self.continue_planning(self._stores.journal.read(head.id))

    def continue_planning(self, run: Run) -> Run:
        """Follow the workers until all are planned, then judge the whole here."""
        head = run.head
        cluster = self._shared.open_cluster()
        if self._is_free(head) and run.phase is RunPhase.PLANNING:
            self._check_basis(run)
            with self._hold_unless_handed_in(head) as is_free:
                if is_free:
                    queue = self._shared.open_queue()
                    hand_in_planning(head, run.counts.total, self._shared.needs, cluster, queue)
        with self._show_progress(f"Planning {head.action}", run.counts.total) as display:
            self._follow(head, display, _PLANNING)
        planned = super().continue_planning(run)
        cluster.end(head.id)
        return planned

    def _explain_interrupt(self, head: RunHead) -> AbstractContextManager[None]:
        del head  # who follows the run says it
        return nullcontext()

    def _commit(self, run: Run, display: ProgressDisplay) -> Run:
        head, shared = run.head, self._shared
        cluster, queue = shared.open_cluster(), shared.open_queue()
        with begin_planned(run, self._stores):
            hand_in_writing(head, shared.needs, self._stores.journal, cluster, queue)
        with self._report_written(head):
            self._follow(head, display, _WRITING)
            return self._end(head)

    def resume(self, run: Run, *, yes: bool) -> Exit:
        """Let workers finish a run that is being written, or follow those that do."""
        head, shared = run.head, self._shared
        if head.kind is RunKind.UNDO:
            raise UsageError(
                "an undo is made by one machine; nothing was written", hint="Leave --cluster out."
            )
        if self._is_free(head):
            cluster = shared.open_cluster()
            self._check_basis(run)
            where = describe_workspace(head.workspace)
            if not prompts.confirm(f"Let workers resume it in the {where}?", yes):
                wiring.create_output().info("Nothing was written.")
                return Exit.CLEAN
            with self._hold_unless_handed_in(head) as is_free:
                if is_free:
                    queue = shared.open_queue()
                    hand_in_rest(head, shared.needs, self._stores.journal, cluster, queue)
        started = time.monotonic()
        with (
            self._report_written(head),
            self._show_progress(f"Writing {head.action}", run.people) as display,
        ):
            self._follow(head, display, _WRITING)
            done = self._end(head)
        progress.mark_stored()
        if self._json:
            wiring.write_json(documents.tally_to_json(done))
        else:
            view = render_bulk_outcome(done, seconds=time.monotonic() - started)
            wiring.create_output().print(view)
        return arguments.exit_code_of_run(done, run)

    @contextmanager
    def _report_written(self, head: RunHead) -> Iterator[None]:
        """An error of the following says what workers have written, as far as it is known."""
        try:
            yield
        except RunAborted as error:
            error.written = error.written or self._has_written(head)
            raise
        except DatabaseAway as error:
            follow = join_command(("runs", "resume"), head.id, options=("--cluster",))
            raise OutcomeUnknown(
                f"{error}; workers go on with the run {head.id} without this command",
                hint=f"{error.hint} To follow it again: `{follow}`.".strip(),
            ) from error

    def _has_written(self, head: RunHead) -> bool:
        return bool(self._stores.journal.read(head.id).counts.outcomes.get(Outcome.APPLIED))

    @contextmanager
    def _hold_unless_handed_in(self, head: RunHead) -> Iterator[bool]:
        """Hold the lock; whether the cluster still does not have the run, behind it."""
        with self._stores.turns.hold(head):
            yield self._is_free(head)

    def _is_free(self, head: RunHead) -> bool:
        """Whether the run can be handed in: also one that workers were told to stop with."""
        progress = self._shared.open_cluster().read_progress(head.id)
        return progress is None or bool(progress.stop and not progress.stop.trip)

    def _end(self, head: RunHead) -> Run:
        """The run, now that its parts are done; what the workers have left is done here."""
        self._shared.open_cluster().end(head.id)
        done = self._stores.journal.read(head.id)
        return done if done.finished else resume_run(done, self._stores)

    def _follow(self, head: RunHead, display: ProgressDisplay, leaving: str) -> None:
        """Follow the workers; ``leaving`` says what they do when a signal ends the following."""

        def show(progress: ClusterProgress) -> None:
            counts = Counter(progress.outcomes)
            display.update(counts.total(), counts)

        follower = RunFollower(time.sleep, time.monotonic, show, wiring.create_output().info)
        shared = self._shared
        watcher = shared.connect()  # its reads may fail while the database is started again
        with _explain_leaving(head, leaving), self._accept_finished(head):
            follow_run(head, shared.open_cluster(watcher), shared.open_queue(), follower)

    @contextmanager
    def _accept_finished(self, head: RunHead) -> Iterator[None]:
        """Another machine that follows the run may have ended it already."""
        try:
            yield
        except RunAborted:
            if not self._stores.journal.read(head.id).finished:
                raise

    def _show_progress(self, label: str, total: int) -> AbstractContextManager[ProgressDisplay]:
        return wiring.show_progress(label, total, quiet=self._json)


@contextmanager
def _explain_leaving(head: RunHead, what: str) -> Iterator[None]:
    """A signal ends the follower only: name the commands that go on, and that stop the run."""
    try:
        yield
    except Exception:
        raise
    except BaseException:
        follow = join_command(("runs", "resume"), head.id, options=("--cluster",))
        stop = join_command(("cluster", "stop"), head.id)
        output = wiring.create_output()
        output.info(f"{what.format(head.id)} To follow it: {follow}")
        output.info(f"To stop it: {stop}")
        raise
