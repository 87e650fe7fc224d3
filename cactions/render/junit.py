"""Findings as a JUnit report: a suite for each file, a case for each finding.

A finding fails where it makes the command fail; a lighter one passes with its words beside it, and
a suppressed one is skipped with its reason. A file in which nothing is found is one passed case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cactions.model import Finding, LintReport, Severity, Suppression
from cactions.render.escape import escape_terminal
from cactions.render.severity import ONE

_NOWHERE: Final = "(no file)"

Case = tuple[Finding, Suppression | None]


def render_junit(review: LintReport, grave: Collection[Severity]) -> str:
    """The XML document; ``grave`` are the severities that fail."""
    root = Element("testsuites", name="cactions validate")
    suites = [_add_suite(root, file, cases, grave) for file, cases in _by_file(review).items()]
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


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


def _add_suite(
    root: Element, file: str, cases: Iterable[Case], grave: Collection[Severity]
) -> Element:
    suite = SubElement(root, "testsuite", name=escape_terminal(file))
    for finding, by in cases:
        _add_case(suite, finding, by, grave)
    if not len(suite):
        SubElement(suite, "testcase", name="no findings", classname=escape_terminal(file))
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    return suite


def _add_case(
    suite: Element, finding: Finding, by: Suppression | None, grave: Collection[Severity]
) -> None:
    spot = finding.route or (f"line {finding.place.line}" if finding.place else "")
    name = f"{finding.rule} {spot}".strip()
    case = SubElement(
        suite, "testcase", name=escape_terminal(name), classname=suite.get("name", "")
    )
    text = escape_terminal(finding.message)
    if by:
        SubElement(case, "skipped", message=f"{text}; suppressed: {escape_terminal(by.reason)}")
    elif finding.severity in grave:
        SubElement(case, "failure", type=finding.rule, message=text).text = _build_text(finding)
    else:
        SubElement(case, "system-out").text = _build_text(finding)


def _build_text(finding: Finding) -> str:
    """All that is said of it, line by line."""
    where = f"{finding.place}: " if finding.place else ""
    labels = [
        f"{f'{label.place}: ' if label.place else ''}{label.message}" for label in finding.labels
    ]
    notes = [f"note: {note}" for note in finding.notes]
    hint = [f"hint: {finding.hint}"] if finding.hint else []
    head = f"{where}{ONE[finding.severity]} {finding.rule} {finding.message}"
    return "\n".join(map(escape_terminal, [head, *labels, *notes, *hint]))
