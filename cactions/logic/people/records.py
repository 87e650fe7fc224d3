"""Joins the lines of a text to records: one of CSV may have several lines, one of JSONL has one.

- A record that is no text (invalid UTF-8, NUL) or too long is a RowError, and the reading goes on
  behind it.
- Of a record that is too long, little is kept, however long it is; its end is where its last
  quote is closed. So no line inside such a cell is taken for a row.
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
    """A row that cannot be read: what is wrong, the fix, and its position in ``source``.

    ``is_text_fault``: the row is no text, or too long to be read.
    """

    source: TextLine
    span: Span
    message: str
    hint: str = ""
    is_text_fault: bool = False


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
            return RowError(line, span, "this is not UTF-8", NOT_UTF_8_HINT, is_text_fault=True)
    nul = text.find("\0")
    if nul < 0:
        return None
    return RowError(
        line, (nul, nul + 1), "this is a NUL character", "Remove it.", is_text_fault=True
    )


def _join_lines(lines: Iterable[TextLine], *, quoted: bool) -> Iterator[Record]:
    """The error of a record that is too long comes before its end is looked for."""
    parts: list[TextLine] = []
    is_open = is_skipped = False
    size = 0
    for line in lines:
        if quoted and has_open_quote(line.text):
            is_open = not is_open
        if not is_skipped:
            parts.append(line)
            size += len(line.text)
            if size > MAX_RECORD_CHARACTERS:
                yield _build_length_error(parts[0], MAX_RECORD_CHARACTERS, is_open=is_open)
                is_skipped = True
        if not is_open and line.text.endswith(_BREAKS):
            if not is_skipped:
                yield _build_record(parts)
            parts, size, is_skipped = [], 0, False
    if parts and not is_skipped:
        yield _build_record(parts)


def _build_record(parts: list[TextLine]) -> Record:
    first = parts[0]
    whole = first if len(parts) == 1 else TextLine(first.number, "".join(p.text for p in parts))
    return find_text_fault(whole) or whole


def _build_length_error(line: TextLine, limit: int, *, is_open: bool = False) -> RowError:
    start = TextLine(line.number, line.text[:_MOST_SHOWN])
    message = f"there are more than {limit:,} characters"
    if is_open:
        return RowError(
            start,
            (0, 1),
            f"the quote is never closed, or {message}",
            'End the cell with ".',
            is_text_fault=True,
        )
    return RowError(start, (0, 1), message, TOO_LONG_HINT, is_text_fault=True)
