"""Styled text, independent of a terminal: spans make a line, a view makes lines of a width.

A span holds printable text only, whatever it is made from. Its style adds nothing that the words
do not say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import force_setattr

from cactions.render.escape import escape_terminal
from cactions.render.width import measure_width


class Style(Enum):
    """The style of a word; the output chooses its color. The last are changes and results."""

    PROSE = "prose"
    STRONG = "strong"
    QUIET = "quiet"
    """Ours, and beside the point: labels, notes, the raw form of a date."""
    VALUE = "value"
    """Theirs, as exactly as it can be shown."""
    NEW = "new"
    """A value that is about to be written, or was."""
    NOTHING = "nothing"
    """The place of a value that is not there."""
    NAME = "name"
    CODE = "code"
    """Something to copy: a command, a URL, an id."""
    PATH = "path"
    """Where a value came from."""
    SOURCE = "source"
    """A line of a file, character by character."""
    ADD = "add"
    OVERWRITE = "overwrite"
    CLEAR = "clear"
    SAME = "same"
    KEPT = "kept"
    REFUSED = "refused"
    GOOD = "good"
    BAD = "bad"
    CAUTION = "caution"


BROKEN = frozenset({Style.PROSE, Style.STRONG, Style.QUIET})
"""The styles that may be broken between lines; half of a value, a path or a count is no use."""


class Span(Struct, frozen=True):
    """A printable text and what it is. Unprintable characters are spelled out on the way in."""

    text: str
    style: Style = Style.PROSE

    def __post_init__(self) -> None:
        force_setattr(self, "text", escape_terminal(self.text))

    @property
    def cells(self) -> int:
        """How wide it is on a terminal."""
        return measure_width(self.text)


StyledLine: TypeAlias = tuple[Span, ...]
"""One line of output, without its end."""

View: TypeAlias = Callable[[int], list[StyledLine]]
"""Makes the lines for a width in cells. It is pure: same width, same lines."""

BLANK: StyledLine = ()


def span(text: str, style: Style = Style.PROSE) -> StyledLine:
    """A line of one span."""
    return (Span(text, style),)


def dim(text: str) -> StyledLine:
    """A line of dim text; an empty line for an empty text."""
    return (Span(text, Style.QUIET),) if text else ()


def count_cells(line: StyledLine) -> int:
    """How wide a line is on a terminal."""
    return sum(part.cells for part in line)


def join_spans(separator: str, lines: Iterable[StyledLine]) -> StyledLine:
    """Lines behind one another, with a separator between them."""
    result: list[Span] = []
    for number, line in enumerate(lines):
        result += [Span(separator), *line] if number else line
    return tuple(result)


def restyle(line: StyledLine, old: Style, new: Style) -> StyledLine:
    """The line with one tone exchanged for another."""
    return tuple(Span(part.text, new) if part.style is old else part for part in line)


def to_plain_text(lines: Iterable[StyledLine]) -> str:
    """The words alone; every line ends with a newline and none with a space."""
    return "".join("".join(part.text for part in line).rstrip() + "\n" for line in lines)


def stack_views(*views: View) -> View:
    """Several views, one below the other, with a blank line between; empty ones are left out."""

    def draw(width: int) -> list[StyledLine]:
        drawn = [lines for view in views if (lines := view(width))]
        return [line for i, lines in enumerate(drawn) for line in ([BLANK, *lines] if i else lines)]

    return draw
