"""Masks secrets in lines that are laid out, where one may go over several lines and spans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from cactions.model import MASK
from cactions.render.text import Span, StyledLine, View

Find: TypeAlias = Callable[[str], list[tuple[int, int]]]
"""Where in a text without blanks secrets stand, in order, in characters."""


def mask_view(view: View, find: Find) -> View:
    """The view, with dots in the place of every secret that is found."""
    return lambda width: _mask_lines(view(width), find)


def _mask_lines(lines: list[StyledLine], find: Find) -> list[StyledLine]:
    whole = "".join("".join(part.text for line in lines for part in line).split())
    spans = find(whole)
    return [*_replace_spans(lines, spans)] if spans else lines


def _replace_spans(
    lines: Sequence[StyledLine], spans: Sequence[tuple[int, int]]
) -> Iterator[StyledLine]:
    """Dots where a span begins, and nothing of it behind them; blanks are not counted."""
    begins = {start for start, _ in spans}
    within = {at for start, stop in spans for at in range(start, stop)}
    at = 0
    for line in lines:
        parts = []
        for part in line:
            text = ""
            for char in part.text:
                hidden = MASK if at in begins else "" if at in within else char
                text += char if char.isspace() else hidden
                at += not char.isspace()
            parts.append(Span(text, part.style))
        yield tuple(parts)
