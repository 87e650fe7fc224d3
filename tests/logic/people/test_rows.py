"""Rows of tables and JSON, each value with its place; the standard library is the oracle."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.people.columns import ColumnMap
from cactions.logic.people.csv_record import CsvError, has_open_quote, split_record
from cactions.logic.people.json_offsets import find_key_span, list_element_spans
from cactions.logic.people.records import RowError, TextLine
from cactions.logic.people.rows import PeopleRow, read_csv_rows, read_json_rows, read_jsonl_rows
from cactions.model import Attribute, DataType, Json, is_same

ENROLMENT = ColumnMap({"tier": Attribute("tier", DataType.STRING)})

CELL = st.text(st.sampled_from('ab,"\n\r é;'), max_size=5)


def lines(text: str) -> list[TextLine]:
    stream = io.StringIO(text, newline="")
    return [TextLine(number, line) for number, line in enumerate(stream, start=1)]


@given(st.lists(CELL, min_size=2, max_size=5))
def test_cells_written_by_the_standard_library_are_read_back(cells: list[str]) -> None:
    """Quoted only if necessary, or everywhere; with either line break."""
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
        text = io.StringIO(newline="")
        csv.writer(text, quoting=quoting).writerow(cells)
        assert cells == [cell.text for cell in split_record(text.getvalue())]


@given(st.text(st.sampled_from('a,"\n'), max_size=12))
def test_accepted_tables_are_read_as_by_the_standard_library(text: str) -> None:
    """Our reader is stricter: it may refuse a table, but never reads something else."""
    record = text.rstrip("\n")
    with suppress(CsvError):
        cells = [cell.text for cell in split_record(record)]
        assert cells == next(csv.reader(io.StringIO(record), strict=True), [""])


@given(st.lists(CELL, min_size=1, max_size=4))
def test_a_cell_has_its_place(cells: list[str]) -> None:
    """Spans do not overlap, and hold the text of their cell."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(cells)
    record = text.getvalue()
    for cell in split_record(record):
        assert cell.text == record[cell.start + 1 : cell.end - 1].replace('""', '"')


@pytest.mark.parametrize(
    ("record", "offset", "words"),
    [
        ('a,"b', 2, "never closed"),
        ('a,b"c"', 3, "inside a cell"),
        ('"a"b,c', 3, "inside a cell"),
        ('"a" ,c', 3, "inside a cell"),
        ('"', 0, "never closed"),
        ("a\rb", 1, "ends inside a record"),
    ],
)
def test_a_misplaced_quote_is_reported_at_its_place(record: str, offset: int, words: str) -> None:
    """The cell would end at another place than its author thinks."""
    with pytest.raises(CsvError, match=words) as caught:
        split_record(record)
    assert offset == caught.value.offset
    assert caught.value.hint


def test_a_long_record_is_split_quickly() -> None:
    """No pattern here backtracks over long texts."""
    record = '"' + '""' * 500_000
    assert has_open_quote(record)
    with pytest.raises(CsvError):
        split_record(record)


def test_a_cell_may_have_several_lines() -> None:
    """The row then starts at the first line; empty lines are not rows."""
    text = 'user_id,tier\r\n\r\nu-1,"a\r\n\r\nb"\r\n\nu-2,c\r\n'
    rows = [row for row in read_csv_rows(lines(text), ENROLMENT) if isinstance(row, PeopleRow)]
    assert [(3, "a\r\n\r\nb"), (7, "c")] == [(row.number, row.pairs[1][1]) for row in rows]


def test_an_unreadable_row_does_not_stop_the_others() -> None:
    """All errors of a file are reported at once."""
    text = 'user_id,tier\nu-1,a"b"\nu-2\nu-3,c\nu-4,d,e\n'
    kinds = [type(row) for row in read_csv_rows(lines(text), ENROLMENT)]
    assert [RowError, RowError, PeopleRow, RowError] == kinds


def test_semicolons_separate_cells_if_the_header_has_them() -> None:
    """Spreadsheets write them if the decimal separator is a comma; it is then part of a cell."""
    found = list(read_csv_rows(lines('user_id;tier\nu-1;"a;b"\nu-2;c,d\n'), ENROLMENT))
    cells = [dict(row.pairs)["attributes.tier"] for row in found if isinstance(row, PeopleRow)]
    assert ["a;b", "c,d"] == cells


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", ["the file is empty"]),
        ("\n\n", ["the file is empty"]),
        ("name,tier", ["no column user_id or email or id"]),
        ("user_id,", ["has no name"]),
        ("user_id,user_id", ["user_id is a column already"]),
        ("user_id,tier,attributes.tier", ["attributes.tier is a column already"]),
        ("user_id,custom_attributes.tier,tier", ["attributes.tier is a column already"]),
        ("user_id,Teir,e-post", ['"Teir" is not known', '"e-post" is not known']),
        ("user_id,attributes.email", ['"email" is not known']),
        ('"user_id', ["never closed"]),
    ],
)
def test_an_invalid_header_ends_reading(header: str, words: list[str]) -> None:
    """All of its errors are reported; the rows below it are not read."""
    found = list(
        read_csv_rows(lines(f"{header}\nu-1,a\n" if header.strip() else header), ENROLMENT)
    )
    said = [row.message for row in found if isinstance(row, RowError)]
    assert len(words) == len(found)
    assert all(part in message for part, message in zip(words, said, strict=True))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('a"\\[{:,é\u2028'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab"é', max_size=2), inner),
    max_leaves=8,
)  # fmt: skip


@given(st.lists(JSON), st.sampled_from([None, 0, 2]))
def test_array_elements_have_their_places(values: list[Json], indent: int | None) -> None:
    """The texts at these places, parsed alone, are the values."""
    text = json.dumps(values, indent=indent, ensure_ascii=False)
    spots = list(list_element_spans(f" {text}"))
    assert all(map(is_same, values, [spot.value for spot in spots]))
    assert all(is_same(json.loads(f" {text}"[s.start : s.end]), s.value) for s in spots)
    assert len(values) == len(spots)


@given(st.dictionaries(st.text('ab"é', max_size=2), JSON, min_size=1))
def test_object_keys_have_their_places(members: dict[str, Json]) -> None:
    """Also after values that look like keys, and inside an object."""
    text = json.dumps({"x": [members], "attributes": members}, ensure_ascii=False)
    for name in members:
        spot = find_key_span(text, 0, ("attributes", name))
        assert name == json.loads(text[spot.start : spot.end]) == spot.value
        assert spot.start > text.rindex('"attributes"')


def test_a_missing_key_has_the_place_of_its_row() -> None:
    """A missing value has no place of its own."""
    [row] = read_jsonl_rows([TextLine(4, '  {"id": "p1"}\n')], ENROLMENT)
    assert isinstance(row, PeopleRow)
    assert (2, 3) == row.span("email") == row.span("")
    assert (3, 7) == row.span("id")


def test_rows_of_an_array_have_their_lines() -> None:
    """For any number of rows on one line."""
    rows = list(read_json_rows('[{"id": "a"}, {"id": "b"},\n\n {"id": "c"}, 3]', ENROLMENT))
    assert [1, 1, 3] == [row.number for row in rows if isinstance(row, PeopleRow)]
    assert [(42, 43)] == [row.span for row in rows if isinstance(row, RowError)]
