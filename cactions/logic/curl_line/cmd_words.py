"""Words of a line for the Command Prompt of Windows: first its carets, then the quotes of programs.

https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from cactions.logic.curl_line.words import PastedLineError, Word, refuse_typographic

_BLANK: Final = " \t"
_OPERATORS: Final = "|&<>"

_Sign = tuple[str, int]
"""A character with its position."""


def split_cmd_words(text: str) -> list[Word]:
    """The words of the one command. Raises PastedLineError."""
    return [*_split_arguments([*_resolve_carets(text)])]


def _resolve_carets(text: str) -> Iterator[_Sign]:
    """What the program gets; a caret makes the next character mean nothing but itself."""
    quoted = False
    at = 0
    while at < len(text):
        sign = text[at]
        if sign == "^" and not quoted:
            at += 1 + text.startswith("\n", at + 1)
            if at < len(text):
                yield text[at], at
        elif sign == "\n":
            if text[at:].strip():
                hint = "Paste one command; a line that goes on ends with ^."
                raise PastedLineError("a second command begins here", hint, at + 1)
            return
        else:
            if sign in _OPERATORS and not quoted:
                hint = "Leave it out, or put it in quotes where it belongs to the URL or a value."
                raise PastedLineError("a second command, or a file, would begin here", hint, at)
            refuse_typographic(text, at)
            quoted ^= sign == '"'
            yield sign, at
        at += 1


def _split_arguments(signs: Sequence[_Sign]) -> Iterator[Word]:
    """As the C runtime does it: backslashes count before a quote, two quotes within are one."""
    at = 0
    while at < len(signs):
        if signs[at][0] in _BLANK:
            at += 1
        else:
            start = signs[at][1]
            text, at = _read_argument(signs, at)
            yield Word(text, start)


def _read_argument(signs: Sequence[_Sign], at: int) -> tuple[str, int]:
    """One argument, and where it ends."""
    parts: list[str] = []
    opened = -1
    while at < len(signs) and (opened >= 0 or signs[at][0] not in _BLANK):
        count = _count_backslashes(signs, at)
        at += count
        if at >= len(signs) or signs[at][0] != '"':
            parts.append("\\" * count if count else signs[at][0])
            at += not count
            continue
        parts.append("\\" * (count // 2))
        doubled = opened >= 0 and at + 1 < len(signs) and signs[at + 1][0] == '"'
        if count % 2 or doubled:
            parts.append('"')
            at += 1 if count % 2 else 2
        else:
            opened = -1 if opened >= 0 else signs[at][1]
            at += 1
    if opened >= 0:
        raise PastedLineError('the quote " is never closed', "Copy the whole line.", opened)
    return "".join(parts), at


def _count_backslashes(signs: Sequence[_Sign], at: int) -> int:
    end = at
    while end < len(signs) and signs[end][0] == "\\":
        end += 1
    return end - at
