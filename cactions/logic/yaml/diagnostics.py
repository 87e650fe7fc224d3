"""Collects the findings of one file, so that an author sees all of them at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Final

from cactions.logic.yaml.nodes import Span
from cactions.model import Finding, Fix, Place

UNREADABLE = "CA001"
UNKNOWN_KEY = "CA002"
MISSING_KEY = "CA003"
WRONG_VALUE = "CA004"
UNKNOWN_NAME = "CA005"
BAD_TEMPLATE = "CA006"
BAD_PATH = "CA007"
TWICE = "CA008"
CONTRADICTION = "CA009"
PERSON = "CA011"
IDENTITY_TARGET = "CA202"
LITERAL_SECRET = "CA301"  # noqa: S105 - the name of a rule
FOREIGN_HOST = "CA303"
TEMPLATED_HOST = "CA401"
PLAIN_HTTP = "CA402"
SPECIAL_HOST = "CA403"

MOST_HINTS: Final = 50
"""Names of one file that a likeness is looked for: whoever misspelt more has another mistake."""

MOST_SAID: Final = 600
"""Characters of one message."""

_MOST_LISTED: Final = 20
_MOST_COMPARED: Final = 200
_LONGEST_NAME: Final = 200
_OFF_BY: Final = 3  # characters that a misspelt name is longer or shorter, where there are many


@dataclass(slots=True)
class Diagnostics:
    """The findings of one file in the order in which they are met."""

    file: str
    found: list[Finding] = field(default_factory=list)
    hints: int = 0

    def add(self, rule: str, span: Span, message: str, *, hint: str = "", route: str = "") -> None:
        """Note one fault; what a file can make endless in its message is cut."""
        if len(message) > MOST_SAID:
            message = f"{message[: MOST_SAID // 2]} … {message[-MOST_SAID // 2 :]}"
        self.found.append(Finding(rule, message, hint, self.place(span), route))

    def attach_fix(self, fix: Fix | None) -> None:
        """Say how the fault that was noted last is mended, where that is known."""
        self.found[-1] = replace(self.found[-1], fix=fix)

    def nearest(self, word: str, known: Collection[str]) -> str:
        """As the function; after MOST_HINTS names it is empty."""
        self.hints += 1
        return suggest(word, known) if self.hints <= MOST_HINTS else ""

    def place(self, span: Span) -> Place:
        """The span as people count it, from 1."""
        line, column, end_line, end_column = span
        return Place(self.file, line + 1, column + 1, end_line + 1, end_column + 1)


def suggest(word: str, known: Iterable[str]) -> str:
    """``did you mean "x"?``, else what there is to choose from; empty where there is nothing."""
    names = sorted(set(known))
    if close := find_closest(word, names):
        return f'did you mean "{close}"?'
    return f"known: {join_names(names)}" if names else ""


def join_names(names: Iterable[str]) -> str:
    """The first names, and how many there are beside them."""
    every = list(names)
    rest = len(every) - _MOST_LISTED
    more = f" and {rest:,} more" if rest > 0 else ""
    return ", ".join(every[:_MOST_LISTED]) + more


def find_closest(word: str, names: Collection[str]) -> str:
    """The name that is most like the word; empty where none is. Of many, few are compared."""
    if len(word) > _LONGEST_NAME:
        return ""
    near = list(names)
    if len(near) > _MOST_COMPARED:
        first, size = word[:1].lower(), len(word)
        near = [n for n in near if n[:1].lower() == first and abs(len(n) - size) <= _OFF_BY]
    alike = get_close_matches(word, near[:_MOST_COMPARED], n=1, cutoff=0.6)
    alike = alike or [name for name in near if name.lower() == word.lower()]
    return alike[0] if alike else ""
