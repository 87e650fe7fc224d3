"""Sheets onto streams without colour, and without loading anything that colours.

Piped output is as wide as ``COLUMNS`` says, else 100 cells. What the stream's encoding cannot
hold is spelled: our own signs in ASCII, everything else as an escape.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TextIO

from cactions.model import MASK
from cactions.render.error import render_error, render_traceback
from cactions.render.escape import escape
from cactions.render.layout import wrap
from cactions.render.text import Span, Style, StyledLine, View, span, stack_views, to_plain_text
from cactions.render.width import measure_width

_PIPED = 100
_MOST_DIGITS: Final = 4  # of COLUMNS; no screen is wider
_LEAST = 24
_CLEAR: Final = "\x1b[H\x1b[2J"  # to the first cell, and erase; what was scrolled away stays
_OURS: Final = {MASK: "*" * len(MASK), "→": "->", "…": "...", "·": "|"}


class PlainOutput:
    """What is asked for goes to stdout, what is said about it to stderr.

    ``mask`` replaces in a view what may not be shown; ``on_info`` is told every sentence.
    """

    def __init__(
        self,
        stdout: TextIO,
        stderr: TextIO,
        *,
        width: int | None = None,
        environ: Mapping[str, str] = os.environ,
        mask: Callable[[View], View] = lambda view: view,
    ) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self._mask = mask
        self.on_info: Callable[[str], object] = str
        self.environ = environ
        self._room = width

    def print(self, *views: View) -> None:
        """Print views to stdout, with a blank line between them."""
        self._put(self.stdout, stack_views(*views))

    def print_err(self, *views: View) -> None:
        """Print views to stderr, where stdout holds something else."""
        self._note(stack_views(*views))

    def info(self, text: str) -> None:
        """A sentence on stderr."""
        self.on_info(text)
        lines = text.split("\n")
        self._note(lambda width: [r for text in lines for r in wrap(span(text), width)])

    def error(self, error: BaseException, *, not_done: str = "", debug: bool = False) -> None:
        """An error on stderr, and what has not happened because of it.

        ``debug``: and where it came from, with the texts of all errors on the way.
        """
        self._put(self.stderr, render_error(error, not_done=not_done))
        if debug:
            self._put(self.stderr, render_traceback(error))

    def _note(self, view: View) -> None:
        """On stderr. If it is full, what would be said about an outcome does not change it."""
        try:
            self._put(self.stderr, view)
        except BrokenPipeError:  # its reader ends the command, as that of stdout
            raise
        except OSError:
            return

    def get_width(self, stream: TextIO) -> int:
        """The width of a stream in cells."""
        columns = self.environ.get("COLUMNS", "")
        sound = columns.isascii() and columns.isdigit() and len(columns) <= _MOST_DIGITS
        number = int(columns) if sound else 0
        return max(_LEAST, self._room or number or _find_terminal_width(stream) or _PIPED)

    def get_height(self) -> int:
        """The height of the terminal on stdout in lines; 0 where there is none that can clear."""
        if self.environ.get("TERM") == "dumb":
            return 0
        try:
            return os.get_terminal_size(self.stdout.fileno()).lines if self.stdout.isatty() else 0
        except (OSError, ValueError):
            return 0

    def print_screen(self, view: View) -> None:
        """Print a view to stdout, on a terminal in the place of what it shows."""
        if self.get_height():
            self.stdout.write(_CLEAR)
        self._put(self.stdout, view)

    def _put(self, stream: TextIO, view: View) -> None:
        stream.write(to_plain_text(self._lines(stream, view)))
        stream.flush()

    def _lines(self, stream: TextIO, view: View) -> list[StyledLine]:
        """What the stream can hold, and may show."""
        return replace_unencodable(self._mask(view)(self.get_width(stream)), stream)


def _find_terminal_width(stream: TextIO) -> int:
    """The terminal's width; 0 where there is none."""
    try:
        return os.get_terminal_size(stream.fileno()).columns if stream.isatty() else 0
    except (OSError, ValueError):
        return 0


def wants_colour(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a stream should be coloured: NO_COLOR, then FORCE_COLOR, then a real terminal.

    https://no-color.org and https://force-color.org: set and not empty.
    """
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"


def replace_unencodable(lines: Iterable[StyledLine], stream: TextIO) -> list[StyledLine]:
    """The lines in what the stream's encoding can hold; a line of source keeps its width."""
    encoding = stream.encoding or "ascii"
    return [tuple(_make_encodable(part, encoding) for part in line) for line in lines]


def _make_encodable(part: Span, encoding: str) -> Span:
    if part.text.isascii() or _fits(part.text, encoding):
        return part
    text = part.text
    for sign, ascii_sign in _OURS.items() if part.style not in (Style.VALUE, Style.SOURCE) else ():
        text = text.replace(sign, ascii_sign) if not _fits(sign, encoding) else text
    text = _OURS[MASK] if text == MASK else text
    instead = _replace_character if part.style is Style.SOURCE else escape
    return Span("".join(c if _fits(c, encoding) else instead(c) for c in text), part.style)


def _replace_character(char: str) -> str:
    return "?" * measure_width(char)


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
