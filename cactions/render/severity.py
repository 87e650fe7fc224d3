"""Findings sorted by severity, and counted: for formats that show only the first of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cactions.model import Finding, Severity
from cactions.render import messages

_MANY = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "notes"}
ONE = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
"""How bad a finding is, in a word."""

_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


def by_severity(found: Sequence[Finding]) -> list[Finding]:
    """Errors, then warnings, then notes; each in the order of their places."""
    return sorted(found, key=_order)


def count_by_severity(found: Sequence[Finding], suppressed: int) -> str:
    """``2 errors and 1 note``, or that there are none, and how many are suppressed."""
    numbers = Counter(finding.severity for finding in found)
    parts = [
        messages.count_noun(numbers[severity], ONE[severity], _MANY[severity])
        for severity in Severity
        if numbers[severity]
    ]
    more = f"; {suppressed:,} suppressed" if suppressed else ""
    return f"{messages.join_words(parts) or 'No problems'}{more}"


def _order(finding: Finding) -> tuple[int, bool, str, int, int, str]:
    place = finding.place
    where = (place.file, place.line, place.column) if place else ("", 0, 0)
    return (_RANKS[finding.severity], place is None, *where, finding.rule)
