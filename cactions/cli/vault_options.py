"""The options that lead to a vault and to its key, shared by every command that opens one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cactions.cli import secret_input, wiring
from cactions.cli.shared_options import share_options
from cactions.cli.vault_wiring import VaultOptions

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


def _build_vault_options(passphrase_of: str | None, **texts: Any) -> VaultOptions:  # noqa: ANN401 (as Typer read it)
    return VaultOptions(
        **texts, typed=secret_input.TypedKey(passphrase_of) if passphrase_of else None
    )


vault_options = share_options(_OPTIONS, _DEFAULTS, _build_vault_options)
"""The command with these options; it gets the Ways that they say as its first argument."""
