"""``cactions tokens``: whether a token can be fetched, without ever showing it."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.cli import wiring
from cactions.cli.live_options import Answers, CaFile, Proxy
from cactions.cli.options import Environment, Files, Json
from cactions.logic.yaml.diagnostics import nearest
from cactions.model import NoPlan, OperatorError, Project, RemoteError, Token
from cactions.render.tokens import fetched as fetched_sheet

commands = typer.Typer(help="Tokens that are fetched.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The token's name.")]


@commands.command("test")
def fetched(
    name: Name,
    proxy: Proxy = None,
    ca_file: CaFile = None,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
) -> None:
    """Fetch a token once: status, place, shape, where it may go. The value is shown to nobody.

    Example: cactions tokens test crm
    """
    opened = wiring.opened(files, environment, leaks=False)
    token = _fetched_one(opened.project, name)
    calling = wiring.calling(opened, Answers(proxy=proxy or "", ca_file=ca_file))
    try:
        binding, came = calling.binding(token), calling.fetch(token)
    except NoPlan as error:  # which speaks of people
        raise RemoteError(str(error), hint=error.hint) from None
    if json:
        wiring.write_json(wiring.treaty().fetched_to_json(token, came, binding))
    else:
        wiring.paper().show(fetched_sheet(token, came, binding))


def _fetched_one(project: Project, name: str) -> Token:
    if name not in project.tokens:
        raise OperatorError(f'there is no token "{name}"', hint=nearest(name, project.tokens))
    token = project.tokens[name]
    if token.fetch is None:
        what = "given for each run" if token.is_users else "sealed in the vault"
        raise OperatorError(
            f'the token "{name}" is {what}: there is nothing to fetch',
            hint="`cactions vault list` shows what is sealed.",
        )
    return token
