"""Splits a CSV, JSONL or JSON text into the rows that ``job_rows`` reads.

A row that cannot be read is a BadRow. Where nothing behind it can be trusted, it is the last one,
and says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from cactions.logic import strict_json
from cactions.logic.people.csv_record import WIDTH_HINT, CsvError, describe_width, split_texts
from cactions.logic.people.job_rows import CellRow, ObjectRow, Table
from cactions.logic.people.records import (
    MAX_RECORD_CHARACTERS,
    Record,
    RowError,
    TextLine,
    find_text_fault,
    read_csv_header,
    read_csv_records,
    read_jsonl_records,
)
from cactions.model import BadRow, UsageError

REST_UNREAD: Final = "No row behind this one was read."
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str)  # only its end is asked for
_ENDS: Final = (" ", "\t", "\n", "\r", ",", "]")
"""What may be behind a value; with anything else, a number could go on."""
_BLANK: Final = re.compile(r"[ \t\n\r]*")


def read_csv_table(lines: Iterable[TextLine]) -> Table:
    """The table of a CSV text. Raises UsageError where the line with the columns is no record."""
    records = read_csv_records(lines)
    header, separator = read_csv_header(records)
    if isinstance(header, RowError):
        raise _build_header_error(header.message, header.hint)
    if not header.text:
        raise _build_header_error("the file is empty", "Its first line names the columns.")
    try:
        columns = split_texts(header.text, separator)
    except CsvError as error:
        raise _build_header_error(error.message, error.hint) from None
    return Table(columns, _read_cells(records, separator, len(columns)))


def read_jsonl_objects(lines: Iterable[TextLine]) -> Iterator[ObjectRow | BadRow]:
    """The values of a text with one of them on each line."""
    for record in read_jsonl_records(lines):
        if isinstance(record, RowError):
            yield _build_bad_row(record)
        else:
            yield _parse_object(record)


def read_json_objects(parts: Iterable[str]) -> Iterator[ObjectRow | BadRow]:
    """The elements of the array that is the whole text. Raises UsageError for another text."""
    text = _TextBuffer(parts)
    if text.skip_blanks() != "[":
        raise UsageError("the file must be an array of objects", hint="Write [{…}, {…}].")
    text.take()
    return _read_elements(text)


def _build_header_error(message: str, hint: str) -> UsageError:
    return UsageError(f"the line with the columns cannot be read: {message}", hint=hint)


def _build_bad_row(error: RowError) -> BadRow:
    return BadRow(error.source.number, error.message, error.hint)


def _read_cells(
    records: Iterator[Record], separator: str, width: int
) -> Iterator[CellRow | BadRow]:
    for record in records:
        if isinstance(record, RowError):
            yield _build_bad_row(record)
            continue
        try:
            cells = split_texts(record.text, separator)
        except CsvError as error:
            yield BadRow(record.number, error.message + _tell_lines(record), error.hint)
            continue
        if len(cells) == width:
            yield record.number, cells
        else:
            fault = describe_width(len(cells), width)
            yield BadRow(record.number, fault + _tell_lines(record), WIDTH_HINT)


def _tell_lines(record: TextLine) -> str:
    """How far a faulty record goes, since a wrong quote can take in other rows."""
    count = len(record.text.rstrip("\r\n").splitlines())
    return f" (lines {record.number} to {record.number + count - 1})" if count > 1 else ""


def _parse_object(line: TextLine) -> ObjectRow | BadRow:
    try:
        return line.number, strict_json.parse_json(line.text.rstrip("\r\n"))
    except strict_json.StrictJsonError as error:
        return BadRow(line.number, error.message)


class _TextBuffer:
    """A text that comes in parts, and where its reader is; what is behind the reader is dropped."""

    def __init__(self, parts: Iterable[str]) -> None:
        self._parts = iter(parts)
        self.text = ""
        self.position = 0
        self.line = 1

    def read_more(self) -> bool:
        """One more part; False at the end of the text."""
        part = next(self._parts, "")
        self.text = self.text[self.position :] + part
        self.position = 0
        return bool(part)

    def skip_blanks(self) -> str:
        """The next character that is not blank; empty at the end of the text."""
        while True:
            match = _BLANK.match(self.text, self.position)
            assert match, "the pattern matches the empty text too"
            self.move(match.end())
            if self.position < len(self.text):
                return self.text[self.position]
            if not self.read_more():
                return ""

    def take(self) -> None:
        """Go on by one character."""
        self.move(self.position + 1)

    def move(self, end: int) -> None:
        """Go on to a place in the text."""
        self.line += self.text.count("\n", self.position, end)
        self.position = end


def _read_elements(text: _TextBuffer) -> Iterator[ObjectRow | BadRow]:
    """Every element, and the comma or bracket behind it. What is no JSON ends the reading."""
    if text.skip_blanks() == "]":
        text.take()
    else:
        while True:
            text.skip_blanks()
            line = TextLine(text.line, "")
            try:
                element = _take_element(text)
            except ValueError as error:
                yield BadRow(line.number, str(error), REST_UNREAD)
                return
            fault = find_text_fault(element)
            yield _build_bad_row(fault) if fault else _parse_object(element)
            sign = text.skip_blanks()
            if sign not in (",", "]"):
                yield BadRow(text.line, "not JSON: expecting ',' or ']'", REST_UNREAD)
                return
            text.take()
            if sign == "]":
                break
    if text.skip_blanks():
        yield BadRow(text.line, "there is more text behind the array", REST_UNREAD)


def _take_element(text: _TextBuffer) -> TextLine:
    """The text of one value. Raises ValueError where there is none, or a too large one."""
    while True:
        end = _find_end(text)
        is_cut = text.text[end : end + 1] not in _ENDS if end else True
        if is_cut and len(text.text) - text.position > MAX_RECORD_CHARACTERS:
            limit = f"{MAX_RECORD_CHARACTERS:,}"
            raise ValueError(f"the row has more than {limit} characters, or is not JSON")
        if is_cut and text.read_more():
            continue
        if not end:
            raise ValueError("not JSON")
        element = TextLine(text.line, text.text[text.position : end])
        text.move(end)
        return element


def _find_end(text: _TextBuffer) -> int:
    """Where the value at the reader ends; 0 if it does not, so far. Raises ValueError."""
    try:
        return _DECODER.raw_decode(text.text, text.position)[1]
    except RecursionError:
        raise ValueError("the nesting is too deep") from None
    except ValueError:
        return 0
