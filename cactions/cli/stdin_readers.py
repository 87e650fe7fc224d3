"""Who reads stdin in this command: several lines may be read of it, or all of it once.

On a terminal each reader asks in its turn, so that nothing is refused there.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from cactions.model import UsageError

STDIN: Final = Path("-")

_lines: Final[list[str]] = []
_rest: Final[list[str]] = []


def forget_readers() -> None:
    """A command begins, or has ended."""
    _lines.clear()
    _rest.clear()


def register_line(what: str) -> None:
    """``what`` is a line of stdin. Raises UsageError where something else is all of it."""
    _lines.append(what)
    _check_readers()


def register_rest(what: str) -> None:
    """``what`` is all of stdin. Raises UsageError where anything else stands there, too."""
    _rest.append(what)
    _check_readers()


def _check_readers() -> None:
    if sys.stdin.isatty() or not _rest or len(_lines) + len(_rest) == 1:
        return
    first, second, *_ = [*_rest, *_lines]
    raise UsageError(
        f"{first} and {second} cannot both be read from stdin; nothing was read",
        hint="Put one of them into a file. The key of a vault can be given with --key-file.",
    )
