"""Sheets onto streams without colour, and without loading anything that colours.

Piped output is as wide as ``COLUMNS`` says, else 100 cells. What the stream's encoding cannot
hold is spelled: our own signs in ASCII, everything else as an escape.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TextIO

from cactions.model import DOTS
from cactions.render.error import failure, trace
from cactions.render.escape import spelled
from cactions.render.layout import flow
from cactions.render.text import Ink, Line, Sheet, Tone, ink, plain, stacked
from cactions.render.width import width

_PIPED = 100
_MOST_DIGITS: Final = 4  # of COLUMNS; nobody has a wider screen
_LEAST = 24
_OURS: Final = {DOTS: "*" * len(DOTS), "→": "->", "…": "...", "·": "|"}


class Paper:
    """What is asked for goes to stdout, what is said about it to stderr.

    ``mask`` takes out of a sheet what may not be shown.
    """

    def __init__(
        self,
        stdout: TextIO,
        stderr: TextIO,
        *,
        room: int | None = None,
        environ: Mapping[str, str] = os.environ,
        mask: Callable[[Sheet], Sheet] = lambda sheet: sheet,
    ) -> None:
        self.stdout = stdout
        self.stderr = stderr
        self._mask = mask
        self.environ = environ
        self._room = room

    def show(self, *sheets: Sheet) -> None:
        """Put sheets onto stdout, a blank line between them."""
        self._put(self.stdout, stacked(*sheets))

    def remark(self, *sheets: Sheet) -> None:
        """Put sheets onto stderr, where stdout holds something else."""
        self._put(self.stderr, stacked(*sheets))

    def say(self, text: str) -> None:
        """A sentence on stderr."""
        lines = text.split("\n")
        self._put(self.stderr, lambda room: [r for text in lines for r in flow(ink(text), room)])

    def complain(self, error: BaseException, *, not_done: str = "", debug: bool = False) -> None:
        """An error on stderr, and what has not happened because of it.

        ``debug``: and where it came from, with the texts of all errors on the way.
        """
        self._put(self.stderr, failure(error, not_done=not_done))
        if debug:
            self._put(self.stderr, trace(error))

    def room(self, stream: TextIO) -> int:
        """The width of a stream in cells."""
        columns = self.environ.get("COLUMNS", "")
        sound = columns.isascii() and columns.isdigit() and len(columns) <= _MOST_DIGITS
        given = int(columns) if sound else 0
        return max(_LEAST, self._room or given or _terminal(stream) or _PIPED)

    def _put(self, stream: TextIO, sheet: Sheet) -> None:
        stream.write(plain(self._lines(stream, sheet)))
        stream.flush()

    def _lines(self, stream: TextIO, sheet: Sheet) -> list[Line]:
        """What the stream can hold, and may show."""
        return encodable(self._mask(sheet)(self.room(stream)), stream)


def _terminal(stream: TextIO) -> int:
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


def encodable(lines: Iterable[Line], stream: TextIO) -> list[Line]:
    """The lines in what the stream's encoding can hold; a line of source keeps its width."""
    encoding = stream.encoding or "ascii"
    return [tuple(_encodable(part, encoding) for part in line) for line in lines]


def _encodable(part: Ink, encoding: str) -> Ink:
    if part.text.isascii() or _fits(part.text, encoding):
        return part
    text = part.text
    for sign, ascii_sign in _OURS.items() if part.tone not in (Tone.VALUE, Tone.SOURCE) else ():
        text = text.replace(sign, ascii_sign) if not _fits(sign, encoding) else text
    text = _OURS[DOTS] if text == DOTS else text
    instead = _blotted if part.tone is Tone.SOURCE else spelled
    return Ink("".join(c if _fits(c, encoding) else instead(c) for c in text), part.tone)


def _blotted(char: str) -> str:
    return "?" * width(char)


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
