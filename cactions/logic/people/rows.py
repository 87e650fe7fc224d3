"""The rows of a CSV, JSON or JSONL text, one by one: each a Row, or a Misread that says why not.

A Row knows the place of each of its values; nothing here stops at a fault that leaves the rest of
the text readable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final, TypeAlias

from cactions.logic import strict_json
from cactions.logic.people.columns import CUSTOM_ATTRIBUTES, Enrolment
from cactions.logic.people.csv_record import Cell, SplitError, is_open, separator_of, split_record
from cactions.logic.people.from_record import ATTRIBUTES, KEY_NAMES, Fault
from cactions.logic.people.json_offsets import Spot, elements, key_spot
from cactions.model import MATCH_FIELDS, Json, noun

Span: TypeAlias = "tuple[int, int]"
"""Characters of a text from 0, the end exclusive."""

LONGEST_RECORD: Final = 1024 * 1024
_NESTS: Final = (ATTRIBUTES.rstrip("."), CUSTOM_ATTRIBUTES.rstrip("."))


@noun
class Line:
    """A line of the file, with its line break; ``number`` counts from 1."""

    number: int
    text: str


@noun
class Row:
    """Keys and values in their order; the row begins on line ``number``.

    ``span`` finds a key in ``source``, or where the row begins for one that is not there.
    """

    number: int
    source: Line
    pairs: list[tuple[str, Json]]
    span: Callable[[str], Span]


@noun
class Misread:
    """What cannot be read: what is wrong, the fix, and the characters of ``source`` meant."""

    source: Line
    span: Span
    message: str
    hint: str = ""


Rows: TypeAlias = Iterator[Row | Misread]


def csv_rows(lines: Iterable[Line], enrolment: Enrolment) -> Rows:
    """The rows of a table whose first line names the columns; none where that line is unfit."""
    records = _records(lines)
    header = next(records, Line(1, ""))
    separator = separator_of(header.text)
    columns = _split(header, separator)
    if isinstance(columns, Misread):
        yield columns
        return
    faults = [*_header_faults(header, columns, enrolment)]
    yield from faults
    if not faults:
        keys = [enrolment.key(column.text) for column in columns]
        for record in records:
            cells = _split(record, separator)
            yield cells if isinstance(cells, Misread) else _csv_row(record, cells, keys, enrolment)


def jsonl_rows(lines: Iterable[Line], enrolment: Enrolment) -> Rows:
    """The rows of a file that holds one JSON object a line."""
    for line in lines:
        text = line.text.rstrip("\r\n")
        if not text.strip():
            continue
        try:
            value = strict_json.parse(text)
        except strict_json.StrictJsonError as error:
            yield Misread(line, (error.column - 1, error.column), error.message)
        else:
            start = len(text) - len(text.lstrip())
            yield _json_row(line, Spot(value, start, start + 1), line.number, enrolment)


def json_rows(text: str, enrolment: Enrolment) -> Rows:
    """The rows of one JSON array of objects."""
    source = Line(1, text)
    try:
        is_array = isinstance(strict_json.parse(text), list)
    except strict_json.StrictJsonError as error:
        line = Line(error.line, text.split("\n")[error.line - 1])
        yield Misread(line, (error.column - 1, error.column), error.message)
        return
    if not is_array:
        yield Misread(source, (0, 1), "the file must hold an array of people", "Write [{…}, {…}].")
        return
    number, counted = 1, 0
    for spot in elements(text):
        number += text.count("\n", counted, spot.start)
        counted = spot.start
        yield _json_row(source, spot, number, enrolment)


def _records(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines, joined where a quoted cell goes on; empty ones are passed over."""
    parts: list[Line] = []
    is_inside, size = False, 0
    for line in lines:
        parts.append(line)
        size += len(line.text)
        is_inside ^= is_open(line.text)
        if is_inside and size <= LONGEST_RECORD:
            continue
        yield from _joined(parts)
        parts, is_inside, size = [], False, 0
    yield from _joined(parts)


