"""``cactions completion``: the script by which a shell completes command lines."""

from __future__ import annotations

from enum import Enum
from importlib.resources import files
from typing import Annotated

import typer

from cactions.cli import streams
from cactions.cli.options import Json
from cactions.cli.reporters import report_completion


class Shell(Enum):
    """Each has a script in ``cli/completion``."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def command(
    shell: Annotated[Shell, typer.Argument(help="The shell that you use.")], json: Json = False
) -> None:
    """Print the script that completes commands, options and names of the project in a shell.

    `cactions help config` says where it belongs.

    Example: cactions completion bash
    """
    file = files("cactions.cli.completion") / f"{shell.value}.sh"
    script = file.read_text(encoding="utf-8")
    if json:
        report_completion(shell.value, script)
    else:
        streams.write_text(script)
