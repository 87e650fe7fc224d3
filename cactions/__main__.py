"""The front door: answers ``--version`` at once and hands everything else to the command line."""

from __future__ import annotations

import gc
import os
import sys

from cactions import __version__

_FEW = 200_000
"""New objects between two searches for garbage. Modules and parsed files are many objects and
no garbage: looking after every 700 costs a twentieth of a start, and most of reading a file."""


def main() -> None:
    """What the command does, and its exit code as a SystemExit."""
    gc.set_threshold(_FEW)
    try:
        if sys.argv[1:] == ["--version"]:
            print(f"cactions {__version__}", flush=True)  # noqa: T201 - nothing renders yet
            return
    except OSError:
        pass  # the command line has words for that
    try:
        from cactions.cli.main import run
    except KeyboardInterrupt:
        print("Interrupted. Nothing was sent and nothing was written.", file=sys.stderr)  # noqa: T201
        sys.exit(130)
    sys.exit(run(_answer))


def program() -> None:
    """The ``cactions`` command. A check leaves at once: it has nothing that must be put away.

    Taking a thousand files' worth of values apart again would be a tenth of the time.
    """
    try:
        main()
    except SystemExit as left:
        if sys.argv[1:2] != ["validate"] or not isinstance(left.code, int):
            raise
        code = left.code
    else:
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        pass  # the command line has said so already
    os._exit(code)


def _answer(words: list[str]) -> int:
    """Do what the words say; ``validate`` with mere names of files, without Typer.

    Loading Typer takes longer than checking a file, and editors and hooks do so all day long.
    Both ways lead to the same function, and a test holds them to the same bytes.
    """
    if words[:1] == ["validate"]:
        from cactions.cli.commands.validate_report import plainly, validate

        if asked := plainly(words[1:]):
            return validate(asked)
    from cactions.cli.app import run_command

    return run_command(words)


if __name__ == "__main__":
    program()
