"""People files: one set of rules for three formats, and every error with line and column."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tracemalloc
from itertools import chain, islice
from pathlib import Path

import pytest

from cactions.edges.files.people_file import (
    MOST_FAULTS,
    PeopleFormat,
    read_people,
    read_people_file,
)
from cactions.edges.store.people import LocalPeopleStore
from cactions.logic.people.columns import ColumnMap
from cactions.logic.people.from_record import derive_person_id
from cactions.logic.people.records import MAX_RECORD_CHARACTERS
from cactions.model import (
    Attribute,
    DataType,
    Finding,
    InvalidFiles,
    Person,
    UsageError,
    is_same,
)
from tests.edges.processes import ROOT

DECLARED = {
    name: Attribute(name, kind)
    for name, kind in {
        "tier": DataType.STRING,
        "points": DataType.INTEGER,
        "score": DataType.FLOAT,
        "active": DataType.BOOLEAN,
        "due": DataType.DATE,
    }.items()
}

ADA = Person(
    "p1",
    {"user_id": "u-1", "email": "ada@example.com", "signed_up_at": 1},
    {"tier": 'sil,"ver', "points": 3, "score": 2.0, "active": True, "due": 1769851800},
    test=True,
)
BOB = Person(derive_person_id({"email": "bob@example.com"}), {"email": "bob@example.com"})

CSV = (
    "id,external_id,email,signed_up_at,tier,attributes.points,score,active,"
    "custom_attributes.due,test\r\n"
    'p1,u-1,ada@example.com,1970-01-01T00:00:01Z,"sil,""ver",3,2,TRUE,1769851800,true\r\n'
    ",,bob@example.com,,,,,,,\r\n"
)
JSONL = (
    '{"id": "p1", "user_id": "u-1", "email": "ada@example.com", "signed_up_at": 1, "test": true,'
    ' "attributes": {"tier": "sil,\\"ver", "points": 3, "score": 2},'
    ' "custom_attributes": {"active": true}, "due": "2026-01-31T09:30:00Z"}\n'
    "\n"
    '{"email": "bob@example.com", "user_id": null, "name": "", "attributes": null}'
)
JSON = "[" + ",\n".join(JSONL.replace("\n\n", "\n").split("\n")) + "]"
FORMS = {PeopleFormat.CSV: CSV, PeopleFormat.JSONL: JSONL, PeopleFormat.JSON: JSON}


def read(form: PeopleFormat, text: str) -> list[Person]:
    return list(
        read_people(io.StringIO(text, newline=""), form, ColumnMap(DECLARED), name="people")
    )


def findings(form: PeopleFormat, text: str) -> tuple[Finding, ...]:
    with pytest.raises(InvalidFiles) as caught:
        read(form, text)
    for finding in caught.value.findings:
        assert "CA011" == finding.rule
        assert finding.place
        assert finding.place.column < finding.place.end_column
    return caught.value.findings


def places(form: PeopleFormat, text: str) -> list[str]:
    return [str(finding.place) for finding in findings(form, text)]


@pytest.mark.parametrize("form", FORMS)
def test_all_three_formats_give_the_same_people(form: PeopleFormat, tmp_path: Path) -> None:
    """From a stream and from a file, by its file extension in any letter case."""
    path = tmp_path / f"people.{form.value.upper()}"
    path.write_text(FORMS[form], newline="")
    for people in (read(form, FORMS[form]), list(read_people_file(path, ColumnMap(DECLARED)))):
        assert [ADA, BOB] == people
        assert is_same(dict(ADA.attributes), dict(people[0].attributes))


def test_a_csv_file_of_excel_is_read() -> None:
    """It writes a byte order mark, and booleans in upper case."""
    assert [True] == [p.test for p in read(PeopleFormat.CSV, "\ufeffid,test\r\np1,TRUE\r\n")]


def test_an_empty_cell_is_not_set_and_an_empty_json_text_is() -> None:
    """A table has no other way to express a missing value."""
    [table] = read(PeopleFormat.CSV, 'id,tier\np1,""\n')
    [lines] = read(PeopleFormat.JSONL, '{"id": "p1", "attributes": {"tier": ""}}')
    assert ({}, {"tier": ""}) == (table.attributes, lines.attributes)


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        (PeopleFormat.CSV, "id,tear\np1,a\n", [("people:1:4", '"tear" is not known')]),
        (
            PeopleFormat.CSV,
            "id,points,test,role\np1,x,maybe,boss\np2,1,,user\n p3,,,\n",
            [
                ("people:2:4", "attributes.points must be a whole number, and is a text"),
                ("people:2:6", "test must be true or false, and is a text"),
                ("people:2:12", "role must be user or lead"),
                ("people:4:1", "id begins or ends with a space"),
            ],
        ),
        (PeopleFormat.CSV, 'id,due\np1,"a\nb"\n,1\n', [
            ("people:2:4", "attributes.due is not a date"), ("people:4:1", "there is no user_id"),
        ]),
        (PeopleFormat.CSV, 'id\np1\n"p2\n', [("people:3:1", "the quote is never closed")]),
        (PeopleFormat.JSONL, '\n{"id": "p1", "attributes": {"tear": 1}}', [
            ("people:2:29", '"tear" is not known'),
        ]),
        (PeopleFormat.JSONL, '{"id": "p1", "tier": "a", "attributes": {"tier": "b"}}', [
            ("people:1:42", "attributes.tier is given twice"),
        ]),
        (PeopleFormat.JSONL, '{"id": 1, "test": 1}\n{"id": "a", "id": "b"}\n{"id"\n[]\nnull', [
            ("people:1:2", "id must be a text, and is a whole number"),
            ("people:1:11", "test must be true or false"),
            ("people:2:13", "this key stands twice"),
            ("people:3:6", "not JSON"),
            ("people:4:1", "must be an object"),
            ("people:5:1", "must be an object"),
        ]),
        (PeopleFormat.JSONL, '{"id": "p1", "attributes": [], "custom_attributes": 3}', [
            ("people:1:14", "attributes must be an object"),
        ]),
        (PeopleFormat.JSON, '[{"id": "p1"},\n {"name": "x",\n  "attributes": {"score": "1"}}]', [
            ("people:2:2", "there is no user_id"),
            ("people:3:18", "attributes.score must be a number"),
        ]),
        (PeopleFormat.JSON, '{"people": []}', [("people:1:1", "must be an array")]),
        (PeopleFormat.JSON, '[{"id": "p1"}\n', [("people:2:1", "not JSON")]),
        (PeopleFormat.JSON, "[" * 100_000, [("people:1:65", "deeper than 64")]),
        (PeopleFormat.JSONL, "[" * 100_000, [("people:1:65", "deeper than 64")]),
    ],
)  # fmt: skip
def test_every_error_has_its_place(
    form: PeopleFormat, text: str, expected: list[tuple[str, str]]
) -> None:
    """All of them at once, each at its value or key."""
    found = findings(form, text)
    assert [place for place, _ in expected] == [str(finding.place) for finding in found]
    for (_, words), finding in zip(expected, found, strict=True):
        assert words in finding.message


@pytest.mark.parametrize(
    ("form", "text", "place", "words"),
    [
        (PeopleFormat.CSV, "id,user_id\np1,u-1\np2,u-1\n", "people:3:4", 'user_id "u-1"'),
        (PeopleFormat.CSV, "id,user_id\np1,u-1\np1,u-2\n", "people:3:1", 'id "p1"'),
        (PeopleFormat.CSV, "external_id\nu-1\nu-1\n", "people:3:1", 'external_id "u-1"'),
        (PeopleFormat.CSV, "email\na@b.c\na@b.c\n", "people:3:1", 'email "a@b.c"'),
        (PeopleFormat.JSON, '[{"id": "p1"}, {"id": "p1"}]', "people:1:17", 'id "p1"'),
        (
            PeopleFormat.CSV,
            f"id,user_id\n,u-1\n{derive_person_id({'user_id': 'u-1'})},u-2\n",
            "people:3:1",
            f'id "{derive_person_id({"user_id": "u-1"})}"',
        ),
    ],
)
def test_duplicate_people_in_a_file_are_refused(
    form: PeopleFormat, text: str, place: str, words: str
) -> None:
    """Both lines are named; derived ids count like given ones."""
    [finding] = findings(form, text)
    first = 1 if form is PeopleFormat.JSON else 2
    assert f"{words} belongs to the person in line {first} already" == finding.message
    assert place == str(finding.place)


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (b"id\np\xff\n", "people.csv:2:2", "not UTF-8"),
        ("id\n\xe9p\n".encode("latin-1"), "people.csv:2:1", "not UTF-8"),
        ("id\np1\n".encode("utf-16-le"), "people.csv:1:2", "NUL"),
        ("id\np1\n".encode("utf-16")[:-1], "people.csv:2:1", "not UTF-8"),
        (b"id\np\xed\xa0\x80\n", "people.csv:2:2", "not UTF-8"),
        (b"id\np\0\n", "people.csv:2:2", "NUL"),
        (b"id\np1\n" + b"a" * (MAX_RECORD_CHARACTERS + 1), "people.csv:3:1", "more than 1,048,576"),
        (b'id\np1\n"' + b"a\n" * MAX_RECORD_CHARACTERS, "people.csv:3:1", "never closed"),
    ],
)
def test_invalid_utf_8_ends_reading(tmp_path: Path, data: bytes, place: str, words: str) -> None:
    """After an undecodable byte, the text is not reliable."""
    path = tmp_path / "people.csv"
    path.write_bytes(data)
    with pytest.raises(InvalidFiles) as caught:
        list(read_people_file(path, ColumnMap(DECLARED)))
    finding = caught.value.findings[0]
    assert str(finding.place).endswith(place)
    assert words in finding.message
    assert finding.hint


def test_json_is_refused_in_any_other_encoding(tmp_path: Path) -> None:
    """Also in those that Python's own reader guesses."""
    path = tmp_path / "people.json"
    path.write_bytes('[{"id": "p1"}]'.encode("utf-16"))
    with pytest.raises(InvalidFiles):
        list(read_people_file(path, ColumnMap(DECLARED)))


