"""``cactions validate``: everything that is wrong with the action files, in one go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cactions.cli import wiring
from cactions.cli.exits import Exit
from cactions.cli.settings import Environment, Files, Json, Quiet
from cactions.logic import wire
from cactions.model import Severity
from cactions.render.findings import findings as findings_sheet


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
    shaped = wiring.shaped([*(paths or []), *(files or [])], environment)
    if json:
        wiring.write_json(wire.findings_to_json(shaped.findings))
    elif shaped.findings or not quiet:
        wiring.screen().show(findings_sheet(shaped.findings, shaped.sources))
    errors = any(finding.severity is Severity.ERROR for finding in shaped.findings)
    raise typer.Exit(Exit.FINDINGS if errors else Exit.CLEAN)
