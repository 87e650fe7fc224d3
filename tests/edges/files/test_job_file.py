"""Files of people: each dialect, encoding and line end gives the same rows, and none is lost."""

from __future__ import annotations

import csv
import io
import json
import sys
import time
import tracemalloc
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from cactions.edges.files.job_file import STDIN, JobFormat, open_job_rows
from cactions.logic.people.csv_record import SEPARATORS
from cactions.logic.people.job_sources import REST_UNREAD
from cactions.logic.people.records import MAX_RECORD_CHARACTERS
from cactions.model import BadRow, DataInput, DefinitionError, InputType, JobRow, UsageError
from tests.builders import action
from tests.case_counts import cases

NOTE = DataInput("note", InputType.STRING)
ACTION = replace(action(), inputs=(NOTE,))
ENCODINGS = {"utf-8": "", "utf-8-sig": "", "utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}
CELL = st.text(st.sampled_from('ab,;|\t"\n\r é'), max_size=6)


def read_bytes(data: bytes, form: JobFormat = JobFormat.CSV) -> list[JobRow | BadRow]:
    stream = io.TextIOWrapper(io.BufferedReader(io.BytesIO(data)))  # type: ignore[arg-type]
    return list(open_job_rows(stream, ACTION, form))


def shown(rows: Iterable[JobRow | BadRow]) -> list[tuple[int, str, object]]:
    return [
        (r.line, r.query.value, r.inputs.get("note")) if isinstance(r, JobRow)
        else (r.line, "-", r.message) for r in rows
    ]  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", SEPARATORS)
def test_every_dialect_gives_the_same_rows(separator: str, encoding: str, end: str) -> None:
    """Cells with separators, quotes and line breaks, and a last line without its end."""
    lines = ["user_id,note", "u-1,plain", '"u-2","a,""b"', "", f'u-3,"é{end}x,y"', "u-4,"]
    text = end.join(lines).replace(",", separator)
    rows = read_bytes((ENCODINGS[encoding] + text).encode(encoding))
    assert [
        (2, "u-1", "plain"),
        (3, "u-2", f'a{separator}"b'),
        (5, "u-3", f"é{end}x{separator}y"),
        (7, "u-4", None),
    ] == shown(rows)


@cases(200)
@given(
    st.lists(st.tuples(st.sampled_from(["u-1", "ü"]), CELL), min_size=1, max_size=5),
    st.sampled_from(SEPARATORS),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([*ENCODINGS]),
)
def test_people_written_by_the_standard_library_are_read_back(
    cells: list[tuple[str, str]], separator: str, quoting: int, end: str, encoding: str
) -> None:
    """In every dialect, and every row is one row.

    It leaves a bare carriage return unquoted where lines end in a line feed, as a bug.
    """
    if quoting == csv.QUOTE_MINIMAL and end == "\n":
        cells = [(key, note.replace("\r", "")) for key, note in cells]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, quoting=quoting, lineterminator=end)  # type: ignore[arg-type]
    writer.writerows([("user_id", "note"), *cells])
    rows = read_bytes((ENCODINGS[encoding] + text.getvalue()).encode(encoding))
    assert cells == [(r.query.value, r.inputs.get("note", "")) for r in rows]  # type: ignore[union-attr]


