"""For any input, the parsers return a result or their own errors; nothing else happens.

Each case is also limited to one second of CPU and, on a sample, to 64 MiB
(``tests/case_counts.py``).
"""

from __future__ import annotations

import copy
import io
import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cactions.edges.files.people_file import PeopleFormat, read_people
from cactions.logic import documents, strict_json
from cactions.logic.cassette.file_format import parse_cassette
from cactions.logic.expressions.json_path import parse_path, query_one
from cactions.logic.expressions.json_path_errors import PathError
from cactions.logic.expressions.template import parse_template
from cactions.logic.expressions.template_errors import TemplateError
from cactions.logic.lint.engine import lint
from cactions.logic.people.columns import ColumnMap
from cactions.logic.plan.coerce import Coerced, Rejected, coerce_value
from cactions.logic.project import SourceFile, load_project
from cactions.logic.project.file_schema import FILE
from cactions.model import (
    AttributeMapping,
    DataType,
    DateForm,
    DefinitionError,
    InvalidFiles,
    Outcome,
    Receipt,
    Run,
    RunEntry,
    RunHead,
    RunKind,
    StoreError,
)
from cactions.render.findings import render_findings
from tests import documents as readers
from tests.builders import mapping
from tests.case_counts import (
    COUNTS,
    HOSTILE,
    MEMORY,
    ORACLES,
    SLICE,
    TARGETS,
    Tally,
    cases,
    choose_number,
    counted,
)
from tests.edges.files.test_people_file import CSV, DECLARED, JSONL
from tests.logic.documents.test_documents import SAMPLE
from tests.logic.project.test_json_schema import broken, valid

ROOT = Path(__file__).parents[1]
EXAMPLE = (ROOT / "actions.example.yaml").read_bytes()
SMALL = EXAMPLE[: EXAMPLE.index(b"workspace:")] + EXAMPLE[EXAMPLE.index(b"attributes:\n  tier") :]
SMALL = SMALL[: SMALL.index(b"  billing:\n")]
CASSETTE = (ROOT / "cassettes" / "delivery.json").read_bytes()

PIECES = [
    b"{{", b"}}", b"{{ person.email }}", b"[", b"]", b"{", b"}", b"- ", b"\n", b"\n  ", b"\t",
    b": ", b":", b",", b"#", b"&a ", b"*a", b"!!python/object:os.system ", b"<<: *a", b"---\n",
    b"...\n", b"|\n", b">-\n", b'"', b"'", b"\\", b"\\u0000", b"\\ud800", b"\0", b"\xff",
    b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xc2\x85", b"\xe2\x80\xa8", "\u202e".encode(),
    "é😀".encode(), b"$", b"$.", b"$.a[*]", b'$["', b"[-1]", b"[0]", b"?@", b"true", b"null",
    b"NaN", b"-0", b"1e999", b"9" * 400, b"2024-02-30T25:00:00Z", b"a" * 300, b";", b"\r", b"\r\n",
    b"person.", b"attributes", b"inputs.x", b"secret", b"https://", b"GET", b"version: 2",
]  # fmt: skip
EDITS = ("insert", "replace", "delete", "double", "cut", "flood")


def edited(data: bytes, edit: str, number: int, piece: bytes) -> bytes:
    """The bytes after one edit; ``number`` determines its place and size."""
    at, size = number % (len(data) + 1), number % 37
    middle, rest = {
        "insert": (piece, data[at:]),
        "replace": (piece, data[at + len(piece) :]),
        "delete": (b"", data[at + size :]),
        "double": (data[at : at + size], data[at:]),
        "cut": (b"", b""),
        "flood": (piece * (number % 500), data[at:]),
    }[edit]
    return data[:at] + middle + rest


@st.composite
def mutated(draw: st.DrawFn, *originals: bytes) -> bytes:
    """One of the originals with a few bytes inserted, replaced, removed, doubled or cut off."""
    data = draw(st.sampled_from(originals))
    edits = st.tuples(st.sampled_from(EDITS), st.integers(0, 2**16), st.sampled_from(PIECES))
    for edit in draw(st.lists(edits, min_size=1, max_size=5)):
        data = edited(data, *edit)
    return data


