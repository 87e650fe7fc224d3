"""``cactions vault bind``: where tokens may go that are fetched, or that are an end user's own."""

from __future__ import annotations

from typing import Annotated

import typer

from cactions.app.vault import token_binding
from cactions.cli import progress, wiring
from cactions.cli.options import Json
from cactions.cli.vault_choice import VaultOptions
from cactions.cli.vault_options import vault_options
from cactions.cli.vault_reports import report_change
from cactions.logic.documents.vaults import VaultChangeReport
from cactions.logic.vault import validation
from cactions.render.messages import join_words

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name in the YAML.")]
NewTokenHosts = Annotated[
    list[str],
    typer.Option(
        "--token-host", metavar="HOST", help="Instead of the token's hosts so far; repeatable."
    ),
]
Users = Annotated[bool, typer.Option("--user", help="NAME is a token of the type `user`.")]


@vault_options
def bind(
    options: VaultOptions,
    name: Name,
    token_host: NewTokenHosts,
    user: Users = False,
    json: Json = False,
) -> None:
    """Say where tokens may go that are fetched with a secret; with --user, a user's own token.

    The YAML may narrow this, and never widen it.

    Example: cactions vault bind jwt --user --token-host api.shop.example
    """
    context = wiring.open_vault_context(options)
    act = token_binding.bind_user_token if user else token_binding.bind_fetched_tokens
    with progress.atomic():
        done = act(context, name, token_host)
    what = f'The user\'s token "{name}"' if user else f'Tokens that are fetched with "{name}"'
    hosts = join_words([*validation.check_hosts(token_host)])
    text = f"{what} may go to {hosts}, and nowhere else."
    report = VaultChangeReport("bind", str(options.vault), done.head, name, text, done.notes)
    report_change(report, json=json)
