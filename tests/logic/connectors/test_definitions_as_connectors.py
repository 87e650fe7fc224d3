"""Definitions of others as live connectors: how many leaks are seen, how many false alarms.

A connector cannot prove an answer, choose a row or show the value of a header, so that neither
number can be perfect; both are held here.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.logic.connectors.body import build_connector
from cactions.logic.connectors.diff import compare_connector
from cactions.logic.connectors.pulled_project import lint_workspace, pull_workspace
from cactions.logic.project import SourceFile, load_project
from cactions.model import MASKED_VALUE, Action, IdentityVerification, Project, Severity, Snapshot
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


def test_what_was_pushed_and_pulled_is_no_change() -> None:
    """376 actions: their connector, pulled again, differs in nothing that Intercom shows.

    The exceptions are plain headers, whose values are hidden, paths of rows, which Intercom does
    not map onto people, and secrets in a body, which are never sent.
    """
    same = 0
    for path in sorted(DEFINITIONS.glob("*/*.yaml")):
        project = load_project([SourceFile(path.name, path.read_bytes())]).draft
        assert project is not None
        for action in project.actions.values():
            if not build_connector(action, project.attributes).url.startswith("https://"):
                continue  # its server is broken, so that there is nothing to push
            differences = compare_pulled(action, project)
            same += not differences
            assert [] == [each for each in differences if not is_exception(each)], path.name
    assert 305 <= same


def is_exception(difference: str) -> bool:
    return "headers" in difference or "[]" in difference or "\u2022" in difference


def compare_pulled(action: Action, project: Project) -> list[str]:
    """The differences between an action's connector and the action that it is pulled as."""
    pushed = replace(build_connector(action, project.attributes), id="1", state="live")
    live = replace(pushed, headers=tuple((name, MASKED_VALUE) for name, _ in pushed.headers))
    workspace = pull_workspace([live], project.attributes)
    files = [SourceFile(name, text.encode()) for name, text in workspace.files.items()]
    loaded = load_project(files, snapshot=Snapshot("s", NOW, project.attributes, True)).draft
    if loaded is None or not loaded.actions:
        return ["not loaded"]
    [pulled] = loaded.actions.values()
    compared = compare_connector(build_connector(pulled, project.attributes), live)
    return [str(each) for each in (*compared.fields, *(compared.mappings or ()))]
