"""The steps of a run for many people: it is planned as a whole, shown as a whole, then written."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing

from msgspec.structs import replace

from cactions.app.apply import commit_planned, hold_plan
from cactions.app.commit import RunStores
from cactions.app.lost_calls import has_valid_keys
from cactions.app.plan_basis import check_basis
from cactions.app.plan_people import continue_planning, plan_people
from cactions.app.planning_task import Planned, PlanningTask
from cactions.app.ports import People
from cactions.app.propose import Job, PlanContext
from cactions.cli import (
    arguments,
    bulk_wiring,
    progress,
    prompts,
    recordings,
    wiring,
    workspace,
    write_calls,
)
from cactions.cli.bulk_checks import build_approval_code, check_write_calls
from cactions.cli.bulk_options import BulkOptions
from cactions.cli.exit_codes import Exit, choose_most_severe
from cactions.cli.live_options import LiveOptions
from cactions.cli.options import parse_inputs
from cactions.cli.planning_ends import discard_on_error, end_on_trip, explain_interrupt
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.reporters import write_run_report
from cactions.cli.review_pages import write_bulk_page
from cactions.cli.saved_plans import read_begun_basis, read_summary, store_summary
from cactions.edges.clock import SystemClock
from cactions.logic import documents
from cactions.logic.people.job_rows import JobRows
from cactions.logic.project.stored_run import redact_entries
from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import (
    Action,
    PersonQuery,
    PlanBasis,
    PlanSummary,
    Run,
    RunHead,
    RunPhase,
)
from cactions.render.bulk import render_bulk_outcome, render_bulk_preview
from cactions.render.messages import count_noun
from cactions.render.progress_display import ProgressDisplay


class BulkCommand:
    """One command about many people: the project, what was said, and where the run is kept."""

    def __init__(
        self,
        home: ProjectFolder,
        options: LiveOptions,
        bulk: BulkOptions,
        stores: RunStores,
        *,
        json: bool,
        keeps: bool = True,
    ) -> None:
        """``keeps``: whether the journal is still there after the command."""
        self._keeps = keeps
        self._ignored: tuple[str, ...] = ()
        self._home, self._options, self._bulk = home, options, bulk
        self._stores, self._json = replace(stores, threads=bulk.threads), json

    def plan(self, action: Action, inputs: list[str] | None) -> Run:
        """Plan the action for everyone of the file, as a run that has not started."""
        values = parse_inputs(inputs)
        return self.plan_rows(
            action, lambda ready, people: bulk_wiring.open_rows(self._bulk, ready, values, people)
        )

    def plan_rows(
        self,
        action: Action,
        open_them: Callable[[Action, People], JobRows],
        retries: str = "",
        check: Callable[[], None] = lambda: None,
    ) -> Run:
        """Plan the action for rows, those of the run ``retries`` or of a file.

        ``check`` is called under the lock. The run is deleted where planning fails, unless a call
        that changes something was made.
        """
        writes = self._options.is_write_call(action)
        check_write_calls(action, self._bulk, writes=writes)
        job = Job(action, PersonQuery("id", ""), {})
        action = workspace.prepare_job(self._home, job, self._options).action
        caller = recordings.create_caller(self._home, action, self._options)
        head = write_calls.new_run_head(action.name, self._home, caller.source)
        context = workspace.create_plan_context(self._home, caller)
        head = replace(head, retries=retries)
        with closing(open_them(action, context.people)) as rows:
            basis = bulk_wiring.read_basis(self._home, head, fresh=self._bulk.fresh)
            planning = self._create_task(head, action, context, basis)
            with end_on_trip(Run(head), self._stores, writes=writes), self._stores.turns.hold(head):
                check()
                self._plan_new(planning, rows)
        return self._complete(head)

    def _plan_new(self, planning: PlanningTask, rows: JobRows) -> None:
        head = planning.head
        with (
            discard_on_error(head, self._stores, writes=planning.writes, keeps=self._keeps),
            wiring.show_progress(f"Planning {head.action}", 0, quiet=self._json) as display,
        ):
            followed = replace(planning, on_progress=bulk_wiring.follow_planning(display))
            planned = plan_people(followed, bulk_wiring.follow_reading(rows, display))
            self._store(planned, planning, rows.ignored)

    def _complete(self, head: RunHead) -> Run:
        """The run, now that its people are planned."""
        return self._stores.journal.read(head.id)

    def continue_planning(self, run: Run) -> Run:
        """Plan those of a run that was cut off while it was planned."""
        action = arguments.find_action(self._home.project, run.head.action)
        basis = self._read_begun_basis(run)
        caller = recordings.create_caller(self._home, action, self._options)
        context = workspace.create_plan_context(self._home, caller)
        planning = self._create_task(run.head, action, context, basis)
        with (
            end_on_trip(run, self._stores, writes=planning.writes),
            self._stores.turns.hold(run.head),
        ):
            with wiring.show_progress(
                f"Planning {action.name}", run.people, quiet=self._json
            ) as display:
                planned = continue_planning(
                    replace(planning, on_progress=bulk_wiring.follow_planning(display))
                )
            self._store(planned, planning, self._ignored)
        return self._stores.journal.read(run.head.id)

    def _read_begun_basis(self, run: Run) -> PlanBasis:
        """What the planning began with. Raises UsageError where that has changed since."""
        if run.phase is RunPhase.PLANNING:
            return self._check_basis(run)
        return read_begun_basis(run, self._stores)[0]

    def _check_basis(self, run: Run) -> PlanBasis:
        kept, _ = read_begun_basis(run, self._stores)
        check_basis(run, kept, bulk_wiring.read_basis(self._home, run.head))
        return kept

    def _create_task(
        self, head: RunHead, action: Action, context: PlanContext, basis: PlanBasis
    ) -> PlanningTask:
        """What is planned; from here on, threads may send requests."""
        writes = self._options.is_write_call(action)
        context.caller.prepare(action)
        if self._home.session or not self._options.replayed:
            progress.mark_sent()
        return PlanningTask(
            head,
            action,
            context,
            self._stores,
            writes=writes,
            probes=not (self._options.replayed or writes),
            keys_hold=has_valid_keys(head, self._stores.journal, SystemClock()),
            basis=basis,
            on_caution=wiring.create_output().info,
        )

    def read_summary(self, run: Run) -> PlanSummary:
        """What is known of a planned run as a whole."""
        return read_summary(run, self._stores)

    def show(self, run: Run, closing: str = "") -> PlanSummary:
        """Show the plans as a whole; with ``--json``, that waits for what becomes of them."""
        summary = self.read_summary(run)
        self._write_report(run, summary)
        if self._bulk.where is not None and not summary.people:
            closing = "No person matches. Nothing was written."
        if not self._json:
            wiring.create_output().print(render_bulk_preview(summary, run.head, closing=closing))
        return summary

    def write(self, run: Run, summary: PlanSummary, *, yes: bool) -> Exit:
        """Ask, write, and say what became of it."""
        done = self._write_agreed(run, summary) if self._agree(run, summary, yes=yes) else None
        if self._json:
            code = build_approval_code(summary)
            place = run.head.workspace
            wiring.write_json(documents.bulk_to_json(summary, place, done, code))
        plan_code = arguments.exit_code_of_plan(summary, changes=False)
        done_code = arguments.exit_code_of_run(done) if done else plan_code
        return choose_most_severe(plan_code, done_code)

    def _write_agreed(self, run: Run, summary: PlanSummary) -> Run:
        started = time.monotonic()
        with (
            self._explain_interrupt(run.head),
            wiring.show_progress(
                f"Writing {run.head.action}", summary.writing, quiet=self._json
            ) as display,
        ):
            done = self._commit(run, display)
            progress.mark_stored()
        if not self._json:
            view = render_bulk_outcome(done, seconds=time.monotonic() - started)
            wiring.create_output().print(view)
        self._write_report(done, summary)
        return done

    def _explain_interrupt(self, head: RunHead) -> AbstractContextManager[None]:
        """What a signal leaves while people are written, in words."""
        return explain_interrupt(head)

    def _commit(self, run: Run, display: ProgressDisplay) -> Run:
        watch = bulk_wiring.WriteWatch(display)
        return commit_planned(run, replace(self._stores, observers=(watch,)))

    def _write_report(self, run: Run, summary: PlanSummary) -> None:
        """Write what ``--report`` and ``--html`` ask for; after the writing, once more."""
        bulk = self._bulk
        for path, write in ((bulk.report, write_run_report), (bulk.page, write_bulk_page)):
            if path:
                write(path, redact_entries(run.entries, self._home.project), summary, run)

    def discard(self, run: Run, kept: str) -> None:
        """Delete a plan that is not carried out, unless calls were made for it."""
        if self._options.is_write_call(self._home.project.actions[run.head.action]):
            wiring.create_output().info(f"Nothing was written. {kept}")
            return
        with hold_plan(run, self._stores):  # another process may carry it out meanwhile
            self._stores.journal.discard(run.head.id)
        wiring.create_output().info("Nothing was written, and the plan is not kept.")

    def _agree(self, run: Run, summary: PlanSummary, *, yes: bool) -> bool:
        clustered = ("--cluster",) if self._bulk.clustered else ()
        go_on = join_command(("runs", "resume"), run.head.id, options=clustered)
        kept = f"The plan is kept: `{go_on}`."
        code, approved = build_approval_code(summary), self._bulk.approve
        if not summary.writing:
            self._close_idle(run, summary)
            return False
        if summary.alarms and approved != code:
            other = f"{approved} approves another plan, not this one. " if approved else ""
            approve = f"This plan needs your approval, and is kept: `{go_on} --approve {code}`."
            wiring.create_output().info(f"{other}{approve}")
            return False
        where = describe_workspace(run.head.workspace)
        people = count_noun(summary.writing, "person", "people")
        if prompts.confirm(f"Apply the changes to {people} in the {where}?", yes):
            return True
        self.discard(run, kept)
        return False

    def _close_idle(self, run: Run, summary: PlanSummary) -> None:
        """End a run that writes nothing; one for no person is not kept."""
        if summary.people:
            self._stores.journal.finish(run.head.id)
        else:
            self._stores.journal.discard(run.head.id)

    def _store(self, planned: Planned, planning: PlanningTask, ignored: Sequence[str]) -> None:
        store_summary(planned, planning, self._home, ignored)
