"""Placeholders: ASCII letters and digits that stand in a text for a secret or redacted value.

No encoding changes them. In the end, a shell variable takes the place of each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from cactions.logic.shell import CommandSubstitution, Part, QuotedWord, ShellVariable

_PREFIX: Final = "marker"


@dataclass(slots=True)
class Placeholders:
    """``prefix`` begins every placeholder, and nothing else in the same texts."""

    prefix: str
    parts: list[ShellVariable | CommandSubstitution] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    """The placeholders of values that are not texts."""

    def add(self, part: ShellVariable | CommandSubstitution) -> str:
        """The placeholder of a part."""
        self.parts.append(part)
        return f"{self.prefix}{len(self.parts) - 1}z"

    def choose_free_name(self, name: str) -> str:
        """The name, or a similar one that no variable has."""
        taken = {part.name for part in self.parts if isinstance(part, ShellVariable)}
        while name in taken:
            name += "_2"
        return name

    def split(self, text: str, written: QuotedWord = QuotedWord.AS_IS) -> list[Part]:
        """The text with parts in place of placeholders; ``written`` says how values are quoted."""
        pieces = re.split(f"{self.prefix}([0-9]+)z", text)
        return [
            self._take_part(int(piece), written) if number % 2 else piece
            for number, piece in enumerate(pieces)
        ]

    def split_json(self, text: str) -> list[Part]:
        """Like ``split``, for JSON, in which numbers and booleans have no quotes."""
        parts: list[Part] = []
        bare = "|".join(map(re.escape, self.numbers)) or "(?!)"
        for number, piece in enumerate(re.split(f'"({bare})"', text)):
            parts += self.split(piece, QuotedWord.AS_IS if number % 2 else QuotedWord.JSON)
        return parts

    def _take_part(self, number: int, written: QuotedWord) -> Part:
        part = self.parts[number]
        return replace(part, written=written) if isinstance(part, ShellVariable) else part


def choose_prefix(*texts: str) -> str:
    """A prefix that is in none of the texts."""
    prefix = _PREFIX
    while any(prefix in text for text in texts):
        prefix += "x"
    return prefix
