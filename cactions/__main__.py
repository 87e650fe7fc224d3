"""The front door: answers ``--version`` at once and hands everything else to the command line."""

from __future__ import annotations

import sys

from cactions import __version__


def main() -> None:
    """Entry point of the ``cactions`` command."""
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
    sys.exit(run())


if __name__ == "__main__":
    main()
