"""Findings and test reports as JSON: ``cactions.findings/2`` and ``cactions.test/1``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cactions.logic.documents.plans import read_result, result_to_json
from cactions.logic.documents.strict_reader import StrictReader, read_document
from cactions.logic.lint.rule_page import RulePage
from cactions.model import (
    Edit,
    Finding,
    Fix,
    Json,
    Label,
    Place,
    Severity,
    SuppressedFinding,
    Suppression,
    TestReport,
)

FINDINGS: Final = "cactions.findings/2"
RULES: Final = "cactions.rules/1"
_PAGE: Final = (
    "rule", "name", "severity", "summary", "about", "why", "bad", "good", "fix", "suppress",
)  # fmt: skip
TEST: Final = "cactions.test/1"
_PLACE: Final = ("file", "line", "column", "end_line", "end_column")


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


def findings_from_json(document: Json) -> tuple[Finding, ...]:
    """The findings. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, _findings, "findings")


def reports_to_json(reports: Iterable[TestReport], *, redact: bool) -> dict[str, Json]:
    """How each of the file's tests went."""
    return {"format": TEST, "tests": [_test_to_json(report, redact) for report in reports]}


def reports_from_json(document: Json) -> tuple[TestReport, ...]:
    """The reports. Raises StoreError for another format, and for anything that does not fit."""
    return read_document(document, _tests, "tests")


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


def _findings(fields: StrictReader) -> tuple[Finding, ...]:
    fields.format(FINDINGS)
    fields.read_each("suppressed", _suppressed)
    return fields.read_each("findings", _finding)


def _suppressed(fields: StrictReader) -> SuppressedFinding:
    owner, expires = fields.read_optional_text("owner"), fields.read_optional_text("expires")
    return SuppressedFinding(
        _finding(fields), Suppression("", fields.read_text("reason"), owner, expires)
    )


def _finding(fields: StrictReader) -> Finding:
    return Finding(
        rule=fields.read_text("rule"),
        severity=fields.read_word("severity", Severity),
        message=fields.read_text("message"),
        hint=fields.read_text("hint"),
        place=_place(fields),
        route=fields.read_text("route"),
        labels=fields.read_each("labels", _label),
        notes=fields.read_texts("notes"),
        fix=fields.read_optional("fix", _fix),
    )


def _label(fields: StrictReader) -> Label:
    return Label(fields.read_text("message"), _place(fields), fields.read_text("route"))


def _fix(fields: StrictReader) -> Fix:
    return Fix(
        fields.read_text("title"), fields.read_each("edits", _edit), fields.read_flag("safe")
    )


def _edit(fields: StrictReader) -> Edit:
    return Edit(_exact_place(fields), fields.read_text("text"))


def _place_to_json(place: Place | None) -> dict[str, Json]:
    return {key: None if place is None else getattr(place, key) for key in _PLACE}


def _place(fields: StrictReader) -> Place | None:
    return None if fields.is_all_null(*_PLACE) else _exact_place(fields)


def _exact_place(fields: StrictReader) -> Place:
    return Place(
        file=fields.read_text("file"),
        line=fields.read_integer("line"),
        column=fields.read_integer("column"),
        end_line=fields.read_integer("end_line"),
        end_column=fields.read_integer("end_column"),
    )


def _test_to_json(report: TestReport, redact: bool) -> dict[str, Json]:
    return {
        "action": report.action,
        "test": report.test,
        "passed": report.passed,
        "problems": list(report.problems),
        "result": result_to_json(report.result, redact=redact),
    }


def _tests(fields: StrictReader) -> tuple[TestReport, ...]:
    fields.format(TEST)
    return fields.read_each("tests", _test)


def _test(fields: StrictReader) -> TestReport:
    fields.skip("passed")
    return TestReport(
        action=fields.read_text("action"),
        test=fields.read_text("test"),
        problems=fields.read_texts("problems"),
        result=fields.read_object("result", read_result),
    )
