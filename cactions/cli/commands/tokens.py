"""``cactions tokens``: whether a token can be fetched, without ever showing it."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec.structs import replace

from cactions.cli import wiring
from cactions.cli.live_options import LiveOptions, ShowAnswer, network_options
from cactions.cli.open_project import open_project
from cactions.cli.options import Environment, Files, Json
from cactions.logic import documents
from cactions.logic.answers.shown_answer import show_token_answer
from cactions.logic.answers.token_answer import describe_token_miss
from cactions.logic.exchange.token_response import read_token
from cactions.logic.suggest import suggest
from cactions.model import PlanningError, Project, RemoteError, Response, Token, UsageError
from cactions.render.answer import render_answer
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
    show_answer: ShowAnswer = False,
) -> None:
    """Fetch a dynamic token once, and print everything except its value.

    With --show-answer the names of the answer are shown, and dots for what may be a token.

    Example: cactions tokens test crm
    """
    replace(options, show_answer=show_answer).refuse_showing(json=json)
    project_folder = open_project(files, environment, leaks=False)
    token = _find_fetched_token(project_folder.project, name)
    calling = wiring.create_live_caller(project_folder, options)
    answer: Response | None = None
    try:
        binding, answer = calling.find_binding(token), calling.ask_for_token(token)
        if show_answer:
            wiring.create_output().print(render_answer(show_token_answer(answer)))
        fetched_token = read_token(token, answer)
    except PlanningError as error:  # which speaks of people
        near = describe_token_miss(token, answer) if answer else ""
        raise RemoteError(f"{error}{near}", hint=error.hint) from None
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
