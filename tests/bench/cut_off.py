"""``python -m tests.bench.cut_off N COMMAND``: the command is killed before its Nth window."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from cactions.__main__ import main
from cactions.edges.store.journal import LocalJournal


def cut_off(windows: int) -> None:
    """Kill this process where the journal has stored so many windows as started."""
    store, left = LocalJournal.start_entries, windows

    def start_entries(*values: Any, **named: Any) -> None:
        nonlocal left
        store(*values, **named)
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    LocalJournal.start_entries = start_entries  # type: ignore[method-assign]


if __name__ == "__main__":
    cut_off(int(sys.argv[1]))
    sys.argv = ["cactions", *sys.argv[2:]]
    main()
