"""The one question: asked on the terminal, never of a script."""

from __future__ import annotations

import sys
from contextlib import suppress

from cactions.cli import moment
from cactions.model import OperatorError
from cactions.render.escaping import safe

if sys.platform != "win32":
    import termios


def able(yes: bool, json: bool = False) -> None:
    """Raises OperatorError where nobody would see what they are asked about, or could answer."""
    if yes:
        return
    if json:
        raise OperatorError("--json shows no picture to agree to", hint="Say --yes to go ahead.")
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise OperatorError("there is no terminal to ask on", hint="Say --yes to go ahead.")


def agreed(question: str, yes: bool) -> bool:
    """Whether to go ahead; anything but y or yes is a no, and so is the end of input.

    After a yes something may be written.
    """
    if not yes:
        _forget_what_was_typed()
        sys.stderr.write(f"{safe(question)} [y/N] ")
        sys.stderr.flush()
        yes = sys.stdin.readline().strip().lower() in ("y", "yes")
    if yes:
        moment.may_write()
    return yes


def _forget_what_was_typed() -> None:
    """A line that was typed before the question answers another one."""
    if sys.platform != "win32" and sys.stdin.isatty():
        with suppress(OSError, termios.error):
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
