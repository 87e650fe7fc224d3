"""``cactions request``: the exact request that would be sent, with secrets as dots."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.app.propose import Job, build_call, send_request
from cactions.cli import arguments, streams, wiring, workspace
from cactions.cli.exit_codes import Exit
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_project
from cactions.cli.options import Environment, Files, Inputs, Json, Who
from cactions.cli.project_folder import ProjectFolder
from cactions.logic import documents
from cactions.logic.request.curl import build_curl_command as curl_of
from cactions.model import PlanFailure, UsageError
from cactions.render.preview import render_preview
from cactions.render.request import render_request


@network_options
def command(
    options: LiveOptions,
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
    project_folder = open_project(files, environment, options, leaks=False)
    job = arguments.build_job(project_folder.project, action, person, inputs)
    if curl:
        raise typer.Exit(_print_curl(job, project_folder, options, json))
    asked = send_request(job, workspace.open_people(project_folder))
    if json:
        wiring.write_json(documents.request_to_json(asked))
    elif isinstance(asked, PlanFailure):
        wiring.create_output().print(render_preview(asked))
    else:
        wiring.create_output().print(render_request(asked))
    raise typer.Exit(Exit.FINDINGS if isinstance(asked, PlanFailure) else Exit.CLEAN)


def _print_curl(job: Job, project_folder: ProjectFolder, options: LiveOptions, json: bool) -> Exit:
    if json:
        raise UsageError("--curl and --json exclude each other", hint="Say one of them.")
    network = options.get_curl_network(project_folder.project)
    written = build_call(
        lambda asked: curl_of(asked, network), job, workspace.open_people(project_folder)
    )
    if isinstance(written, PlanFailure):  # on stderr: a shell that reads stdout would run it
        wiring.create_output().info(
            f"There is no command: {written.message}.\nNext: {written.hint}."
        )
        return Exit.FINDINGS
    streams.write_text(written)
    return Exit.CLEAN
