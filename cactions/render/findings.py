"""Findings in words: place, severity, rule, message; the line with its carets; the hint; a count.

Sorted by place, so that a reader goes through each file from its top.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from cactions.model import Finding, Severity
from cactions.render import words
from cactions.render.excerpt import excerpt, split
from cactions.render.ink import BLANK, Ink, Line, Sheet, Tone, ink
from cactions.render.layout import flow, gap

MOST_DRAWN = 100
"""Findings of one file; the count tells of all, and so does JSON."""

_SECRET = "CA301"  # noqa: S105 - the rule of a secret in the file

_TONES = {Severity.ERROR: Tone.BAD, Severity.WARNING: Tone.CAUTION, Severity.INFO: Tone.QUIET}
_MANY = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "notes"}
_ONE = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def findings(
    found: Sequence[Finding], sources: Mapping[str, str], *, actions: int | None = None
) -> Sheet:
    """All findings and their count. ``sources`` are the texts of all files that were looked at.

    ``actions`` is how many definitions were understood, for the sentence that nothing is wrong.
    """

    def draw(room: int) -> list[Line]:
        named = {file for finding in found if (file := _file(finding)) in sources}
        files = {name: split(sources[name]) for name in named}
        secret = _secret_lines(found)
        lines: list[Line] = []
        for _, group in groupby(sorted(found, key=_order), key=_file):
            several = list(group)
            for finding in several[:MOST_DRAWN]:
                place = finding.place
                quotable = place and (place.file, place.line) not in secret
                lines += [*_one(finding, files if quotable else {}, room), BLANK]
            lines += _rest(several)
        return [*lines, _closing(found, sources, actions)]

    return draw


def _file(finding: Finding) -> str:
    return finding.place.file if finding.place else ""


def _rest(several: Sequence[Finding]) -> list[Line]:
    rest = len(several) - MOST_DRAWN
    if rest <= 0:
        return []
    file = _file(several[0])
    where = f" in {file}" if file else ""
    return [ink(f"… and {rest:,} more{where}; --json tells all of them.", Tone.QUIET), BLANK]


def _order(finding: Finding) -> tuple[bool, object, str, str]:
    place = finding.place
    where = (place.file, place.line, place.column) if place else ("", 0, 0)
    return (place is None, where, finding.rule, finding.message)


def _secret_lines(found: Sequence[Finding]) -> frozenset[tuple[str, int]]:
    """Lines that would carry a secret into somebody's log, whichever finding points into them."""
    places = (finding.place for finding in found if finding.rule == _SECRET)
    return frozenset(
        (place.file, number)
        for place in places
        if place
        for number in range(place.line, place.end_line + 1)
    )


def _one(finding: Finding, files: Mapping[str, Sequence[str]], room: int) -> list[Line]:
    place = finding.place
    head = (
        *((Ink(f"{place}:", Tone.CODE), Ink(" ")) if place else ()),
        Ink(_ONE[finding.severity], _TONES[finding.severity]),
        Ink(" "),
        Ink(finding.rule, Tone.NAME),
        Ink(f" {finding.message}"),
    )
    lines = flow(head, room, rest=gap(2))
    if place and place.file in files:
        lines += excerpt(place, files[place.file], room)
    if finding.hint:
        lines += flow(
            (Ink(finding.hint),), room, hang=(*gap(5), Ink("hint:", Tone.STRONG), Ink(" "))
        )
    return lines


def _closing(found: Sequence[Finding], sources: Mapping[str, str], actions: int | None) -> Line:
    if not found:
        files = words.count(len(sources), "file")
        what = files if actions is None else f"{words.count(actions, 'action')} ({files})"
        return (Ink("No problems", Tone.GOOD), Ink(f" in {what}."))
    counted = Counter(finding.severity for finding in found)
    parts = [words.count(counted[s], _ONE[s], _MANY[s]) for s in Severity if counted[s]]
    files = words.count(len({f.place.file for f in found if f.place}) or len(sources), "file")
    worst = next(severity for severity in Severity if counted[severity])
    return (Ink(words.listed(parts), _TONES[worst]), Ink(f" in {files}."))
