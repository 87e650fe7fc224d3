"""``cactions request``: the exact request that would be sent, with secrets as dots."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.app.propose import Job, ask, asked_as
from cactions.cli import arguments, streams, wiring, workspace
from cactions.cli.exit_codes import Exit
from cactions.cli.options import Environment, Files, Inputs, Json, Who
from cactions.cli.wiring import Opened
from cactions.logic import documents
from cactions.logic.request.curl import curl as curl_of
from cactions.model import Failed, OperatorError
from cactions.render.preview import preview
from cactions.render.request import request as request_sheet


def command(
    action: arguments.ActionName,
    person: Who,
    inputs: Inputs = None,
    curl: Annotated[
        bool,
        typer.Option("--curl", help="As a curl command, with secrets as variables."),
    ] = False,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Show the request that an action would send for a person. Nothing is sent.

    Example: cactions request loyalty --person u-1
    """
    opened = wiring.opened(files, environment, leaks=False)
    job = arguments.job(opened.project, action, person, inputs)
    if curl:
        raise typer.Exit(_curl(job, opened, json))
    asked = ask(job, workspace.people(opened))
    if json:
        wiring.write_json(documents.request_to_json(asked))
    elif isinstance(asked, Failed):
        wiring.paper().show(preview(asked))
    else:
        wiring.paper().show(request_sheet(asked))
    raise typer.Exit(Exit.FINDINGS if isinstance(asked, Failed) else Exit.CLEAN)


def _curl(job: Job, opened: Opened, json: bool) -> Exit:
    if json:
        raise OperatorError("--curl and --json exclude each other", hint="Say one of them.")
    allowed = opened.project.allowed
    written = asked_as(lambda asked: curl_of(asked, allowed), job, workspace.people(opened))
    if isinstance(written, Failed):  # on stderr: whoever pipes this into a shell runs all of it
        wiring.paper().say(f"There is no command: {written.message}.\nNext: {written.hint}.")
        return Exit.FINDINGS
    streams.write_text(written)
    return Exit.CLEAN
