"""Untrusted text, spelled so that it cannot paint, move or deceive: the one border to the screen.

Laws: what leaves here is printable; ``safe(safe(text)) == safe(text)``; two texts that differ
in an invisible character come out different.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

from cactions.render.width import measure_char

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_IDEOGRAPHIC_SPACE = "\u3000"
_MOST_KEPT = 100  # characters of a text that is kept with its escaped form
_MOST_MARKS = 4  # more combining marks than any script needs would climb over the lines above

# Unicode's Default_Ignorable_Code_Point as far as Python calls it printable (fillers, joiners,
# variation selectors), and the blank Braille pattern.
_UNSEEN = (
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)

Piece: TypeAlias = tuple[str, int]
"""How one character is shown, and how many cells that takes."""


def escape(char: str) -> str:
    r"""The escape that stands for a character: ``\n``, ``\x1b``, ``\u202e``, ``\U000e0001``."""
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    letter, digits = next((a, n) for a, n in (("x", 2), ("u", 4), ("U", 8)) if code < 16**n)
    return f"\\{letter}{code:0{digits}x}"


def split_escaped(text: Iterable[str]) -> Iterator[Piece]:
    """Every character as it may be shown, one piece a character."""
    marks = _MOST_MARKS  # a mark needs something to stand on: no space, no escape, no start
    for char in text:
        is_mark = not char.isascii() and unicodedata.category(char).startswith("M")
        marks += is_mark
        piece = _spell_character(char) if is_mark and marks > _MOST_MARKS else _build_piece(char)
        if not is_mark:
            marks = _MOST_MARKS if char.isspace() or piece[0] != char else 0
        yield piece


def _build_piece(char: str) -> Piece:
    seen = char.isprintable() if char.isascii() else _is_seen(char)
    return (char, measure_char(char)) if seen else _spell_character(char)


def _is_seen(char: str) -> bool:
    return (char.isprintable() or char == _IDEOGRAPHIC_SPACE) and not re.match(_UNSEEN, char)


def _spell_character(char: str) -> Piece:
    text = escape(char)
    return text, len(text)


def escape_terminal(text: str) -> str:
    """The text with everything unprintable or invisible spelled out. Takes any ``str``."""
    if text.isascii() and text.isprintable():
        return text
    return _escape_short(text) if len(text) <= _MOST_KEPT else _escape(text)


def _escape(text: str) -> str:
    return "".join(shown for shown, _ in split_escaped(text))


_escape_short = lru_cache(4_096)(_escape)
"""Arrows, dots and the words of a run stand on every line of a report."""


def escape_json(document: str) -> str:
    r"""The same JSON document, with everything unprintable or invisible spelled ``\uXXXX``."""
    return _BEYOND.sub(lambda found: _in_json(found[0]), document)


_BEYOND = re.compile(r"[^\n -~]")  # line breaks of the document; those of values are escaped


def _in_json(char: str) -> str:
    if _build_piece(char)[0] == char:
        return char
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def split_quoted(text: Iterable[str]) -> Iterator[Piece]:
    r"""As ``pieces``, with ``\`` and ``"`` spelled too, for the inside of double quotes."""
    for shown, cells in split_escaped(text):
        yield ("\\" + shown, 2) if shown in {"\\", '"'} else (shown, cells)


def split_ascii(text: Iterable[str]) -> Iterator[Piece]:
    """As ``quoted_pieces``, with everything beyond ASCII spelled: for twins that look alike."""
    for char in text:
        if char.isascii():
            yield from split_quoted(char)
        else:
            yield _spell_character(char)


Speller: TypeAlias = Callable[[Iterable[str]], Iterator[Piece]]
"""``pieces`` or one of its sisters."""
