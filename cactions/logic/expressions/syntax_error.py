"""Errors inside a short text that the author wrote: a template, a reference, a response path.

A grammar says whether a text is right; a table of cases says why it is not. Cases are tried from
the top at the spot where the grammar stops; the first pattern that matches explains the text, and
its group ``here`` is what the error points at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

_SHOWN: Final = 40
"""How much of the author's text a message repeats, in characters."""


class SyntaxProblem(ValueError):
    """What is wrong, what to write instead, and the offending characters of the text.

    ``start`` and ``end`` are offsets in characters from 0, the end exclusive.
    """

    def __init__(self, message: str, hint: str, start: int, end: int) -> None:
        super().__init__(message, hint, start, end)
        self.message = message
        self.hint = hint
        self.start = start
        self.end = end

    def __str__(self) -> str:
        return self.message


class ErrorCase(Struct, frozen=True):
    """One way to be wrong. Message and hint may name ``{here}`` and other words.

    The pattern is compiled when something is wrong: a file without errors pays for no case.
    """

    pattern: str
    message: str
    hint: str

    def format_message(self, here: str, **words: str) -> tuple[str, str]:
        """Message and hint."""
        here = here[:_SHOWN]
        return self.message.format(here=here, **words), self.hint.format(here=here, **words)


def find_first_case(
    cases: Iterable[ErrorCase], text: str, start: int, end: int
) -> tuple[ErrorCase, int, int]:
    """The case that explains the text from ``start``, and the span of what is wrong."""
    found = ((case, re.compile(case.pattern, re.DOTALL).match(text, start, end)) for case in cases)
    return next((case, *match.span("here")) for case, match in found if match)
