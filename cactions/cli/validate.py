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
    findings = [finding for one in shaped for finding in one.findings]
    if json:
        wiring.write_json(wire.findings_to_json(findings))
    elif findings or not quiet:
        sources = {name: text for one in shaped for name, text in one.sources.items()}
        actions = sum(len(one.project.actions) for one in shaped if one.project)
        wiring.paper().show(findings_sheet(findings, sources, actions=actions))
    errors = any(finding.severity is Severity.ERROR for finding in findings)
    raise typer.Exit(Exit.FINDINGS if errors else Exit.CLEAN)
