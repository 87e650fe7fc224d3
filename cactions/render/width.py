"""How many terminal cells a text takes: a wide character two, a combining mark none."""

from __future__ import annotations

import unicodedata

_JAMO_TAILS = (range(0x1160, 0x1200), range(0xD7B0, 0xD800))  # they join the syllable before


def measure_char(char: str) -> int:
    """0, 1 or 2 cells, by Unicode's East Asian Width; ambiguous characters count as narrow."""
    if char.isascii():
        return 1
    if unicodedata.category(char).startswith("M") or any(ord(char) in r for r in _JAMO_TAILS):
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def measure_width(text: str) -> int:
    """The cells of a printable text."""
    return len(text) if text.isascii() else sum(map(measure_char, text))
