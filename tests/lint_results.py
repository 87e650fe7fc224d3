"""Lints texts of action files with all rules, on a fixed day."""

from __future__ import annotations

from collections.abc import Sequence

from cactions.logic.lint.engine import lint
from cactions.logic.project import LoadedProject, SourceFile, load_project
from cactions.model import Finding, Severity, Snapshot

NOW = 1_800_000_000.0
"""2027-01-15, 08:00 UTC."""


def linted(*texts: str, snapshot: Snapshot | None = None, now: float = NOW) -> LoadedProject:
    """One project of several files: a.yaml, b.yaml …"""
    files = [SourceFile(f"{chr(97 + n)}.yaml", text.encode()) for n, text in enumerate(texts)]
    return lint(load_project(files, snapshot=snapshot), now)


def rules_of(*texts: str) -> list[str]:
    """The rules of all findings, once per finding."""
    return sorted(finding.rule for finding in linted(*texts).findings)


def errors_and_warnings(findings: Sequence[Finding]) -> list[Finding]:
    """Errors and warnings."""
    return [one for one in findings if one.severity is not Severity.INFO]
