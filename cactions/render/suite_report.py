"""A run of tests as a JUnit report, and as Markdown for a comment or the summary of a job."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, groupby
from typing import Final

from cactions.model import ActionCoverage, SuiteResult, TestReport, UnusedInteraction
from cactions.render.junit_document import JUnitCase, JUnitSuite, write_junit
from cactions.render.markdown import format_code
from cactions.render.messages import count_noun

_FAILED: Final = "failed expectation"
_UNUSED: Final = "unused recording"
_MORE: Final = "\n… and {:,} more; `cactions test --json` lists all of them.\n"
_ROOMS: Final = (36_000, 4_000, 12_000, 6_000)
"""Characters for the rows of each section; together less than GitHub takes in a comment."""


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
    """The counts, a table of what failed, and what else was asked for; each as far as it fits."""
    failed = [report for report in suite.reports if not report.passed]
    passed = len(suite.reports) - len(failed)
    counts = f"{count_noun(len(suite.reports), 'test')}, {passed:,} ok, {len(failed):,} failed"
    unused = count_noun(len(suite.unused), "recorded interaction")
    coverage = f"\nCoverage: {suite.coverage_percent:.1f} %\n"
    sections = (
        ("\n| Action | Test | What |\n|---|---|---|\n", map(_build_row, failed)),
        (f"\n{unused} that no test asks for:\n\n", map(_build_unused_row, suite.unused)),
        (
            f"{coverage}\n| Action | Met | Not met |\n|---|---|---|\n",
            map(_build_coverage_row, suite.coverage or ()),
        ),
        ("\n| Slowest | |\n|---|---|\n", map(_build_slow_row, suite.slow_reports)),
    )
    rooms = zip(sections, _ROOMS, strict=True)
    parts = [_take_fitting(head, [*rows], room) for (head, rows), room in rooms]
    return "".join([f"### cactions: {counts}\n", *parts])


def _take_fitting(head: str, rows: Sequence[str], room: int) -> str:
    """As many rows as there is room for, and how many there would be; nothing without rows."""
    if not rows:
        return ""
    ends = accumulate(map(len, rows))
    fitting = sum(end <= room for end in ends)
    more = _MORE.format(len(rows) - fitting) if fitting < len(rows) else ""
    return "".join([head, *rows[:fitting], more])


def _build_row(report: TestReport) -> str:
    lines = [*report.problems, *([report.hint] if report.hint else [])]
    cells = "<br>".join(map(format_code, lines))
    return f"| {format_code(report.action)} | {format_code(report.test)} | {cells} |\n"


def _build_unused_row(item: UnusedInteraction) -> str:
    return f"- {format_code(f'{item.source} {item.number}: {item.request}')}\n"


def _build_coverage_row(action: ActionCoverage) -> str:
    missing = format_code(", ".join(action.missing))
    return f"| {format_code(action.action)} | {action.met}/{len(action.points)} | {missing} |\n"


def _build_slow_row(report: TestReport) -> str:
    return f"| {format_code(f'{report.action}: {report.test}')} | {report.seconds:.3f} s |\n"
