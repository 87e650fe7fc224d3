"""Splits one record of a CSV file (RFC 4180) into cells with their positions.

The standard library's ``csv`` gives no positions and accepts misplaced quotes, which mostly mean
that a cell ends elsewhere than its author thinks. A quoted cell may contain commas, line breaks
and doubled quotes; a quote anywhere else is an error. Nothing is trimmed.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

WIDTH_HINT: Final = "Put a cell that contains a separator in quotes."
SEPARATORS: Final = (",", ";", "\t", "|")
_CELLS: Final = {
    separator: re.compile(rf'"([^"]*(?:""[^"]*)*)"|([^"{re.escape(separator)}\r\n]*)')
    for separator in SEPARATORS
}
_QUOTED: Final = re.compile(r'"[^"]*"')


class CsvCell(NamedTuple):
    """A cell's text, and its position in the record (with its quotes), in characters."""

    text: str
    start: int
    end: int


class CsvError(ValueError):
    """A record that is not valid CSV. ``offset`` is the offending character, from 0."""

    def __init__(self, message: str, hint: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.offset = offset


def has_open_quote(text: str) -> bool:
    """Whether a quoted cell is not closed yet, so that the record continues."""
    return text.count('"') % 2 == 1


def detect_separator(header: str) -> str:
    """The column separator: the one that is there most often outside quotes, else the comma.

    Spreadsheets use semicolons where the comma is the decimal sign.
    """
    bare = _QUOTED.sub("", header)
    return max(SEPARATORS, key=bare.count)


def describe_width(cells: int, columns: int) -> str:
    """The fault of a row whose cells are more or fewer than the columns; empty if there is none."""
    count = f"{cells} cell{'' if cells == 1 else 's'}"
    return "" if cells == columns else f"the row has {count}, and the header {columns}"


def split_texts(text: str, separator: str) -> list[str]:
    """The cells of a record without their positions, which is faster. Raises CsvError."""
    record = text.rstrip("\r\n")
    if '"' not in record:
        return record.split(separator)
    if record.startswith('"') and record.endswith('"'):
        cells = record[1:-1].split(f'"{separator}"')
        if record.count('"') == 2 * len(cells):  # all in quotes, and no quote inside
            return cells
    return [cell.text for cell in split_record(text, separator)]


def split_record(text: str, separator: str = ",") -> list[CsvCell]:
    """The cells of a record, with or without its line break. Raises CsvError."""
    record = text.rstrip("\r\n") if not has_open_quote(text) else text
    cells: list[CsvCell] = []
    position = 0
    while True:
        cell = _match_cell(record, position, separator)
        cells.append(cell)
        if cell.end == len(record):
            return cells
        if record[cell.end] != separator:
            raise _build_error(record, cell)
        position = cell.end + 1


def _match_cell(record: str, position: int, separator: str) -> CsvCell:
    match = _CELLS[separator].match(record, position)
    assert match, "the empty cell always fits"
    quoted, bare = match.groups()
    text = bare if quoted is None else quoted.replace('""', '"')
    return CsvCell(text, position, match.end())


def _build_error(record: str, cell: CsvCell) -> CsvError:
    if record[cell.end] in "\r\n":
        return CsvError(
            "the line ends inside a record", "Put a cell with line breaks in quotes.", cell.end
        )
    if cell.end == cell.start:
        return CsvError("the quote is never closed", 'End the cell with ".', cell.end)
    hint = 'Put the whole cell in quotes, and write "" for a quote inside.'
    return CsvError("a quote is inside a cell", hint, cell.end)
