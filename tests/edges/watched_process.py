"""A process that ``file_calls.c`` watches while it does every action of the stores.

``python -c "from tests.edges.watched_process import serve; serve()" FOLDER`` prints their calls.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tests.edges import run_actions, store_actions
from tests.edges.file_calls import FileCalls

PREFIX = "do_"


def list_actions() -> dict[str, object]:
    """Every action by its name in words."""
    return {
        name.removeprefix(PREFIX).replace("_", " "): run
        for module in (store_actions, run_actions)
        for name, run in vars(module).items()
        if name.startswith(PREFIX)
    }


def serve() -> None:
    """Do every action; print their calls."""
    calls, found = FileCalls(), {}
    for name, run in list_actions().items():
        folder = Path(sys.argv[1]).resolve() / name.replace(" ", "-")
        folder.mkdir()
        os.chdir(folder)
        run(folder, calls)  # type: ignore[operator]
        found[name] = calls.noted
    sys.stdout.write(json.dumps(found))
