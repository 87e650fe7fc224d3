"""The front door: answers ``--version`` at once and hands everything else to the command line."""

from __future__ import annotations

import sys

from cactions import __version__


def main() -> None:
    """Entry point of the ``cactions`` command."""
    if sys.argv[1:] == ["--version"]:
        print(f"cactions {__version__}")  # noqa: T201 - nothing that renders is imported yet
        return
    from cactions.cli.main import run

    sys.exit(run())


if __name__ == "__main__":
    main()
