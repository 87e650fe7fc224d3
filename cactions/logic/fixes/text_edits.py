"""Edits put into the bytes of a file: its layout, comments, line ends and mark of order stay.

Lines are those of git; a line that an edit adds ends as the file's first line does.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from itertools import accumulate

from cactions.logic.lines import find_line_end, split_lines_keeping_ends
from cactions.model import Edit, Place


def apply_edits(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with all edits made. Raises ValueError for edits that overlap or lie outside.

    An edit at the very place of another one overlaps it: which goes first would be a guess.
    """
    mark = BOM_UTF8 if data.startswith(BOM_UTF8) else b""
    text = data.removeprefix(mark).decode()
    lines = split_lines_keeping_ends(text)
    starts = [0, *accumulate(map(len, lines))]
    end = find_line_end(text)
    parts: list[str] = []
    at, last = 0, -1
    for edit in sorted(edits, key=lambda item: (item.place.line, item.place.column)):
        start, stop = _find_offsets(edit.place, lines, starts)
        if start <= last:
            raise ValueError(f"two edits at {edit.place}")
        parts += [text[at:start], edit.text.replace("\n", end)]
        at = last = stop
    return mark + "".join([*parts, text[at:]]).encode()


def _find_offsets(place: Place, lines: Sequence[str], starts: Sequence[int]) -> tuple[int, int]:
    start = _find_offset(place.line, place.column, lines, starts)
    stop = _find_offset(place.end_line, place.end_column, lines, starts)
    if stop < start:
        raise ValueError(f"{place} ends before it begins")
    return start, stop


def _find_offset(line: int, column: int, lines: Sequence[str], starts: Sequence[int]) -> int:
    if not (1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1):
        raise ValueError(f"there is no line {line}, column {column}")
    return starts[line - 1] + column - 1