def test_standard_input_is_utf_8_in_every_locale() -> None:
    """The same bytes always give the same people."""
    program = (
        "import sys; from cactions.edges.files.people_file import PeopleFormat, read_people\n"
        "from cactions.logic.people.columns import ColumnMap\n"
        "people = read_people(sys.stdin, PeopleFormat.CSV, ColumnMap({}))\n"
        "print(*(ascii(p.fields['name']) for p in people))"
    )
    for encoding in ("utf-8", "latin-1", "ascii"):
        done = subprocess.run(
            [sys.executable, "-c", program], input="id,name\np1,Zoë\n".encode(), cwd=ROOT,
            env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True, check=True,
        )  # fmt: skip
        assert b"'Zo\\xeb'" == done.stdout.strip()


def test_findings_keep_only_the_source_lines_they_need() -> None:
    """Line numbers are correct; lines without errors are not kept."""
    with pytest.raises(InvalidFiles) as caught:
        read(PeopleFormat.CSV, "id,points\r\np1,1\r\np2,x\r\np3,3\r\n")
    assert {"people": "\n\np2,x"} == caught.value.sources


def test_at_most_a_hundred_errors_are_reported() -> None:
    """A file of the wrong kind is not read to its end."""
    endless = (f"p{n},x\n" for n in range(10**9))
    assert MOST_FAULTS == len(
        findings(PeopleFormat.CSV, "id,points\n" + "".join(islice(endless, 999)))
    )


