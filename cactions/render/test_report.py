"""How the file's own tests went: one line a test, and under it everything that did not hold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from cactions.model import TestReport
from cactions.render import messages
from cactions.render.layout import flow, gap, prose
from cactions.render.text import BLANK, Ink, Line, Sheet, Tone, ink, joined

_WORD = 6  # cells of "FAILED"


def reports(found: Sequence[TestReport], untested: Sequence[str] = ()) -> Sheet:
    """Tests by action, in the order given; ``untested`` are actions that have none."""

    def draw(room: int) -> list[Line]:
        lines: list[Line] = []
        for action, group in groupby(found, key=lambda report: report.action):
            several = list(group)
            lines += [_heading(action, several)]
            lines += [line for report in several for line in _report(report, room)] + [BLANK]
        if untested:
            names = messages.listed(list(untested))
            lines += [*prose(ink(f"Without tests: {names}."), room), BLANK]
        return [*lines, _count(found)]

    return draw


def _heading(action: str, several: Sequence[TestReport]) -> Line:
    calls = (report.result.call for report in several)
    sources = sorted({call.source for call in calls if call and call.source})
    replayed = (Ink(" ("), Ink("replayed", Tone.CAUTION), Ink(" from "))
    named = joined(", ", (ink(source, Tone.CODE) for source in sources))
    return (Ink(action, Tone.STRONG), *((*replayed, *named, Ink(")")) if sources else ()))


def _report(report: TestReport, room: int) -> list[Line]:
    word = Ink("ok    ", Tone.GOOD) if report.passed else Ink("FAILED", Tone.BAD)
    lines = flow(ink(report.test), room, hang=(*gap(2), word, *gap(2)))
    for problem in report.problems:
        lines += flow(ink(problem), room, hang=(*gap(_WORD + 4), Ink("x", Tone.BAD), Ink(" ")))
    return lines


def _count(found: Sequence[TestReport]) -> Line:
    if not found:
        return ink("No tests.")
    passed = sum(report.passed for report in found)
    parts = [ink(f"{passed:,} ok", Tone.GOOD)] if passed else []
    failed = len(found) - passed
    parts += [ink(f"{failed:,} FAILED", Tone.BAD)] if failed else []
    return (Ink(f"{messages.count(len(found), 'test')}: "), *joined(", ", parts), Ink("."))
