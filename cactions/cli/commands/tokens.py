"""``cactions tokens``: whether a token can be fetched, without ever showing it."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.cli import wiring
from cactions.cli.live_options import LiveOptions, network_options
from cactions.cli.open_project import open_project
from cactions.cli.options import Environment, Files, Json
from cactions.logic import documents
from cactions.logic.suggest import suggest
from cactions.model import PlanningError, Project, RemoteError, Token, UsageError
from cactions.render.tokens import render_token_test

commands = typer.Typer(help="Test dynamic tokens.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The token's name.")]


@commands.command("test")
@network_options
def run_token_tests(
    options: LiveOptions,
    name: Name,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Fetch a dynamic token once, and print everything except its value.

    Example: cactions tokens test crm
    """
    project_folder = open_project(files, environment, leaks=False)
    token = _find_fetched_token(project_folder.project, name)
    calling = wiring.create_live_caller(project_folder, options)
    try:
        binding, fetched_token = calling.find_binding(token), calling.fetch(token)
    except PlanningError as error:  # which speaks of people
        raise RemoteError(str(error), hint=error.hint) from None
    if json:
        wiring.write_json(documents.fetched_to_json(token, fetched_token, binding))
    else:
        wiring.create_output().print(render_token_test(token, fetched_token, binding))


def _find_fetched_token(project: Project, name: str) -> Token:
    if name not in project.tokens:
        raise UsageError(f'there is no token "{name}"', hint=suggest(name, project.tokens))
    token = project.tokens[name]
    if token.fetch is None:
        what = "given for each run" if token.is_user_token else "sealed in the vault"
        raise UsageError(
            f'the token "{name}" is {what}: there is nothing to fetch',
            hint="`cactions vault list` shows what is sealed.",
        )
    return token
