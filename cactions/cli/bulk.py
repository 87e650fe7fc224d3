"""Runs for many people: planned as a whole, shown as a whole, then written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from cactions.app.commit import RunStores
from cactions.app.ports import People
from cactions.app.retry import (
    RetryChoice,
    check_no_other_retry,
    count_retried,
    list_retry_rows,
)
from cactions.cli import arguments, bulk_wiring, journal_wiring, wiring, workspace, write_calls
from cactions.cli.bulk_checks import build_approval_code, check_fresh, check_outputs
from cactions.cli.bulk_command import BulkCommand
from cactions.cli.bulk_options import BulkOptions
from cactions.cli.command_line import CommandLine
from cactions.cli.exit_codes import Exit
from cactions.cli.live_options import LiveOptions
from cactions.cli.project_folder import ProjectFolder
from cactions.cli.published import check_published, explain_application
from cactions.cli.saved_plans import check_kept_plan, take_plan
from cactions.edges.files.job_file import STDIN
from cactions.logic import documents
from cactions.logic.people.job_rows import JobRows
from cactions.logic.shell import join_command
from cactions.model import (
    Action,
    Run,
    RunPhase,
    UsageError,
)
from cactions.render.retry import describe_retry


def run_many(
    home: ProjectFolder,
    options: LiveOptions,
    bulk: BulkOptions,
    action: str,
    inputs: list[str] | None,
    *,
    plan: Path | None,
    yes: bool,
    json: bool,
) -> Exit:
    """Plan many people or take a saved plan, show it, ask, and write."""
    options.refuse_showing(many=True)
    bulk = bulk_wiring.read_where(bulk, home)
    options.refuse_replay_at(home.session is not None)
    check_fresh(plan, bulk)
    check_outputs(bulk, plan=plan)
    check_published(home)
    stores = workspace.open_run_stores(home)
    command = _create_command(home, options, bulk, stores, json=json)
    found = arguments.find_action(home.project, action)
    if plan is None and not _confirm_write_calls(found, options, yes):
        return Exit.CLEAN
    run = take_plan(plan, action, home, stores) if plan else command.plan(found, inputs)
    summary = command.show(run)
    return command.write(run, summary, yes=yes)


def continue_run(
    home: ProjectFolder,
    options: LiveOptions,
    bulk: BulkOptions,
    stores: RunStores,
    run: Run,
    *,
    yes: bool,
    json: bool,
) -> Exit:
    """Carry out a run that was planned, after its planning was finished where it was cut off."""
    options = replace(options, cassette=Path(run.head.source) if run.head.source else None)
    command = _create_command(home, options, bulk, stores, json=json)
    check_published(home)
    if run.phase is not RunPhase.PLANNED:
        run = command.continue_planning(run)
    check_kept_plan(run, home, stores)
    summary = command.show(run)
    return command.write(run, summary, yes=yes)


def retry_run(
    home: ProjectFolder,
    options: LiveOptions,
    bulk: BulkOptions,
    stores: RunStores,
    run: Run,
    choice: RetryChoice,
    *,
    yes: bool,
    json: bool,
) -> Exit:
    """Plan another attempt for some entries of a run, show it, ask, and write: as a new run."""
    check_outputs(bulk)
    check_published(home)
    counts = count_retried(run, choice)
    for text in describe_retry(run, counts, stores.workspace):
        wiring.create_output().info(text)
    if not counts.retried:
        wiring.create_output().info("Nothing was sent and nothing was written.")
        return Exit.CLEAN
    if not _confirm_write_calls(choice.action, options, yes):
        return Exit.CLEAN
    command = _create_command(home, options, bulk, stores, json=json)

    def open_rows(ready: Action, _people: People) -> JobRows:
        return JobRows(list_retry_rows(run, replace(choice, action=ready)), {})

    def check() -> None:
        check_no_other_retry(run, stores.journal, choice)

    again = command.plan_rows(choice.action, open_rows, run.head.id, check)
    summary = command.show(again)
    return command.write(again, summary, yes=yes)


def diff_many(
    home: ProjectFolder,
    options: LiveOptions,
    bulk: BulkOptions,
    action: str,
    inputs: list[str] | None,
    *,
    out: Path | None,
    command_line: CommandLine,
    exit_code: bool,
    json: bool,
) -> Exit:
    """Plan many people, show it, and keep the plan only where ``out`` names a file."""
    options.refuse_showing(many=True)
    bulk = bulk_wiring.read_where(bulk, home)
    check_outputs(bulk, out=out)
    if out:
        options.refuse_replay_at(home.session is not None)
    found = arguments.find_action(home.project, action)
    if options.is_write_call(found):
        raise UsageError(
            f'"{action}" sends write requests, whose answers are needed later; nothing was sent',
            hint=f"Use `{join_command(('run',), action)}` with the same people: it shows the diff"
            " and asks before a person is changed.",
        )
    seals = out is not None or not options.replayed or home.session is not None
    with open_scratch_stores(home, workspace.open_run_stores(home), seals=seals) as stores:
        command = BulkCommand(home, options, bulk, stores, json=json, keeps=False)
        run = command.plan(found, inputs)
        closing = "Nothing was written."
        if out and run.people:
            stores.journal.save_plan(run.head.id, out)
            apply = join_command(("run",), action, options=command_line.list_plan_options(out))
            closing += f" The plan is in {out}, for 24 hours."
            closing += explain_application(home, command_line, apply)
        elif bulk.people != STDIN and command.read_summary(run).writing:
            closing += explain_application(home, command_line)
        summary = command.show(run, closing)
        if json:
            code = build_approval_code(summary)
            place = run.head.workspace
            wiring.write_json(documents.bulk_to_json(summary, place, None, code))
        return arguments.exit_code_of_plan(summary, changes=exit_code)


def _create_command(
    home: ProjectFolder, options: LiveOptions, bulk: BulkOptions, stores: RunStores, *, json: bool
) -> BulkCommand:
    if not bulk.clustered:
        return BulkCommand(home, options, bulk, stores, json=json)
    from cactions.cli.cluster_command import ClusterCommand  # noqa: PLC0415 - few runs need it

    return ClusterCommand(home, options, bulk, stores, json=json)


def _confirm_write_calls(action: Action, options: LiveOptions, yes: bool) -> bool:
    if not options.is_write_call(action) or write_calls.confirm_write_call(action, yes, many=True):
        return True
    wiring.create_output().info("Nothing was sent and nothing was written.")
    return False


@contextmanager
def open_scratch_stores(
    home: ProjectFolder, stores: RunStores, *, seals: bool
) -> Iterator[RunStores]:
    """Stores whose journal is a folder that is deleted at the end: a diff leaves no trace.

    Without ``seals`` the vault stays closed: what a replay shows stands unsealed beside it.
    """
    with journal_wiring.open_scratch_journal(home, seals=seals) as journal:
        yield replace(stores, journal=journal)
