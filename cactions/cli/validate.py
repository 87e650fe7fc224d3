"""``cactions validate``: everything that is wrong with the action files, in one go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cactions.cli.settings import Environment, Files, Json, Quiet
from cactions.cli.validating import Asked, validate


def command(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILES]", help="Action files, or - for stdin.")
    ] = None,
    files: Files = None,
    environment: Environment = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check action files: format, references, templates, paths, hosts.

    Exit code 0 when nothing is wrong, 1 with findings.

    Example: cactions validate actions.yaml
    """
    asked = Asked([*(paths or []), *(files or [])], environment, json, quiet)
    raise typer.Exit(validate(asked))
