"""Findings in words: place, severity, rule, message; the line with its carets; the hint; a count.

Sorted by place, so that a reader goes through each file from its top.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cactions.model import Finding, Severity
from cactions.render import words
from cactions.render.excerpt import excerpt, split
from cactions.render.ink import BLANK, Ink, Line, Sheet, Tone
from cactions.render.layout import flow, gap

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
        named = {finding.place.file for finding in found if finding.place}
        files = {name: split(sources[name]) for name in named if name in sources}
        lines: list[Line] = []
        for finding in sorted(found, key=_order):
            lines += [*_one(finding, files, room), BLANK]
        return [*lines, _closing(found, sources, actions)]

    return draw


def _order(finding: Finding) -> tuple[bool, object, str, str]:
    place = finding.place
    where = (place.file, place.line, place.column) if place else ("", 0, 0)
    return (place is None, where, finding.rule, finding.message)


_NOT_QUOTED = {"CA301"}  # a secret in the file: the line would carry it into somebody's log


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
    if place and place.file in files and finding.rule not in _NOT_QUOTED:
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
