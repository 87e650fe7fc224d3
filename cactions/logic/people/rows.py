"""Reads the rows of a CSV, JSON or JSONL text, each as a PeopleRow or as a RowError.

A PeopleRow knows the position of each of its values. A fault never stops the reading while the
rest of the text can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final, TypeAlias

from msgspec import Struct

from cactions.logic import strict_json
from cactions.logic.people.column_keys import LEFT_OUT
from cactions.logic.people.columns import ColumnMap
from cactions.logic.people.csv_record import (
    WIDTH_HINT,
    CsvCell,
    CsvError,
    describe_width,
    split_record,
)
from cactions.logic.people.from_record import ATTRIBUTES, KEY_NAMES, RecordFault
from cactions.logic.people.json_offsets import JsonSpan, find_key_span, list_element_spans
from cactions.logic.people.records import (
    Record,
    RowError,
    Span,
    TextLine,
    read_csv_header,
    read_csv_records,
    read_jsonl_records,
)
from cactions.model import CUSTOM_ATTRIBUTES, MATCH_FIELDS, Json

_NESTS: Final = (ATTRIBUTES.rstrip("."), CUSTOM_ATTRIBUTES.rstrip("."))


class PeopleRow(Struct, frozen=True):
    """Keys and values in their order; the row begins on line ``number``.

    ``span`` gives the position of a key in ``source``, or the start of the row without that key.
    """

    number: int
    source: TextLine
    pairs: list[tuple[str, Json]]
    span: Callable[[str], Span]


Rows: TypeAlias = Iterator[PeopleRow | RowError]


def read_csv_rows(lines: Iterable[TextLine], column_map: ColumnMap) -> Rows:
    """The rows of a table whose first line names the columns; none if that line is invalid."""
    records = read_csv_records(lines)
    header, separator = read_csv_header(records)
    columns = _split_cells(header, separator)
    if isinstance(columns, RowError):
        yield columns
        return
    faults = [*_list_header_faults(_get_line(header), columns, column_map)]
    yield from faults
    if not faults:
        keys = [column_map.to_key(column.text) for column in columns]
        for record in records:
            cells = _split_cells(record, separator)
            yield (
                cells
                if isinstance(cells, RowError)
                else _build_csv_row(_get_line(record), cells, keys, column_map)
            )


def read_jsonl_rows(lines: Iterable[TextLine], column_map: ColumnMap) -> Rows:
    """The rows of a file with one JSON object on each line."""
    for line in read_jsonl_records(lines):
        if isinstance(line, RowError):
            yield line
            continue
        text = line.text.rstrip("\r\n")
        try:
            value = strict_json.parse_json(text)
        except strict_json.StrictJsonError as error:
            yield RowError(line, (error.column - 1, error.column), error.message)
        else:
            start = len(text) - len(text.lstrip())
            yield _build_json_row(line, JsonSpan(value, start, start + 1), line.number, column_map)


def read_json_rows(text: str, column_map: ColumnMap) -> Rows:
    """The rows of one JSON array of objects."""
    source = TextLine(1, text)
    try:
        is_array = isinstance(strict_json.parse_json(text), list)
    except strict_json.StrictJsonError as error:
        line = TextLine(error.line, text.split("\n")[error.line - 1])
        yield RowError(line, (error.column - 1, error.column), error.message)
        return
    if not is_array:
        yield RowError(source, (0, 1), "the file must be an array of people", "Write [{…}, {…}].")
        return
    number, counted = 1, 0
    for element in list_element_spans(text):
        number += text.count("\n", counted, element.start)
        counted = element.start
        yield _build_json_row(source, element, number, column_map)


def _get_line(record: Record) -> TextLine:
    return record.source if isinstance(record, RowError) else record


def _split_cells(record: Record, separator: str) -> list[CsvCell] | RowError:
    if isinstance(record, RowError):
        return record
    try:
        return split_record(record.text, separator)
    except CsvError as error:
        return RowError(record, (error.offset, error.offset + 1), error.message, error.hint)


def _list_header_faults(
    header: TextLine, columns: list[CsvCell], column_map: ColumnMap
) -> Iterator[RowError]:
    if not header.text:
        yield RowError(header, (0, 1), "the file is empty", "Its first line names the columns.")
        return
    keys = [column_map.to_key(column.text) for column in columns]
    for place, (key, column) in enumerate(zip(keys, columns, strict=True)):
        if key == LEFT_OUT:
            continue
        if fault := _find_name_fault(column.text, key, key in keys[:place], column_map):
            yield RowError(header, _get_span(column), str(fault), fault.hint)
    if not {*keys} & {*KEY_NAMES}:
        fault = column_map.describe_keyless(f"there is no column {' or '.join(MATCH_FIELDS)}")
        yield RowError(header, (0, 1), str(fault), fault.hint)


def _find_name_fault(
    name: str, key: str, is_second: bool, column_map: ColumnMap
) -> RecordFault | None:
    if not name:
        return RecordFault("", "a column has no name", "Name it, or remove the column.")
    if is_second:
        return column_map.describe_second(key, name)
    return column_map.find_fault(key)


def _build_csv_row(
    record: TextLine, cells: list[CsvCell], keys: list[str], column_map: ColumnMap
) -> PeopleRow | RowError:
    if fault := describe_width(len(cells), len(keys)):
        return RowError(record, (0, 1), fault, WIDTH_HINT)
    row = dict(zip(keys, cells, strict=True))
    pairs = [
        (key, column_map.parse_cell(key, cell.text))
        for key, cell in row.items()
        if cell.text and key != LEFT_OUT
    ]
    return PeopleRow(record.number, record, pairs, partial(_find_cell_span, row))


def _find_cell_span(row: Mapping[str, CsvCell], key: str) -> Span:
    return _get_span(row[key]) if key in row else (0, 1)


def _get_span(cell: CsvCell) -> Span:
    return cell.start, max(cell.end, cell.start + 1)


def _build_json_row(
    source: TextLine, element: JsonSpan, number: int, column_map: ColumnMap
) -> PeopleRow | RowError:
    if not isinstance(element.value, dict):
        span = (element.start, element.start + 1)
        return RowError(source, span, "a person must be an object", "Write {…}.")
    routes: dict[str, tuple[str, ...]] = {}
    pairs: list[tuple[str, Json]] = []
    for route, item in _flatten(element.value):
        name = ".".join(route)
        key = name if name in _NESTS else column_map.to_key(name)
        if key != LEFT_OUT:
            routes[key] = route
            pairs.append((key, item))
    find = partial(_find_json_span, source.text, element.start, routes)
    if flat := next((name for name in _NESTS if name in routes), None):
        return RowError(source, find(flat), f"{flat} must be an object", "Write {…}.")
    return PeopleRow(number, source, pairs, find)


def _flatten(person: Mapping[str, Json]) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Routes and values; an object of attributes is flattened, and null means no attributes."""
    for name, value in person.items():
        if name in _NESTS and isinstance(value, dict | None):
            yield from (((name, inner), item) for inner, item in (value or {}).items())
        else:
            yield (name,), value


def _find_json_span(text: str, start: int, routes: Mapping[str, tuple[str, ...]], key: str) -> Span:
    element = find_key_span(text, start, routes.get(key, ()))
    return element.start, element.end
