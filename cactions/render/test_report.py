"""How the file's own tests went: one line a test, and under it everything that did not hold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from cactions.model import TestReport
from cactions.render import messages
from cactions.render.layout import add_gap, wrap, wrap_paragraph
from cactions.render.text import BLANK, Span, Style, StyledLine, View, join_spans, span

_WORD = 6  # cells of "FAILED"


def render_test_reports(found: Sequence[TestReport], untested: Sequence[str] = ()) -> View:
    """Tests by action, in the order given; ``untested`` are actions that have none."""

    def draw(width: int) -> list[StyledLine]:
        lines: list[StyledLine] = []
        for action, group in groupby(found, key=lambda report: report.action):
            several = list(group)
            lines += [_render_heading(action, several)]
            lines += [line for report in several for line in _report(report, width)] + [BLANK]
        if untested:
            names = messages.join_words(list(untested))
            lines += [*wrap_paragraph(span(f"Without tests: {names}."), width), BLANK]
        return [*lines, _count(found)]

    return draw


def _render_heading(action: str, several: Sequence[TestReport]) -> StyledLine:
    calls = (report.result.call for report in several)
    sources = sorted({call.source for call in calls if call and call.source})
    replayed = (Span(" ("), Span("replayed", Style.CAUTION), Span(" from "))
    named = join_spans(", ", (span(source, Style.CODE) for source in sources))
    return (Span(action, Style.STRONG), *((*replayed, *named, Span(")")) if sources else ()))


def _report(report: TestReport, width: int) -> list[StyledLine]:
    word = Span("ok    ", Style.GOOD) if report.passed else Span("FAILED", Style.BAD)
    lines = wrap(span(report.test), width, hang=(*add_gap(2), word, *add_gap(2)))
    for problem in report.problems:
        lines += wrap(
            span(problem), width, hang=(*add_gap(_WORD + 4), Span("x", Style.BAD), Span(" "))
        )
    return lines


def _count(found: Sequence[TestReport]) -> StyledLine:
    if not found:
        return span("No tests.")
    passed = sum(report.passed for report in found)
    parts = [span(f"{passed:,} ok", Style.GOOD)] if passed else []
    failed = len(found) - passed
    parts += [span(f"{failed:,} FAILED", Style.BAD)] if failed else []
    return (
        Span(f"{messages.count_noun(len(found), 'test')}: "),
        *join_spans(", ", parts),
        Span("."),
    )
