"""Tokens of a line for PowerShell: words, and the signs around tables and calls.

A variable becomes a mark with its name, as ``$env:NAME`` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from cactions.logic.curl_line.words import PastedLineError, Word, mark_variable, refuse_typographic

_BLANK: Final = " \t"
_SIGNS: Final = ("@{", "@(", "{", "}", "(", ")", ";", ",", "\n")
_ENDS: Final = " \t\n{}();,"
_REFUSED: Final = {"|": "the pipeline", "&": "a second command", "<": "a file", ">": "a file"}
_VARIABLE: Final = re.compile(r"\$(?:(?:env:)?([A-Za-z_]\w*)|\{(?:env:)?([A-Za-z_]\w*)\})")
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f",
                   "v": "\v", "e": "\x1b"}  # fmt: skip


class PowerShellToken(Struct, frozen=True):
    """A word, or a sign. ``quoted``: it is a text, whatever stands in it."""

    text: str
    start: int
    is_sign: bool = False
    quoted: bool = False


def split_powershell_words(text: str) -> list[Word]:
    """The arguments of the one program that is called. Raises PastedLineError.

    Windows PowerShell hands quotes to a program only behind a backslash, which is taken away here.
    """
    tokens = [*read_tokens(text)]
    while tokens and tokens[-1].text == "\n":
        tokens.pop()
    words = []
    for token in tokens:
        if token.is_sign and token.text == "\n":
            hint = "Paste one command; a line that goes on ends with `."
            raise PastedLineError("a second command begins here", hint, token.start)
        if token.is_sign:
            raise PastedLineError("this sign needs quotes", "Put the word in quotes.", token.start)
        words.append(Word(token.text.replace('\\"', '"') if token.quoted else token.text,
                          token.start))  # fmt: skip
    return words


def read_tokens(text: str) -> Iterator[PowerShellToken]:
    """The tokens in order. Raises PastedLineError."""
    at = 0
    while at < len(text):
        if text.startswith("`\n", at):
            at += 2
        elif text[at] in _BLANK:
            at += 1
        elif text[at] == "#":
            end = text.find("\n", at)
            at = end if end >= 0 else len(text)
        elif sign := next((sign for sign in _SIGNS if text.startswith(sign, at)), ""):
            yield PowerShellToken(sign, at, is_sign=True)
            at += len(sign)
        elif text[at] in _REFUSED:
            hint = "Leave it out, or put it in quotes where it belongs to a value."
            raise PastedLineError(f"{_REFUSED[text[at]]} does not belong to a request", hint, at)
        else:
            token, at = _read_word(text, at)
            yield token


def _read_word(text: str, at: int) -> tuple[PowerShellToken, int]:
    """A word, which may be made of several quoted parts."""
    start, quoted = at, False
    parts: list[str] = []
    while at < len(text) and text[at] not in _ENDS and not text.startswith("`\n", at):
        refuse_typographic(text, at)
        if text[at] in "'\"":
            read = _read_single if text[at] == "'" else _read_double
            part, at = read(text, at)
            quoted = True
        elif text[at] == "=" and not parts and not quoted:
            return PowerShellToken("=", at, is_sign=True), at + 1
        elif text[at] == "=" and (quoted or parts == ["\ue000"]):
            break
        elif text[at] == "$":
            part, at = _read_variable(text, at)
        elif text[at] == "`":
            part, at = text[at + 1 : at + 2], at + 2
        else:
            part, at = text[at], at + 1
        parts.append(part)
    return PowerShellToken("".join(parts), start, quoted=quoted), at


def _read_single(text: str, at: int) -> tuple[str, int]:
    found = re.compile(r"'((?:[^']|'')*)'").match(text, at)
    if found is None:
        raise PastedLineError("the quote ' is never closed", "Copy the whole line.", at)
    return found[1].replace("''", "'"), found.end()


def _read_double(text: str, at: int) -> tuple[str, int]:
    parts: list[str] = []
    begin = at
    at += 1
    while at < len(text):
        if text.startswith('""', at):
            parts.append('"')
            at += 2
        elif text[at] == '"':
            return "".join(parts), at + 1
        elif text[at] == "`":
            sign = text[at + 1 : at + 2]
            parts.append(_ESCAPES.get(sign, sign))
            at += 2
        elif text[at] == "$":
            part, at = _read_variable(text, at)
            parts.append(part)
        else:
            parts.append(text[at])
            at += 1
    raise PastedLineError('the quote " is never closed', "Copy the whole line.", begin)


def _read_variable(text: str, at: int) -> tuple[str, int]:
    if found := _VARIABLE.match(text, at):
        return mark_variable(found[1] or found[2]), found.end()
    if text.startswith("$(", at):
        hint = "Write the value, or a plain variable such as $CustomerId."
        raise PastedLineError("the output of a command is not known", hint, at)
    return "$", at + 1
