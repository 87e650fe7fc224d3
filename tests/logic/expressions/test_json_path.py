r"""Response paths: valid ones select what RFC 9535 selects, others are refused with a reason.

The oracle is a strict reader of RFC 9535. In two corners it is narrower than the grammar, which
the tables below cover instead: escaped control characters (``\u000a``) and shorthand names
beyond U+FFFF.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from jsonpath import JSONPathEnvironment

from cactions.logic.expressions.json_path import PathError, parse_path, query_all, query_one
from cactions.model import ABSENT, EACH, Json, Segment, is_same
from tests.case_counts import cases
from tests.strategies import builds

ORACLE = JSONPathEnvironment(strict=True)

NAMES = st.sampled_from(["a", "b", "é", "a b", "", "0", "'", '"', "\\", "\n", "😀", "\ue000"])
SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "x", "a", 1.0])
DOCUMENTS: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)
BLANKS = st.text(" \t\n\r", max_size=2)


@st.composite
def spellings(draw: st.DrawFn, name: str) -> str:
    """One of the ways in which a quoted name can be written."""
    quote = draw(st.sampled_from("'\""))
    named = {"\\": r"\\", "\n": r"\n", quote: f"\\{quote}"}
    units = {c: c.encode("utf-16-be").hex() for c in name}
    escaped = {
        c: "".join(rf"\u{unit[i : i + 4]}" for i in range(0, len(unit), 4))
        for c, unit in units.items()
    }
    letters = [named.get(c, c) if c == "\n" or draw(st.booleans()) else escaped[c] for c in name]
    return quote + "".join(letters) + quote


@st.composite
def segments(draw: st.DrawFn, *, rows: bool = False) -> str:
    """One segment of a singular query, in any spelling."""
    inside = st.integers(-4, 4).map(str) | NAMES.flatmap(spellings)
    bracket = builds("[{}{}{}]".format, BLANKS, inside | st.just("*") if rows else inside, BLANKS)
    shorthand = st.sampled_from([".a", ".b", ".é", ".\ue000"])
    return draw(BLANKS) + draw(bracket | shorthand)


PATHS = st.lists(segments(), max_size=4).map(lambda parts: "$" + "".join(parts))
ROW_PATHS = st.lists(segments(rows=True), max_size=4).map(lambda parts: "$" + "".join(parts))
PATH_LIKE = st.text(st.sampled_from("$.[]*?'\"\\ud83e0a1-,:@( \n\ud800"), max_size=12).map(
    "$".__add__
)


def refusal(text: str, *, rows: bool = False) -> PathError:
    """The expected refusal."""
    with pytest.raises(PathError) as caught:
        parse_path(text, rows=rows)
    return caught.value


@cases(200)
@given(PATHS, DOCUMENTS)
@example("$['a']\n[0]", {"a": [None]})
def test_a_path_selects_what_the_oracle_selects(text: str, document: Json) -> None:
    """A strict reader of RFC 9535 finds the same value, or nothing as well."""
    found = [node.value for node in ORACLE.finditer(text, document)]
    path = parse_path(text)
    assert is_same(found[0] if found else ABSENT, query_one(path, document))
    assert is_same(found, query_all(path, document))


@cases(200)
@given(ROW_PATHS, DOCUMENTS)
def test_row_paths_select_what_the_oracle_selects_from_arrays(text: str, document: Json) -> None:
    """``[*]`` selects from arrays as in RFC 9535; unlike there, it selects no rows from objects."""
    path = parse_path(text, rows=True)
    starred = [i for i, segment in enumerate(path.segments) if segment is EACH]
    nodes = [
        node.value
        for node in ORACLE.finditer(text, document)
        if all(isinstance(node.parts[i], int) for i in starred)
    ]
    assert is_same(nodes, query_all(path, document))


@cases(200)
@given(PATH_LIKE, st.booleans())
def test_every_accepted_path_is_valid_in_rfc_9535(text: str, rows: bool) -> None:
    """No accepted text is invalid there; a refusal points into the text."""
    assume(not re.search(r"\\u00[01]", text))
    try:
        parse_path(text, rows=rows)
    except PathError as caught:
        error = caught
    else:
        ORACLE.compile(text)
        return
    assert 0 <= error.start <= error.end <= len(text)
    assert error.message
    assert error.hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$", ()),
        ("$.tier", ("tier",)),
        ("$.größe.名.😀", ("größe", "名", "😀")),
        ("$._1.a2", ("_1", "a2")),
        ("$['a.b'][\"c\"]", ("a.b", "c")),
        (r"$['it\'s'][" + r'"\"\/\b\f\n\r\t\\"]', ("it's", '"/\b\f\n\r\t\\')),
        (r"$['\u0041\u000a\uD83D\uDE00\ud83d\ude00']", ("A\n😀😀",)),
        (r"$['\\\'\\']", ("\\'\\",)),
        ("$['']", ("",)),
        ("$[0][-1][9007199254740991][-9007199254740991]", (0, -1, 2**53 - 1, 1 - 2**53)),
        ("$ \t.a\r\n[ 0 ] [\n'b'\t]", ("a", 0, "b")),
        ("$.a.true.null", ("a", "true", "null")),
    ],
)
def test_a_path_is_parsed_into_segments(text: str, expected: tuple[Segment, ...]) -> None:
    """Member names are unescaped, indices are integers, and the author's text is kept."""
    path = parse_path(text)
    assert expected == path.segments
    assert text == str(path)


