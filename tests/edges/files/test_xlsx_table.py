"""Spreadsheets: cells are read as CSV would have them; bombs and doubtful values are refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import Workbook

from cactions.edges.files.job_file import JobFormat, open_job_rows
from cactions.edges.files.xlsx_table import MAX_PART, MAX_ROWS, read_xlsx_table
from cactions.logic.people.job_rows import JobRows
from cactions.logic.people.job_sources import REST_UNREAD
from cactions.model import BadRow, DataInput, InputType, JobRow, UsageError
from tests.builders import action

KINDS = {"note": "string", "points": "integer", "ratio": "decimal", "vip": "boolean"}
ACTION = replace(action(), inputs=tuple(DataInput(n, InputType(k)) for n, k in KINDS.items()))
SHEET = "xl/worksheets/sheet1.xml"


def a_file(path: Path, *rows: list[Any], sheets: tuple[str, ...] = ()) -> Path:
    book = Workbook()
    assert book.active
    for row in rows:
        book.active.append(row)
    for name in sheets:
        book.create_sheet(name).append(["user_id"])
    book.save(path / "people.xlsx")
    return path / "people.xlsx"


def changed(path: Path, part: str, data: bytes) -> Path:
    """The file with another content of a part."""
    with zipfile.ZipFile(path) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in {**parts, part: data}.items():
            new.writestr(name, content)
    return path


def read(path: Path, form: JobFormat | None = None) -> JobRows:
    return open_job_rows(path, ACTION, form, read_table=read_xlsx_table)


def test_cells_have_the_types_of_the_inputs(tmp_path: Path) -> None:
    """Lines are the rows of the sheet; empty rows and cells under no name are left out."""
    path = a_file(
        tmp_path,
        ["name", "user_id", "note", "points", "ratio", "vip"],
        ["Ada", "u-1", 42, 3, 1.5, True],
        [],
        ["Bob", 12345, "é\n", None, 2, False, "remark"],
    )
    rows = read(path)
    assert ("name",) == rows.ignored
    first, second = rows
    assert isinstance(first, JobRow)
    assert isinstance(second, JobRow)
    assert (2, "u-1") == (first.line, first.query.value)
    assert {"note": "42", "points": 3, "ratio": 1.5, "vip": True} == first.inputs
    assert (4, "12345") == (second.line, second.query.value)
    assert {"note": "é\n", "ratio": 2, "vip": False} == second.inputs


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.2e17, "user_id is a number of more than 15 digits"),
        (10**15, "user_id is a number of more than 15 digits"),
        (datetime(2026, 1, 31), "user_id is a date"),  # noqa: DTZ001
        (date(2026, 1, 31), "user_id is a date"),
        (time(9, 30), "user_id is a date"),
        ("#N/A", "user_id is an error of the sheet"),
        ("=1+1", "there is no user_id"),
        (None, "there is no user_id"),
        (" u", "begins or ends with a space"),
    ],
)
def test_a_doubtful_value_is_a_bad_row(tmp_path: Path, value: object, words: str) -> None:
    """It could be another person's. A formula that was never computed has no value."""
    bad, good = read(a_file(tmp_path, ["user_id", "x"], [value, 1], ["u"]))
    assert isinstance(bad, BadRow)
    assert (2, True, True) == (bad.line, words in bad.message, bool(bad.hint))
    assert isinstance(good, JobRow)


def test_a_whole_number_has_no_point(tmp_path: Path) -> None:
    """A spreadsheet knows one kind of number."""
    [first, second] = read(a_file(tmp_path, ["user_id", "ratio"], [12.0, 2.0], [1.5, 0.25]))
    assert isinstance(first, JobRow)
    assert isinstance(second, JobRow)
    assert ("12", {"ratio": 2}) == (first.query.value, first.inputs)
    assert ("1.5", {"ratio": 0.25}) == (second.query.value, second.inputs)


def test_other_visible_sheets_are_reported(tmp_path: Path) -> None:
    """The first visible one is read."""
    rows = read(a_file(tmp_path, ["user_id"], ["u"], sheets=("More",)))
    assert ((("the sheet More"),), 1) == (rows.ignored, len([*rows]))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"user_id\nu\n", b"\xd0\xcf\x11\xe0" * 200])
def test_another_file_is_refused(tmp_path: Path, data: bytes) -> None:
    """Such as one with a password, or CSV with a wrong name."""
    path = tmp_path / "people.xlsx"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="not XLSX, or is damaged") as caught:
        read(path)
    assert caught.value.hint


def test_a_stream_is_refused() -> None:
    """The list of the parts is at the end of the file."""
    with pytest.raises(UsageError, match="cannot be read from a stream"):
        open_job_rows(io.StringIO(), ACTION, JobFormat.XLSX, read_table=read_xlsx_table)


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_bomb_is_not_unpacked(tmp_path: Path, part: str) -> None:
    """A few kilobytes that would become hundreds of megabytes."""
    path = changed(a_file(tmp_path, ["user_id"], ["u"]), part, b" " * (MAX_PART + 1))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(UsageError, match=r"larger than|far more than"):
        read(path)


def test_entities_do_not_multiply(tmp_path: Path) -> None:
    """Nested entities would be a gigabyte."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    xml = f'<!DOCTYPE x [<!ENTITY e0 "{"x" * 10}">{levels}]><worksheet>&e9;</worksheet>'
    path = changed(a_file(tmp_path, ["user_id"], ["u"]), SHEET, xml.encode())
    with pytest.raises(UsageError):
        read(path)


def sheet(*rows: str) -> bytes:
    body = "".join(rows)
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    inner = f'<dimension ref="A1"/><sheetData>{body}</sheetData>'
    return f'<worksheet xmlns="{name}">{inner}</worksheet>'.encode()


def row(number: int, text: str) -> str:
    return f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def test_a_damaged_sheet_ends_with_a_bad_row(tmp_path: Path) -> None:
    """The rows before the damage are read."""
    data = sheet(row(1, "user_id"), *(row(n, "u") for n in range(2, 5_000)))[:-100]
    path = changed(a_file(tmp_path, ["user_id"]), SHEET, data)
    *rows, last = read(path)
    assert 4_000 < len(rows)
    assert isinstance(last, BadRow)
    assert REST_UNREAD == last.hint


def test_a_row_number_beyond_the_limit_of_excel_ends_the_reading(tmp_path: Path) -> None:
    """Rows that are left out are counted, and a number can be any."""
    data = sheet(row(1, "user_id"), row(2, "u"), row(10**15, "v"))
    first, last = read(changed(a_file(tmp_path, ["user_id"]), SHEET, data))
    assert isinstance(first, JobRow)
    assert isinstance(last, BadRow)
    assert (MAX_ROWS + 1, REST_UNREAD) == (last.line, last.hint)
