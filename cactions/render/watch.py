"""What ``watch`` shows after each change, on one screen: what is wrong, and the counts below it."""

from __future__ import annotations

from collections.abc import Iterator

from cactions.model import WatchReport
from cactions.render import messages
from cactions.render.error import render_error
from cactions.render.findings import render_finding_counts, render_finding_list
from cactions.render.layout import wrap, wrap_paragraph
from cactions.render.test_report import render_failures, render_test_count
from cactions.render.text import BLANK, Span, Style, StyledLine, View, dim, span, stack_views

_MOST_NAMED = 4
_LEAST_LINES = 3
"""Lines of what is wrong, however low the terminal is."""


def render_watch(report: WatchReport, moment: str, *, height: int = 0) -> View:
    """The view of a report. ``moment`` is the time of day, as it is shown.

    ``height``: the lines of the screen; what does not fit is left out above the counts, and that is
    said. 0: there is no screen, and nothing is left out.
    """
    head = _render_head(report, moment)
    body = stack_views(*_list_details(report))

    def draw(width: int) -> list[StyledLine]:
        above, below = head(width), [*_draw_counts(report, width)]
        if height:
            below += [BLANK, dim("Ctrl-C ends.")]
        room = max(_LEAST_LINES, height - len(above) - len(below) - 3)
        details = _cut(body(width), room) if height else body(width)
        return [*above, BLANK, *details, *([BLANK] if details else []), *below]

    return draw


def _render_head(report: WatchReport, moment: str) -> View:
    names = messages.join_words([*report.changed], _MOST_NAMED)
    what = f"{names} changed" if names else "all files read"
    return lambda width: wrap((Span(moment, Style.STRONG), Span(f" {what}")), width)


def _list_details(report: WatchReport) -> Iterator[View]:
    if report.lint:
        yield render_finding_list(report.lint.findings, report.lint.sources)
    if report.error:
        yield render_error(report.error)
    yield render_failures(report.suite)


def _draw_counts(report: WatchReport, width: int) -> Iterator[StyledLine]:
    if report.lint:
        lint = report.lint
        suppressed = len(lint.suppressed)
        yield render_finding_counts(lint.findings, lint.sources, lint.actions, suppressed)
    if report.waiting:
        names = messages.join_words([*report.waiting], _MOST_NAMED)
        yield from wrap_paragraph(
            span(f"Not tested before the errors are fixed: {names}.", Style.CAUTION), width
        )
    if report.suite.reports:
        yield from render_test_count(report.suite)(width)
    if report.replayed:
        names = messages.join_words([*report.replayed], _MOST_NAMED)
        yield from wrap_paragraph(dim(f"Replayed now: {names}."), width)


def _cut(lines: list[StyledLine], room: int) -> list[StyledLine]:
    """As many lines as there is room for, and how many are left out."""
    if len(lines) <= room:
        return lines
    left = messages.count_noun(len(lines) - room + 1, "more line")
    hint = "`cactions validate` and `cactions test` show all"
    return [*lines[: room - 1], dim(f"… {left}: {hint}")]
