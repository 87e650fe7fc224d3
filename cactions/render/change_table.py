"""Rows of before and after.

Where there is room, a row is one line and the arrows stand below one another. A row that is too
wide for that, and every row on a narrow page, names its parts instead: before, after, from.
"""

from __future__ import annotations

from collections.abc import Sequence

from cactions.model import noun
from cactions.render.layout import NARROW, flow, gap, padded, prose
from cactions.render.text import Ink, Line, Tone, cells, ink, joined, quiet

_ARROW = 3  # cells of " → "
_MOST_NAME = 32
_MOST_PATH = 28
_MOST_SIDE = 40  # a wider value would push the paths of all the others away
_NAMED = 4  # lines of a row that names its parts
_STAYS = "stays "


@noun
class Row:
    """One attribute: mark and word, its values (``after`` None: it is left alone), and why."""

    mark: str
    word: str
    tone: Tone
    name: str
    before: Line
    after: Line | None = None
    source: str = ""
    note: Line = ()
    cautions: tuple[str, ...] = ()
    why: Line = ()

    @property
    def widest(self) -> int:
        """The cells of the wider of its values."""
        return max(cells(self.before), cells(self.after or ()))

    @property
    def head(self) -> tuple[Line, Line, Line]:
        """Mark, word and name."""
        name = Ink(self.name, Tone.NAME)
        return ink(self.mark, self.tone), ink(self.word, self.tone), (name,)


def laid_out(rows: Sequence[Row], room: int) -> list[Line]:
    """All rows, below one another."""
    if room < NARROW:
        return [line for row in rows for line in _narrow(row, room)]
    columns = _Columns.of(rows, room)
    return [line for row in rows for line in columns.lines(row)]


def _narrow(row: Row, room: int) -> list[Line]:
    mark, word, name = row.head
    head = (*mark, Ink(" "), *word, Ink(" "), *name)
    return [head, *_named(row, room, 4), *_notes(row, room, 4)]


def _named(row: Row, room: int, indent: int) -> list[Line]:
    """Values and path, each beside its name, and the note."""
    parts = [("stays" if row.after is None else "before", row.before), ("after", row.after or ())]
    parts += [("from", ink(row.source, Tone.PATH))] if row.source else []
    lines: list[Line] = []
    for label, value in parts:
        hang = (*gap(indent), *padded(quiet(label), 8))
        lines += flow(value, room, hang=hang) if value else []
    return [*lines, *(prose(row.note, room, indent=indent) if row.note else [])]


def _notes(row: Row, room: int, indent: int) -> list[Line]:
    said = [row.why] if row.why else []
    lines = [line for paragraph in said for line in prose(paragraph, room, indent=indent)]
    for text in row.cautions:
        lines += flow(ink(text), room, hang=(*gap(indent), Ink("! ", Tone.CAUTION)))
    return lines


@noun
class _Columns:
    """Widths of the columns of one-line rows; no ``path`` column means that paths go below."""

    room: int
    word: int
    name: int
    before: int
    after: int
    path: int

    @classmethod
    def of(cls, rows: Sequence[Row], room: int) -> _Columns:
        """The widest columns that fit; paths go below where that makes the whole shorter."""
        word = _widest([ink(row.word) for row in rows])
        name = _widest([ink(row.name) for row in rows], most=_MOST_NAME)
        path = _widest([ink(row.source) for row in rows], most=_MOST_PATH)
        free = room - (6 + word + 2 + name)
        beside, below = _share(rows, free - 2 - path), _share(rows, free)
        if _height(rows, below, paths=True) < _height(rows, beside, paths=False):
            return cls(room, word, name, *below, 0)
        return cls(room, word, name, *beside, path)

    def lines(self, row: Row) -> list[Line]:
        """The row on one line if it fits, and what is to be said about it."""
        mark, word, name = row.head
        start = 6 + self.word
        head: Line = (*gap(2), *mark, Ink(" "), *padded(word, self.word), *gap(2))
        if cells(name) > self.name or not _holds(row, (self.before, self.after)):
            named = _named(row, self.room, start)
            return [(*head, *name), *named, *_notes(row, self.room, start)]
        line = (*head, *padded(name, self.name), *gap(2), *self._values(row))
        path = ink(row.source, Tone.PATH) if row.source else ()
        below = [row.note] if row.note else []
        if cells(path) <= self.path:
            values = self.before + _ARROW + self.after
            line = (*padded(line, start + self.name + 2 + values), *gap(2), *path)
        elif path:
            below.insert(0, (*quiet("from "), *path))
        told = flow(joined(" · ", below), self.room, hang=gap(start)) if below else []
        return [line, *told, *_notes(row, self.room, start)]

    def _values(self, row: Row) -> Line:
        if row.after is None:
            return (*quiet(_STAYS), *row.before)
        return (*padded(row.before, self.before), *quiet(" → "), *row.after)


def _widest(lines: Sequence[Line], most: int = 10_000) -> int:
    return max((size for line in lines if (size := cells(line)) <= most), default=0)


def _holds(row: Row, columns: tuple[int, int]) -> bool:
    before, after = columns
    if row.after is None:
        return len(_STAYS) + cells(row.before) <= before + _ARROW + after
    return cells(row.before) <= before and cells(row.after) <= after


def _height(rows: Sequence[Row], columns: tuple[int, int], *, paths: bool) -> int:
    """How many lines the rows take; ``paths``: they stand below, beside the notes."""
    held = [row for row in rows if _holds(row, columns)]
    below = sum(bool(row.note or (paths and row.source)) for row in held)
    return len(held) + below + _NAMED * (len(rows) - len(held))


def _share(rows: Sequence[Row], free: int) -> tuple[int, int]:
    """Widths for before and after, so that as many rows as possible stand on one line."""
    short = [row for row in rows if row.widest <= _MOST_SIDE]
    left = sorted(short, key=lambda row: row.widest)
    while left:
        two = [(row.before, row.after) for row in left if row.after is not None]
        before, after = _widest([b for b, _ in two]), _widest([a for _, a in two])
        alone = _widest([row.before for row in left if row.after is None]) + len(_STAYS)
        after = max(after, alone - before - _ARROW)
        if before + _ARROW + after <= free:
            return before, after
        left.pop()
    return 0, 0
