"""Words onto lines: flowing text, labelled facts, tables.

Law: only the BROKEN tones are ever broken; what is wider than the page stands alone on its line
and runs over, so that it can be read and copied in one piece.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from cactions.model import noun
from cactions.render.text import BLANK, BROKEN, Ink, Line, Tone, cells, ink, quiet

NARROW = 60
"""Below this many cells, things that stand side by side are put below one another."""

_LAST = 12  # cells that a folded last column must have at least
_PROSE_CELLS = 96  # longer lines of prose are hard to read, however wide the terminal is


def gap(count: int) -> Line:
    """So many spaces."""
    return ink(" " * count) if count > 0 else ()


def margin(room: int) -> int:
    """The indent of whatever stands below a title: none on a narrow page."""
    return 0 if room < NARROW else 2


def padded(line: Line, to: int) -> Line:
    """The line, filled with spaces on the right."""
    return line + gap(to - cells(line))


def flow(line: Line, room: int, *, hang: Line = (), rest: Line | None = None) -> list[Line]:
    """A line folded at its spaces; ``hang`` stands before the first row, ``rest`` before others.

    ``rest`` is blank and as wide as ``hang`` unless it is given.
    """
    rest = gap(cells(hang)) if rest is None else rest
    rows: list[Line] = []
    row, used = hang, cells(hang)
    empty = True
    for word in _words(line):
        if not empty and used + 1 + cells(word) > room:
            rows.append(row)
            row, used, empty = rest, cells(rest), True
        row += word if empty else (Ink(" "), *word)
        used += cells(word) + (not empty)
        empty = False
    return [*rows, row]


def prose(line: Line, room: int, *, indent: int = 0) -> list[Line]:
    """A paragraph, no wider than is good to read."""
    return flow(line, min(room, indent + _PROSE_CELLS), hang=gap(indent))


_TOGETHER: Final = re.compile(
    r"""`(?:[^`'"]|'[^']*'|"[^"]*")+`|`[^`]+`|(?<=: )cactions [^.].*|[ ]+"""
)
"""Spaces, and what keeps its spaces: a text in backticks, and a command behind a colon.

The second half of a broken command would be pasted as a command of its own.
"""


def _words(line: Line) -> list[Line]:
    """What must stay together: inks and parts of inks with no space of prose between them."""
    words: list[list[Ink]] = [[]]
    for part in line:
        begin = 0
        for found in _TOGETHER.finditer(part.text) if part.tone in BROKEN else ():
            if found[0].isspace():
                words[-1] += _apart(part.text[begin : found.start()], part.tone)
                words.append([])
                begin = found.end()
        words[-1] += _apart(part.text[begin:], part.tone)
    return [tuple(word) for word in words if word]


def _apart(text: str, tone: Tone) -> list[Ink]:
    """The words of a text and its spaces, an ink each; a tone that is never broken is one ink."""
    pieces = re.split("( +)", text) if tone in BROKEN else [text]
    return [Ink(piece, tone) for piece in pieces if piece]


@noun
class Fact:
    """A label and what is to be said under it, one line of text each."""

    label: str
    lines: tuple[Line, ...]


def facts(items: Sequence[Fact], room: int, *, indent: int = 2) -> list[Line]:
    """Labels in a column and their texts beside them; on a narrow page below them."""
    if room < NARROW:
        return [line for item in items for line in _below(item, room)]
    column = max((cells(ink(item.label)) for item in items), default=0)
    rows: list[Line] = []
    for item in items:
        label: Line = padded(ink(item.label, Tone.QUIET), column)
        for line in item.lines:
            rows += flow(line, room, hang=(*gap(indent), *label, *gap(2)))
            label = gap(column)
    return rows


def _below(item: Fact, room: int) -> list[Line]:
    rows = [ink(item.label, Tone.QUIET)]
    for line in item.lines:
        rows += flow(line, room, hang=gap(2))
    return rows


def table(columns: Sequence[str], rows: Sequence[Sequence[Line]], room: int) -> list[Line]:
    """A table without rules. The last column is folded where it must be.

    On a page too narrow even for that, each row is a block of facts.
    """
    last = len(columns) - 1
    widths = [
        max(cells(line) for line in column) for column in zip(_heads(columns), *rows, strict=True)
    ]
    start = sum(widths[:last]) + 2 * last
    if start + min(widths[last], _LAST) > room:
        return _cards(columns, rows, room)
    lines: list[Line] = []
    for row in (_heads(columns), *rows):
        front = tuple(
            each for at in range(last) for each in (*padded(row[at], widths[at]), *gap(2))
        )
        lines += flow(row[last], room, hang=front) if row[last] else [front]
    return lines


def _heads(columns: Sequence[str]) -> list[Line]:
    return [quiet(title) for title in columns]


def _cards(columns: Sequence[str], rows: Sequence[Sequence[Line]], room: int) -> list[Line]:
    widest = max(cells(title) for title in _heads(columns))
    lines: list[Line] = []
    for row in rows:
        lines += [BLANK] if lines else []
        for title, cell in zip(_heads(columns), row, strict=True):
            if cell:
                lines += flow(cell, room, hang=(*padded(title, widest), *gap(2)))
    return lines
