"""Where a key text can come from, each read within limits: a descriptor, a file, a command.

A reader says what is wrong with its source, never anything of what the source gave.
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
from cactions.model.vault import VaultError, VaultFault

LONGEST: Final = 64 * 1024
"""In bytes; a key text has about a hundred."""

DEADLINE: Final = 20.0
COMMAND_DEADLINE: Final = 60.0
"""In seconds; a command may ask its user for a passphrase or a fingerprint."""

_TRUST: Final = FilePolicy(limit=LONGEST, others=0o077, links=False)
_FAULTS: Final = {
    OwnershipProblem.SYMLINK: VaultFault.SYMLINK,
    OwnershipProblem.MODE: VaultFault.MODE,
    OwnershipProblem.OWNER: VaultFault.MODE,
}
_FIRST_OWN: Final = 3


def no_key(message: str, hint: str) -> VaultError:
    """The source gives no key."""
    return VaultError(VaultFault.NO_KEY, message, hint=hint)


def read_descriptor(fd: int, seconds: float = DEADLINE) -> bytes:
    """All that comes from an open descriptor, which is closed then. Raises VaultError."""
    _check_descriptor(fd)

    def read() -> bytes:
        with open(fd, "rb", closefd=fd >= _FIRST_OWN) as stream:
            return stream.read(LONGEST + 1)

    outcome = call_with_timeout(seconds, read)
    if isinstance(outcome, Returned):
        return _short(outcome.value, f"descriptor {fd}")
    if isinstance(outcome, TimedOut):
        raise no_key(
            f"descriptor {fd} did not end within {seconds:g} seconds",
            "Close the writing end after the key.",
        )
    raise no_key(f"descriptor {fd} cannot be read ({outcome.name})", "Open a file or a pipe on it.")


def _check_descriptor(fd: int) -> None:
    hint = f"Open it for the command: cactions … --key-fd {fd} {fd}<FILE"
    if fd in {1, 2}:
        raise no_key(f"descriptor {fd} is for writing", "Use 3: cactions … --key-fd 3 3<FILE")
    try:
        handed = os.get_inheritable(fd)
    except (OSError, OverflowError):
        raise no_key(f"descriptor {fd} is not open", hint) from None
    if not handed:  # what this process opened itself is never inheritable (PEP 446)
        raise no_key(f"descriptor {fd} was not handed over by whoever called", hint)
    if os.isatty(fd):
        raise no_key(f"descriptor {fd} is a terminal", hint)


def read_key_file(path: Path) -> bytes:
    """A file that only its user can read. Raises VaultError."""
    try:
        return read_own(path, _TRUST)
    except UntrustedFile as error:
        hints = {
            OwnershipProblem.MISSING: "Check the name.",
            OwnershipProblem.MODE: f"If nobody has read it: chmod 600 {path}",
        }
        fault = _FAULTS.get(error.problem, VaultFault.NO_KEY)
        other = f"Where it must be as it is, hand it over open: --key-fd 3 3<{path}"
        raise VaultError(fault, str(error), hint=hints.get(error.problem, other)) from None


def run_key_command(
    words: Sequence[str], environment: Mapping[str, str], seconds: float = COMMAND_DEADLINE
) -> bytes:
    """What a program writes to stdout; no shell, no stdin, stderr not shown. Raises VaultError."""
    program = shutil.which(words[0], path=environment.get("PATH"))
    if program is None or not Path(program).is_absolute():
        raise no_key(f"there is no program {words[0]}", "Name it in key_command by its whole path.")
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
        raise no_key(f"{program} cannot be started ({why})", "Run it yourself to see.") from None
    try:
        return _output(process, program, seconds)
    finally:
        process.kill()
        process.wait()


def _output(process: subprocess.Popen[bytes], program: str, seconds: float) -> bytes:
    pipe = process.stdout
    assert pipe

    def read() -> bytes:
        with pipe:  # closed by whoever reads it, even long after the deadline
            return pipe.read(LONGEST + 1)

    outcome = call_with_timeout(seconds, read)
    if not isinstance(outcome, Returned):
        raise no_key(
            f"{program} did not end within {seconds:g} seconds",
            "Run it yourself: it may wait for an answer.",
        )
    data = _short(outcome.value, program)
    end = call_with_timeout(seconds, process.wait)
    if not isinstance(end, Returned):
        raise no_key(f"{program} gave its output and did not end", "Run it yourself to see why.")
    if end.value:
        raise no_key(
            f"{program} failed with status {end.value}",
            "Run it yourself to see why: what it says is not shown, it might be a key.",
        )
    return data


def _short(data: bytes, what: str) -> bytes:
    if len(data) > LONGEST:
        raise no_key(f"{what} gives more than {LONGEST:,} bytes", "Give the key text alone.")
    return data