def soup(*own: str) -> st.SearchStrategy[str]:
    """Pieces of a language in any order, with pieces that are not part of it."""
    common = [piece.decode("utf-8", "surrogateescape") for piece in PIECES]
    return st.lists(st.sampled_from([*own, *common]), max_size=25).map("".join)


def look_at(data: bytes) -> None:
    """Everything that ``validate`` does with a file."""
    found = lint(load_project([SourceFile("actions.yaml", data)]), 1_800_000_000.0)
    errors = [finding for finding in found.findings if finding.severity.value == "error"]
    assert bool(errors) == (found.project is None)
    assert render_findings(found.findings, found.sources)(80)


@cases(900)
@given(mutated(EXAMPLE[:1500], SMALL, b"version: 1\n", b""))
@example(b"\xef\xbb\xbfversion: \xff")
def test_action_files_with_changed_bytes_are_linted(data: bytes) -> None:
    """A damaged file has findings; each points into the file."""
    look_at(data)


@cases(1500)
@given(soup("version: 1\n", "actions:\n  a:\n", "    request: ", "match: user_id", "mapping: {"))
def test_action_files_of_random_pieces_are_linted(text: str) -> None:
    """Any file may be called actions.yaml."""
    look_at(text.encode("utf-8", "surrogateescape"))


@cases(100)
@given(valid(FILE) | broken())
def test_action_files_built_from_the_schema_are_linted(document: Any) -> None:
    """Valid in form but wrong in content, or nearly valid."""
    look_at(json.dumps(document, ensure_ascii=False).encode())


@cases(2800)
@given(soup("{{ ", " }}", "person.email", 'person.attributes["a"]', "inputs.", "/v1/"))
def test_templates_of_random_pieces_are_parsed_or_refused(text: str) -> None:
    """A parsed template is unchanged when it is printed and parsed again."""
    with suppress(TemplateError):
        template = parse_template(text).template
        assert template == parse_template(str(template)).template


@cases(2800)
@given(soup("$", ".a", "['b']", '["c"]', "[1]", "[*]", "..", "[?@.a]", "[1:2]"), st.booleans())
def test_paths_of_random_pieces_are_parsed_or_refused(text: str, rows: bool) -> None:
    """A valid path selects a value, or nothing, from any document."""
    with suppress(PathError):
        path = parse_path(text, rows=rows)
        if not rows:
            query_one(path, {"a": [{"b": None}], "c": 1})


@cases(2500)
@given(mutated(CASSETTE[:600], b'{"a": [1, 2.5, null, true, "\\u00e9"]}', b"[]", b"-1"))
@example(b"9" * 400_000)
def test_json_with_changed_bytes_is_parsed_or_refused(data: bytes) -> None:
    """A parsed value is unchanged when it is written and parsed again."""
    with suppress(strict_json.StrictJsonError):
        value = strict_json.parse_json(data)
        assert repr(value) == repr(strict_json.parse_json(strict_json.dump_json(value)))


VALUES: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=300) | soup("12", "-", "T", "Z", "+02:00", "1.5", "2026-11-22")
    | st.sampled_from([10**400, -(10**639), 2**53 + 1, 1e308, -0.0, 5e-324, [], {}, [[]], {"": 1}])
)  # fmt: skip


@st.composite
def mappings(draw: st.DrawFn) -> AttributeMapping:
    """To any type, with the policies that coercion uses."""
    kind = draw(st.sampled_from(DataType))
    return mapping(
        "tier",
        kind.value,
        date=draw(st.sampled_from([None, *DateForm])),
        type=draw(st.sampled_from([None, kind])),
        values=draw(st.sampled_from([(), (("12", 12), ("", None))])),
        max_length=draw(st.sampled_from([None, 1, 255])),
    )


@cases(3300)
@given(VALUES, mappings())
def test_coercion_of_any_value_fits_or_is_refused(got: Any, wanted: AttributeMapping) -> None:
    """It fits or it is refused; a fitting value can be stored."""
    result = coerce_value(wanted, got)
    assert isinstance(result, Coerced | Rejected)
    if isinstance(result, Coerced):
        strict_json.dump_json(result.value)


