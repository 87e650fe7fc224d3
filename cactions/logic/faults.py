"""Collects the findings of one file, so that an author sees all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from cactions.logic.nodes import Span
from cactions.model import Finding, Place

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
NO_PROOF = "CA201"
LITERAL_SECRET = "CA301"  # noqa: S105 - the name of a rule
FOREIGN_HOST = "CA303"
TEMPLATED_HOST = "CA401"
PLAIN_HTTP = "CA402"
SPECIAL_HOST = "CA403"


@dataclass(slots=True)
class Faults:
    """The findings of one file in the order in which they are met."""

    file: str
    found: list[Finding] = field(default_factory=list)

    def add(self, rule: str, span: Span, message: str, *, hint: str = "", route: str = "") -> None:
        """Note one fault."""
        self.found.append(Finding(rule, message, hint, self.place(span), route))

    def place(self, span: Span) -> Place:
        """The span as people count it, from 1."""
        line, column, end_line, end_column = span
        return Place(self.file, line + 1, column + 1, end_line + 1, end_column + 1)


def nearest(word: str, known: Iterable[str]) -> str:
    """``did you mean "x"?``, else what there is to choose from; empty where there is nothing."""
    names = sorted(set(known))
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    close = close or [name for name in names if name.lower() == word.lower()]
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known: {', '.join(names)}" if names else ""
