"""Runs the program of ``worker --notify``: no shell, and without the secrets of the environment.

What it prints stands between the lines of the worker. A program that does not end in time is
killed, with all that it has started.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from cactions.model import UsageError

SECONDS: Final = 30.0
TIMED_OUT: Final = 124
"""The exit code of a program that did not end, as ``timeout`` has it."""
NOT_STARTED: Final = 127
"""That of a program that could not be started, as a shell has it."""

_SECRETS: Final = "CACTIONS_"
"""What begins so may be a key, or an address with a password."""


def parse_notice_command(text: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The program and its arguments. Raises UsageError where there is no such program."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(
            f"the command of --notify cannot be read: {str(error).lower()}",
            hint="Write a program and its arguments as in a shell; no shell runs it.",
        ) from None
    program = shutil.which(words[0], path=environment.get("PATH")) if words else None
    if program is None:
        named = f"there is no program {words[0]}" if words else "the command of --notify is empty"
        raise UsageError(
            named, hint="Name a program and its arguments: --notify '/usr/bin/logger -t cactions'."
        )
    return (str(Path(program).absolute()), *words[1:])


def run_notice_command(
    words: Sequence[str],
    document: bytes,
    environment: Mapping[str, str],
    seconds: float = SECONDS,
) -> int:
    """Run the program with the document on its stdin; its exit code."""
    kept = {name: value for name, value in environment.items() if not name.startswith(_SECRETS)}
    try:
        process = subprocess.Popen(  # noqa: S603  the operator names it, and there is no shell
            words,
            stdin=subprocess.PIPE,
            cwd=Path.home(),  # never the project's folder, whose files may steer programs
            env=kept,
            start_new_session=True,
        )
    except (OSError, RuntimeError):
        return NOT_STARTED
    with process:
        try:
            process.communicate(document, timeout=seconds)
        except subprocess.TimeoutExpired:
            return TIMED_OUT
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode
