"""The entry point: answers ``--version`` at once and gives everything else to the command line."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from cactions import __version__

GC_THRESHOLD = 200_000
"""New objects between two runs of the garbage collector. Modules and parsed files are many objects
that stay: a run after every 700 costs a twentieth of the start, and most of reading a file. At
the end of the process Python looks at all of them again, unless they are frozen."""

NOT_DONE = "Nothing was sent and nothing was written."
INTERRUPTED = (
    '{"format": "cactions.error/1", "kind": "interrupted", "fault": "caller", "exit_code": 130,'
    ' "message": "interrupted", "place": null, "hint": "", "commands": [],'
    f' "not_done": "{NOT_DONE}", "notes": [], "findings": [], "result": null}}'
)
"""The document of an interruption before anything else is loaded."""


def main() -> None:
    """Run the command, and raise SystemExit with its exit code."""
    gc.set_threshold(GC_THRESHOLD)
    atexit.register(gc.freeze)  # else Python looks at every object once more when it ends
    if "_CACTIONS_COMPLETE" in os.environ:
        from cactions.cli.completion import answer

        answer.main()
        return
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
        print(f"Interrupted. {NOT_DONE}", file=sys.stderr)  # noqa: T201
        if "--json" in sys.argv:
            print(INTERRUPTED, flush=True)  # noqa: T201 - what makes documents is not loaded
        sys.exit(130)
    sys.exit(run())


if __name__ == "__main__":
    main()