def _joined(parts: list[Line]) -> Iterator[Line]:
    text = "".join(part.text for part in parts)
    if text.strip("\r\n"):
        yield Line(parts[0].number, text)


def _split(record: Line, separator: str) -> list[Cell] | Misread:
    try:
        return split_record(record.text, separator)
    except SplitError as error:
        return Misread(record, (error.offset, error.offset + 1), error.message, error.hint)


def _header_faults(header: Line, columns: list[Cell], enrolment: Enrolment) -> Iterator[Misread]:
    if not header.text:
        yield Misread(header, (0, 1), "the file is empty", "Its first line names the columns.")
        return
    if len(columns) == 1 and "\t" in header.text:
        yield Misread(header, (0, 1), "the columns are separated by tabs", _COMMAS)
        return
    keys = [enrolment.key(column.text) for column in columns]
    for place, (key, column) in enumerate(zip(keys, columns, strict=True)):
        if fault := _name_fault(column.text, key, key in keys[:place], enrolment):
            yield Misread(header, _span(column), str(fault), fault.hint)
    if not {*keys} & {*KEY_NAMES}:
        message = f"there is no column {' or '.join(MATCH_FIELDS)}"
        yield Misread(header, (0, 1), message, "Add at least one of them.")


def _name_fault(name: str, key: str, is_second: bool, enrolment: Enrolment) -> Fault | None:
    if not name:
        return Fault("", "a column has no name", "Name it, or remove the column.")
    if is_second:
        return Fault(enrolment.shown(key), "is a column already", "Keep one of them.")
    return enrolment.fault(key)


_COMMAS: Final = "Save it as CSV, with commas or semicolons."


def _csv_row(
    record: Line, cells: list[Cell], keys: list[str], enrolment: Enrolment
) -> Row | Misread:
    if len(cells) != len(keys):
        count = f"{len(cells)} cell{'' if len(cells) == 1 else 's'}"
        message = f"the row has {count}, and the header {len(keys)}"
        return Misread(record, (0, 1), message, "Put a cell that holds a separator in quotes.")
    row = dict(zip(keys, cells, strict=True))
    pairs = [(key, enrolment.cell(key, cell.text)) for key, cell in row.items() if cell.text]
    return Row(record.number, record, pairs, partial(_cell_span, row))


def _cell_span(row: Mapping[str, Cell], key: str) -> Span:
    return _span(row[key]) if key in row else (0, 1)


def _span(cell: Cell) -> Span:
    return cell.start, max(cell.end, cell.start + 1)


def _json_row(source: Line, spot: Spot, number: int, enrolment: Enrolment) -> Row | Misread:
    if not isinstance(spot.value, dict):
        span = (spot.start, spot.start + 1)
        return Misread(source, span, "a person must be an object", "Write {…}.")
    routes: dict[str, tuple[str, ...]] = {}
    pairs: list[tuple[str, Json]] = []
    for route, item in _flattened(spot.value):
        key = enrolment.key(".".join(route))
        routes[key] = route
        pairs.append((key, item))
    find = partial(_json_span, source.text, spot.start, routes)
    if flat := next((name for name in _NESTS if name in routes), None):
        return Misread(source, find(flat), f"{flat} must be an object", "Write {…}.")
    return Row(number, source, pairs, find)


def _flattened(person: Mapping[str, Json]) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Routes and values; an object of attributes is opened, and null there is none."""
    for name, value in person.items():
        if name in _NESTS and isinstance(value, dict | None):
            yield from (((name, inner), item) for inner, item in (value or {}).items())
        else:
            yield (name,), value


def _json_span(text: str, start: int, routes: Mapping[str, tuple[str, ...]], key: str) -> Span:
    spot = key_spot(text, start, routes.get(key, ()))
    return spot.start, spot.end
