"""Findings with everything spelled out that an author could hide or paint in a name.

For formats that other programs draw: a browser, a code host, a test report. What a fix writes
stays exact.
"""

from __future__ import annotations

from dataclasses import replace

from cactions.model import Finding, Label, Review, Suppressed
from cactions.render.escape import safe


def spelled_review(review: Review) -> Review:
    """The same, safe to draw."""
    return replace(
        review,
        findings=tuple(map(spelled_finding, review.findings)),
        suppressed=tuple(map(_suppressed, review.suppressed)),
    )


def spelled_finding(finding: Finding) -> Finding:
    """Message, hint, route, labels and notes."""
    return replace(
        finding,
        message=safe(finding.message),
        hint=safe(finding.hint),
        route=safe(finding.route),
        labels=tuple(_label(one) for one in finding.labels),
        notes=tuple(map(safe, finding.notes)),
    )


def _label(label: Label) -> Label:
    return replace(label, message=safe(label.message), route=safe(label.route))


def _suppressed(one: Suppressed) -> Suppressed:
    by = replace(one.by, reason=safe(one.by.reason), owner=safe(one.by.owner))
    return Suppressed(spelled_finding(one.finding), by)
