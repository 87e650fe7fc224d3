"""The options that lead to a vault and to its key, shared by every command that opens one."""

from __future__ import annotations

from collections.abc import Callable
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cactions.cli import hidden, wiring
from cactions.cli.vaulting import Ways

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


def keyed(command: Callable[..., None]) -> Callable[..., None]:
    """The command with these options; it gets what they say as its first argument."""

    def called(**given: Any) -> None:  # noqa: ANN401 (whatever Typer has read)
        of_vault = {name: given.pop(name) for name in _OPTIONS}
        name = of_vault.pop("passphrase_of")
        command(Ways(**of_vault, typed=hidden.TypedKey(name) if name else None), **given)

    own = [*signature(command, eval_str=True).parameters.values()][1:]
    shared = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=_DEFAULTS.get(name), annotation=form)
        for name, form in _OPTIONS.items()
    ]
    own = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in own]
    called.__signature__ = signature(command).replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
    called.__annotations__ = {}
    called.__name__, called.__doc__ = command.__name__, command.__doc__
    return called
