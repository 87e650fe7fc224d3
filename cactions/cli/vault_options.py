"""The options that lead to a vault and to its key, shared by every command that opens one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cactions.cli import secret_input, wiring
from cactions.cli.shared_options import Command, share_options
from cactions.cli.vault_wiring import VaultOptions
from cactions.logic.shell import quote_word
from cactions.model import CactionsError

_OPTIONS: Final[dict[str, Any]] = {
    "vault": Annotated[
        Path, typer.Option("--vault", metavar="FILE", help="The vault. Default: beside the YAML.")
    ],
    "key_fd": Annotated[
        int | None,
        typer.Option("--key-fd", metavar="N", help="Read the key from an open descriptor."),
    ],
    "key_file": Annotated[
        Path | None, typer.Option("--key-file", metavar="FILE", help="Read the key from a file.")
    ],
    "passphrase_of": Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="Open with this recipient's passphrase."),
    ],
    "min_generation": Annotated[
        int | None,
        typer.Option(
            "--min-generation", metavar="N", min=1, help="Refuse a vault that is older than this."
        ),
    ],
}
_DEFAULTS: Final = {"vault": Path(wiring.VAULT)}
_COMMAND: Final = re.compile(r"`(cactions vault [^`]*)`")


def _build_vault_options(passphrase_of: str | None, **texts: Any) -> VaultOptions:  # noqa: ANN401 (as Typer read it)
    return VaultOptions(
        **texts, typed=secret_input.TypedKey(passphrase_of) if passphrase_of else None
    )


_share_vault_options = share_options(_OPTIONS, _DEFAULTS, _build_vault_options)


def _add_options(command: Command) -> Command:
    @wraps(command)
    def carrying(options: VaultOptions, **texts: Any) -> None:  # noqa: ANN401 (as Typer read it)
        try:
            command(options, **texts)
        except CactionsError as error:
            error.hint = add_vault_options(error.hint, options)
            raise

    return _share_vault_options(carrying)


vault_options = _add_options
"""The command with these options; it gets the VaultOptions that they say as its first argument.

What its errors advise is said with the same options.
"""


def add_vault_options(text: str, options: VaultOptions) -> str:
    """The text, whose commands of the vault lead to the same vault and key."""
    words = [*_list_words(options)]

    def add(found: re.Match[str]) -> str:
        new = (pair for pair in words if f" {pair[0]}" not in found[1])
        command, dashes, names = found[1].partition(" -- ")
        added = " ".join([command, *(quote_word([word]) for pair in new for word in pair)])
        return f"{added}{dashes}{names}"

    return _COMMAND.sub(lambda found: f"`{add(found)}`", text) if words else text


def _list_words(options: VaultOptions) -> Iterator[tuple[str, str]]:
    if options.vault != _DEFAULTS["vault"]:
        yield "--vault", str(options.vault)
    if options.key_file:
        yield "--key-file", str(options.key_file)
