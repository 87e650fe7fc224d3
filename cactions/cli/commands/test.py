"""``cactions test``: the file's own tests, against recordings or live; never writes a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import Caller
from cactions.app.propose import PlanContext, propose_plan
from cactions.app.run_tests import Propose, find_untested, run_test
from cactions.cli import arguments, wiring, workspace, write_calls
from cactions.cli.commands import test_record
from cactions.cli.commands.test_record import Tested
from cactions.cli.exit_codes import Exit, choose_most_severe
from cactions.cli.live_options import LiveOptions, live_options
from cactions.cli.open_project import open_project
from cactions.cli.options import Again, Environment, Files, Json, Yes
from cactions.cli.wiring import ProjectFolder
from cactions.logic import documents
from cactions.model import Action, DefinitionError, TestReport, UsageError
from cactions.render.test_report import render_test_reports


@live_options
def command(
    options: LiveOptions,
    action: Annotated[
        str | None, typer.Argument(metavar="[ACTION]", help="One action. Default: all.")
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", help="Ask live, and keep the answers in cassettes/.")
    ] = False,
    yes: Yes = False,
    again: Again = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Run the `tests:` of the action files against their recordings. No person is written to.

    With --live the service is called; write requests need your confirmation.

    With --record its answers are kept as recordings, of test people only.

    Example: cactions test loyalty
    """
    project_folder = open_project(files, environment, options)
    known = project_folder.project.actions.values()
    chosen = [arguments.find_action(project_folder.project, action)] if action else list(known)
    if options.cassette and len(chosen) != 1:
        raise UsageError("one cassette answers for one action", hint="Name the action.")
    tested = [chosen_action for chosen_action in chosen if chosen_action.tests]
    if record:
        options = test_record.run_live_tests(options)
        if not test_record.confirm_live_tests(tested, project_folder, yes, json):
            wiring.create_output().info("Nothing was sent and nothing was written.")
            return
    live = wiring.create_live_caller(project_folder, options, tested) if options.live else None
    tested = [chosen_action for chosen_action in tested if _is_confirmed(chosen_action, options)]
    way = _Way(options, live, record, again)
    asked = [_run_action(chosen_action, project_folder, way) for chosen_action in tested]
    reports = [report for outcome in asked for report in outcome.reports]
    untested = tuple(chosen_action.name for chosen_action in chosen if not chosen_action.tests)
    if json:
        wiring.write_json(documents.reports_to_json(reports, redact=True))
    else:
        wiring.create_output().print(render_test_reports(reports, untested))
    codes = [Exit.CLEAN if report.passed else _choose_exit_code(report) for report in reports]
    codes += [outcome.code for outcome in asked]
    raise typer.Exit(choose_most_severe(*codes))


class _Way(Struct, frozen=True):
    """How tests are run. ``live`` is None where recordings answer."""

    answers: LiveOptions
    live: Caller | None
    record: bool
    again: bool

    def make(self, action: Action, project_folder: ProjectFolder) -> Propose:
        """What makes a call of the action: once, and journaled, where that may change something."""
        if not self.live or action.request.is_read:
            return propose_plan
        return lambda job, context: write_calls.test_write_call(
            job, context, project_folder, again=self.again
        )


def _is_confirmed(action: Action, options: LiveOptions) -> bool:
    if not options.live or action.request.is_read:
        return True
    if write_calls.confirm_write_call(action, calls=len(action.tests)):
        return True
    wiring.create_output().info(f"{action.name} was not called.")
    return False


def _choose_exit_code(report: TestReport) -> Exit:
    return choose_most_severe(Exit.FINDINGS, arguments.exit_code_of_result(report.result))


def _run_action(action: Action, project_folder: ProjectFolder, way: _Way) -> Tested:
    if way.live and way.record:
        return test_record.record_cassettes(
            action, project_folder, way.live, way.make(action, project_folder)
        )
    return Tested(tuple(_run_each_test(action, project_folder, way)))


def _run_each_test(
    action: Action, project_folder: ProjectFolder, way: _Way
) -> Iterator[TestReport]:
    replayed = replace(way.answers, replay=True)
    try:
        caller = way.live or wiring.create_caller(project_folder, action, replayed)
        context = PlanContext(workspace.open_test_people(project_folder), caller)
    except DefinitionError as error:
        yield from (find_untested(action, test, error) for test in action.tests)
    else:
        make = way.make(action, project_folder)
        yield from (run_test(action, test, context, make) for test in action.tests)
