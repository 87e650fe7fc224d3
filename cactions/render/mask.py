"""Secrets taken out of lines that are laid out, where one may be broken over lines and inks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from cactions.model import DOTS
from cactions.render.text import Ink, Line, Sheet

Find: TypeAlias = Callable[[str], list[tuple[int, int]]]
"""Where in a text without blanks secrets stand, in order, in characters."""


def masked_sheet(sheet: Sheet, find: Find) -> Sheet:
    """The sheet, with dots in the place of every secret that is found."""
    return lambda room: _masked(sheet(room), find)


def _masked(lines: list[Line], find: Find) -> list[Line]:
    whole = "".join("".join(part.text for line in lines for part in line).split())
    spans = find(whole)
    return [*_hidden(lines, spans)] if spans else lines


def _hidden(lines: Sequence[Line], spans: Sequence[tuple[int, int]]) -> Iterator[Line]:
    """Dots where a span begins, and nothing of it behind them; blanks are not counted."""
    begins = {start for start, _ in spans}
    within = {at for start, stop in spans for at in range(start, stop)}
    at = 0
    for line in lines:
        parts = []
        for part in line:
            text = ""
            for char in part.text:
                hidden = DOTS if at in begins else "" if at in within else char
                text += char if char.isspace() else hidden
                at += not char.isspace()
            parts.append(Ink(text, part.tone))
        yield tuple(parts)
