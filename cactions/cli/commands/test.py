"""``cactions test``: the file's own tests, against recordings or live; never writes a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import typer

from cactions.app.ports import Caller
from cactions.app.propose import Desk, propose
from cactions.app.run_tests import Propose, rehearse, unrehearsed
from cactions.cli import arguments, wiring, workspace, write_calls
from cactions.cli.commands import test_record
from cactions.cli.commands.test_record import Tested
from cactions.cli.exit_codes import Exit, gravest
from cactions.cli.live_options import Answers, answered
from cactions.cli.options import Again, Environment, Files, Json, Yes
from cactions.cli.wiring import Opened
from cactions.logic import documents
from cactions.model import Action, AuthorError, OperatorError, TestReport, noun
from cactions.render.test_report import reports as reports_sheet


@answered
def command(
    answers: Answers,
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

    With --live the third party is asked; what may change something there, after a question.

    With --record its answers are kept as recordings, of test people only.

    Example: cactions test loyalty
    """
    opened = wiring.opened(files, environment)
    known = opened.project.actions.values()
    chosen = [arguments.action_named(opened.project, action)] if action else list(known)
    if answers.cassette and len(chosen) != 1:
        raise OperatorError("one cassette answers for one action", hint="Name the action.")
    tested = [one for one in chosen if one.tests]
    if record:
        answers = test_record.live(answers)
        if not test_record.agreed(tested, opened, yes, json):
            wiring.paper().say("Nothing was sent and nothing was written.")
            return
    live = wiring.calling(opened, answers, tested) if answers.live else None
    tested = [one for one in tested if _agreed(one, answers)]
    way = _Way(answers, live, record, again)
    asked = [_asked(one, opened, way) for one in tested]
    reports = [report for one in asked for report in one.reports]
    untested = tuple(one.name for one in chosen if not one.tests)
    if json:
        wiring.write_json(documents.reports_to_json(reports, redact=True))
    else:
        wiring.paper().show(reports_sheet(reports, untested))
    codes = [Exit.CLEAN if report.passed else _verdict(report) for report in reports]
    codes += [one.code for one in asked]
    raise typer.Exit(gravest(*codes))


@noun
class _Way:
    """How tests are run. ``live`` is None where recordings answer."""

    answers: Answers
    live: Caller | None
    record: bool
    again: bool

    def make(self, action: Action, opened: Opened) -> Propose:
        """What makes a call of the action: once, and journaled, where that may change something."""
        if not self.live or action.request.is_read:
            return propose
        return lambda job, desk: write_calls.tested(job, desk, opened, again=self.again)


def _agreed(action: Action, answers: Answers) -> bool:
    if not answers.live or action.request.is_read:
        return True
    if write_calls.agreed(action, calls=len(action.tests)):
        return True
    wiring.paper().say(f"{action.name} was not called.")
    return False


def _verdict(report: TestReport) -> Exit:
    return gravest(Exit.FINDINGS, arguments.verdict(report.result))


def _asked(action: Action, opened: Opened, way: _Way) -> Tested:
    if way.live and way.record:
        return test_record.recorded(action, opened, way.live, way.make(action, opened))
    return Tested(tuple(_reports(action, opened, way)))


def _reports(action: Action, opened: Opened, way: _Way) -> Iterator[TestReport]:
    replayed = replace(way.answers, replay=True)
    try:
        caller = way.live or wiring.caller(opened, action, replayed)
        desk = Desk(workspace.rehearsal_people(opened), caller)
    except AuthorError as error:
        yield from (unrehearsed(action, test, error) for test in action.tests)
    else:
        make = way.make(action, opened)
        yield from (rehearse(action, test, desk, make) for test in action.tests)
