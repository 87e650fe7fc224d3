"""The three standard streams where they are closed, full, or have lost their reader."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Final, TextIO

from cactions.model import OperatorError

NOWHERE: Final = Path(os.devnull)


def prepare() -> None:
    """Occupy what is closed, so that no file of ours gets its number.

    A closed stdin reads as empty, a closed stderr swallows. Raises OperatorError where there is
    no stdout: it would be a question without an answer.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(NOWHERE, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = NOWHERE.open(encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = NOWHERE.open("w", encoding="utf-8")
    if sys.stdout is None:
        sys.stdout = NOWHERE.open("w", encoding="utf-8")
        raise OperatorError("the output is closed", hint="Send it to a file, or to /dev/null.")


def write_text(text: str) -> None:
    """Text for a program on stdout, in UTF-8 whatever the locale says."""
    write_bytes(text.encode())


def write_bytes(data: bytes) -> None:
    """Bytes for a program on stdout, as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def capture_stdout(write: Callable[[], None]) -> str:
    """What ``write`` puts onto stdout, in the place of putting it there."""
    data = io.BytesIO()
    with io.TextIOWrapper(data, encoding="utf-8", newline="") as stdout:
        with redirect_stdout(stdout):
            write()
        stdout.flush()
        return data.getvalue().decode()


def finish() -> None:
    """Whatever is still on its way out. Raises OSError where it cannot go."""
    sys.stdout.flush()
    sys.stderr.flush()


def give_up(*streams: TextIO) -> None:
    """Let what is stuck go nowhere, so that the interpreter does not try it again at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(NOWHERE, os.O_WRONLY)
        for stream in streams:
            os.dup2(nowhere, stream.fileno())