def test_no_person_is_returned_after_the_first_error() -> None:
    """Errors are raised at the end, so the caller must be able to roll back."""
    coming = read_people(
        io.StringIO("id,points\np1,1\np2,x\np3,3\n"), PeopleFormat.CSV, ColumnMap(DECLARED)
    )
    assert "p1" == next(coming).id
    with pytest.raises(InvalidFiles):
        next(coming)


def test_a_file_with_errors_imports_no_person(tmp_path: Path) -> None:
    """The store rolls back the people before the error."""
    people = LocalPeopleStore(tmp_path / ".cactions")
    stream = io.StringIO("id,points\np1,1\np2,x\n")
    with pytest.raises(InvalidFiles):
        people.import_people(read_people(stream, PeopleFormat.CSV, ColumnMap(DECLARED)))
    assert 0 == len(list(people.list()))


class Table(io.TextIOBase):
    """A table with very many rows."""

    def __init__(self, rows: int) -> None:
        self._lines = chain(["id,tier\n"], (f"p{n},{'x' * 20_000}\n" for n in range(rows)))

    def readline(self, size: int | None = -1, /) -> str:  # type: ignore[override]
        return next(self._lines, "")


def test_a_table_is_read_as_a_stream() -> None:
    """Memory grows with the number of keys, not with the size of the file."""
    tracemalloc.start()
    people = read_people(Table(500), PeopleFormat.CSV, ColumnMap(DECLARED))  # type: ignore[arg-type]
    assert 500 == sum(1 for _ in people)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


@pytest.mark.parametrize("name", ["people.xlsx", "people", "people.csv.gz"])
def test_unknown_formats_are_refused_by_name(tmp_path: Path, name: str) -> None:
    """The error lists the known formats."""
    with pytest.raises(UsageError) as caught:
        list(read_people_file(tmp_path / name, ColumnMap(DECLARED)))
    assert ".csv, .json, .jsonl" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.csv", "cannot be read"),
        ("folder.csv", "cannot be read"),
        ("a\0b.csv", "is not a file name"),
    ],
)
def test_an_unreadable_file_is_a_usage_error(tmp_path: Path, name: str, words: str) -> None:
    """No OSError is raised."""
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(UsageError, match=words) as caught:
        list(read_people_file(tmp_path / name, ColumnMap(DECLARED)))
    assert caught.value.hint


def test_a_json_array_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read whole; so many characters are accepted, and one more is not."""
    text = '[{"email": "zo\u00eb@example.com"}]'
    monkeypatch.setattr("cactions.edges.files.people_file.LONGEST_JSON", len(text))
    assert 1 == len(read(PeopleFormat.JSON, text))
    [finding] = findings(PeopleFormat.JSON, text + " ")
    assert f"more than {len(text)} characters" in finding.message
