"""``cactions validate``: everything that is wrong with the action files, in one go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cactions.cli.settings import Environment, Files, Json, Quiet
from cactions.cli.validating import Asked, validate
from cactions.model import Severity


def command(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILES]", help="Action files, or - for stdin.")
    ] = None,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
    fail_on: Annotated[
        Severity, typer.Option("--fail-on", help="From which severity on the exit code is 1.")
    ] = Severity.ERROR,
    quiet: Quiet = False,
) -> None:
    """Check action files: their format, and every way to hand one person's data to another.

    All files of a folder are one graph. Exit code 0 when no error is found, else 1.

    Example: cactions validate actions.yaml
    """
    asked = Asked([*(paths or []), *(files or [])], environment, json, quiet, fail_on)
    raise typer.Exit(validate(asked))
