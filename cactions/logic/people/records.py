"""Joins the lines of a text to records: one of CSV may have several lines, one of JSONL has one.

- A record that is no text (invalid UTF-8, NUL) or too long is a RowError, and the reading goes on
  behind it.
- Of a record that is too long, little is kept, however long it is; its end is where its last
  quote is closed. So no line inside a cell is ever taken for a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from msgspec import Struct

from cactions.logic.people.csv_record import detect_separator, has_open_quote

MAX_RECORD_CHARACTERS: Final = 1024 * 1024
TOO_LONG_HINT: Final = "Split the text: JSONL holds one person a line."
NOT_UTF_8_HINT: Final = 'Save it as UTF-8: in Excel, "Save as", then "CSV UTF-8".'
_MOST_SHOWN: Final = 200
_BREAKS: Final = ("\n", "\r")
_SEPARATOR_LINE: Final = re.compile(r"sep=([,;\t|])[\r\n]*")

Span: TypeAlias = "tuple[int, int]"
"""Characters of a text from 0, the end exclusive."""


class TextLine(Struct, frozen=True):
    """A line of the file, with its line break; ``number`` counts from 1.

    A long line comes in parts: only the last of them has the line break.
    """

    number: int
    text: str


class RowError(Struct, frozen=True):
    """A row that cannot be read: what is wrong, the fix, and its position in ``source``."""

    source: TextLine
    span: Span
    message: str
    hint: str = ""


Record: TypeAlias = "TextLine | RowError"


def read_csv_records(lines: Iterable[TextLine]) -> Iterator[Record]:
    """The records of a CSV text. A quoted cell may have several lines; empty lines are skipped."""
    for record in _join_lines(lines, quoted=True):
        if isinstance(record, RowError) or record.text.strip("\r\n"):
            yield record


def read_csv_header(records: Iterator[Record]) -> tuple[Record, str]:
    """The record that names the columns, and the separator of the columns.

    Excel's own first line ``sep=;`` is not a record.
    """
    header = next(records, TextLine(1, ""))
    if isinstance(header, RowError):
        return header, ","
    if found := _SEPARATOR_LINE.fullmatch(header.text):
        return next(records, TextLine(1, "")), found[1]
    return header, detect_separator(header.text)


def read_jsonl_records(lines: Iterable[TextLine]) -> Iterator[Record]:
    """The lines that are not empty."""
    for record in _join_lines(lines, quoted=False):
        if isinstance(record, RowError) or not record.text.isspace():
            yield record


def find_text_fault(line: TextLine, limit: int = MAX_RECORD_CHARACTERS) -> RowError | None:
    """Why a text is too long, or is not a text at all."""
    text = line.text
    if len(text) > limit:
        return _build_length_error(line, limit)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            span = (error.start, error.start + 1)
            return RowError(line, span, "this is not UTF-8", NOT_UTF_8_HINT)
    nul = text.find("\0")
    return (
        RowError(line, (nul, nul + 1), "this is a NUL character", "Remove it.")
        if nul >= 0
        else None
    )


def _join_lines(lines: Iterable[TextLine], *, quoted: bool) -> Iterator[Record]:
    parts: list[TextLine] = []
    is_open, size = False, 0
    for line in lines:
        if quoted and has_open_quote(line.text):
            is_open = not is_open
        if size <= MAX_RECORD_CHARACTERS:
            parts.append(line)
            size += len(line.text)
        if not is_open and line.text.endswith(_BREAKS):
            yield _build_record(parts, is_open)
            parts, size = [], 0
    if parts:
        yield _build_record(parts, is_open)


def _build_record(parts: list[TextLine], is_open: bool) -> Record:
    first = parts[0]
    whole = first if len(parts) == 1 else TextLine(first.number, "".join(p.text for p in parts))
    fault = find_text_fault(whole)
    if fault and is_open and len(whole.text) > MAX_RECORD_CHARACTERS:
        return RowError(fault.source, (0, 1), "the quote is never closed", 'End the cell with ".')
    return fault or whole


def _build_length_error(line: TextLine, limit: int) -> RowError:
    start = TextLine(line.number, line.text[:_MOST_SHOWN])
    return RowError(start, (0, 1), f"there are more than {limit:,} characters", TOO_LONG_HINT)
