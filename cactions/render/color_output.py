"""Sheets onto a terminal, in colour: the one home of rich.

The colours are the terminal's own, so that they suit its theme. Only red, green and magenta are
used: each of the others vanishes on some background. Dim is for what nobody has to read.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, TextIO

from rich.console import Console
from rich.style import Style
from rich.text import Text

from cactions.render.output import Paper, wants_colour
from cactions.render.text import Line, Sheet, Tone

_STYLES: Final = MappingProxyType(
    {
        Tone.STRONG: Style(bold=True),
        Tone.QUIET: Style(dim=True),
        Tone.NEW: Style(bold=True),
        Tone.NAME: Style(bold=True),
        Tone.ADD: Style(color="green"),
        Tone.OVERWRITE: Style(color="magenta"),
        Tone.CLEAR: Style(color="red"),
        Tone.REFUSED: Style(color="red", bold=True),
        Tone.GOOD: Style(color="green"),
        Tone.BAD: Style(color="red", bold=True),
        Tone.CAUTION: Style(color="magenta", bold=True),
    }
)
_PLAIN: Final = Style.null()


class Screen(Paper):
    """A Paper that colours each of its streams that wants it."""

    def _put(self, stream: TextIO, sheet: Sheet) -> None:
        if not wants_colour(stream, self.environ):
            super()._put(stream, sheet)
            return
        console = Console(
            file=stream,
            force_terminal=True,
            highlight=False,
            markup=False,
            emoji=False,
            color_system="standard",
            no_color=False,
        )
        for line in self._lines(stream, sheet):
            console.print(_text(line), soft_wrap=True)


def _text(line: Line) -> Text:
    return Text.assemble(*((part.text, _STYLES.get(part.tone, _PLAIN)) for part in line))
