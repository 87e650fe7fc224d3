"""How the file's own tests went: one line a test, and under it everything that did not hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from cactions.logic.shell import join_command
from cactions.model import SuiteResult, TestReport
from cactions.render import messages
from cactions.render.answer import draw_answer
from cactions.render.layout import add_gap, render_table, wrap, wrap_paragraph
from cactions.render.text import BLANK, Span, Style, StyledLine, View, join_spans, span

_WORD = 6  # cells of "FAILED"
_TIME = 8  # cells of "999.9 ms"
_SHARE = 5  # cells of "10/12"
_MOST_UNUSED = 10


def render_suite(suite: SuiteResult) -> View:
    """Tests by action, in their order; then what was found beside them, and the counts."""

    def draw(width: int) -> list[StyledLine]:
        lines = _render_reports(suite.reports, width)
        if suite.untested:
            names = messages.join_words(list(suite.untested))
            lines += [*wrap_paragraph(span(f"Without tests: {names}."), width), BLANK]
        for part in (_render_unused, _render_slowest, _render_coverage):
            if drawn := part(suite, width):
                lines += [*drawn, BLANK]
        return [*lines, _count(suite.reports)]

    return draw


def render_failures(suite: SuiteResult) -> View:
    """The tests that failed, by action; nothing where none did."""
    return lambda width: _render_reports([r for r in suite.reports if not r.passed], width)[:-1]


def render_test_count(suite: SuiteResult) -> View:
    """How many tests went how."""
    return lambda _: [_count(suite.reports)]


def _render_reports(reports: Iterable[TestReport], width: int) -> list[StyledLine]:
    lines: list[StyledLine] = []
    for action, group in groupby(reports, key=lambda report: report.action):
        several = list(group)
        lines += [_render_heading(action, several)]
        lines += [line for report in several for line in _report(report, width)] + [BLANK]
    return lines


def _render_unused(suite: SuiteResult, width: int) -> list[StyledLine]:
    if not suite.unused:
        return []
    count = messages.count_noun(len(suite.unused), "recorded interaction")
    style = Style.BAD if suite.strict else Style.CAUTION
    asks = "is" if len(suite.unused) == 1 else "are"
    lines = wrap((Span("! ", style), Span(f"{count} {asks} not used by any test:")), width,
                 rest=add_gap(2))  # fmt: skip
    for item in suite.unused[:_MOST_UNUSED]:
        place = (Span(item.source, Style.PATH), Span(f" {item.number}: "))
        lines += wrap((*place, *span(item.request, Style.CODE)), width, hang=add_gap(4))
    if len(suite.unused) > _MOST_UNUSED:
        lines.append((*add_gap(4), Span(f"… and {len(suite.unused) - _MOST_UNUSED:,} more")))
    actions = dict.fromkeys(item.action for item in suite.unused)
    commands = [join_command(("test",), action, options=("--record",)) for action in actions]
    for command in commands[:_MOST_UNUSED]:
        lines += wrap((Span("To record anew: "), Span(command, Style.CODE)), width,
                      hang=add_gap(2))  # fmt: skip
    return lines


def _render_slowest(suite: SuiteResult, width: int) -> list[StyledLine]:
    rows = [
        (
            span(_format_time(report.seconds).rjust(_TIME), Style.VALUE),
            span(report.action, Style.NAME),
            span(report.test),
        )
        for report in suite.slow_reports
    ]
    return render_table(("Slowest", "Action", "Test"), rows, width) if rows else []


def _format_time(seconds: float) -> str:
    return f"{seconds:,.2f} s" if seconds >= 1 else f"{1000 * seconds:.1f} ms"


def _render_coverage(suite: SuiteResult, width: int) -> list[StyledLine]:
    if suite.coverage is None:
        return []
    rows = []
    for action in suite.coverage:
        share = f"{action.met}/{len(action.points)}"
        style = Style.CAUTION if action.missing else Style.GOOD
        points = (span(name, Style.PATH) for name in action.missing)
        missing = join_spans(", ", points) or span("nothing")
        rows.append((span(action.action, Style.NAME), span(share.rjust(_SHARE), style), missing))
    total = span(f"Coverage: {suite.coverage_percent:.1f} %", Style.STRONG)
    return [*render_table(("Action", "Met".rjust(_SHARE), "Not met"), rows, width), total]


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
    if report.answer:
        lines += draw_answer(report.answer, width, indent=_WORD + 6)
    if report.hint:
        lines += wrap(span(report.hint), width, hang=add_gap(_WORD + 4))
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