@cases(200)
@given(
    st.binary(max_size=60) | st.text(st.sampled_from('u,"\n\r\0é;'), max_size=40).map(str.encode)
)
def test_people_of_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing is raised after the header, in any format."""
    for form, head in (
        (JobFormat.CSV, b"user_id,note\n"),
        (JobFormat.JSONL, b""),
        (JobFormat.JSON, b"["),
    ):
        for row in read_bytes(head + data, form):
            assert isinstance(row, JobRow | BadRow)


def list_open() -> set[str]:
    return {each.name for each in Path("/dev/fd").iterdir()}


@pytest.mark.parametrize("read", [0, 1])
def test_a_file_can_be_closed_before_its_end(tmp_path: Path, read: int) -> None:
    """As by a command that fails before it reads the rows, or while it does."""
    path = tmp_path / "people.csv"
    path.write_bytes(b"user_id\n" + b"u-1\n" * 50_000)
    opened = list_open()
    rows = open_job_rows(path, ACTION)
    for _ in range(read):
        next(rows)
    rows.close()
    assert opened == list_open()


def test_json_and_jsonl_give_the_same_rows() -> None:
    """Typed values, a mark at the start, and a line of each row."""
    people = [{"user_id": f"u-{n}", "note": "x", "other": None} for n in range(3)]
    lines = "\ufeff" + "\n\n".join(map(json.dumps, people))
    array = json.dumps(people, indent=1)
    jsonl, whole = (
        read_bytes(lines.encode(), JobFormat.JSONL),
        read_bytes(array.encode(), JobFormat.JSON),
    )
    assert [1, 3, 5] == [row.line for row in jsonl]
    assert [2, 7, 12] == [row.line for row in whole]
    assert [row[1:] for row in shown(jsonl)] == [row[1:] for row in shown(whole)]


def test_a_first_line_of_excel_names_the_separator() -> None:
    """It is not the header."""
    assert [(3, "u,1", "x;y")] == shown(read_bytes(b"sep=|\r\nuser_id|note\r\nu,1|x;y\r\n"))


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (b"\xff,a\nu,b\n", [(2, "-", "this is not UTF-8"), (3, "u", "b")]),
        (b"u,a\0\nu,b\n", [(2, "-", "this is a NUL character"), (3, "u", "b")]),
        (b"u,\xed\xa0\x80\nu,b\n", [(2, "-", "this is not UTF-8"), (3, "u", "b")]),
        (b"u\nu,b\n", [(2, "-", "the row has 1 cell, and the header 2"), (3, "u", "b")]),
        (b'u,a"b"\nu,b\n', [(2, "-", "a quote is inside a cell"), (3, "u", "b")]),
        (b'u,"a\n\n"x\nu,b\n', [
            (2, "-", "a quote is inside a cell (lines 2 to 4)"), (5, "u", "b")
        ]),
        (b'u,"b\nu,b\n', [(2, "-", "the quote is never closed (lines 2 to 3)")]),
        (b",b\nu,b\n", [(2, "-", "there is no user_id"), (3, "u", "b")]),
    ],
)  # fmt: skip
def test_a_bad_row_does_not_stop_the_others(rows: bytes, found: list[object]) -> None:
    """It says why; the message has no value."""
    assert found == shown(read_bytes(b"user_id,note\n" + rows))


def test_no_line_inside_a_cell_is_a_row() -> None:
    """Also where the cell is too long to be read: who wrote it may name another person there."""
    inside = b"victim,x\n" * (3 * MAX_RECORD_CHARACTERS // 9)
    rows = read_bytes(b'user_id,note\nu-1,"' + inside + b'"\nu-2,b\n')
    assert [
        (2, "-", "the quote is never closed, or there are more than 1,048,576 characters"),
        (3 + inside.count(b"\n"), "u-2", "b"),
    ] == shown(rows)
    rows = read_bytes(b'user_id,note\nu-1,"' + inside)
    assert [2] == [row.line for row in rows]


class Source(io.RawIOBase):
    """Bytes that are made while they are read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = filter(None, parts)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._rest = self._rest or next(self._parts, b"")
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def peak(parts: Iterator[bytes], form: JobFormat) -> tuple[int, int]:
    """The number of rows, and the most bytes that were in memory."""
    stream = io.TextIOWrapper(io.BufferedReader(Source(parts)))
    tracemalloc.start()
    count = sum(1 for _ in open_job_rows(stream, ACTION, form))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return count, most


ROWS = {
    JobFormat.CSV: (b"user_id,note\n", b"u,%dx\n"),
    JobFormat.JSONL: (b"", b'{"user_id": "u", "note": "%dx"}\n'),
    JobFormat.JSON: (b'[{"user_id": "u"}\n', b',{"user_id": "u", "note": "%dx"}\n'),
}


@pytest.mark.parametrize("form", ROWS)
def test_memory_does_not_grow_with_the_rows(form: JobFormat) -> None:
    """Four times as many rows need the same memory."""
    head, row = ROWS[form]
    (few, small), (many, large) = (
        peak(chain([head], (row % n for n in range(size))), form) for size in (2_000, 8_000)
    )
    assert 6_000 == many - few
    assert large < 1.1 * small + 50_000


@pytest.mark.parametrize("form", [JobFormat.CSV, JobFormat.JSONL])
def test_a_line_of_100_mb_is_one_bad_row(form: JobFormat) -> None:
    """It is read in parts, and the next row is read."""
    head, row = ROWS[form]
    parts = chain([head], [b"x" * 100_000] * 1_000, [b"\n", row % 1])
    count, most = peak(parts, form)
    assert 2 == count
    assert most < 20_000_000


@pytest.mark.parametrize("end", [b"", b'"\nu,b\n'])
def test_a_million_quotes_are_read_quickly(end: bytes) -> None:
    """No pattern backtracks over them."""
    start = time.process_time()
    for rows in (b'"' * 1_000_000, b'u,"' + b'""' * 500_000, b'","' * 300_000, b'"\n' * 500_000):
        assert read_bytes(b"user_id,note\n" + rows + end)
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        ("user_id,né\n".encode("latin-1"), "this is not UTF-8"),
        ("user_id\n".encode("utf-16-le"), "this is a NUL character"),
        (b'"user_id\n', "the quote is never closed"),
        (b'a"b,user_id\n', "a quote is inside a cell"),
        (b"x" * 2 * MAX_RECORD_CHARACTERS, "more than"),
    ],
)
def test_an_unreadable_header_is_refused(data: bytes, words: str) -> None:
    """It says how to save the file."""
    with pytest.raises(UsageError, match=words) as caught:
        read_bytes(data)
    assert caught.value.hint


