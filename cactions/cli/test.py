"""``cactions test``: the file's own tests, against recordings or live; never writes a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

import typer

from cactions.app.ports import Caller
from cactions.app.proposing import Desk
from cactions.app.rehearsing import rehearse, unrehearsed
from cactions.cli import changing, jobs, recording, wiring
from cactions.cli.answering import Answers, answered
from cactions.cli.exits import Exit, gravest
from cactions.cli.recording import Tested
from cactions.cli.settings import Environment, Files, Json, Yes
from cactions.cli.wiring import Opened
from cactions.logic import wire
from cactions.model import Action, AuthorError, OperatorError, TestReport
from cactions.render.reports import reports as reports_sheet


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
    chosen = [jobs.action_named(opened.project, action)] if action else list(known)
    if answers.cassette and len(chosen) != 1:
        raise OperatorError("one cassette answers for one action", hint="Name the action.")
    tested = [one for one in chosen if one.tests]
    if record:
        answers = recording.live(answers)
        if not recording.agreed(tested, opened, yes, json):
            wiring.paper().say("Nothing was sent and nothing was written.")
            return
    live = wiring.calling(opened, answers) if answers.live else None
    tested = [one for one in tested if _agreed(one, answers)]
    asked = [_asked(one, opened, answers, live, record) for one in tested]
    reports = [report for one in asked for report in one.reports]
    untested = tuple(one.name for one in chosen if not one.tests)
    if json:
        wiring.write_json(wire.reports_to_json(reports, redact=True))
    else:
        wiring.paper().show(reports_sheet(reports, untested))
    codes = [Exit.CLEAN if report.passed else _verdict(report) for report in reports]
    codes += [one.code for one in asked]
    raise typer.Exit(gravest(*codes))


def _agreed(action: Action, answers: Answers) -> bool:
    if not answers.live or action.request.is_read or changing.agreed(action):
        return True
    wiring.paper().say(f"{action.name} was not called.")
    return False


def _verdict(report: TestReport) -> Exit:
    return gravest(Exit.FINDINGS, jobs.verdict(report.result))


def _asked(
    action: Action, opened: Opened, answers: Answers, live: Caller | None, record: bool
) -> Tested:
    if live and record:
        return recording.recorded(action, opened, live)
    return Tested(tuple(_reports(action, opened, answers, live)))


def _reports(
    action: Action, opened: Opened, answers: Answers, live: Caller | None
) -> Iterator[TestReport]:
    replayed = replace(answers, replay=True)
    try:
        desk = Desk(
            wiring.rehearsal_people(opened), live or wiring.caller(opened, action, replayed)
        )
    except AuthorError as error:
        yield from (unrehearsed(action, test, error) for test in action.tests)
    else:
        yield from (rehearse(action, test, desk) for test in action.tests)
