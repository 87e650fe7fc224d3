"""``cactions request``: the exact request that would be sent, with secrets as dots."""

from __future__ import annotations

import typer

from cactions.app.proposing import ask
from cactions.cli import jobs, wiring
from cactions.cli.exits import Exit
from cactions.cli.settings import Environment, Files, Inputs, Json, Who
from cactions.logic import wire
from cactions.model import Failed
from cactions.render.preview import preview
from cactions.render.request import request as request_sheet


def command(
    action: jobs.ActionName,
    person: Who,
    inputs: Inputs = None,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Show the request that an action would send for a person. Nothing is sent.

    Example: cactions request loyalty --person u-1
    """
    opened = wiring.opened(files, environment)
    asked = ask(jobs.job(opened.project, action, person, inputs), wiring.people(opened))
    if json:
        wiring.write_json(wire.request_to_json(asked))
    elif isinstance(asked, Failed):
        wiring.paper().show(preview(asked))
    else:
        wiring.paper().show(request_sheet(asked))
    raise typer.Exit(Exit.FINDINGS if isinstance(asked, Failed) else Exit.CLEAN)
