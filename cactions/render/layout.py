"""Words onto lines: flowing text, labelled facts, tables.

Law: only the BROKEN tones are ever broken; what is wider than the page stands alone on its line
and runs over, so that it can be read and copied in one piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cactions.render.ink import BLANK, BROKEN, Ink, Line, Tone, cells, ink

NARROW = 60
"""Below this many cells, things that stand side by side are put below one another."""

_PROSE_CELLS = 96  # longer lines of prose are hard to read, however wide the terminal is


def gap(count: int) -> Line:
    """So many spaces."""
    return ink(" " * count) if count > 0 else ()


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


def _words(line: Line) -> list[Line]:
    """What must stay together: inks and parts of inks with no space of prose between them."""
    words: list[list[Ink]] = [[]]
    for part in line:
        for text in re.split("( +)", part.text) if part.tone in BROKEN else [part.text]:
            if part.tone in BROKEN and text.startswith(" "):
                words.append([])
            elif text:
                words[-1].append(Ink(text, part.tone))
    return [tuple(word) for word in words if word]


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, and whether the column holds numbers, which stand to the right."""

    title: str
    number: bool = False


def table(columns: Sequence[Column], rows: Sequence[Sequence[Line]], room: int) -> list[Line]:
    """A table without rules; where it is wider than the page, one block of facts a row."""
    widths = [
        max(cells(ink(column.title)), *(cells(row[at]) for row in rows), 0)
        for at, column in enumerate(columns)
    ]
    if sum(widths) + 2 * (len(widths) - 1) > room:
        return _cards(columns, rows, room)
    head = [ink(column.title, Tone.QUIET) for column in columns]
    return [_row(columns, widths, row) for row in (head, *rows)]


def _row(columns: Sequence[Column], widths: Sequence[int], row: Sequence[Line]) -> Line:
    parts: list[Ink] = []
    for at, (column, cell) in enumerate(zip(columns, row, strict=True)):
        filler = gap(widths[at] - cells(cell))
        last = at == len(widths) - 1
        parts += (*filler, *cell) if column.number else (*cell, *(() if last else filler))
        parts += () if last else gap(2)
    return tuple(parts)


def _cards(columns: Sequence[Column], rows: Sequence[Sequence[Line]], room: int) -> list[Line]:
    widest = max(cells(ink(column.title)) for column in columns)
    blocks: list[Line] = []
    for row in rows:
        blocks += [BLANK] if blocks else []
        for column, cell in zip(columns, row, strict=True):
            if cell:
                label = padded(ink(column.title, Tone.QUIET), widest)
                blocks += flow(cell, room, hang=(*label, *gap(2)))
    return blocks


def sentence(parts: Iterable[Line | str]) -> Line:
    """Texts and lines behind one another, as they are."""
    return tuple(each for part in parts for each in (ink(part) if isinstance(part, str) else part))
