"""The steps of a run for many people: it is planned as a whole, shown as a whole, then written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from msgspec.structs import replace

from cactions.app.apply import close_run, commit_planned, hold_plan
from cactions.app.commit import RunStores
from cactions.app.lost_calls import has_valid_keys
from cactions.app.plan_basis import digest_definition
from cactions.app.plan_people import continue_planning, plan_people
from cactions.app.planning_task import Planned, PlanningStopped, PlanningTask
from cactions.app.ports import Caller
from cactions.app.propose import Job
from cactions.cli import arguments, progress, prompts, wiring, workspace, write_calls
from cactions.cli.bulk_checks import (
    build_approval_code,
    check_write_calls,
)
from cactions.cli.bulk_options import BulkOptions
from cactions.cli.bulk_wiring import WriteWatch, count_platform_calls, follow, open_rows
from cactions.cli.exit_codes import Exit, choose_most_severe
from cactions.cli.live_options import LiveOptions
from cactions.cli.options import parse_inputs
from cactions.cli.reporters import check_report_file, write_run_report
from cactions.cli.saved_plans import read_summary
from cactions.cli.wiring import ProjectFolder
from cactions.edges.clock import SystemClock
from cactions.logic import documents, strict_json
from cactions.logic.people.job_rows import JobRows
from cactions.logic.project.stored_run import redact_entries
from cactions.logic.shell import join_command
from cactions.model import (
    Action,
    CactionsError,
    DefinitionError,
    PersonQuery,
    PlanSummary,
    Run,
    RunAborted,
    RunHead,
    RunPhase,
    UsageError,
)
from cactions.render.bulk import render_bulk_outcome, render_bulk_preview
from cactions.render.messages import count_noun


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
        self._home, self._options, self._bulk = home, options, bulk
        self._stores, self._json = replace(stores, threads=bulk.threads), json

    def plan(self, action: Action, inputs: list[str] | None) -> Run:
        """Plan the action for everyone of the file, as a run that has not started."""
        values = parse_inputs(inputs)
        return self.plan_rows(action, lambda ready: open_rows(self._bulk, ready, values))

    def plan_rows(
        self,
        action: Action,
        open_them: Callable[[Action], JobRows],
        retries: str = "",
        check: Callable[[], None] = lambda: None,
    ) -> Run:
        """Plan the action for rows, those of the run ``retries`` or of a file.

        ``check`` is called under the lock. The run is deleted where planning fails, unless a call
        that changes something was made.
        """
        writes = self._options.is_write_call(action)
        check_write_calls(action, self._bulk, writes=writes)
        if self._bulk.report:
            check_report_file(self._bulk.report)
        job = Job(action, PersonQuery("id", ""), {})
        action = workspace.prepare_job(self._home, job, self._options).action
        caller = wiring.create_caller(self._home, action, self._options)
        head = write_calls.new_run_head(action.name, self._home, caller.source)
        head = replace(head, retries=retries)
        rows = open_them(action)
        planning = self._create_task(head, action, caller)
        with self._end_on_trip(Run(head), writes=writes), self._stores.turns.hold(head):
            check()
            with self._discard_on_error(head, writes=writes):
                with wiring.show_progress(f"Planning {action.name}", 0, quiet=self._json) as bar:
                    planned = plan_people(replace(planning, on_progress=follow(bar)), rows)
                self._store(planned, planning, rows.ignored)
        return self._stores.journal.read(head.id)

    def continue_planning(self, run: Run) -> Run:
        """Plan those of a run that was cut off while it was planned."""
        action = arguments.find_action(self._home.project, run.head.action)
        caller = wiring.create_caller(self._home, action, self._options)
        planning = self._create_task(run.head, action, caller)
        with self._end_on_trip(run, writes=planning.writes), self._stores.turns.hold(run.head):
            with wiring.show_progress(
                f"Planning {action.name}", run.people, quiet=self._json
            ) as display:
                planned = continue_planning(replace(planning, on_progress=follow(display)))
            self._store(planned, planning, ())
        return self._stores.journal.read(run.head.id)

    def _create_task(self, head: RunHead, action: Action, caller: Caller) -> PlanningTask:
        """What is planned; from here on, threads may send requests."""
        writes = self._options.is_write_call(action)
        caller.prepare(action)
        progress.mark_sent()
        return PlanningTask(
            head,
            action,
            workspace.create_plan_context(self._home, caller),
            self._stores,
            writes=writes,
            probes=not (self._options.replayed or writes),
            keys_hold=has_valid_keys(head, self._stores.journal, SystemClock()),
        )

    def read_summary(self, run: Run) -> PlanSummary:
        """What is known of a planned run as a whole."""
        return read_summary(run, self._stores)

    def show(self, run: Run, closing: str = "") -> PlanSummary:
        """Show the plans as a whole; with ``--json``, that waits for what becomes of them."""
        summary = self.read_summary(run)
        self._write_report(run, summary)
        if not self._json:
            view = render_bulk_preview(summary, action=run.head.action, closing=closing)
            wiring.create_output().print(view)
        return summary

    def write(self, run: Run, summary: PlanSummary, *, yes: bool) -> Exit:
        """Ask, write, and say what became of it."""
        done = self._write_agreed(run, summary) if self._agree(run, summary, yes=yes) else None
        if self._json:
            wiring.write_json(documents.bulk_to_json(summary, done, build_approval_code(summary)))
        plan_code = arguments.exit_code_of_plan(summary, changes=False)
        done_code = arguments.exit_code_of_run(done) if done else plan_code
        return choose_most_severe(plan_code, done_code)

    def _write_agreed(self, run: Run, summary: PlanSummary) -> Run:
        started = time.monotonic()
        with wiring.show_progress(
            f"Writing {run.head.action}", summary.writing, quiet=self._json
        ) as display:
            watch = WriteWatch(display)
            stores = replace(self._stores, observers=(watch,))
            done = commit_planned(run, stores)
        self._write_report(done, summary)
        if not self._json:
            view = render_bulk_outcome(done, seconds=time.monotonic() - started)
            wiring.create_output().print(view)
        return done

    def _write_report(self, run: Run, summary: PlanSummary) -> None:
        """Write what ``--report`` asks for; after the writing it is written again."""
        if self._bulk.report:
            entries = redact_entries(run.entries, self._home.project)
            write_run_report(self._bulk.report, entries, summary)

    def discard(self, run: Run, kept: str) -> None:
        """Delete a plan that is not carried out, unless calls were made for it."""
        if self._options.is_write_call(self._home.project.actions[run.head.action]):
            wiring.create_output().info(f"Nothing was written. {kept}")
            return
        with hold_plan(run, self._stores):  # another process may carry it out meanwhile
            self._stores.journal.discard(run.head.id)
        wiring.create_output().info("Nothing was written.")

    def _agree(self, run: Run, summary: PlanSummary, *, yes: bool) -> bool:
        kept = f"The plan is kept: `{join_command(('runs', 'resume'), run.head.id)}`."
        code = build_approval_code(summary)
        if not summary.writing:
            self._stores.journal.finish(run.head.id)
            return False
        if summary.alarms and self._bulk.approve != code:
            wiring.create_output().info(f"This needs your approval: add --approve {code}. {kept}")
            return False
        where = " in Intercom" if self._home.session else ""
        people = count_noun(summary.writing, "person", "people")
        if prompts.confirm(f"Apply the changes to {people}{where}?", yes):
            return True
        self.discard(run, kept)
        return False

    def _store(self, planned: Planned, planning: PlanningTask, ignored: Sequence[str]) -> None:
        summary = replace(
            planned.summary.build(),
            alarms=tuple(trip.message for trip in planned.alarms),
            ignored_columns=tuple(ignored),
            definition=digest_definition(planning.action, self._home.project),
            calls=planned.calls,
            platform_calls=count_platform_calls(self._home),
        )
        text = strict_json.dump_json(documents.summary_to_json(summary, redact=False))
        self._stores.journal.open_rows(planning.head.id).advance(RunPhase.PLANNED, text)

    @contextmanager
    def _end_on_trip(self, run: Run, *, writes: bool) -> Iterator[None]:
        """A planning that was stopped is not resumed: what stopped it would be forgotten."""
        try:
            yield
        except PlanningStopped as stopped:
            if not writes:
                with suppress(CactionsError):
                    self._stores.journal.discard(run.head.id)
                raise
            close_run(run, self._stores)
            show = join_command(("runs", "show"), run.head.id)
            ended = RunAborted(
                str(stopped), hint=f"{stopped.hint} `{show}` lists the requests that were sent."
            )
            ended.written = True  # at the third party
            raise ended from stopped

    @contextmanager
    def _discard_on_error(self, head: RunHead, *, writes: bool) -> Iterator[None]:
        """A plan that cannot be made leaves nothing, unless calls may have changed something.

        Where the planning was only cut off, the run is kept, and can be resumed.
        """
        try:
            yield
        except PlanningStopped:
            raise
        except (UsageError, DefinitionError):
            if not writes or self._read_phase(head) is RunPhase.READING:  # no call was made
                with suppress(CactionsError):
                    self._stores.journal.discard(head.id)
            raise
        except BaseException:
            if self._keeps and self._read_phase(head) is RunPhase.PLANNING:
                go_on = join_command(("runs", "resume"), head.id)
                wiring.create_output().info(f"The planning was cut off. To go on: {go_on}")
            raise

    def _read_phase(self, head: RunHead) -> RunPhase | None:
        with suppress(CactionsError):  # it may not have been made
            return self._stores.journal.read(head.id).phase
        return None
