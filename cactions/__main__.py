"""The entry point: answers ``--version`` at once and gives everything else to the command line."""

from __future__ import annotations

import gc
import sys

from cactions import __version__

GC_THRESHOLD = 200_000
"""New objects between two runs of the garbage collector. Modules and parsed files are many objects
that stay: a run after every 700 costs a twentieth of the start, and most of reading a file."""


def main() -> None:
    """Run the command, and raise SystemExit with its exit code."""
    gc.set_threshold(GC_THRESHOLD)
    try:
        if sys.argv[1:] == ["--version"]:
            print(f"cactions {__version__}", flush=True)  # noqa: T201 - nothing renders yet
            return
    except OSError:
        pass  # the command line has a message for that
    import signal

    held: list[int] = []  # while libraries load: in some, an interrupt becomes an ImportError
    before = signal.signal(signal.SIGINT, lambda number, _frame: held.append(number))
    from cactions.cli.main import run

    signal.signal(signal.SIGINT, before)
    if held:
        print("Interrupted. Nothing was sent and nothing was written.", file=sys.stderr)  # noqa: T201
        sys.exit(130)
    sys.exit(run())


if __name__ == "__main__":
    main()
