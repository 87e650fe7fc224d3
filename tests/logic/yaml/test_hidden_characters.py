"""Characters that hide text in an action file are refused at their place, at any position."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator

import pytest

from cactions.logic.project import SourceFile, load_project
from cactions.logic.yaml.hidden_characters import GAP
from cactions.model import Finding

FILE = """\
version: 1
# a comment
workspace:
  people: "people.csv"
"""
SPOTS = ("# a com", '  people: "pe', "version: 1", "workspace:", "")
"""A character is put after each: in a comment, a quoted text, at a line's end, at the start."""
FILLERS = "\u034f\u115f\u1160\u2800\u3164\uffa0\ufe00\ufe0f"
LINE_ENDS = "\r\x85\u2028\u2029"
HIDDEN = [
    sign
    for sign in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(sign) == "Cf" or sign in LINE_ENDS + FILLERS
]


def test_a_variation_selector_must_follow_one_visible_character() -> None:
    """A second one after it could encode invisible text."""
    for text, refused in (
        ("❤\ufe0f", 0),
        ("1\ufe0f\u20e3", 0),
        ("❤\ufe0f\ufe01\ufe02", 2),
        ("x\ufe0f", 1),
    ):
        assert refused == len(found_in(f"version: 1 # {text}\n"))


def found_in(text: str) -> tuple[Finding, ...]:
    return load_project([SourceFile("a.yaml", text.encode())]).findings


def cases() -> Iterator[tuple[str, str, int, int]]:
    """A character, the text with it, and the line and column as git counts them."""
    for sign in HIDDEN:
        for spot in SPOTS:
            if sign == "\ufeff" and not spot:
                continue  # a byte order mark may be the first character
            at = FILE.index(spot) + len(spot)
            text = FILE[:at] + sign + "x" + FILE[at:]
            line = FILE.count("\n", 0, at) + 1
            yield sign, text, line, at - FILE.rfind("\n", 0, at)


def test_hiding_characters_are_refused_everywhere() -> None:
    """Every Cf character, filler and false line end, in five places: more than 830 cases."""
    tried, accepted = 0, []
    for sign, text, line, column in cases():
        [*found] = found_in(text)
        place = found[0].place if len(found) == 1 else None
        position = place and (place.line, place.column)
        code = f"U+{ord(sign):04X}"
        fine = position == (line, column) and found[0].message.startswith(code)
        tried += 1
        accepted += [] if fine and "double quotes" in found[0].hint else [(code, line, found)]
    assert tried > 830
    assert [] == accepted


def test_line_numbers_are_those_of_git_after_a_false_line_end() -> None:
    """Each of several findings has the place that git, editors and reviewers use."""
    text = "version: 1\u2028# a\x85b\r\n#\rc\n#\u200b\n"
    places = [one.place for one in found_in(text)]
    assert [(1, 11), (1, 15), (2, 2), (3, 2)] == [(p.line, p.column) for p in places if p]


@pytest.mark.parametrize(
    "text", ["version: 1\r\n", "\ufeffversion: 1\n", "version: 1 # \u26a0\ufe0f é 漢\n"]
)
def test_harmless_characters_are_accepted(text: str) -> None:
    """Windows line ends, a byte order mark at the very beginning, emoji and every script."""
    assert () == found_in(text)


def test_an_escaped_character_is_accepted() -> None:
    """In double quotes a reviewer sees it."""
    assert () == found_in(FILE.replace("people.csv", "p\\u200d\\u2028.csv"))


@pytest.mark.parametrize("blanks", [" " * 96, "\t" * 12, " \t" * 12, " " * 5_000])
def test_text_far_to_the_right_is_refused(blanks: str) -> None:
    """A key, or a text, that is far to the right of the visible area."""
    [one] = found_in(f"version: 1\nallow: [],{blanks}trust: []\n")
    assert "out of sight" in one.message
    assert one.place is not None
    assert (2, 11) == (one.place.line, one.place.column)


def test_trailing_spaces_are_accepted() -> None:
    """At the end of a line they hide no text."""
    assert () == found_in(f"version: 1{' ' * 200}\n")


def test_a_million_hiding_characters_are_counted() -> None:
    """A hundred are listed one by one."""
    *_, last = found = found_in("version: 1 #" + "\u200b" * 1_000 + "\n")
    assert 101 == len(found)
    assert "900 more hiding places like these follow" == last.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 1\n...\nallow: []\n", "not YAML"),
        ("version: 1\n... allow: []\n", "not YAML"),
        ("%YAML 1.1\n---\nversion: 1\n", "directive"),
        ("%TAG ! tag:x,1:\n---\nversion: 1\n", "directive"),
        ("version: 1\nallow:\n\t- a\n", "tabs"),
        ("version: 1\0\n", "U+0000 NULL"),
        ("version: 1\n#\x0callow: []\n", "U+000C FORM FEED"),
    ],
)
def test_syntax_that_parser_and_reviewer_read_differently_is_refused(text: str, said: str) -> None:
    """Text after the end of a document, directives, tabs as indentation, control characters."""
    found = found_in(text)
    assert found
    assert said in f"{found[0].message} {found[0].hint}"


def test_an_unfinished_merge_is_reported() -> None:
    """At the first conflict marker, instead of a later parser error."""
    text = "<<<<<<< HEAD\nversion: 1\n=======\nversion: 1\n>>>>>>> branch\n"
    [one] = found_in(text)
    assert "this is a mark of an unfinished git merge" == one.message
    assert one.place is not None
    assert (1, 1) == (one.place.line, one.place.column)


BLANKS = [
    sign for sign in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(sign) == "Zs"
]


@pytest.mark.parametrize("blank", [*BLANKS, "\t", " \xa0", "\u2003 \t"])
def test_long_gaps_of_any_white_space_are_refused(blank: str) -> None:
    """A suppression after it would work unseen; shorter gaps and ends of lines are accepted."""
    for sign in ("# cactions: ignore[CA104]", "x"):
        assert 1 == len(found_in(f"version: 1 # key{blank * GAP}{sign}\n"))
        assert 0 == len(found_in(f"version: 1 # key{blank * 3}{sign}\n"))
    assert 0 == len(found_in(f"version: 1 # key{blank * GAP}\n"))
