"""``cactions diff``: which attributes would change, before anything does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from cactions.app.propose import propose
from cactions.cli import arguments, wiring, workspace
from cactions.cli.command_line import Words, shown_person
from cactions.cli.exit_codes import Exit, gravest
from cactions.cli.live_options import Answers, answered
from cactions.cli.options import Again, Environment, Files, Inputs, Json, Who
from cactions.cli.output_files import write_text
from cactions.model import Failed, Plan
from cactions.render.preview import preview

_PICTURE: Final = 100
"""Cells across a picture; its reader has no terminal to widen."""


@answered
def command(
    answers: Answers,
    action: arguments.ActionName,
    person: Who,
    inputs: Inputs = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 5 when something would change.")
    ] = False,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write it as a picture, for a review.")
    ] = None,
    again: Again = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Show which attributes of a person an action would add, overwrite, clear, keep or refuse.

    Nothing is written. Exit code 1 when the action fails for the person or a value is refused.

    A call that may change something at the third party is made with --live only, once.

    Example: cactions diff loyalty --person u-1 --replay
    """
    opened = wiring.opened(files, environment)
    job = arguments.job(opened.project, action, person, inputs)
    answers.check_said_aloud(job.action)
    changing = wiring.changing() if answers.change(job.action) else None
    if changing and not changing.agreed(job.action):
        wiring.paper().say("Nothing was sent.")
        return
    desk = workspace.desk(opened, wiring.caller(opened, job.action, answers))
    result, told = (
        changing.diffed(job, desk, opened, again=again) if changing else (propose(job, desk), "")
    )
    said = Words(action, shown_person(person, result), inputs, answers, files, environment)
    sheet = preview(result, closing=told or _closing(result, said))
    if svg:
        write_text(svg, wiring.picture(sheet, room=_PICTURE, command=said.command("diff")))
    if json:
        wiring.write_json(wiring.treaty().result_to_json(result, redact=True))
        if told:
            wiring.paper().say(told)
    else:
        wiring.paper().show(sheet)
    changed = isinstance(result, Plan) and bool(result.effective) and exit_code
    raise typer.Exit(gravest(arguments.verdict(result), Exit.CHANGES if changed else Exit.CLEAN))


def _closing(result: Plan | Failed, said: Words) -> str:
    if isinstance(result, Failed):
        return ""
    apply = f" To apply it: {said.command('run')}" if result.effective else ""
    return f"Nothing was written.{apply}"
