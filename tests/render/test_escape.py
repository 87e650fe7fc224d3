"""Untrusted text cannot paint, move or deceive."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cactions.render.escape import escape_terminal, split_ascii, split_escaped, split_quoted
from cactions.render.text import Span, to_plain_text
from cactions.render.width import measure_char, measure_width

ALIKE = {"Cn", "Co"}  # unassigned and private: nearly a million, and one is like another
EVERYTHING = [
    chr(code)
    for code in range(sys.maxunicode + 1)
    if code % 97 == 0 or unicodedata.category(chr(code)) not in ALIKE
]
IDEOGRAPHIC_SPACE = "\u3000"

HOSTILE = st.text(st.characters() | st.sampled_from("\x1b\x07\r\n\u202e\u2066\u200b\u0301\ufe0f"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\x9b31m", "\\x9b31m"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\u202a\u202e\u2066\u2069\u200e\u200f\u061c", None),
        ("\u200b\u200c\u200d\ufeff\u2060\xad", None),
        ("\u2028\u2029\x85", None),
        ("\ud800\udfff", None),
        ("\ue000\U000f0000", None),
        ("\ufe0f\U000e0100\U000e0041\u3164\u115f\u2800", None),
        ("e\u0301", "e\u0301"),
        ("\u0301e", "\\u0301e"),
        (" \u0301", " \\u0301"),
        ("\x1b\u0301", "\\x1b\\u0301"),
        ("e" + "\u0301" * 6, "e" + "\u0301" * 4 + "\\u0301" * 2),
        ("山田　太郎", "山田　太郎"),
        ("a\xa0b\u2003c", "a\\xa0b\\u2003c"),
        ("🇬🇧👍", "🇬🇧👍"),
    ],
)
def test_what_cannot_be_seen_is_spelled(text: str, shown: str | None) -> None:
    """None stands for: every character of it becomes its escape."""
    spelled = "".join(ascii(char)[1:-1] for char in text)
    assert (spelled if shown is None else shown) == escape_terminal(text)


def test_no_character_of_unicode_comes_through_unprintable() -> None:
    """Each on its own behind a letter."""
    hidden = [c for c in EVERYTHING if not c.isprintable() and c != IDEOGRAPHIC_SPACE]
    assert [] == [char for char in hidden if not escape_terminal("a" + char).isprintable()]


def test_every_width_is_known_as_terminals_know_it() -> None:
    """Rich is the oracle, except for symbols, whose widths differ between Unicode versions."""
    settled = (c for c in EVERYTHING if c.isprintable() and unicodedata.category(c)[0] not in "SN")
    shown = [c for c in settled if escape_terminal("a" + c) == "a" + c]
    assert [] == [(c, cell_len(c)) for c in shown if measure_char(c) != cell_len(c)]


@given(HOSTILE)
def test_spelling_twice_changes_nothing(text: str) -> None:
    """What is safe stays as it is, so that an ink may be cut and made again."""
    assert escape_terminal(text) == escape_terminal(escape_terminal(text))


@given(HOSTILE)
def test_an_ink_is_printable_whatever_it_is_made_of(text: str) -> None:
    """There is no other way to the screen than an ink."""
    line = to_plain_text([(Span(text), Span(text))])
    assert line[:-1].replace(IDEOGRAPHIC_SPACE, "").isprintable()


@pytest.mark.parametrize("spell", [split_escaped, split_quoted, split_ascii])
@given(text=HOSTILE)
def test_a_piece_knows_its_cells(spell: object, text: str) -> None:
    """One piece a character, as wide as it says."""
    spelled = list(spell(text))  # type: ignore[operator]
    assert len(text) == len(spelled)
    assert [] == [(shown, cells) for shown, cells in spelled if measure_width(shown) != cells]


@given(HOSTILE, HOSTILE)
def test_quoting_loses_nothing(left: str, right: str) -> None:
    """Two texts in quotes look alike only if they are the same."""
    both = ["".join(shown for shown, _ in split_quoted(text)) for text in (left, right)]
    assert (both[0] == both[1]) == (left == right)
