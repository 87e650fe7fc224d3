"""Findings with everything spelled out that an author could hide or paint in a name.

For formats that other programs draw: a browser, a code host, a test report. What a fix writes
stays exact.
"""

from __future__ import annotations

from msgspec.structs import replace

from cactions.model import Finding, Label, LeakStep, LintReport, SuppressedFinding
from cactions.render.escape import escape_terminal


def escape_report(review: LintReport) -> LintReport:
    """The same, safe to draw."""
    return replace(
        review,
        findings=tuple(map(escape_finding, review.findings)),
        suppressed=tuple(map(_escape_suppressed, review.suppressed)),
    )


def escape_finding(finding: Finding) -> Finding:
    """Message, hint, route, labels, notes and paths."""
    return replace(
        finding,
        message=escape_terminal(finding.message),
        hint=escape_terminal(finding.hint),
        route=escape_terminal(finding.route),
        labels=tuple(_escape_label(label) for label in finding.labels),
        notes=tuple(map(escape_terminal, finding.notes)),
        paths=tuple(tuple(map(_escape_step, path)) for path in finding.paths),
    )


def _escape_step(step: LeakStep) -> LeakStep:
    return replace(step, name=escape_terminal(step.name))


def _escape_label(label: Label) -> Label:
    return replace(
        label, message=escape_terminal(label.message), route=escape_terminal(label.route)
    )


def _escape_suppressed(suppressed_finding: SuppressedFinding) -> SuppressedFinding:
    by = replace(
        suppressed_finding.by,
        reason=escape_terminal(suppressed_finding.by.reason),
        owner=escape_terminal(suppressed_finding.by.owner),
    )
    return SuppressedFinding(escape_finding(suppressed_finding.finding), by)
