"""Strict JSON: valid text is parsed exactly, the rest is refused with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic import strict_json
from cactions.logic.strict_json import StrictJsonError
from cactions.model import Json, is_same

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
) | TEXTS
DOCUMENTS: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=20
)


def refusal(data: bytes | str, **limits: int) -> tuple[int, int, str]:
    """Line, column and message of the expected refusal."""
    with pytest.raises(StrictJsonError) as caught:
        strict_json.parse_json(data, **limits)
    return caught.value.line, caught.value.column, caught.value.message


@given(DOCUMENTS)
def test_written_json_reads_back_unchanged(document: Json) -> None:
    """``parse(dumps(value))`` is ``value``, as text and as bytes."""
    text = strict_json.dump_json(document)
    assert is_same(document, strict_json.parse_json(text))
    assert is_same(document, strict_json.parse_json(text.encode()))


@given(
    st.lists(
        st.sampled_from(['"a":', '"b":', "1", "-0", "1.5e3", "1" * 641, '"x"', '""', '"\\u0061":'])
        | st.sampled_from(["{", "}", "[", "]", ",", " ", "true", "NaN", "1e999", '"\\ud800"']),
        max_size=12,
    ).map("".join)
    | st.builds(
        lambda keys, n: "{" + ",".join(f'"{key}": {n}' for key in keys) + "}",
        st.lists(st.sampled_from("abc"), max_size=3),
        st.sampled_from(["1", '"t"', "[]", '{"a":1,"a":2}']),
    )
)
def test_the_fast_reader_accepts_nothing_else(text: str) -> None:
    """A document with an escaped quote is read by the standard library alone."""
    fast, slow = (_read(f'[{text},"{last}"]') for last in ("x", '\\"'))
    assert is_same(_drop_last(slow), _drop_last(fast))


@given(DOCUMENTS | st.floats() | st.sampled_from([1e16, 1e-7, 2.0**70, 10**30, {"a": [1e22]}]))
def test_both_writers_write_alike(document: Json) -> None:
    """As the standard library does; what that refuses is refused."""
    try:
        expected = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        with pytest.raises(ValueError, match="JSON"):
            strict_json.dump_json(document)
    else:
        assert expected == strict_json.dump_json(document)


def _drop_last(found: list[Json]) -> list[Json]:
    return [value[:-1] if isinstance(value, list) else value for value in found]


def _read(text: str) -> list[Json]:
    """The value; nothing for a refusal."""
    try:
        return [strict_json.parse_json(text)]
    except StrictJsonError:
        return []


@given(DOCUMENTS)
def test_escapes_and_white_space_do_not_change_the_value(document: Json) -> None:
    """Including surrogate pairs."""
    assert is_same(document, strict_json.parse_json(json.dumps(document, indent=1)))


JSON_LIKE = st.text(st.sampled_from('[]{}",:\\u0dDcC89e+-.NaI \n\ud800é'))


@given(JSON_LIKE | st.text() | st.binary())
def test_any_input_is_parsed_or_refused_with_a_place_inside_it(data: str | bytes) -> None:
    """No exception but StrictJsonError is raised, and its place is in the text."""
    try:
        value = strict_json.parse_json(data)
    except StrictJsonError as error:
        line, column = error.line, error.column
    else:
        assert is_same(json.loads(data), value)
        return
    text = data.decode(errors="replace") if isinstance(data, bytes) else data
    lines = text.split("\n")
    assert 1 <= line <= len(lines)
    assert 1 <= column <= len(lines[line - 1]) + 1


@pytest.mark.parametrize(
    ("data", "line", "column", "message"),
    [
        (b"", 1, 1, "the text is empty"),
        (" \r\n\t", 1, 1, "the text is empty"),
        (b"\xef\xbb\xbf{}", 1, 1, "the text begins with a byte order mark"),
        ("\ufeff{}", 1, 1, "the text begins with a byte order mark"),
        ("{}".encode("utf-16"), 1, 1, "the text is not UTF-8"),
        (b'{\n"\xc3\xa9": "\xff"}', 2, 7, "the text is not UTF-8"),
        (b'"\xed\xa0\x80"', 1, 2, "the text is not UTF-8"),
        (b'"\xc0\xaf"', 1, 2, "the text is not UTF-8"),
        ('"\ud800"', 1, 2, "half of a surrogate pair is no character"),
        (r'["é", "\uD83D"]', 1, 8, "half of a surrogate pair is no character"),
        (r'{"\ude00\ud83d": 1}', 1, 3, "half of a surrogate pair is no character"),
        (r'"\\\ud83d\\ude00"', 1, 4, "half of a surrogate pair is no character"),
        ('{"a": 1,\n "a": 1}', 2, 2, "this key stands twice"),
        (r'{"a": {"b": 1}, "b": 2, "\u0061": 3}', 1, 25, "this key stands twice"),
        ('[{"a": 1}, {"k\\n": "a", "k\\n": {}}]', 1, 25, "this key stands twice"),
        ('["NaN",\nNaN]', 2, 1, "NaN is no JSON value"),
        ('{"-Infinity": -Infinity}', 1, 15, "-Infinity is no JSON value"),
        ("Infinity", 1, 1, "Infinity is no JSON value"),
        ('{"1e400": 1.0, "b": 1e400}', 1, 21, "the number is too large"),
        (f"[0.{'0' * 400}1e400, 1e400]", 1, 411, "the number is too large"),
        ("-2" + "0" * 640, 1, 1, "the integer is longer than 640 digits"),
        ("1 2", 1, 3, "there is more text after the end of the value"),
        ("{}}", 1, 3, "there is more text after the end of the value"),
    ],
)
def test_every_refusal_has_its_place(
    data: bytes | str, line: int, column: int, message: str
) -> None:
    """Line and column point at the place, in characters."""
    assert (line, column, message) == refusal(data)


LENIENT = r"""
    nul True [1,] {,} [,1] {1:2} {'a':1} {"a":} [1;2] [1}2] "\x" "\u12" "\ " [ { [1 {"a" {"a":1
    - -- 01 +1 .5 1. 1e 0x1 1_0 ٣ //1 #1
""".split()  # noqa: SIM905 - one word a case reads better than 31 quoted ones


@pytest.mark.parametrize("text", [*LENIENT, '"a\nb"', "\x0b1", "\u00a01", "1\0", "[1 2]"])
def test_extensions_of_other_parsers_are_refused(text: str) -> None:
    """Neither comments nor trailing commas, other quotes, other digits or other white space."""
    refusal(text)


def test_numbers_are_parsed_exactly() -> None:
    """An integer keeps every digit and a float stays a float."""
    numbers = strict_json.parse_json(f"[9007199254740993, {'9' * 640}, 1.0, 1E2, -0]")
    assert is_same([9007199254740993, 10**640 - 1, 1.0, 100.0, 0], numbers)


def test_depth_is_counted_outside_strings() -> None:
    """The limit is the number of brackets that are open at once."""
    text, expected = '[[["[[[["]],[]]', [[["[[[["]], []]
    assert expected == strict_json.parse_json(text, max_depth=3)
    too_deep = (1, 3, "the nesting is deeper than 2 levels")
    assert too_deep == refusal(text, max_depth=2)


@pytest.mark.parametrize("bracket", ["[", '{"a":', '[{"a":'])
def test_many_open_brackets_do_not_recurse(bracket: str) -> None:
    """100,000 open brackets are refused at the 65th."""
    expected = "the nesting is deeper than 64 levels"
    _, column, message = refusal(bracket * 100_000)
    assert expected == message
    assert column <= 65 * len(bracket)


def test_a_refusal_quotes_no_content() -> None:
    """A response body and its keys may be private: a duplicate key is reported by its place."""
    _, _, message = refusal(json.dumps({"k" * 100: 1})[:-1] + f', "{"k" * 100}": "hunter2"}}')
    assert "this key stands twice" == message


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_values_outside_json_are_not_written(number: float) -> None:
    """NaN and the infinities raise instead of becoming invalid JSON."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        strict_json.dump_json([number])


def test_written_json_is_compact_and_keeps_order_and_letters() -> None:
    """Without white space, and without unnecessary escapes."""
    expected = '{"b":"é😀","a":[1,null]}'
    assert expected == strict_json.dump_json({"b": "é😀", "a": [1, None]})


@given(DOCUMENTS)
def test_valid_unicode_is_read_alike_loosely(value: Json) -> None:
    """Only what is not valid Unicode differs."""
    text = strict_json.dump_json(value).encode()
    assert is_same(strict_json.parse_json(text), strict_json.parse_json_loosely(text))


@given(st.text(st.characters()), st.text(st.characters(categories=["Cs"]), min_size=1))
def test_a_lone_surrogate_is_shown_as_its_escape(text: str, half: str) -> None:
    """In a key, in a value and in a list; nothing else of the text changes."""
    body = json.dumps({f"k{half}": [half + text]}).encode()
    expected = json.loads(body)
    found = strict_json.parse_json_loosely(body)
    json.dumps(found, ensure_ascii=False).encode()
    [(key, [value])] = expected.items()
    is_whole = all(not "\ud800" <= c <= "\udfff" for c in key + value)
    shown = {_show(key): [_show(value)]}
    assert found == (expected if is_whole else shown)


def _show(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)


@pytest.mark.parametrize(
    "text",
    [r'{"a":"\ud800","a":1}', r'["\ud800"', r'["\ud800x", nan]', r'["\ud8"]',
     "[" * 70 + r'"\ud800"' + "]" * 70],
)  # fmt: skip
def test_all_else_is_refused_beside_a_lone_surrogate(text: str) -> None:
    """A loose reading takes what is no text or number, and nothing that is ambiguous or broken."""
    with pytest.raises(StrictJsonError):
        strict_json.parse_json_loosely(text.encode())
