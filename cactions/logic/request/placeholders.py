"""Markers: letters that stand in a text for what nobody may see, until a shell variable does.

No place where a value goes changes them: they are letters and digits of ASCII.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

from cactions.logic.shell import CommandSubstitution, Part, QuotedWord, ShellVariable

_FIRST: Final = "marker"


@dataclass(slots=True)
class Placeholders:
    """``prefix`` begins every marker, and nothing else in the texts that they stand in."""

    prefix: str
    parts: list[ShellVariable | CommandSubstitution] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    """The markers of values that are no texts."""

    def new(self, part: ShellVariable | CommandSubstitution) -> str:
        """The marker of a part."""
        self.parts.append(part)
        return f"{self.prefix}{len(self.parts) - 1}z"

    def free(self, name: str) -> str:
        """The name, or one like it that no variable has."""
        taken = {part.name for part in self.parts if isinstance(part, ShellVariable)}
        while name in taken:
            name += "_2"
        return name

    def split(self, text: str, written: QuotedWord = QuotedWord.AS_IS) -> list[Part]:
        """The text, with parts in the place of markers, their values written so."""
        pieces = re.split(f"{self.prefix}([0-9]+)z", text)
        return [
            self._part(int(piece), written) if number % 2 else piece
            for number, piece in enumerate(pieces)
        ]

    def split_json(self, text: str) -> list[Part]:
        """The same for JSON, where numbers and truth values have no quotes."""
        parts: list[Part] = []
        bare = "|".join(map(re.escape, self.numbers)) or "(?!)"
        for number, piece in enumerate(re.split(f'"({bare})"', text)):
            parts += self.split(piece, QuotedWord.AS_IS if number % 2 else QuotedWord.JSON)
        return parts

    def _part(self, number: int, written: QuotedWord) -> Part:
        part = self.parts[number]
        return replace(part, written=written) if isinstance(part, ShellVariable) else part


def choose_prefix(*texts: str) -> str:
    """Letters that stand in none of the texts."""
    prefix = _FIRST
    while any(prefix in text for text in texts):
        prefix += "x"
    return prefix
