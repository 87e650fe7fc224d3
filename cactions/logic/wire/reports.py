"""Findings and test reports as JSON: ``cactions.findings/1`` and ``cactions.test/1``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cactions.logic.wire.fields import Fields, read
from cactions.logic.wire.plans import read_result, result_to_json
from cactions.model import Finding, Json, Place, Severity, TestReport

FINDINGS: Final = "cactions.findings/1"
TEST: Final = "cactions.test/1"
_PLACE: Final = ("file", "line", "column", "end_line", "end_column")


def findings_to_json(findings: Iterable[Finding]) -> dict[str, Json]:
    """Findings in their order; lines and columns count from 1, in characters, end exclusive."""
    return {"format": FINDINGS, "findings": [_finding_to_json(finding) for finding in findings]}


def findings_from_json(document: Json) -> tuple[Finding, ...]:
    """The findings. Raises StoreError for another format, and for anything that does not fit."""
    return read(document, _findings, "findings")


def reports_to_json(reports: Iterable[TestReport], *, redact: bool) -> dict[str, Json]:
    """How each of the file's tests went."""
    return {"format": TEST, "tests": [_test_to_json(report, redact) for report in reports]}


def reports_from_json(document: Json) -> tuple[TestReport, ...]:
    """The reports. Raises StoreError for another format, and for anything that does not fit."""
    return read(document, _tests, "tests")


def _finding_to_json(finding: Finding) -> dict[str, Json]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        **_place_to_json(finding.place),
        "route": finding.route,
    }


def _findings(fields: Fields) -> tuple[Finding, ...]:
    fields.format(FINDINGS)
    return fields.each("findings", _finding)


def _finding(fields: Fields) -> Finding:
    return Finding(
        rule=fields.text("rule"),
        severity=fields.word("severity", Severity),
        message=fields.text("message"),
        hint=fields.text("hint"),
        place=_place(fields),
        route=fields.text("route"),
    )


def _place_to_json(place: Place | None) -> dict[str, Json]:
    return {key: None if place is None else getattr(place, key) for key in _PLACE}


def _place(fields: Fields) -> Place | None:
    if fields.all_null(*_PLACE):
        return None
    return Place(
        file=fields.text("file"),
        line=fields.integer("line"),
        column=fields.integer("column"),
        end_line=fields.integer("end_line"),
        end_column=fields.integer("end_column"),
    )


def _test_to_json(report: TestReport, redact: bool) -> dict[str, Json]:
    return {
        "action": report.action,
        "test": report.test,
        "passed": report.passed,
        "problems": list(report.problems),
        "result": result_to_json(report.result, redact=redact),
    }


def _tests(fields: Fields) -> tuple[TestReport, ...]:
    fields.format(TEST)
    return fields.each("tests", _test)


def _test(fields: Fields) -> TestReport:
    fields.ignore("passed")
    return TestReport(
        action=fields.text("action"),
        test=fields.text("test"),
        problems=fields.texts("problems"),
        result=fields.one("result", read_result),
    )
