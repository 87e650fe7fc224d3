"""The options that lead to a vault and to its key, shared by every command that opens one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cactions.cli.shared_options import Command, share_options, wrap_command
from cactions.cli.stdin_readers import register_line
from cactions.cli.vault_choice import VAULT, VaultOptions, choose_key, list_key_words
from cactions.logic.shell import quote_word
from cactions.model import CactionsError

KEYLESS: Final = (
    "cluster init", "completion", "config", "explain", "help", "init", "schema", "validate",
    "watch",
)  # fmt: skip
"""Commands that open no vault, so that they have no options for its key."""

_PANEL: Final = "Key of the vault"


def _build_recipient(*names: str) -> Any:  # noqa: ANN401 (for Typer)
    text = "Open with this recipient's passphrase."
    return Annotated[
        str | None, typer.Option(*names, metavar="NAME", help=text, rich_help_panel=_PANEL)
    ]


_VAULT: Final[dict[str, Any]] = {
    "vault": Annotated[
        Path, typer.Option("--vault", metavar="FILE", help="The vault. Default: beside the YAML.")
    ],
}
_KEY: Final[dict[str, Any]] = {
    "key_fd": Annotated[
        int | None,
        typer.Option(
            "--key-fd",
            metavar="N",
            help="Read the key from an open descriptor.",
            rich_help_panel=_PANEL,
        ),
    ],
    "key_file": Annotated[
        Path | None,
        typer.Option(
            "--key-file",
            metavar="FILE",
            help="Read the key from a file. Also CACTIONS_VAULT_KEY_FILE.",
            rich_help_panel=_PANEL,
        ),
    ],
    "recipient": _build_recipient("--as", "--recipient"),
    "min_generation": Annotated[
        int | None,
        typer.Option(
            "--min-generation",
            metavar="N",
            min=1,
            help="Refuse a vault that is older than this.",
            rich_help_panel=_PANEL,
        ),
    ],
}
_DEFAULTS: Final = {"vault": Path(VAULT)}
_COMMAND: Final = re.compile(r"(?<=[`]cactions )([^`]*)(?=`)")


def _build_vault_options(recipient: str | None, **texts: Any) -> VaultOptions:  # noqa: ANN401 (as Typer read it)
    return VaultOptions(**texts, recipient=recipient or "")


def _enter_key_options(**texts: Any) -> AbstractContextManager[None]:  # noqa: ANN401
    return _carry_options(_build_vault_options(vault=_DEFAULTS["vault"], **texts))


@contextmanager
def _carry_options(options: VaultOptions) -> Iterator[None]:
    """The command opens vaults with these options, and what its errors advise has them, too."""
    if options.recipient:
        register_line(f'the passphrase of "{options.recipient}"')
    with choose_key(options):
        try:
            yield
        except CactionsError as error:
            error.hint = add_vault_options(error.hint, options)
            raise


def _share_vault_options(command: Command) -> Command:

    @wraps(command)
    def carrying(options: VaultOptions, **texts: Any) -> None:  # noqa: ANN401 (as Typer read it)
        with _carry_options(options):
            command(options, **texts)

    return share_options({**_VAULT, **_KEY}, _DEFAULTS, _build_vault_options)(carrying)


vault_options = _share_vault_options
"""The command with a vault and its key; it gets the VaultOptions as its first argument."""

key_options = wrap_command(_KEY, _enter_key_options)
"""The command with the options of the key, for a command that opens the vault beside the YAML."""

probe_key_options = wrap_command(
    {**_KEY, "recipient": _build_recipient("--recipient")}, _enter_key_options
)
"""The same where ``--as`` names the person who attacks."""


def add_vault_options(text: str, options: VaultOptions) -> str:
    """The text, whose commands lead to the same vault and key."""
    key = [pair for pair in list_key_words(options) if pair[0] == "--key-file"]
    vault = [("--vault", str(options.vault))] if options.vault not in _DEFAULTS.values() else []

    def add(found: re.Match[str]) -> str:
        name, _, _ = found[1].partition(" ")
        is_keyless = any(f"{found[1]} ".startswith(f"{each} ") for each in KEYLESS)
        pairs = [*(vault if name == "vault" else ()), *(() if is_keyless else key)]
        new = (pair for pair in pairs if f" {pair[0]}" not in found[1])
        command, dashes, names = found[1].partition(" -- ")
        added = " ".join([command, *(quote_word([word]) for pair in new for word in pair)])
        return f"{added}{dashes}{names}"

    return _COMMAND.sub(add, text)
