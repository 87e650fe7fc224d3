"""``cactions test``: the file's own tests, against recordings or live; never writes a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from cactions.app.coverage import measure_coverage
from cactions.app.select_tests import TestSelection, choose_tests, describe_missing_tests
from cactions.cli import arguments, reporters, wiring, write_calls
from cactions.cli.commands import test_record
from cactions.cli.commands.test_accept import accept_reports, prepare_acceptance
from cactions.cli.commands.test_run import TestMode, TestOutcome, run_actions
from cactions.cli.exit_codes import Exit, choose_most_severe
from cactions.cli.formats import Format, SuiteFormat, choose_format
from cactions.cli.live_options import LiveOptions, answer_options
from cactions.cli.open_project import open_project
from cactions.cli.options import Again, Environment, Files, Json, Wait, Yes
from cactions.cli.project_folder import ProjectFolder
from cactions.model import Action, SuiteResult, UsageError

_MOST_THREADS = 64


@answer_options
def command(
    options: LiveOptions,
    actions: Annotated[
        list[str] | None, typer.Argument(metavar="[ACTIONS]", help="Some actions. Default: all.")
    ] = None,
    names: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="TEXT", help="Tests with this in their name; repeatable."),
    ] = None,
    tags: Annotated[
        list[str] | None,
        typer.Option("--tag", metavar="TAG", help="Tests with this tag; repeatable."),
    ] = None,
    threads: Annotated[
        int,
        typer.Option(
            "--jobs", "-j", metavar="N", min=1, max=_MOST_THREADS,
            help="Tests at the same time. Write requests and --record go one by one.",
        ),
    ] = 1,
    form: Annotated[
        SuiteFormat | None, typer.Option("--format", help="Output format. Default: text.")
    ] = None,
    json: Json = False,
    slowest: Annotated[
        int, typer.Option("--slowest", metavar="N", min=0, help="Show the N slowest tests.")
    ] = 0,
    strict: Annotated[
        bool, typer.Option("--strict", help="Recorded interactions that no test uses are failures.")
    ] = False,
    coverage: Annotated[
        bool,
        typer.Option("--coverage", help="Show what no test has met: `cactions help tests`."),
    ] = False,
    least: Annotated[
        float | None,
        typer.Option(
            "--min-coverage", metavar="N", min=0, max=100,
            help="Exit code 1 where less than N percent are met.",
        ),
    ] = None,
    require_tests: Annotated[
        bool, typer.Option("--require-tests", help="Exit code 1 where there are no tests at all.")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="Ask live, and keep the answers in cassettes/.")
    ] = False,
    accept: Annotated[
        bool,
        typer.Option("--accept", help="Write the values found into the YAML, after a question."),
    ] = False,
    yes: Yes = False,
    again: Again = False,
    wait: Wait = 0,
    files: Files = None,
    environment: Environment = None,
) -> None:  # fmt: skip
    """Run the `tests:` of the action files against their recordings. No person is written to.

    With --live the service is called; write requests need your confirmation.

    With --record its answers are kept as recordings, of test people only.

    Exit code 0 when every test holds, 1 when one does not, 2 when --name or --tag choose none.

    Example: cactions test loyalty
    """
    selection = TestSelection(tuple(names or ()), tuple(tags or ()))
    order = _TestOrder(choose_format(form, json), strict, coverage, least, slowest)
    options.refuse_showing(json=order.form is not Format.TEXT)
    acceptance = (
        prepare_acceptance(files, environment, options, order.form, record=record, yes=yes)
        if accept
        else None
    )
    project_folder = replace(open_project(files, environment, options), wait=wait)
    chosen = _find_actions(project_folder, actions or ())
    if options.cassette and len(chosen) != 1:
        raise UsageError("one cassette answers for one action", hint="Name the action.")
    tested = choose_tests(chosen, selection)
    if record:
        options = _prepare_recording(options, selection)
        shown = order.form is not Format.TEXT
        if not test_record.confirm_live_tests(tested, project_folder, yes, shown):
            wiring.create_output().info("Nothing was sent and nothing was written.")
            return
    live = wiring.create_live_caller(project_folder, options, tested) if options.live else None
    tested = [action for action in tested if _is_confirmed(action, options)]
    mode = TestMode(options, live, again, threads)
    outcome = (
        test_record.record_actions(tested, project_folder, mode, live)
        if record and live
        else run_actions(tested, project_folder, mode)
    )
    others = _report(outcome, chosen, selection, order)
    code = outcome.code
    failed = sum(not report.passed for report in outcome.reports)
    if acceptance and failed:
        project = project_folder.project
        accepted = accept_reports(tested, outcome.reports, project, acceptance)
        code = Exit.CLEAN if accepted == failed else code
    if not tested:
        others.append(_explain_no_tests(chosen, require=require_tests))
    raise typer.Exit(choose_most_severe(code, *others))


def _explain_no_tests(actions: Sequence[Action], *, require: bool) -> Exit:
    """A run that shows nothing does not look like one that shows that all is well."""
    remedy = "" if require else " --require-tests makes that a failure."
    step = "`cactions help tests` shows how to write some."
    if not actions:
        step = "`cactions new --help` shows how to make one."
    wiring.create_output().info(f"{describe_missing_tests(actions)}{remedy} {step}")
    return Exit.FINDINGS if require else Exit.CLEAN


class _TestOrder(Struct, frozen=True):
    """How the result is shown, and what makes it a failure beside a test."""

    form: Format
    strict: bool
    coverage: bool
    least: float | None
    slowest: int


def _find_actions(project_folder: ProjectFolder, names: Sequence[str]) -> list[Action]:
    """The actions of these names, each once, in the order of the files; all without names."""
    project = project_folder.project
    wanted = {arguments.find_action(project, name).name for name in names}
    return [action for action in project.actions.values() if not names or action.name in wanted]


def _prepare_recording(options: LiveOptions, selection: TestSelection) -> LiveOptions:
    if selection.is_partial:
        raise UsageError(
            "--record replaces the whole recording of an action, so that all of its tests run",
            hint="Leave --name and --tag out.",
        )
    return test_record.run_live_tests(options)


def _is_confirmed(action: Action, options: LiveOptions) -> bool:
    if not options.live or action.request.is_read:
        return True
    if write_calls.confirm_write_call(action, calls=len(action.tests)):
        return True
    wiring.create_output().info(f"{action.name} was not called.")
    return False


def _report(
    outcome: TestOutcome, chosen: Iterable[Action], selection: TestSelection, order: _TestOrder
) -> list[Exit]:
    """Show it; the exit codes of what is not a test. Of a selection, nothing is unused."""
    measured = order.coverage or order.least is not None
    suite = SuiteResult(
        outcome.reports,
        tuple(action.name for action in chosen if not action.tests),
        () if selection.is_partial else outcome.unused,
        order.strict,
        measure_coverage(chosen, outcome.reports) if measured else None,
        order.slowest,
    )
    reporters.report_suite(suite, order.form)
    codes: list[Exit] = []
    if order.strict and suite.unused:
        codes.append(Exit.FINDINGS)
    if order.least is not None and suite.coverage_percent < order.least:
        wiring.create_output().info(
            f"The coverage is {suite.coverage_percent:.1f} %, and {order.least:g} % were asked for."
        )
        codes.append(Exit.FINDINGS)
    return codes
