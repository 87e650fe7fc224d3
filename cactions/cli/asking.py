"""The one question: asked on the terminal, never of a script."""

from __future__ import annotations

import sys

from cactions.cli import moment
from cactions.model import OperatorError
from cactions.render.escaping import safe


def able(yes: bool) -> None:
    """Raises OperatorError where a question would have nobody to answer it."""
    if not (yes or (sys.stdin.isatty() and sys.stderr.isatty())):
        raise OperatorError("there is no terminal to ask on", hint="Say --yes to go ahead.")


def agreed(question: str, yes: bool) -> bool:
    """Whether to go ahead; anything but y or yes is a no, and so is the end of input.

    After a yes something may be written.
    """
    if not yes:
        sys.stderr.write(f"{safe(question)} [y/N] ")
        sys.stderr.flush()
        yes = sys.stdin.readline().strip().lower() in ("y", "yes")
    if yes:
        moment.may_write()
    return yes
