"""``cactions diff``: which attributes would change, before anything does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from cactions.app.once import CalledOnce
from cactions.app.proposing import Desk, Job, propose
from cactions.app.running import resume
from cactions.cli import changing, jobs, wiring
from cactions.cli.answering import Answers, answered
from cactions.cli.exits import Exit, gravest
from cactions.cli.settings import Again, Environment, Files, Inputs, Json, Who
from cactions.cli.wiring import Opened
from cactions.cli.words import Words, shown_person
from cactions.edges.files import write_text
from cactions.logic import wire
from cactions.model import Failed, Plan
from cactions.render.preview import preview

_PICTURE: Final = 100
"""Cells across a picture; its reader has no terminal to widen."""


@answered
def command(
    answers: Answers,
    action: jobs.ActionName,
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
    job = jobs.job(opened.project, action, person, inputs)
    changing.check_said_aloud(job.action, answers)
    if changing.changes_something(job.action, answers) and not changing.agreed(job.action):
        wiring.paper().say("Nothing was sent.")
        return
    desk = wiring.desk(opened, wiring.caller(opened, job.action, answers))
    done = _done(job, desk, opened, answers, again)
    result, who = done.result, shown_person(person, done.result)
    said = Words(action, who, inputs, answers, files, environment)
    closing = _closing(done, said)
    sheet = preview(result, closing=closing)
    if svg:
        write_text(svg, wiring.picture(sheet, room=_PICTURE, command=said.command("diff")))
    if json:
        wiring.write_json(wire.result_to_json(result, redact=True))
        if done.run:
            wiring.paper().say(closing)
    else:
        wiring.paper().show(sheet)
    changed = isinstance(result, Plan) and bool(result.effective) and exit_code
    raise typer.Exit(gravest(jobs.verdict(result), Exit.CHANGES if changed else Exit.CLEAN))


def _done(job: Job, desk: Desk, opened: Opened, answers: Answers, again: bool) -> CalledOnce:
    if not changing.changes_something(job.action, answers):
        return CalledOnce(propose(job, desk))
    head = changing.head_for(job.action.name, opened, desk.caller.source)
    done = changing.called(job, desk, opened, head, again=again)
    if done.run and isinstance(done.result, Plan) and not done.result.effective:
        resume(done.run, wiring.books(opened))  # nothing is left to be applied
    return done


def _closing(done: CalledOnce, said: Words) -> str:
    result, kept = done.result, done.run
    if isinstance(result, Failed):
        return changing.without_plan(done)
    if kept and not result.effective:
        return f"Nobody was written to. The call was made; run {kept.head.id} keeps that it was."
    if kept:
        return (
            f"Nobody was written to. The call was made, and its answer is kept in run"
            f" {kept.head.id}. To apply it, without another call: cactions runs resume"
            f" {kept.head.id}"
        )
    apply = f" To apply it: {said.command('run')}" if result.effective else ""
    return f"Nothing was written.{apply}"
