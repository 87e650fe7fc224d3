"""Rows of before and after.

Where there is room, a row is one line and the arrows stand below one another. A row that is too
wide for that, and every row on a narrow page, names its parts instead: before, after, from.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from cactions.render.layout import NARROW, add_gap, pad_line, wrap, wrap_paragraph
from cactions.render.text import Span, Style, StyledLine, count_cells, dim, join_spans, span

_ARROW = 3  # cells of " → "
_MOST_NAME = 32
_MOST_PATH = 28
_MOST_SIDE = 40  # a wider value would push the paths of all the others away
_NAMED = 4  # lines of a row that names its parts
_KEEPS = "keeps "


class ChangeRow(Struct, frozen=True):
    """One attribute: mark and word, its values (``after`` None: it is left alone), and why."""

    mark: str
    word: str
    style: Style
    name: str
    before: StyledLine
    after: StyledLine | None = None
    source: str = ""
    note: StyledLine = ()
    cautions: tuple[str, ...] = ()
    why: StyledLine = ()

    @property
    def widest(self) -> int:
        """The cells of the wider of its values."""
        return max(count_cells(self.before), count_cells(self.after or ()))

    @property
    def head(self) -> tuple[StyledLine, StyledLine, StyledLine]:
        """Mark, word and name."""
        name = Span(self.name, Style.NAME)
        return span(self.mark, self.style), span(self.word, self.style), (name,)


def render_change_table(rows: Sequence[ChangeRow], width: int) -> list[StyledLine]:
    """All rows, below one another."""
    if width < NARROW:
        return [line for row in rows for line in _narrow(row, width)]
    columns = _Columns.measure(rows, width)
    return [line for row in rows for line in columns.lines(row)]


def _narrow(row: ChangeRow, width: int) -> list[StyledLine]:
    mark, word, name = row.head
    head = (*mark, Span(" "), *word, Span(" "), *name)
    return [head, *_render_stacked(row, width, 4), *_render_notes(row, width, 4)]


def _render_stacked(row: ChangeRow, width: int, indent: int) -> list[StyledLine]:
    """Values and path, each beside its name, and the note."""
    parts = [("keeps" if row.after is None else "before", row.before), ("after", row.after or ())]
    parts += [("from", span(row.source, Style.PATH))] if row.source else []
    lines: list[StyledLine] = []
    for label, value in parts:
        hang = (*add_gap(indent), *pad_line(dim(label), 8))
        lines += wrap(value, width, hang=hang) if value else []
    return [*lines, *(wrap_paragraph(row.note, width, indent=indent) if row.note else [])]


def _render_notes(row: ChangeRow, width: int, indent: int) -> list[StyledLine]:
    styled_lines = [row.why] if row.why else []
    lines = [
        line
        for paragraph in styled_lines
        for line in wrap_paragraph(paragraph, width, indent=indent)
    ]
    for text in row.cautions:
        lines += wrap(span(text), width, hang=(*add_gap(indent), Span("! ", Style.CAUTION)))
    return lines


class _Columns(Struct, frozen=True):
    """Widths of the columns of one-line rows; no ``path`` column means that paths go below."""

    width: int
    word: int
    name: int
    before: int
    after: int
    path: int

    @classmethod
    def measure(cls, rows: Sequence[ChangeRow], width: int) -> _Columns:
        """The widest columns that fit; paths go below where that makes the whole shorter."""
        word = _measure_widest([span(row.word) for row in rows])
        name = _measure_widest([span(row.name) for row in rows], most=_MOST_NAME)
        path = _measure_widest([span(row.source) for row in rows], most=_MOST_PATH)
        free = width - (6 + word + 2 + name)
        beside, below = _share(rows, free - 2 - path), _share(rows, free)
        if _count_lines(rows, below, paths=True) < _count_lines(rows, beside, paths=False):
            return cls(width, word, name, *below, 0)
        return cls(width, word, name, *beside, path)

    def lines(self, row: ChangeRow) -> list[StyledLine]:
        """The row on one line if it fits, and what is to be said about it."""
        mark, word, name = row.head
        start = 6 + self.word
        head: StyledLine = (*add_gap(2), *mark, Span(" "), *pad_line(word, self.word), *add_gap(2))
        if count_cells(name) > self.name or not _fits_columns(row, (self.before, self.after)):
            named = _render_stacked(row, self.width, start)
            return [(*head, *name), *named, *_render_notes(row, self.width, start)]
        line = (*head, *pad_line(name, self.name), *add_gap(2), *self._render_values(row))
        path = span(row.source, Style.PATH) if row.source else ()
        below = [row.note] if row.note else []
        if count_cells(path) <= self.path:
            values = self.before + _ARROW + self.after
            line = (*pad_line(line, start + self.name + 2 + values), *add_gap(2), *path)
        elif path:
            below.insert(0, (*dim("from "), *path))
        styled_lines = (
            wrap(join_spans(" · ", below), self.width, hang=add_gap(start)) if below else []
        )
        return [line, *styled_lines, *_render_notes(row, self.width, start)]

    def _render_values(self, row: ChangeRow) -> StyledLine:
        if row.after is None:
            return (*dim(_KEEPS), *row.before)
        return (*pad_line(row.before, self.before), *dim(" → "), *row.after)


def _measure_widest(lines: Sequence[StyledLine], most: int = 10_000) -> int:
    return max((size for line in lines if (size := count_cells(line)) <= most), default=0)


def _fits_columns(row: ChangeRow, columns: tuple[int, int]) -> bool:
    before, after = columns
    if row.after is None:
        return len(_KEEPS) + count_cells(row.before) <= before + _ARROW + after
    return count_cells(row.before) <= before and count_cells(row.after) <= after


def _count_lines(rows: Sequence[ChangeRow], columns: tuple[int, int], *, paths: bool) -> int:
    """How many lines the rows take; ``paths``: they stand below, beside the notes."""
    held = [row for row in rows if _fits_columns(row, columns)]
    below = sum(bool(row.note or (paths and row.source)) for row in held)
    return len(held) + below + _NAMED * (len(rows) - len(held))


def _share(rows: Sequence[ChangeRow], free: int) -> tuple[int, int]:
    """Widths for before and after, so that as many rows as possible stand on one line."""
    short = [row for row in rows if row.widest <= _MOST_SIDE]
    left = sorted(short, key=lambda row: row.widest)
    while left:
        two = [(row.before, row.after) for row in left if row.after is not None]
        before, after = _measure_widest([b for b, _ in two]), _measure_widest([a for _, a in two])
        alone = _measure_widest([row.before for row in left if row.after is None]) + len(_KEEPS)
        after = max(after, alone - before - _ARROW)
        if before + _ARROW + after <= free:
            return before, after
        left.pop()
    return 0, 0
