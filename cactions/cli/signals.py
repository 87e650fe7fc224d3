"""The signals that ask a command to end: each becomes an exception, and an exit code."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Final

from cactions.cli.exit_codes import Exit

_signalled: Final = [Exit.INTERRUPTED]
"""What a signal asked for last; within a query its exception becomes a plain KeyboardInterrupt."""


class Interrupted(BaseException):
    """A signal asked us to stop; ``code`` is the exit code that says which."""

    def __init__(self, code: Exit) -> None:
        super().__init__(code)
        self.code = code


def choose_interrupt_code(stopped: Interrupted | KeyboardInterrupt) -> Exit:
    """The exit code that says which signal it was."""
    return stopped.code if isinstance(stopped, Interrupted) else _signalled[-1]


def set_signal_handler(
    handler: Callable[[int, FrameType | None], None] | signal.Handlers,
) -> None:
    """Let both signals be handled so."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def stop_once(number: int, _frame: FrameType | None) -> None:
    """Raises Interrupted, once; a second signal ends the program at once."""
    set_signal_handler(signal.SIG_DFL)
    _signalled.append(Exit.TERMINATED if number == signal.SIGTERM else Exit.INTERRUPTED)
    raise Interrupted(_signalled[-1])


def leave_at_once(_number: int, _frame: FrameType | None) -> None:
    """The command has ended, and its output leaves as a whole; a second signal ends it at once."""
    set_signal_handler(signal.SIG_DFL)
