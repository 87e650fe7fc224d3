"""A run of tests as a JUnit report, and as Markdown for a comment or the summary of a job."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

from cactions.model import SuiteResult, TestReport, UnusedInteraction
from cactions.render.junit_document import JUnitCase, JUnitSuite, write_junit
from cactions.render.markdown import LONGEST, format_code
from cactions.render.messages import count_noun

_FAILED: Final = "failed expectation"
_UNUSED: Final = "unused recording"
_MORE: Final = "\n… and {:,} more; `cactions test --json` lists all of them.\n"
_MOST_UNUSED: Final = 10
_ROOM: Final = 5_000
"""Characters for what stands below the table."""


def render_suite_junit(suite: SuiteResult) -> str:
    """A suite for each action, a case for each test; a strict run fails unused recordings."""
    suites = [
        JUnitSuite(action, tuple(map(_build_case, reports)))
        for action, reports in groupby(suite.reports, key=lambda report: report.action)
    ]
    if suite.unused:
        cases = tuple(_build_unused(item, strict=suite.strict) for item in suite.unused)
        suites.append(JUnitSuite("recordings", cases))
    if suite.coverage is not None:
        facts = {action.action: f"{action.met}/{len(action.points)}" for action in suite.coverage}
        suites.append(JUnitSuite("coverage", (), facts))
    return write_junit("cactions test", suites)


def _build_case(report: TestReport) -> JUnitCase:
    if report.passed:
        return JUnitCase(report.test, report.action, seconds=report.seconds)
    lines = (*report.problems, *([report.hint] if report.hint else []))
    return JUnitCase(
        report.test,
        report.action,
        report.problems[0],
        _FAILED,
        output=lines,
        seconds=report.seconds,
    )


def _build_unused(item: UnusedInteraction, *, strict: bool) -> JUnitCase:
    message = f"no test asks for interaction {item.number} of {item.source}: {item.request}"
    name = f"{item.source} {item.number}"
    if strict:
        return JUnitCase(name, item.action, message, _UNUSED)
    return JUnitCase(name, item.action, output=(message,))


def render_suite_markdown(suite: SuiteResult) -> str:
    """The counts, a table of what failed, and what else was asked for."""
    failed = [report for report in suite.reports if not report.passed]
    passed = len(suite.reports) - len(failed)
    counts = f"{count_noun(len(suite.reports), 'test')}, {passed:,} ok, {len(failed):,} failed"
    parts = [f"### cactions: {counts}\n"]
    if failed:
        parts += [*_take_rows(failed, LONGEST - _ROOM - len(parts[0]))]
    if suite.unused:
        what = count_noun(len(suite.unused), "recorded interaction")
        parts.append(f"\n{what} that no test asks for:\n\n")
        rows = [f"- {format_code(f'{item.source} {item.number}: {item.request}')}\n"
                for item in suite.unused[:_MOST_UNUSED]]  # fmt: skip
        parts += rows
        if len(suite.unused) > len(rows):
            parts.append(_MORE.format(len(suite.unused) - len(rows)))
    parts += _list_coverage(suite)
    if suite.slow_reports:
        parts.append("\n| Slowest | |\n|---|---|\n")
        parts += [
            f"| {format_code(f'{report.action}: {report.test}')} | {report.seconds:.3f} s |\n"
            for report in suite.slow_reports
        ]
    return "".join(parts)


def _take_rows(failed: list[TestReport], room: int) -> Iterator[str]:
    yield "\n| Action | Test | What |\n|---|---|---|\n"
    for number, report in enumerate(failed):
        lines = [*report.problems, *([report.hint] if report.hint else [])]
        cells = "<br>".join(map(format_code, lines))
        row = f"| {format_code(report.action)} | {format_code(report.test)} | {cells} |\n"
        room -= len(row)
        if room < 0:
            yield _MORE.format(len(failed) - number)
            return
        yield row


def _list_coverage(suite: SuiteResult) -> Iterator[str]:
    if suite.coverage is None:
        return
    yield f"\nCoverage: {suite.coverage_percent:.1f} %\n\n"
    yield "| Action | Met | Not met |\n|---|---|---|\n"
    for action in suite.coverage:
        missing = format_code(", ".join(action.missing))
        yield f"| {format_code(action.action)} | {action.met}/{len(action.points)} | {missing} |\n"
