"""Words of a pasted line with their positions, and why a line is refused."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

OPEN: Final = "\ue000"
CLOSE: Final = "\ue001"
"""Around the name of a variable, whose value the line does not tell."""
VARIABLE: Final = re.compile(f"{OPEN}([A-Za-z_][A-Za-z0-9_]*){CLOSE}")
_REFUSED: Final = re.compile("[\\x00\ue000\ue001\ud800-\udfff]")
_TYPOGRAPHIC: Final = "\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb"


class PastedLineError(ValueError):
    """Why a line is refused. ``position`` counts characters of the pasted text from 0.

    Neither message nor hint quotes a value of the line: any of them may be a secret.
    """

    def __init__(self, message: str, hint: str, position: int) -> None:
        super().__init__(message, hint, position)
        self.message = message
        self.hint = hint
        self.position = position


class Word(Struct, frozen=True):
    """An argument, as the command gets it; ``start`` is where it begins in the pasted text."""

    text: str
    start: int


def mark_variable(name: str) -> str:
    """What stands in a text for the value of a variable."""
    return f"{OPEN}{name}{CLOSE}"


def check_characters(text: str) -> None:
    """Raises PastedLineError for what no line of a shell can hold."""
    if found := _REFUSED.search(text):
        hint = "Copy the line again, as plain text."
        raise PastedLineError("this character cannot stand in a command", hint, found.start())


def refuse_typographic(text: str, position: int) -> None:
    """Raises PastedLineError for a quote that a word processor has made."""
    if text[position] in _TYPOGRAPHIC:
        hint = "Type it as ' or \", or copy the line from where it was not reformatted."
        raise PastedLineError("a typographic quote means nothing to a shell", hint, position)
