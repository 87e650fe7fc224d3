"""Words onto lines: flowing text, labelled facts, tables.

Law: only the BROKEN tones are ever broken; what is wider than the page stands alone on its line
and runs over, so that it can be read and copied in one piece.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from cactions.render.text import BLANK, BROKEN, Span, Style, StyledLine, count_cells, dim, span

NARROW = 60
"""Below this many cells, things that stand side by side are put below one another."""

_LAST = 12  # cells that a folded last column must have at least
_PROSE_CELLS = 96  # longer lines of prose are hard to read, however wide the terminal is


def add_gap(count: int) -> StyledLine:
    """So many spaces."""
    return span(" " * count) if count > 0 else ()


def choose_margin(width: int) -> int:
    """The indent of whatever stands below a title: none on a narrow page."""
    return 0 if width < NARROW else 2


def pad_line(line: StyledLine, to: int) -> StyledLine:
    """The line, filled with spaces on the right."""
    return line + add_gap(to - count_cells(line))


def wrap(
    line: StyledLine, width: int, *, hang: StyledLine = (), rest: StyledLine | None = None
) -> list[StyledLine]:
    """A line folded at its spaces; ``hang`` stands before the first row, ``rest`` before others.

    ``rest`` is blank and as wide as ``hang`` unless it is given.
    """
    rest = add_gap(count_cells(hang)) if rest is None else rest
    rows: list[StyledLine] = []
    row, used = hang, count_cells(hang)
    empty = True
    for word in _split_words(line):
        if not empty and used + 1 + count_cells(word) > width:
            rows.append(row)
            row, used, empty = rest, count_cells(rest), True
        row += word if empty else (Span(" "), *word)
        used += count_cells(word) + (not empty)
        empty = False
    return [*rows, row]


def wrap_paragraph(line: StyledLine, width: int, *, indent: int = 0) -> list[StyledLine]:
    """A paragraph, no wider than is good to read."""
    return wrap(line, min(width, indent + _PROSE_CELLS), hang=add_gap(indent))


_TOGETHER: Final = re.compile(
    r"""`(?:[^`'"]|'[^']*'|"[^"]*")+`|`[^`]+`|(?<=: )cactions [^.].*|[ ]+"""
)
"""Spaces, and what keeps its spaces: a text in backticks, and a command behind a colon.

The second half of a broken command would be pasted as a command of its own.
"""


def _split_words(line: StyledLine) -> list[StyledLine]:
    """What must stay together: spans and parts of spans without a breakable space between them."""
    words: list[list[Span]] = [[]]
    for part in line:
        begin = 0
        for found in _TOGETHER.finditer(part.text) if part.style in BROKEN else ():
            if found[0].isspace():
                words[-1] += _split_span(part.text[begin : found.start()], part.style)
                words.append([])
                begin = found.end()
        words[-1] += _split_span(part.text[begin:], part.style)
    return [tuple(word) for word in words if word]


def _split_span(text: str, style: Style) -> list[Span]:
    """A span for each word and each space of a text; one span for a style that is never broken."""
    pieces = re.split("( +)", text) if style in BROKEN else [text]
    return [Span(piece, style) for piece in pieces if piece]


class LabeledValue(Struct, frozen=True):
    """A label and what is to be said under it, one line of text each."""

    label: str
    lines: tuple[StyledLine, ...]


def render_labeled_values(
    items: Sequence[LabeledValue], width: int, *, indent: int = 2
) -> list[StyledLine]:
    """Labels in a column and their texts beside them; on a narrow page below them."""
    if width < NARROW:
        return [line for item in items for line in _render_below(item, width)]
    column = max((count_cells(span(item.label)) for item in items), default=0)
    rows: list[StyledLine] = []
    for item in items:
        label: StyledLine = pad_line(span(item.label, Style.QUIET), column)
        for line in item.lines:
            rows += wrap(line, width, hang=(*add_gap(indent), *label, *add_gap(2)))
            label = add_gap(column)
    return rows


def _render_below(item: LabeledValue, width: int) -> list[StyledLine]:
    rows = [span(item.label, Style.QUIET)]
    for line in item.lines:
        rows += wrap(line, width, hang=add_gap(2))
    return rows


def render_table(
    columns: Sequence[str], rows: Sequence[Sequence[StyledLine]], width: int
) -> list[StyledLine]:
    """A table without rules. The last column is folded where it must be.

    On a page too narrow even for that, each row is a block of facts.
    """
    last = len(columns) - 1
    widths = [
        max(count_cells(line) for line in column)
        for column in zip(_render_heads(columns), *rows, strict=True)
    ]
    start = sum(widths[:last]) + 2 * last
    if start + min(widths[last], _LAST) > width:
        return _render_cards(columns, rows, width)
    lines: list[StyledLine] = []
    for row in (_render_heads(columns), *rows):
        front = tuple(
            part for at in range(last) for part in (*pad_line(row[at], widths[at]), *add_gap(2))
        )
        lines += wrap(row[last], width, hang=front) if row[last] else [front]
    return lines


def _render_heads(columns: Sequence[str]) -> list[StyledLine]:
    return [dim(title) for title in columns]


def _render_cards(
    columns: Sequence[str], rows: Sequence[Sequence[StyledLine]], width: int
) -> list[StyledLine]:
    widest = max(count_cells(title) for title in _render_heads(columns))
    lines: list[StyledLine] = []
    for row in rows:
        lines += [BLANK] if lines else []
        for title, cell in zip(_render_heads(columns), row, strict=True):
            if cell:
                lines += wrap(cell, width, hang=(*pad_line(title, widest), *add_gap(2)))
    return lines
