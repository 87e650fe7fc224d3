"""Collects the findings of one file, so that an author sees all of them at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from cactions.logic.suggest import suggest
from cactions.logic.yaml.nodes import SourceSpan
from cactions.model import Finding, Fix, Place
from cactions.rules.credentials import mask_secrets

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
"""Unknown names of one file that get a suggestion; more of them are another mistake."""

MOST_SAID: Final = 600
"""Characters of one message."""


class Diagnostics(Struct):
    """The findings of one file in the order in which they are met."""

    file: str
    found: list[Finding] = field(default_factory=list)
    hints: int = 0

    def add(
        self, rule: str, span: SourceSpan, message: str, *, hint: str = "", route: str = ""
    ) -> None:
        """Note one fault, without credentials; what a file can make endless in it is cut."""
        if len(message) > MOST_SAID:
            message = f"{message[: MOST_SAID // 2]} … {message[-MOST_SAID // 2 :]}"
        self.found.append(Finding(rule, mask_secrets(message), hint, self.place(span), route))

    def attach_fix(self, fix: Fix | None) -> None:
        """Add the fix of the last finding, where it is known."""
        self.found[-1] = replace(self.found[-1], fix=fix)

    def attach_hint(self, hint: str) -> None:
        """Replace the hint of the last finding, where there is a better one."""
        if hint:
            self.found[-1] = replace(self.found[-1], hint=hint)

    def suggest_name(self, word: str, known: Collection[str]) -> str:
        """As the function; after MOST_HINTS names it is empty."""
        self.hints += 1
        return suggest(word, known) if self.hints <= MOST_HINTS else ""

    def place(self, span: SourceSpan) -> Place:
        """The span as people count it, from 1."""
        line, column, end_line, end_column = span
        return Place(self.file, line + 1, column + 1, end_line + 1, end_column + 1)
