"""Where a secret may go when the command does not say it: to the hosts that the YAML names."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Annotated

import typer
from msgspec import Struct

from cactions.app.vault.manage import build_sealed_error
from cactions.cli import prompts, wiring
from cactions.cli.vault_check import read_secret_versions
from cactions.cli.vault_choice import VaultOptions
from cactions.logic.shell import join_command
from cactions.logic.suggest import suggest
from cactions.logic.vault.private_key import is_private_key
from cactions.logic.vault.secret_hosts import list_secret_hosts, list_token_hosts
from cactions.model import CactionsError, Project, StoreError, UsageError
from cactions.model.secret import Secret
from cactions.render.messages import join_words

Hosts = Annotated[
    list[str] | None,
    typer.Option("--host", metavar="HOST", help="A host that may get it; repeatable."),
]
Signing = Annotated[
    bool, typer.Option("--signing", help="No host: it signs here, for the commands of identity.")
]
TokenHosts = Annotated[
    list[str] | None,
    typer.Option(
        "--token-host", metavar="HOST", help="A host that gets tokens fetched with it; repeatable."
    ),
]
NewHosts = Annotated[
    list[str] | None,
    typer.Option("--host", metavar="HOST", help="Instead of the hosts so far; repeatable."),
]


def refuse_hosts(*hosts: list[str] | None) -> None:
    """Raises UsageError where a secret that is sent nowhere has hosts."""
    if any(hosts):
        raise UsageError(
            "--signing and --host exclude each other; nothing was sealed",
            hint="Use --host HOST, or --signing for a key that signs here and is sent nowhere.",
        )


def check_signing_secret(secret: Secret) -> None:
    """Raises UsageError for a private key: what signs a user's identity is a text."""
    if is_private_key(secret.reveal()):
        raise UsageError(
            "--signing is for the secret of identity verification, which is no private key;"
            " nothing was sealed",
            hint="For a key that signs JWTs, name the host of the token service: --host HOST.",
        )


class ChosenHosts(Struct, frozen=True):
    """Where a secret may go, and what is fetched with it."""

    hosts: tuple[str, ...]
    token_hosts: tuple[str, ...]


def choose_hosts(options: VaultOptions, name: str) -> ChosenHosts:
    """The one host that the YAML sends the secret to, or several after a question.

    Likewise those of tokens that are fetched with it. Raises UsageError where the YAML names none,
    and where there is no terminal to ask on.
    """
    sealed: dict[str, str] = {}
    with suppress(StoreError):  # a vault that cannot be read is reported when it is opened
        sealed = read_secret_versions(options.vault)
    if name in sealed:
        raise build_sealed_error(name)
    project = _load_project(options, name)
    hosts, token_hosts = list_secret_hosts(project).get(name, ()), list_token_hosts(project, name)
    if not hosts:
        raise _explain_unknown(options, name)
    shown = join_words([*hosts])
    if token_hosts:
        shown += f", and tokens that are fetched with it to {join_words([*token_hosts])}"
    chosen = ChosenHosts(hosts, token_hosts)
    if len(hosts) == 1 and len(token_hosts) <= 1:
        wiring.create_output().info(f'"{name}" goes to {shown}, as the YAML says.')
        return chosen
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        words = [word for host in hosts for word in ("--host", host)]
        words += [word for host in token_hosts for word in ("--token-host", host)]
        command = join_command(("vault", "seal"), name, options=words)
        raise UsageError(
            f'the YAML sends "{name}" to {shown}; nothing was sealed',
            hint=f"Say that it may go there: `{command}`.",
        )
    if not prompts.confirm(f'The YAML sends "{name}" to {shown}. Seal it for them?', False):
        raise UsageError("nothing was sealed", hint="Name the hosts with --host.")
    return chosen


def _load_project(options: VaultOptions, name: str) -> Project:
    try:
        [found] = wiring.load_projects([options.vault.parent], None, leaks=False)
    except CactionsError as error:
        raise _build_no_host(name, str(error)) from error
    if found.partial is None:
        raise _build_no_host(name, "the action files have errors")
    return found.partial


def _explain_unknown(options: VaultOptions, name: str) -> UsageError:
    known = list_secret_hosts(_load_project(options, name))
    error = _build_no_host(name, f'the action files send no secret "{name}" anywhere')
    near = suggest(name, known)
    error.hint = f"{near[0].upper()}{near[1:]} {error.hint}" if near else error.hint
    return error


def _build_no_host(name: str, why: str) -> UsageError:
    command = join_command(("vault", "seal"), name, options=("--host", "HOST"))
    return UsageError(
        f"say where the secret may go: {why}; nothing was sealed",
        hint=f"Use `{command}`, or --signing for a key that signs here and is sent nowhere.",
    )
