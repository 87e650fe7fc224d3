"""A text is cut between what a reader sees as characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.values.cut_text import cut_text


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("abcdef", 3, "abc"),
        ("ab cdef", 3, "ab"),
        ("cafe\u0301 x", 4, "caf"),
        ("a👨‍👩‍👧 b", 3, "a"),
        ("a👍🏽b", 2, "a"),
        ("🇩🇪🇫🇷🇮🇹", 3, "🇩🇪"),
        ("a🇩🇪🇫🇷", 4, "a🇩🇪"),
        ("\u0301\u0301\u0301", 2, "\u0301\u0301"),
    ],
)
def test_no_character_is_split(text: str, limit: int, cut: str) -> None:
    """Accents, joined emoji, skin tones and flags stay whole, or go whole."""
    assert cut_text(text, limit) == cut


@given(st.text(max_size=40), st.integers(1, 30))
def test_a_cut_text_is_a_beginning(text: str, limit: int) -> None:
    """At most as long as asked for."""
    cut = cut_text(text, limit)
    assert text.startswith(cut)
    assert len(cut) <= limit
