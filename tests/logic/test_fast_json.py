"""The fast reader takes what the strict one takes, and reads the same from it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.fast_json import UNSURE, read_fast
from cactions.logic.strict_json import StrictJsonError, parse_json
from cactions.model import Json, is_same
from tests.strategies import JSON_VALUES

PEOPLE = 150


def build_page(note: str, depth: int = 3) -> bytes:
    """Many people, as a search at Intercom gives them, with this text and so deep a value."""
    deep: Json = 1
    for _ in range(depth):
        deep = [deep]
    people = [{"id": str(n), "note": note, "tags": {"data": deep}} for n in range(PEOPLE)]
    return json.dumps({"data": people}).encode().replace(b"/", b"\\/")


@pytest.mark.parametrize("note", ["plain", "https://a/b", "é", "\U0001f600", "tab\t", "[[[{"])
def test_a_page_of_many_people_is_read_fast(note: str) -> None:
    """With escapes in its texts, and with more brackets than levels that are allowed."""
    page = build_page(note)
    found = read_fast(page, 64)
    assert found is not UNSURE
    assert is_same(found, json.loads(page))


@pytest.mark.parametrize("depth", [0, 20, 60, 61, 62, 80])
def test_levels_are_counted_in_what_was_read(depth: int) -> None:
    """The outer object, its list, a person and their tags are four more."""
    page = build_page("x", depth)
    assert (depth + 4 > 64) == (read_fast(page, 64) is UNSURE)
    if depth + 4 > 64:
        with pytest.raises(StrictJsonError, match="deeper than 64"):
            parse_json(page)


@pytest.mark.parametrize(
    "text",
    [
        r'{"a\u0041": 1, "aA": 2}', r'{"a": 1, "\u0061": 2}', r'["\u0022"]', r'["a\"b"]',
        r'["\ud800"]', r'["\ud83d"]', r'[{"a\/": 1, "a/": 2}]', r'["\x"]',
    ],
)  # fmt: skip
def test_escapes_hide_nothing(text: str) -> None:
    """A key twice, a quote and half of a pair are left to the strict reader."""
    assert read_fast(text, 64) is UNSURE


@given(JSON_VALUES, st.booleans())
def test_what_is_read_fast_is_what_the_library_reads(document: Json, ascii_only: bool) -> None:
    """However its texts are escaped."""
    text = json.dumps(document, ensure_ascii=ascii_only)
    found = read_fast(text, 64)
    assert found is UNSURE or is_same(found, json.loads(text))
