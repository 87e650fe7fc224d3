"""``cactions test``: the file's own tests, against recordings; never writes a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from cactions.app.rehearsing import rehearse, unrehearsed
from cactions.cli import jobs, wiring
from cactions.cli.exits import Exit
from cactions.cli.settings import Cassette, Environment, Files, Json, Replayed
from cactions.cli.wiring import Answers, Opened
from cactions.logic import wire
from cactions.model import Action, AuthorError, OperatorError, TestReport
from cactions.render.reports import reports as reports_sheet


def command(
    action: Annotated[
        str | None, typer.Argument(metavar="[ACTION]", help="One action. Default: all.")
    ] = None,
    _replay: Replayed = False,
    cassette: Cassette = None,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Run the `tests:` of the action files against their recordings. Nothing is written.

    Example: cactions test loyalty
    """
    opened = wiring.opened(files, environment)
    known = opened.project.actions.values()
    chosen = [jobs.action_named(opened.project, action)] if action else list(known)
    if cassette and len(chosen) != 1:
        raise OperatorError("one cassette answers for one action", hint="Name the action.")
    answers = Answers(True, cassette)
    reports = [report for one in chosen for report in _reports(one, opened, answers)]
    untested = tuple(one.name for one in chosen if not one.tests)
    if json:
        wiring.write_json(wire.reports_to_json(reports, redact=True))
    else:
        wiring.paper().show(reports_sheet(reports, untested))
    passed = all(report.passed for report in reports)
    raise typer.Exit(Exit.CLEAN if passed else Exit.FINDINGS)


def _reports(action: Action, opened: Opened, answers: Answers) -> Iterator[TestReport]:
    if not action.tests:
        return
    try:
        desk = wiring.rehearsal_desk(opened, action, answers)
    except AuthorError as error:
        yield from (unrehearsed(action, test, error) for test in action.tests)
    else:
        yield from (rehearse(action, test, desk) for test in action.tests)
