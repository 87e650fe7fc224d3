"""One record of a CSV file (RFC 4180) taken apart, each cell with its span.

- A cell in quotes may hold commas, line breaks and doubled quotes; a quote anywhere else is an
  error, since it mostly means that a cell ends elsewhere than its author thinks.
- Nothing is trimmed.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_CELLS: Final = {
    separator: re.compile(rf'"([^"]*(?:""[^"]*)*)"|([^"{separator}\r\n]*)')
    for separator in (",", ";")
}


class CsvCell(NamedTuple):
    """A cell's text, and where it stands in the record (with its quotes), in characters."""

    text: str
    start: int
    end: int


class CsvError(ValueError):
    """A record that is no CSV. ``offset`` is the offending character, from 0."""

    def __init__(self, message: str, hint: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.offset = offset


def has_open_quote(text: str) -> bool:
    """Whether a quoted cell still waits for its end, so that the record goes on."""
    return text.count('"') % 2 == 1


def detect_separator(header: str) -> str:
    """What separates the columns; spreadsheets write semicolons where the comma is decimal."""
    return ";" if ";" in header and "," not in header else ","


def split_record(text: str, separator: str = ",") -> list[CsvCell]:
    """The cells of a record, whose line break may still be there. Raises SplitError."""
    record = text.rstrip("\r\n") if not has_open_quote(text) else text
    cells: list[CsvCell] = []
    position = 0
    while True:
        cell = _cell(record, position, separator)
        cells.append(cell)
        if cell.end == len(record):
            return cells
        if record[cell.end] != separator:
            raise _misplaced(record, cell)
        position = cell.end + 1


def _cell(record: str, position: int, separator: str) -> CsvCell:
    found = _CELLS[separator].match(record, position)
    assert found, "the empty cell always fits"
    quoted, bare = found.groups()
    text = bare if quoted is None else quoted.replace('""', '"')
    return CsvCell(text, position, found.end())


def _misplaced(record: str, cell: CsvCell) -> CsvError:
    if record[cell.end] in "\r\n":
        return CsvError(
            "a line breaks off here", "Put a cell with line breaks in quotes.", cell.end
        )
    if cell.end == cell.start:
        return CsvError("a quote is opened and never closed", 'End the cell with ".', cell.end)
    hint = 'Put the whole cell in quotes, and write "" for a quote inside.'
    return CsvError("a quote stands where no cell begins or ends", hint, cell.end)
