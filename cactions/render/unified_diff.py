"""What fixing would change, as a unified difference; a line that holds a secret is never shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import unified_diff
from typing import Final

from cactions.logic.lines import split_lines
from cactions.render.text import Span, Style, StyledLine, View

_HIDDEN: Final = "(not shown: this line holds a secret)"
_TONES: Final = {"-": Style.CLEAR, "+": Style.ADD, "@": Style.QUIET, " ": Style.SOURCE}


def render_unified_diff(file: str, before: str, after: str, secret: Collection[str]) -> View:
    """The lines that go and come, with three around them. ``secret`` are lines to be hidden."""
    hidden = {line.strip() for line in secret}
    old, new = _lines(before, hidden), _lines(after, hidden)
    lines = [*unified_diff(old, new, f"a/{file}", f"b/{file}", lineterm="")]
    view = [_style_line(line, number) for number, line in enumerate(lines)]
    return lambda _room: view


def _lines(text: str, hidden: Collection[str]) -> Sequence[str]:
    lines = split_lines(text.removesuffix("\n"))
    return [_HIDDEN if line.strip() in hidden else line for line in lines]


def _style_line(line: str, number: int) -> StyledLine:
    heading = number < 2  # noqa: PLR2004 - the names of the file before and after
    return (Span(line, Style.STRONG if heading else _TONES.get(line[:1], Style.SOURCE)),)