def test_a_file_of_another_encoding_says_how_to_save_it() -> None:
    """Its rows are not guessed."""
    [bad] = read_bytes("user_id,note\nu-1,Zoë\n".encode("cp1252"))
    assert isinstance(bad, BadRow)
    assert "CSV UTF-8" in bad.hint


@pytest.mark.parametrize("form", [JobFormat.CSV, JobFormat.JSONL])
@pytest.mark.parametrize("more", [0, 1])
def test_a_record_has_a_largest_size(form: JobFormat, more: int) -> None:
    """With the end of its line; the ones after it are read."""
    start, end = (
        ("u-1,", "\n") if form is JobFormat.CSV else ('{"user_id": "u-1", "note": "', '"}\n')
    )
    note = "x" * (MAX_RECORD_CHARACTERS - len(start) - len(end) + more)
    head, last = (
        ("user_id,note\n", "u-2,b\n") if form is JobFormat.CSV else ("", '{"user_id":"u-2"}')
    )
    first, second = read_bytes(f"{head}{start}{note}{end}{last}".encode(), form)
    assert isinstance(second, JobRow)
    assert isinstance(first, BadRow) == bool(more)


def test_half_a_character_at_the_end_is_a_bad_row() -> None:
    """The rows before it are read."""
    data = "\ufeffuser_id,note\nu,b\nu,c".encode("utf-16-le")[:-1]
    assert [(2, "u", "b"), (3, "-", "this is not UTF-8")] == shown(read_bytes(data))


@pytest.mark.parametrize("name", ["p.csv", "p.TSV", "p.jsonl", "p.ndjson", "p.json"])
def test_the_name_tells_the_format(tmp_path: Path, name: str) -> None:
    """Unless the option does; the file is closed at the end."""
    text = {
        "n": '{"user_id": "u"}',
        "c": "user_id\nu",
        "T": "user_id\tx\nu\t",
        "j": '[{"user_id": "u"}]',
    }
    path = tmp_path / name
    path.write_text(text["n" if path.suffix in {".jsonl", ".ndjson"} else path.suffix[1]])
    assert ["u"] == [row.query.value for row in open_job_rows(path, ACTION)]  # type: ignore[union-attr]
    other = tmp_path / "people"
    path.rename(other)
    with pytest.raises(UsageError, match="does not tell the format of a file of people") as caught:
        open_job_rows(other, ACTION)
    assert "--format csv|json|jsonl|parquet|xlsx" in caught.value.hint
    assert 1 == len([*open_job_rows(other, ACTION, JobFormat.of(path))])


def test_stdin_is_read_in_the_stated_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays open."""
    stream = io.TextIOWrapper(io.BytesIO("user_id\nü".encode()), encoding="latin-1")
    monkeypatch.setattr(sys, "stdin", stream)
    with pytest.raises(UsageError) as caught:
        open_job_rows(STDIN, ACTION)
    assert "--format" in caught.value.hint
    assert [(2, "ü", None)] == shown(open_job_rows(STDIN, ACTION, JobFormat.CSV))
    assert not stream.closed


def test_a_file_that_cannot_be_opened_is_a_usage_error(tmp_path: Path) -> None:
    """And a link out of the project is not followed."""
    for name in ("missing.csv", "\0.csv", "folder.csv"):
        (tmp_path / "folder.csv").mkdir(exist_ok=True)
        with pytest.raises(UsageError):
            open_job_rows(tmp_path / name, ACTION)
    (tmp_path / ".git").mkdir()
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    with pytest.raises(DefinitionError):
        open_job_rows(tmp_path / "link.csv", ACTION)


def broken(parts: Iterable[bytes]) -> Iterator[bytes]:
    yield from parts
    raise OSError(5, "Input/output error")


def test_a_disk_that_fails_is_the_last_bad_row() -> None:
    """A run over the rows before it is not interrupted."""
    stream = io.TextIOWrapper(io.BufferedReader(Source(broken([b"user_id\nu\n" + b"v\n" * 9000]))))
    *rows, last = open_job_rows(stream, ACTION, JobFormat.CSV)
    assert rows
    assert isinstance(last, BadRow)
    assert ("input/output error" in last.message, REST_UNREAD) == (True, last.hint)
    stream = io.TextIOWrapper(io.BufferedReader(Source(broken([]))))
    with pytest.raises(UsageError, match="input/output error"):
        open_job_rows(stream, ACTION, JobFormat.CSV)
