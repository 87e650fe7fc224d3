"""JSON in parts: every element is found wherever the parts end, and nothing else is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.people.job_sources import REST_UNREAD, read_json_objects
from cactions.logic.people.records import MAX_RECORD_CHARACTERS
from cactions.model import BadRow, Json, UsageError, is_same
from tests.case_counts import cases

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('a"\\[{:,]}é\n'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab"é', max_size=2), inner),
    max_leaves=8,
)  # fmt: skip


def parts(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def read(text: str, size: int = 7) -> list[tuple[int, Json] | BadRow]:
    return list(read_json_objects(parts(text, size)))


@cases(200)
@given(st.lists(JSON), st.sampled_from([None, 0, 2]), st.integers(1, 9))
def test_people_of_an_array_are_read_in_parts_of_any_size(
    values: list[Json], indent: int | None, size: int
) -> None:
    """The values are those of the whole text, and the lines where they begin."""
    text = f" {json.dumps(values, indent=indent, ensure_ascii=False)}\n"
    found = [row for row in read(text, size) if isinstance(row, tuple)]
    assert is_same(values, [value for _, value in found])
    if indent is None:
        assert {1} >= {line for line, _ in found}


@cases(200)
@given(st.text(st.sampled_from('[]{}",:1a \n'), max_size=30), st.integers(1, 9))
def test_people_of_any_text_are_read_or_refused(text: str, size: int) -> None:
    """What is a JSON array gives as many rows; what is not ends with a bad row."""
    try:
        rows = read(text, size)
    except UsageError:
        assert not text.strip().startswith("[")
        return
    try:
        whole = json.loads(text)
    except ValueError:
        assert rows
        assert isinstance(rows[-1], BadRow)
        assert REST_UNREAD == rows[-1].hint
    else:
        assert len(whole) == len(rows)


def test_rows_have_their_lines() -> None:
    """For any number of rows on one line."""
    rows = read('[{"a": 1}, {"a": 2},\n\n {"a":\n 3}, 3]')
    assert [1, 1, 3, 4] == [row[0] for row in rows if isinstance(row, tuple)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"a": NaN}, {"a": 1}]', "NaN is no JSON value"),
        ('[{"a": 1, "a": 2}, {"a": 1}]', "this key stands twice"),
        ('[{"a": ' + "[" * 70 + "]" * 70 + '}, {"a": 1}]', "deeper than 64"),
        ('[{"a": "\\ud800"}, {"a": 1}]', "half of a surrogate pair"),
        ('[{"a": "\udcff"}, {"a": 1}]', "not UTF-8"),
        ('[{"a": ' + "9" * 5_000 + '}, {"a": 1}]', "longer than 640 digits"),
    ],
)
def test_a_row_that_is_refused_does_not_stop_the_others(text: str, words: str) -> None:
    """Where its end is certain."""
    bad, good = read(text, 1_000)
    assert isinstance(bad, BadRow)
    assert words in bad.message
    assert (1, {"a": 1}) == good


@pytest.mark.parametrize(
    ("text", "rows", "words"),
    [
        ('[{"a": 1}, {"a": x}, {"a": 1}]', 2, "not JSON"),
        ('[{"a": "b}, {"a": 1}]', 1, "not JSON"),
        ('[{"a": 1} {"a": 1}]', 2, "expecting ',' or ']'"),
        ('[{"a": 1}] 3', 2, "more text behind the array"),
        ('[{"a": 1}', 2, "expecting ',' or ']'"),
        ("[", 1, "not JSON"),
        ('[{"a": 1},]', 2, "not JSON"),
        ("[" * 100_000, 1, "nesting is too deep"),
        ('[{"a": "' + "x" * (2 * MAX_RECORD_CHARACTERS) + '"}]', 1, "more than 1,048,576"),
    ],
)
def test_what_is_no_json_ends_the_reading(text: str, rows: int, words: str) -> None:
    """The text of a person might be taken for a row otherwise; the last row says it."""
    found = read(text, 10_000)
    assert rows == len(found)
    assert isinstance(found[-1], BadRow)
    assert words in found[-1].message
    assert REST_UNREAD == found[-1].hint


@pytest.mark.parametrize("text", ["", "  ", '{"people": []}', "user_id\nu-1", "\ufeff[]"])
def test_another_text_is_refused(text: str) -> None:
    """Before any row."""
    with pytest.raises(UsageError, match="must be an array"):
        read(text)
