"""The signals that ask a command to end: each becomes an exception, and an exit code."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Final

from cactions.cli.exit_codes import Exit

_signalled: Final = [Exit.INTERRUPTED]
"""What a signal asked for last; within a query its exception becomes a plain KeyboardInterrupt."""

_IMPORT_SYSTEM: Final = "<frozen importlib._bootstrap>"
"""The file of its functions, as a traceback names it."""

_LOOK_AGAIN_SECONDS: Final = 0.001


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
    """Let both signals be handled so; one that still waits for a module is forgotten."""
    if signal.getsignal(signal.SIGALRM) is _stop_unless_loading:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def stop_once(number: int, frame: FrameType | None) -> None:
    """Raises Interrupted, once; a second signal ends the program at once.

    While a module loads, it is raised when that has ended. What is raised there may become another
    error: a RuntimeError where a class names its attributes (Python 3.11), an ImportError in a
    library in C. It may be lost: where the lock of a module is let go, Python only prints it.
    """
    set_signal_handler(signal.SIG_DFL)
    _signalled.append(Exit.TERMINATED if number == signal.SIGTERM else Exit.INTERRUPTED)
    signal.signal(signal.SIGALRM, _stop_unless_loading)
    _stop_unless_loading(number, frame)


def _stop_unless_loading(_number: int, frame: FrameType | None) -> None:
    if _is_loading(frame):
        signal.setitimer(signal.ITIMER_REAL, _LOOK_AGAIN_SECONDS)
        return
    raise Interrupted(_signalled[-1])


def _is_loading(frame: FrameType | None) -> bool:
    """Whether this frame, or one that called it, belongs to the import system."""
    while frame:
        if frame.f_code.co_filename == _IMPORT_SYSTEM:
            return True
        frame = frame.f_back
    return False


def leave_at_once(_number: int, _frame: FrameType | None) -> None:
    """The command has ended, and its output leaves as a whole; a second signal ends it at once."""
    set_signal_handler(signal.SIG_DFL)
