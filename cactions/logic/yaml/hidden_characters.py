"""What hides text from the reader of a file: unseen signs, false line ends and wide gaps.

- U+0085, U+2028, U+2029 and a lone carriage return end a line, and with it a comment, for the YAML
  parser, but not for git, an editor or a reviewer: a key behind one takes effect unseen.
- Bidirectional controls, zero-width signs, fillers and tags change what a reader sees, or carry
  text that is not seen at all: https://trojansource.codes, Unicode's Default_Ignorable_Code_Point.
- A wide gap moves what stands behind it out of the window.

The variation selectors U+FE00 to U+FE0F stay allowed where they are seen: once, behind a sign that
is not ASCII (emoji), or in a keycap. Elsewhere they carry text that is not seen. An emoji of
several parts holds a zero-width joiner, which is refused with all other zero-width signs.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

GAP: Final = 96
"""Columns of blanks of any kind, a tab counts as eight: text behind them is out of most windows."""

_REFUSED: Final = (
    "\x00\x08", "\x0b\x0c", "\x0e\x1f", "\x7f\x9f", "\xad\xad", "\u034f\u034f", "\u0600\u0605",
    "\u061c\u061c", "\u06dd\u06dd", "\u070f\u070f", "\u0890\u0891", "\u08e2\u08e2",
    "\u115f\u1160", "\u17b4\u17b5", "\u180b\u180f", "\u200b\u200f", "\u2028\u202e",
    "\u2060\u206f", "\u2800\u2800", "\u3164\u3164", "\ud800\udfff", "\ufeff\ufeff", "\uffa0\uffa0",
    "\ufff0\ufffb", "\ufffe\uffff", "\U000110bd\U000110bd", "\U000110cd\U000110cd",
    "\U00013430\U0001343f", "\U0001bca0\U0001bca3", "\U0001d173\U0001d17a",
    "\U000e0000\U000e0fff",
)  # fmt: skip
"""First and last of each range: what YAML forbids ("c-printable"), line ends, Cf, fillers."""
_BOUNDS: Final = [end for first, last in _REFUSED for end in (ord(first), ord(last) + 1)]
_PLAIN: Final = b"\n" + bytes(range(0x20, 0x7F))
_LINE_ENDS: Final = "\r\x85\u2028\u2029"
_LONE_RETURN: Final = "\r(?!\n)"
_SELECTORS: Final = b"\xef\xb8"
_UNSEEN_SELECTOR: Final = "[\ufe00-\ufe0f](?<![^\x00-\x7f\ufe00-\ufe0f].)(?!\u20e3)"
_TAB: Final = 8
_WIDE: Final = "\u3000"
_BLANK: Final = "[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]"
"""Unicode's general category Zs, and the tab."""
_BLANKS: Final = f"{_BLANK}{{{GAP // _TAB},}}"
_NAMES: Final = {"\0": "NULL", "\x0c": "FORM FEED", "\r": "CARRIAGE RETURN", "\x85": "NEXT LINE"}
"""Unicode has no names for control characters; these are its aliases of some."""
_LARGEST_OF_FOUR: Final = 0xFFFF


_NEVER: Final = frozenset({"Cc", "Cs", "Cn", "Zl", "Zp"})
"""Categories of what cannot stand in YAML, or ends a line there and nowhere else."""


class HiddenCharacter(Struct, frozen=True, order=True):
    """A hiding place: characters of the text from 0, the end exclusive."""

    start: int
    end: int
    message: str
    hint: str


def find_hidden(data: bytes, text: str) -> list[HiddenCharacter]:
    """Every hiding place of a text and its bytes, in order; quick where there is none."""
    rest = data.translate(None, _PLAIN)
    found = [*_find_characters(rest, text)] if rest else []
    if b" " * GAP in data or b"\t" in rest or not rest.isascii():
        found += _find_gaps(text)
    return sorted(found)


def find_forbidden(data: bytes, text: str) -> list[HiddenCharacter]:
    """Of these, what YAML forbids, and false line ends: for texts that no one reviews."""
    rest = data.translate(None, _PLAIN)
    found = _find_characters(rest, text) if rest else ()
    return [each for each in found if unicodedata.category(text[each.start]) in _NEVER]


def _find_characters(rest: bytes, text: str) -> Iterator[HiddenCharacter]:
    """The signs that are refused; only those beyond plain ASCII are looked at one by one."""
    refused = {sign for sign in set(rest.decode()) if bisect_right(_BOUNDS, ord(sign)) % 2}
    if refused:
        yield from (
            _describe_character(at, sign) for at, sign in enumerate(text) if sign in refused
        )
    if _SELECTORS in rest:
        found = re.finditer(_UNSEEN_SELECTOR, text)
        yield from (_describe_character(match.start(), match[0]) for match in found)
    if b"\r" in rest:
        yield from (
            _describe_character(match.start(), "\r") for match in re.finditer(_LONE_RETURN, text)
        )


def _describe_character(at: int, sign: str) -> HiddenCharacter:
    named = unicodedata.name(sign, _NAMES.get(sign, ""))
    shown = f"U+{ord(sign):04X} {named}".rstrip()
    if sign in _LINE_ENDS:
        message = f"{shown} ends a line for the YAML parser, but not for git or a reviewer"
    elif unicodedata.category(sign) in {"Cc", "Cs"} or sign in "\ufffe\uffff":
        message = f"a character that YAML does not allow: {shown}"
    else:
        message = f"{shown} cannot be seen, or changes how the text around it is shown"
    hint = f'remove it; if a value needs it, write it as "{_escape(sign)}" in double quotes'
    return HiddenCharacter(at, at + 1, message, hint)


def _find_gaps(text: str) -> Iterator[HiddenCharacter]:
    message = f"a gap of {GAP} columns or more, which moves text out of sight"
    for found in re.finditer(_BLANKS, text):
        behind = text[found.end() : found.end() + 1]
        gap = found[0].expandtabs(_TAB)
        if behind not in ("", "\r", "\n") and len(gap) + gap.count(_WIDE) >= GAP:
            yield HiddenCharacter(*found.span(), message, "remove the blanks")


def _escape(sign: str) -> str:
    code = ord(sign)
    return f"\\u{code:04x}" if code <= _LARGEST_OF_FOUR else f"\\U{code:08x}"
