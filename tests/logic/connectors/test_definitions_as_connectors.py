"""Definitions of others as live connectors: how many leaks are seen, how many false alarms.

A connector cannot prove an answer, choose a row or show the value of a header, so that neither
number can be perfect; both are held here.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.logic.connectors.body import build_connector
from cactions.logic.connectors.pulled_project import lint_workspace, pull_workspace
from cactions.logic.project import SourceFile, load_project
from cactions.model import IdentityVerification, Severity, Snapshot
from tests.lint_results import NOW

DEFINITIONS = Path(__file__).parents[2] / "rules" / "definitions"


def find_errors(path: Path) -> tuple[list[str], list[str]]:
    """Errors of the format, and errors of the rules, of a definition pulled as connectors."""
    project = load_project([SourceFile(path.name, path.read_bytes())]).draft
    assert project is not None
    connectors = [
        replace(build_connector(action, project.attributes), id=str(number), state="live")
        for number, action in enumerate(project.actions.values(), start=1)
    ]
    flag = project.workspace.identity_verification is not IdentityVerification.OFF
    pulled = pull_workspace(connectors, project.attributes, verification=flag)
    found = lint_workspace(pulled, Snapshot("s", NOW, project.attributes, flag), NOW).findings
    errors = [f.rule for f in found if f.severity is Severity.ERROR]
    return [r for r in errors if r < "CA1"], [r for r in errors if r > "CA1"]


@pytest.mark.parametrize(
    ("kind", "least", "most"), [("leaking", 118, 142), ("honest", 0, 23)]
)  # fmt: skip
def test_definitions_of_others_as_connectors(kind: str, least: int, most: int) -> None:
    """No error of the format; the leaks that a connector shows; few false alarms."""
    results = [find_errors(path) for path in sorted((DEFINITIONS / kind).glob("*.yaml"))]
    assert len(results) > 100
    assert [] == [wrong for wrong, _ in results if wrong]
    assert least <= sum(bool(errors) for _, errors in results) <= most
