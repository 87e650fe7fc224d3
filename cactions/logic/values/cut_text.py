"""Cuts a text without splitting what a reader sees as one character."""

from __future__ import annotations

import unicodedata
from typing import Final

_JOINER: Final = "\N{ZERO WIDTH JOINER}"
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
_FLAGS: Final = range(0x1F1E6, 0x1F200)


def cut_text(text: str, limit: int) -> str:
    """The first characters, at most ``limit``, without blanks at the end."""
    end = limit
    while 0 < end < len(text) and _belongs_together(text, end):
        end -= 1
    return text[: end or limit].rstrip()


def _belongs_together(text: str, at: int) -> bool:
    """Whether the character at a place is part of the one before it."""
    before, here = text[at - 1], text[at]
    if _JOINER in (here, before) or ord(here) in _SKIN_TONES:
        return True
    if ord(before) in _FLAGS and ord(here) in _FLAGS:
        return (at - _find_first_flag(text, at)) % 2 == 1
    return unicodedata.category(here).startswith("M")


def _find_first_flag(text: str, at: int) -> int:
    while at > 0 and ord(text[at - 1]) in _FLAGS:
        at -= 1
    return at