@pytest.mark.parametrize(
    ("text", "here", "message"),
    [
        ("", "", "the path is empty"),
        ("tier", "tier", "a path begins with $"),
        ("@.tier", "@", "@, the current node of a filter, is not supported"),
        (" $.a", " ", "blank space stands before the path"),
        ("$.a \n", " \n", "blank space stands after the path"),
        ("$.a..b", "..", "descendant segments (..) are not supported: they pick many values"),
        ("$..*", "..", "descendant segments (..) are not supported: they pick many values"),
        ("$.a.*", ".*", "the wildcard .* is not supported: it picks many values"),
        ("$.a[ * ].b", "[ * ]", "the wildcard [*] picks many values"),
        ("$[?@.a == ']'].b", "[?@.a == ']']", "filters are not supported"),
        ("$[1:2]", "[1:2]", "slices are not supported: they pick many values"),
        ("$[::-1]", "[::-1]", "slices are not supported: they pick many values"),
        (
            "$['a,b', \"c\"].d",
            "['a,b', \"c\"]",
            "several selectors in one bracket are not supported: they pick many values",
        ),
        ("$['a", "'", "the quoted name is never closed"),
        (r'$["a\"]', '"', "the quoted name is never closed"),
        ("$.a[0", "[", "the bracket is never closed"),
        ("$[']'", "[", "the bracket is never closed"),
        ("$[ ]", "[ ]", "the brackets are empty"),
        ("$[-0]", "-0", "-0 is no index"),
        ("$[01]", "01", "01 is no index"),
        ("$[+1]", "+1", "+1 is no index"),
        ("$[1.0]", "1.0", "1.0 is no index"),
        ("$[1e2]", "1e2", "1e2 is no index"),
        ("$[9007199254740992]", "9007199254740992", "9007199254740992 is no index"),
        (f"$[{'9' * 5000}]", "9" * 5000, f"{'9' * 40} is no index"),
        ("$[tier]", "tier", "a name in brackets needs quotes"),
        ("$['a'b]", "'a'b", "this is neither a quoted name nor an index"),
        ("$.", ".", "a name is missing after the dot"),
        ("$.[0]", ".", "a dot before a bracket is too much"),
        ("$.items.0", "0", "an index stands in brackets"),
        ("$.'a'", "'a'", "a quoted name stands in brackets"),
        ("$. a", " ", "blank space stands after the dot"),
        ("$tier", "tier", "a dot is missing"),
        ("$[0]a", "a", "a dot is missing"),
        ("$.length()", "(", "functions are not supported"),
        ("$.first name", " ", "this character cannot stand in a name without quotes"),
        ("$.a-b", "-", "this character cannot stand in a name without quotes"),
        ("$.\ud800", "\ud800", "this character cannot stand in a name without quotes"),
        ("$.\x7f", "\x7f", "this character cannot stand in a name without quotes"),
    ],
)
def test_unsupported_syntax_is_refused_by_name(text: str, here: str, message: str) -> None:
    """The message names the construct, and the span is exactly its text."""
    error = refusal(text)
    assert (message, here) == (error.message, text[error.start : error.end])


