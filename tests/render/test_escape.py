"""Untrusted text cannot control the terminal, move the cursor or deceive the reader."""

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

ALIKE = {"Cn", "Co"}  # unassigned and private: nearly a million, all treated alike
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
def test_invisible_characters_are_escaped(text: str, shown: str | None) -> None:
    """No character is replaced by another one: each becomes its escape."""
    spelled = "".join(ascii(char)[1:-1] for char in text)
    assert (spelled if shown is None else shown) == escape_terminal(text)


def test_every_unicode_character_becomes_printable() -> None:
    """Each tested separately after a letter."""
    hidden = [c for c in EVERYTHING if not c.isprintable() and c != IDEOGRAPHIC_SPACE]
    assert [] == [char for char in hidden if not escape_terminal("a" + char).isprintable()]


def test_character_widths_match_terminals() -> None:
    """Rich is the oracle, except for symbols, whose widths differ between Unicode versions."""
    settled = (c for c in EVERYTHING if c.isprintable() and unicodedata.category(c)[0] not in "SN")
    shown = [c for c in settled if escape_terminal("a" + c) == "a" + c]
    assert [] == [(c, cell_len(c)) for c in shown if measure_char(c) != cell_len(c)]


@given(HOSTILE)
def test_escaping_twice_equals_escaping_once(text: str) -> None:
    """Safe text does not change, so that styled text may be cut and rebuilt."""
    assert escape_terminal(text) == escape_terminal(escape_terminal(text))


@given(HOSTILE)
def test_styled_text_is_always_printable(text: str) -> None:
    """All output to the screen is styled text."""
    line = to_plain_text([(Span(text), Span(text))])
    assert line[:-1].replace(IDEOGRAPHIC_SPACE, "").isprintable()


@pytest.mark.parametrize("spell", [split_escaped, split_quoted, split_ascii])
@given(text=HOSTILE)
def test_each_piece_has_its_width(spell: object, text: str) -> None:
    """One piece per character, with its declared width."""
    spelled = list(spell(text))  # type: ignore[operator]
    assert len(text) == len(spelled)
    assert [] == [(shown, cells) for shown, cells in spelled if measure_width(shown) != cells]


@given(HOSTILE, HOSTILE)
def test_quoting_is_unambiguous(left: str, right: str) -> None:
    """Two quoted texts look equal only if they are equal."""
    both = ["".join(shown for shown, _ in split_quoted(text)) for text in (left, right)]
    assert (both[0] == both[1]) == (left == right)
