"""The one question: asked on the terminal, never of a script."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from cactions.cli import progress
from cactions.model import UsageError
from cactions.render.escape import escape_terminal

UNATTENDED: Final = "Use --replay, or `cactions run … --yes`, which is meant for scripts."

if sys.platform != "win32":
    import termios


def require_terminal(yes: bool, json: bool = False) -> None:
    """Raises UsageError where no terminal can show the question and read the answer."""
    if yes:
        return
    if json:
        raise UsageError(
            "--json shows no picture to agree to", hint="Use --yes to skip the prompt."
        )
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError("there is no terminal to ask on", hint="Use --yes to skip the prompt.")


def confirm(question: str, yes: bool) -> bool:
    """Whether to go ahead; anything but y or yes is a no, and so is the end of input.

    After a yes something may be written; after a no, a clean end has exit code 3.
    """
    if not yes:
        _forget_what_was_typed()
        sys.stderr.write(f"{escape_terminal(question)} [y/N] ")
        sys.stderr.flush()
        yes = _read_line().lower() in ("y", "yes")
    if yes:
        progress.mark_written()
    else:
        progress.mark_declined()
    return yes


def confirm_choice(question: str) -> bool:
    """A yes or no that writes nothing yet; Enter is a yes."""
    return ask_line(f"{question} [Y/n]").lower() in ("", "y", "yes")


def ask_line(question: str) -> str:
    """One line that is typed, without blanks around it; empty at the end of input."""
    _forget_what_was_typed()
    shown = "\n".join(map(escape_terminal, question.split("\n")))
    sys.stderr.write(f"{shown}: ")
    sys.stderr.flush()
    return _read_line()


def _read_line() -> str:
    """The line that is typed, without blanks around it.

    A signal that comes just before Python waits for a terminal would be handled with the answer
    only: here it wakes what waits.
    """
    if sys.stdin.isatty():
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        former = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        try:
            while sys.stdin not in select.select([sys.stdin, reader], [], [])[0]:
                os.read(reader, 1)
        finally:
            signal.set_wakeup_fd(former)
            os.close(reader)
            os.close(writer)
    return sys.stdin.readline().strip()


def confirm_by_typing(warning: str, word: str, yes: bool, unattended: str = UNATTENDED) -> bool:
    """Whether to go ahead with what cannot be taken back: the word itself must be typed.

    After it, something may be written. Raises UsageError without a terminal; ``unattended`` says
    what a script does instead.
    """
    if not yes:
        require_typing_terminal(unattended)
        _forget_what_was_typed()
        sys.stderr.write(f"{escape_terminal(warning)}\nType {escape_terminal(word)} to go ahead: ")
        sys.stderr.flush()
        yes = _read_line() == word
    if yes:
        progress.mark_requesting()
    else:
        progress.mark_declined()
    return yes


def choose_word(question: str, words: Sequence[str]) -> str:
    """One of these words, or empty at the end of input; asked again for anything else."""
    _forget_what_was_typed()
    while True:
        sys.stderr.write(f"{escape_terminal(question)} [{'/'.join(words)}] ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        word = line.strip().lower()
        if word in words or not line:
            return word


def require_typing_terminal(unattended: str = UNATTENDED) -> None:
    """Raises UsageError where no terminal can confirm what cannot be taken back."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError(
            "there is no terminal to confirm this on, and it may change something",
            hint=unattended,
        )


def _forget_what_was_typed() -> None:
    """A line that was typed before the question answers another one."""
    if sys.platform != "win32" and sys.stdin.isatty():
        with suppress(OSError, termios.error):
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
