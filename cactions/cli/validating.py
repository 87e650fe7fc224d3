"""What ``validate`` does, and what its plainest words ask for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cactions.cli import wiring
from cactions.cli.exits import Exit
from cactions.model import Severity
from cactions.render.findings import findings as findings_sheet


class Asked(NamedTuple):
    """What is to be validated, and how it is told."""

    paths: Sequence[Path]
    environment: str | None = None
    json: bool = False
    quiet: bool = False
    fail_on: Severity = Severity.ERROR


def plainly(words: Sequence[str]) -> Asked | None:
    """What names of files, ``-`` and ``--json`` ask for; None where Typer has to be asked."""
    names = [word for word in words if word != "--json"]
    if not all(name == "-" or (name and not name.startswith("-")) for name in names):
        return None
    return Asked([Path(name) for name in names], json="--json" in words)


def validate(asked: Asked) -> Exit:
    """Check the files and tell every finding. Raises OperatorError where there is no file."""
    shaped = wiring.shaped(asked.paths, asked.environment)
    findings = [finding for one in shaped for finding in one.findings]
    findings += wiring.lacking_secrets(asked.paths, shaped)
    suppressed = [each for one in shaped for each in one.suppressed]
    if asked.json:
        wiring.write_json(wiring.treaty().findings_to_json(findings, suppressed))
    elif findings or not asked.quiet:
        sources = {name: text for one in shaped for name, text in one.sources.items()}
        actions = sum(len(one.project.actions) for one in shaped if one.project)
        sheet = findings_sheet(findings, sources, actions=actions, suppressed=len(suppressed))
        wiring.paper().show(sheet)
    grave = _SEVERITIES[: _SEVERITIES.index(asked.fail_on) + 1]
    return Exit.FINDINGS if any(one.severity in grave for one in findings) else Exit.CLEAN


_SEVERITIES = (*Severity,)
