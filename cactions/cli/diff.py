"""``cactions diff``: which attributes would change, before anything does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from cactions.app.proposing import propose
from cactions.cli import jobs, wiring
from cactions.cli.exits import Exit, gravest
from cactions.cli.settings import Cassette, Environment, Files, Inputs, Json, Replayed, Who
from cactions.cli.wiring import Answers
from cactions.cli.words import Words, shown_person
from cactions.edges.files import write_text
from cactions.logic import wire
from cactions.model import Failed, Plan
from cactions.render.preview import preview

_PICTURE: Final = 100
"""Cells across a picture; its reader has no terminal to widen."""


def command(
    action: jobs.ActionName,
    person: Who,
    inputs: Inputs = None,
    replay: Replayed = False,
    cassette: Cassette = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 5 when something would change.")
    ] = False,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write it as a picture, for a review.")
    ] = None,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Show which attributes of a person an action would add, overwrite, clear, keep or refuse.

    Nothing is written. Exit code 1 when the action fails for the person or a value is refused.

    Example: cactions diff loyalty --person u-1 --replay
    """
    opened = wiring.opened(files, environment)
    job = jobs.job(opened.project, action, person, inputs)
    result = propose(job, wiring.desk(opened, job.action, Answers(replay, cassette)))
    who = shown_person(person, result)
    said = Words(action, who, inputs, replay, cassette, files, environment)
    sheet = preview(result, closing=_closing(result, said))
    if svg:
        write_text(svg, wiring.picture(sheet, room=_PICTURE, command=said.command("diff")))
    if json:
        wiring.write_json(wire.result_to_json(result, redact=True))
    else:
        wiring.paper().show(sheet)
    changed = isinstance(result, Plan) and bool(result.effective) and exit_code
    raise typer.Exit(gravest(jobs.verdict(result), Exit.CHANGES if changed else Exit.CLEAN))


def _closing(result: Plan | Failed, said: Words) -> str:
    if isinstance(result, Failed):
        return ""
    apply = f" To apply it: {said.command('run')}" if result.effective else ""
    return f"Nothing was written.{apply}"
