"""Findings as a JUnit report: a suite for each file, a case for each finding.

A finding fails where it makes the command fail; a lighter one passes with its words beside it, and
a suppressed one is skipped with its reason. A file in which nothing is found is one passed case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from cactions.model import Finding, LintReport, Severity, Suppression
from cactions.render.junit_document import JUnitCase, JUnitSuite, write_junit
from cactions.render.severity import ONE

_NOWHERE: Final = "(no file)"

Case = tuple[Finding, Suppression | None]


def render_junit(review: LintReport, grave: Collection[Severity]) -> str:
    """The XML document; ``grave`` are the severities that fail."""
    suites = (_build_suite(file, cases, grave) for file, cases in _by_file(review).items())
    return write_junit("cactions validate", suites)


def _by_file(review: LintReport) -> Mapping[str, list[Case]]:
    """Every file that was looked at, also the clean ones."""
    cases: dict[str, list[Case]] = {file: [] for file in review.sources}
    for case in _build_cases(review):
        place = case[0].place
        cases.setdefault(place.file if place else _NOWHERE, []).append(case)
    return cases


def _build_cases(review: LintReport) -> Iterator[Case]:
    yield from ((finding, None) for finding in review.findings)
    yield from (
        (suppressed_finding.finding, suppressed_finding.by)
        for suppressed_finding in review.suppressed
    )


def _build_suite(file: str, cases: Iterable[Case], grave: Collection[Severity]) -> JUnitSuite:
    found = tuple(_build_case(file, finding, by, grave) for finding, by in cases)
    return JUnitSuite(file, found or (JUnitCase("no findings", file),))


def _build_case(
    file: str, finding: Finding, by: Suppression | None, grave: Collection[Severity]
) -> JUnitCase:
    spot = finding.route or (f"line {finding.place.line}" if finding.place else "")
    name = f"{finding.rule} {spot}".strip()
    if by:
        message = f"{finding.message}; suppressed: {by.reason}"
        return JUnitCase(name, file, message, skipped=True)
    failure = finding.rule if finding.severity in grave else ""
    return JUnitCase(name, file, finding.message, failure, output=_build_text(finding))


def _build_text(finding: Finding) -> tuple[str, ...]:
    """All that is said of it, line by line."""
    where = f"{finding.place}: " if finding.place else ""
    labels = [
        f"{f'{label.place}: ' if label.place else ''}{label.message}" for label in finding.labels
    ]
    notes = [f"note: {note}" for note in finding.notes]
    hint = [f"hint: {finding.hint}"] if finding.hint else []
    head = f"{where}{ONE[finding.severity]} {finding.rule} {finding.message}"
    return (head, *labels, *notes, *hint)
