"""A table of counts: names on the left, numbers under one another on the right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from cactions.render.layout import add_gap, choose_margin, pad_line, wrap
from cactions.render.text import Span, Style, StyledLine, count_cells, dim, join_spans, span

_MOST_NAME = 32  # cells; a longer name stands alone on its line


class NumberColumn(Struct, frozen=True):
    """A column: its title, and the word for its numbers where there is no room for a table."""

    title: str
    word: str
    style: Style


class NumberRow(Struct, frozen=True):
    """A name, and a number for each column."""

    name: str
    numbers: tuple[int, ...]


def render_number_table(
    head: str, columns: Sequence[NumberColumn], rows: Sequence[NumberRow], width: int
) -> list[StyledLine]:
    """The columns that count something; on a page too narrow for them, a sentence for each row."""
    if not rows:
        return []
    used = [at for at in range(len(columns)) if any(row.numbers[at] for row in rows)]
    widths = [
        max(len(text) for text in [columns[at].title, *(f"{row.numbers[at]:,}" for row in rows)])
        for at in used
    ]
    names = [count_cells(span(name)) for name in (head, *(row.name for row in rows))]
    name_width = max((cells for cells in names if cells <= _MOST_NAME), default=0)
    margin = choose_margin(width)
    if margin + name_width + sum(widths) + 2 * len(widths) > width:
        return [line for row in rows for line in _render_sentence(row, columns, width)]
    titles = (dim(columns[at].title) for at in used)
    lines = [_join_cells(pad_line(dim(head), name_width), zip(titles, widths, strict=True), margin)]
    for row in rows:
        cells = (_render_number(row.numbers[at], columns[at].style) for at in used)
        name: StyledLine = span(row.name, Style.NAME)
        if count_cells(name) > name_width:
            lines.append((*add_gap(margin), *name))
            name = ()
        padded = pad_line(name, name_width)
        lines.append(_join_cells(padded, zip(cells, widths, strict=True), margin))
    return lines


def _render_number(number: int, style: Style) -> StyledLine:
    return span(f"{number:,}", style) if number else dim("0")


def _join_cells(
    name: StyledLine, cells: Iterable[tuple[StyledLine, int]], margin: int
) -> StyledLine:
    line = (*add_gap(margin), *name)
    for cell, width in cells:
        line += (*add_gap(2 + width - count_cells(cell)), *cell)
    return line


def _render_sentence(
    row: NumberRow, columns: Sequence[NumberColumn], width: int
) -> list[StyledLine]:
    counts = (
        span(f"{number:,} {column.word}", column.style)
        for number, column in zip(row.numbers, columns, strict=True)
        if number
    )
    return wrap((Span(row.name, Style.NAME), Span(": "), *join_spans(", ", counts)), width,
                rest=add_gap(2))  # fmt: skip
