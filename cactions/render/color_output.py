"""Sheets onto a terminal, in colour: the home of rich, with the progress bar.

The colours are the terminal's own, so that they suit its theme. Only red, green and magenta are
used: each of the others vanishes on some background. Dim is for text that is less important.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, TextIO

from rich.console import Console
from rich.style import Style as RichStyle
from rich.text import Text

from cactions.render.output import PlainOutput, wants_colour
from cactions.render.text import Style, StyledLine, View

_STYLES: Final = MappingProxyType(
    {
        Style.STRONG: RichStyle(bold=True),
        Style.QUIET: RichStyle(dim=True),
        Style.NEW: RichStyle(bold=True),
        Style.NAME: RichStyle(bold=True),
        Style.ADD: RichStyle(color="green"),
        Style.OVERWRITE: RichStyle(color="magenta"),
        Style.CLEAR: RichStyle(color="red"),
        Style.REFUSED: RichStyle(color="red", bold=True),
        Style.GOOD: RichStyle(color="green"),
        Style.BAD: RichStyle(color="red", bold=True),
        Style.CAUTION: RichStyle(color="magenta", bold=True),
    }
)
_PLAIN: Final = RichStyle.null()


class ColorOutput(PlainOutput):
    """A Paper that colours each of its streams that wants it."""

    def _put(self, stream: TextIO, view: View) -> None:
        if not wants_colour(stream, self.environ):
            super()._put(stream, view)
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
        for line in self._lines(stream, view):
            console.print(to_rich_text(line), soft_wrap=True)


def to_rich_text(line: StyledLine) -> Text:
    """The line in the colours of its styles; nothing in it is markup."""
    return Text.assemble(*((part.text, _STYLES.get(part.style, _PLAIN)) for part in line))
