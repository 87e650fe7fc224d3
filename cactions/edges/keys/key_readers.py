"""Reads a key text from a descriptor, a file or a command, with limits on size and time.

An error describes the source, never the text that the source gave.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from cactions.edges.files.owned_files import FilePolicy, OwnershipProblem, UntrustedFile, read_own
from cactions.edges.timeouts import Returned, TimedOut, call_with_timeout
from cactions.logic.shell import quote_word
from cactions.model.vault import VaultError, VaultFault

MAX_KEY_TEXT_BYTES: Final = 64 * 1024
"""In bytes; a key text has about a hundred."""

READ_SECONDS: Final = 20.0
COMMAND_SECONDS: Final = 60.0
"""A command may ask its user for a passphrase or a fingerprint."""

_POLICY: Final = FilePolicy(limit=MAX_KEY_TEXT_BYTES, others=0o077, links=False)
_FAULTS: Final = {
    OwnershipProblem.SYMLINK: VaultFault.SYMLINK,
    OwnershipProblem.MODE: VaultFault.MODE,
    OwnershipProblem.OWNER: VaultFault.MODE,
}
_FIRST_FREE_FD: Final = 3


def build_no_key_error(message: str, hint: str) -> VaultError:
    """The error for a source that gives no key."""
    return VaultError(VaultFault.NO_KEY, message, hint=hint)


def read_descriptor(fd: int, seconds: float = READ_SECONDS) -> bytes:
    """Read an open descriptor to its end and close it. Raises VaultError."""
    _check_descriptor(fd)

    def read() -> bytes:
        with open(fd, "rb", closefd=fd >= _FIRST_FREE_FD) as stream:
            return stream.read(MAX_KEY_TEXT_BYTES + 1)

    outcome = call_with_timeout(seconds, read)
    if isinstance(outcome, Returned):
        return _check_size(outcome.value, f"descriptor {fd}")
    if isinstance(outcome, TimedOut):
        raise build_no_key_error(
            f"descriptor {fd} did not end within {seconds:g} seconds",
            "Close the writing end after the key.",
        )
    raise build_no_key_error(
        f"descriptor {fd} cannot be read ({outcome.name})", "Open a file or a pipe on it."
    )


def _check_descriptor(fd: int) -> None:
    hint = f"Open it for the command: cactions … --key-fd {fd} {fd}<FILE"
    if fd in {1, 2}:
        raise build_no_key_error(
            f"descriptor {fd} is for writing", "Use 3: cactions … --key-fd 3 3<FILE"
        )
    try:
        inheritable = os.get_inheritable(fd)
    except (OSError, OverflowError):
        raise build_no_key_error(f"descriptor {fd} is not open", hint) from None
    if not inheritable:  # what this process opened itself is never inheritable (PEP 446)
        raise build_no_key_error(f"descriptor {fd} was not passed on by the calling program", hint)
    if os.isatty(fd):
        raise build_no_key_error(f"descriptor {fd} is a terminal", hint)


def read_key_file(path: Path) -> bytes:
    """Read a file that only its user can read. Raises VaultError."""
    try:
        return read_own(path, _POLICY)
    except UntrustedFile as error:
        name = quote_word([str(path)])
        hints = {
            OwnershipProblem.MISSING: "Check the name.",
            OwnershipProblem.MODE: f"If no other user has read it: `chmod 600 {name}`.",
        }
        fault = _FAULTS.get(error.problem, VaultFault.NO_KEY)
        other = f"If it must stay as it is, pass it as a descriptor: --key-fd 3 3<{path}"
        raise VaultError(fault, str(error), hint=hints.get(error.problem, other)) from None


def run_key_command(
    words: Sequence[str], environment: Mapping[str, str], seconds: float = COMMAND_SECONDS
) -> bytes:
    """Run a program for its stdout; no shell, no stdin, stderr is not shown. Raises VaultError."""
    program = shutil.which(words[0], path=environment.get("PATH"))
    if program is None or not Path(program).is_absolute():
        raise build_no_key_error(
            f"there is no program {words[0]}", "Use its absolute path in key_command."
        )
    try:
        process = subprocess.Popen(  # noqa: S603  the user's own configuration names it, no shell
            words,
            executable=program,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path.home(),  # never the project's folder, whose files may steer programs
            env=dict(environment),
        )
    except (OSError, RuntimeError) as error:
        why = type(error).__name__
        raise build_no_key_error(
            f"{program} cannot be started ({why})", "Run it yourself to see."
        ) from None
    try:
        return _read_output(process, program, seconds)
    finally:
        process.kill()
        process.wait()


def _read_output(process: subprocess.Popen[bytes], program: str, seconds: float) -> bytes:
    pipe = process.stdout
    assert pipe

    def read() -> bytes:
        with pipe:  # closed by the reading thread, even after the deadline
            return pipe.read(MAX_KEY_TEXT_BYTES + 1)

    outcome = call_with_timeout(seconds, read)
    if not isinstance(outcome, Returned):
        raise build_no_key_error(
            f"{program} did not end within {seconds:g} seconds",
            "Run it yourself: it may wait for input.",
        )
    data = _check_size(outcome.value, program)
    end = call_with_timeout(seconds, process.wait)
    if not isinstance(end, Returned):
        raise build_no_key_error(
            f"{program} closed its output and did not end", "Run it yourself to see why."
        )
    if end.value:
        raise build_no_key_error(
            f"{program} failed with status {end.value}",
            "Run it yourself to see why: its output is not shown, because it might be a key.",
        )
    return data


def _check_size(data: bytes, what: str) -> bytes:
    if len(data) > MAX_KEY_TEXT_BYTES:
        raise build_no_key_error(
            f"{what} gives more than {MAX_KEY_TEXT_BYTES:,} bytes", "Give only the key text."
        )
    return data
