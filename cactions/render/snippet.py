"""A line of a file with a caret under the exact span, cut around it where the line is long.

Columns count characters, as in a Place; what is drawn counts cells: a tab is widened, a wide
character takes two, an invisible one is spelled out, and the carets follow.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from cactions.model import Place
from cactions.render.escape import Piece, split_escaped
from cactions.render.layout import add_gap
from cactions.render.text import Span, Style, StyledLine, dim

CARET = Span("^", Style.BAD)
_TAB = 4
_LEAST = 24  # cells of source, however narrow the page is
_NEAR = 1_000  # characters on either side of where a span begins; no page shows more
_BEFORE = 3  # of what is seen of a long line, a third stands before the span


def render_snippet(
    place: Place, lines: Sequence[str], width: int, mark: Span = CARET
) -> list[StyledLine]:
    """The line, its number and the marks below it; nothing where the file has no such line."""
    if not 1 <= place.line <= len(lines):
        return []
    line = lines[place.line - 1]
    several = place.end_line > place.line
    end = len(line) if several else max(place.end_column - 1, place.column)
    skipped = max(0, place.column - 1 - _NEAR)
    drawn = _Drawn.of(line[skipped : place.column + _NEAR])
    span = drawn.draw_span(place.column - 1 - skipped, min(end, place.column + _NEAR) - skipped)
    number = f"{place.line:4}"
    text, carets = _cut(drawn, span, max(_LEAST, width - len(number) - 3), mark)
    margin: StyledLine = dim(f"{number} | ")
    below: StyledLine = (*add_gap(len(number)), *dim(" | "))
    more = dim(f" to line {place.end_line}") if several else ()
    return [(*margin, *text), (*below, *carets, *more)]


class _Drawn(Struct, frozen=True):
    """How each character is shown, and the cell at which it begins; one more for the end."""

    pieces: tuple[Piece, ...]
    cells: tuple[int, ...]

    @classmethod
    def of(cls, line: str) -> _Drawn:
        shown: list[Piece] = []
        at = [0]
        for char, piece in zip(line, split_escaped(line), strict=True):
            wide = _TAB - at[-1] % _TAB
            shown.append((" " * wide, wide) if char == "\t" else piece)
            at.append(at[-1] + shown[-1][1])
        return cls(tuple(shown), tuple(at))

    def draw_span(self, start: int, end: int) -> tuple[int, int]:
        """The cells from one character to another; never empty, also beyond the end."""
        last = len(self.pieces)
        first, stop = (self.cells[min(at, last)] + max(0, at - last) for at in (start, end))
        return first, max(stop, first + 1)


def _cut(
    drawn: _Drawn, span: tuple[int, int], width: int, mark: Span
) -> tuple[StyledLine, StyledLine]:
    """The part of the line around the beginning of the span, and its carets."""
    start, end = span
    whole = max(drawn.cells[-1], end)
    left = max(0, min(start - width // _BEFORE, whole - width))
    right = left + width
    from_, to = left + bool(left), right - (right < whole)  # an ellipsis takes the first, the last
    seen = [
        (at, shown)
        for (shown, size), at in zip(drawn.pieces, drawn.cells, strict=False)
        if from_ <= at and at + size <= to and (size or at > from_)
    ]
    blank = seen[0][0] - from_ if seen else 0  # half of a wide character
    text = Span(" " * blank + "".join(shown for _, shown in seen), Style.SOURCE)
    cut_left, cut_right = dim("…" if left else ""), dim("…" if right < whole else "")
    carets = Span(mark.text * max(1, min(end, to) - start), mark.style)
    return (*cut_left, text, *cut_right), (*add_gap(start - left), carets)