@pytest.mark.parametrize(
    "literal",
    [r"'\x'", r"'\"'", '"\\\'"', r"'\ud800'", r"'\ude00\ud83d'", r"'\u12'", "'\n'", "'\ud800'"],
)
def test_an_invalid_string_literal_is_refused(literal: str) -> None:
    """Unknown escapes, an escaped other quote, lone surrogates and raw control characters."""
    error = refusal(f"$[{literal}]")
    assert (2, 2 + len(literal)) == (error.start, error.end)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a.b", "write $.a.b"),
        ("$tier", "write .tier"),
        ("$.items.0", "write [0] without a dot"),
        ("$.data[shop].id", "write ['shop']"),
        ("$.data.shop-id.x", "write the name in brackets: ['shop-id']"),
        ("$.it's", 'write the name in brackets: ["it\'s"]'),
    ],
)
def test_the_hint_is_the_corrected_path(text: str, hint: str) -> None:
    """If the author's intention can be guessed, the hint writes it out."""
    assert hint == refusal(text).hint


def test_a_row_path_may_hold_array_wildcards() -> None:
    """``[*]`` may be anywhere in a row path, ``.*`` nowhere."""
    segments = ("data", EACH, "rows", EACH)
    assert segments == parse_path("$.data[*].rows[ * ]", rows=True).segments
    expected = "the wildcard .* is not supported: it picks many values"
    assert expected == refusal("$.data.*", rows=True).message


@pytest.mark.parametrize(
    ("text", "document", "expected"),
    [
        ("$.a[*]", {"a": [1, None, [2]]}, [1, None, [2]]),
        ("$[*][*]", [[1], {"k": 2}, [3, 4], "text"], [1, 3, 4]),
        ("$[*].id", [{"id": 1}, {}, {"id": None}], [1, None]),
        ("$.a[*]", {"a": {"k": 1}}, []),
        ("$.a[*]", {}, []),
        ("$.a", {"a": {"k": 1}}, [{"k": 1}]),
    ],
)
def test_a_row_path_selects_elements_of_arrays(
    text: str, document: Json, expected: list[Json]
) -> None:
    """A wildcard on anything but an array gives no rows; a singular path gives at most one."""
    assert is_same(expected, query_all(parse_path(text, rows=True), document))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$.a", None),
        ("$.b", ABSENT),
        ("$.a.b", ABSENT),
        ("$.l[-1]", 1),
        ("$.l[2]", ABSENT),
        ("$.l[-3]", ABSENT),
        ("$.l['0']", ABSENT),
        ("$.o[0]", ABSENT),
        ("$.s[0]", ABSENT),
    ],
)
def test_absent_and_null_are_different_results(text: str, expected: Json) -> None:
    """Null is an existing value; a missing one is ABSENT."""
    document: Json = {"a": None, "l": [0, 1], "o": {"0": 1}, "s": "text"}
    assert is_same(expected, query_one(parse_path(text), document))


def test_a_path_of_any_length_is_parsed_and_evaluated() -> None:
    """Neither the parser nor the evaluation recurses."""
    assert query_one(parse_path("$" + "[0]" * 50_000), [[]]) is ABSENT
    assert parse_path("$" + "['a']" * 50_000).segments[-1:] == ("a",)
