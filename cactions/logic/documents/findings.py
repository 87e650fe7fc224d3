"""Findings and test reports as JSON: ``cactions.findings/2`` and ``cactions.test/1``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from cactions.logic.documents.plans import result_to_json
from cactions.model import (
    ActionCoverage,
    Finding,
    Fix,
    Json,
    Place,
    SuiteResult,
    SuppressedFinding,
    TestReport,
)

if TYPE_CHECKING:
    from cactions.logic.lint.rule_page import RulePage

FINDINGS: Final = "cactions.findings/2"
RULES: Final = "cactions.rules/1"
_PAGE: Final = (
    "rule", "name", "severity", "summary", "about", "why", "bad", "good", "fix", "suppress",
)  # fmt: skip
TEST: Final = "cactions.test/1"
PLACE_KEYS: Final = ("file", "line", "column", "end_line", "end_column")


def findings_to_json(
    findings: Iterable[Finding], suppressed: Iterable[SuppressedFinding] = ()
) -> dict[str, Json]:
    """Findings in their order; lines and columns count from 1, in characters, end exclusive.

    ``suppressed`` are suppressed findings, each with owner, reason and expiry date.
    """
    return {
        "format": FINDINGS,
        "findings": [_finding_to_json(finding) for finding in findings],
        "suppressed": [
            _suppressed_to_json(suppressed_finding) for suppressed_finding in suppressed
        ],
    }


def reports_to_json(reports: Iterable[TestReport], *, redact: bool) -> dict[str, Json]:
    """How each of the file's tests went."""
    return {"format": TEST, "tests": [_test_to_json(report, redact) for report in reports]}


def suite_to_json(suite: SuiteResult, *, redact: bool) -> dict[str, Json]:
    """A run of tests; ``slowest`` and ``coverage`` are there where they were asked for."""
    document: dict[str, Json] = {
        **reports_to_json(suite.reports, redact=redact),
        "untested": list(suite.untested),
        "unused": [
            {"action": item.action, "source": item.source, "number": item.number,
             "request": item.request}
            for item in suite.unused
        ],
    }  # fmt: skip
    if suite.slowest:
        document["slowest"] = [
            {"action": report.action, "test": report.test, "seconds": round(report.seconds, 6)}
            for report in suite.slow_reports
        ]
    if suite.coverage is not None:
        document["coverage"] = {
            "percent": round(suite.coverage_percent, 1),
            "actions": [_coverage_to_json(action) for action in suite.coverage],
        }
    return document


def _coverage_to_json(coverage: ActionCoverage) -> dict[str, Json]:
    points: list[Json] = [{"name": point.name, "met": point.met} for point in coverage.points]
    return {"action": coverage.action, "points": points}


def pages_to_json(pages: Iterable[RulePage]) -> dict[str, Json]:
    """The pages of rules; ``bad`` and ``good`` are whole action files."""
    return {"format": RULES, "rules": [_page_to_json(page) for page in pages]}


def _page_to_json(page: RulePage) -> dict[str, Json]:
    return {key: getattr(page, key) for key in _PAGE}


def _finding_to_json(finding: Finding) -> dict[str, Json]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        **_place_to_json(finding.place),
        "route": finding.route,
        "labels": [
            {"message": label.message, **_place_to_json(label.place), "route": label.route}
            for label in finding.labels
        ],
        "notes": list(finding.notes),
        "fix": _fix_to_json(finding.fix) if finding.fix else None,
    }


def _suppressed_to_json(suppressed_finding: SuppressedFinding) -> dict[str, Json]:
    by = suppressed_finding.by
    return {
        **_finding_to_json(suppressed_finding.finding),
        "reason": by.reason,
        "owner": by.owner or None,
        "expires": by.expires or None,
    }


def _fix_to_json(fix: Fix) -> dict[str, Json]:
    edits: list[Json] = [{**_place_to_json(edit.place), "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _place_to_json(place: Place | None) -> dict[str, Json]:
    return {key: None if place is None else getattr(place, key) for key in PLACE_KEYS}


def _test_to_json(report: TestReport, redact: bool) -> dict[str, Json]:
    return {
        "action": report.action,
        "test": report.test,
        "passed": report.passed,
        "problems": list(report.problems),
        "hint": report.hint,
        "result": result_to_json(report.result, redact=redact),
    }