RUN = Run(
    RunHead("20260101-000000-abcd", RunKind.APPLY, "loyalty", 1.5, "me@here"),
    (RunEntry(SAMPLE, Receipt("p1", Outcome.APPLIED)), RunEntry(SAMPLE, None, "x")),
)
DOCUMENTS: list[tuple[Any, Any]] = [
    (documents.plan_to_json(SAMPLE, redact=False), documents.plan_from_json),
    (documents.run_to_json(RUN, redact=False), readers.run_from_json),
    (documents.head_to_json(RUN.head), documents.head_from_json),
    (
        documents.receipt_to_json(Receipt("p1", Outcome.APPLIED), redact=False),
        documents.receipt_from_json,
    ),
]
JUNK = st.sampled_from(
    [None, True, 0, -1, 1.5, 10**30, "", "x", "applied", "\ud800", [], [None], {}, {"format": 1}]
)


@cases(2500)
@given(
    st.sampled_from(range(len(DOCUMENTS))),
    st.lists(st.tuples(st.integers(0, 999), JUNK), max_size=4),
)
def test_documents_with_changed_places_are_read_or_refused(
    which: int, edits: list[tuple[int, Any]]
) -> None:
    """A document is read, or refused as invalid."""
    original, from_json = DOCUMENTS[which]
    document = copy.deepcopy(original)
    for number, junk in edits:
        holders = [document]
        for holder in holders:
            inner = holder.values() if isinstance(holder, dict) else holder
            holders += [one for one in inner if isinstance(one, dict | list) and one]
        holder = holders[number % len(holders)]
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if keys:
            holder[keys[number % len(keys)]] = copy.deepcopy(junk)
    with suppress(StoreError):
        from_json(document)


@cases(2000)
@given(mutated(CASSETTE[:1200], CASSETTE, b'{"version": 1, "interactions": []}'))
def test_cassettes_with_changed_bytes_are_read_or_refused(data: bytes) -> None:
    """A cassette is read, or its error names the place."""
    with suppress(DefinitionError):
        parse_cassette(data, "cassette.json")


PEOPLE = st.one_of(
    st.tuples(st.just(PeopleFormat.CSV), mutated(CSV.encode(), b"email\na@b.example\n", b"")),
    st.tuples(st.just(PeopleFormat.JSONL), mutated(JSONL.encode())),
    st.tuples(st.just(PeopleFormat.JSON), mutated(b'[{"email": "a@b.example", "attributes": {}}]')),
)


@cases(2000)
@given(PEOPLE)
def test_people_of_files_with_changed_bytes_are_read_or_refused(
    case: tuple[PeopleFormat, bytes],
) -> None:
    """All people, or every error with its place."""
    form, data = case
    with suppress(InvalidFiles):
        list(read_people(io.TextIOWrapper(io.BytesIO(data)), form, ColumnMap(DECLARED)))


def test_the_number_of_cases_is_as_documented() -> None:
    """In this file alone; other files generate more."""
    assert sum(COUNTS.planned.values()) >= choose_number(20_000 // SLICE, 20_000 * HOSTILE)


def test_oracles_are_asked_20_000_times() -> None:
    """In the long form: of paths, dates, decimals and XML; the normal run has a slice of each."""
    folder = Path(__file__).parent
    files = [part for name in ORACLES for part in TARGETS[name] if not part.startswith("::")]
    numbers = {
        file: re.findall(r"^@cases\((\d+)\)$", (folder / file).read_text(), re.MULTILINE)
        for file in files
    }
    assert all(numbers.values())
    assert sum(int(number) for each in numbers.values() for number in each) * HOSTILE >= 20_000


def test_every_target_names_tests_that_exist() -> None:
    """A test that was moved would no longer be counted."""
    folder = Path(__file__).parent
    files = [str(file.relative_to(folder)) for file in folder.rglob("test_*.py")]
    parts = [part for parts in TARGETS.values() for part in parts if not part.startswith("::")]
    assert [] == [part for part in parts if not any(file.startswith(part) for file in files)]


def test_a_case_over_the_limit_fails() -> None:
    """The measuring code is tested as well."""
    with pytest.raises(AssertionError, match="one case took"):
        counted(lambda: bytearray(MEMORY + 1), Tally())()
