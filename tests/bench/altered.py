"""``python -m tests.bench.altered WINDOWS NETWORK COMMAND``: the tool, with one thing changed.

- WINDOWS: the process is killed when the journal has stored so many windows as started; 0: never.
- NETWORK: ``live``, or ``none``: the third party answers inside the process.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from cactions.__main__ import main
from cactions.edges.http.client import HttpSender
from cactions.edges.store.journal import LocalJournal
from cactions.model import Request, Response
from tests.bench.crowd import UNKNOWN, answer_path


def cut_off(windows: int) -> None:
    """Kill this process after so many windows."""
    store, left = LocalJournal.start_entries, windows

    def start_entries(*values: Any, **named: Any) -> None:
        nonlocal left
        store(*values, **named)
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    LocalJournal.start_entries = start_entries  # type: ignore[method-assign]


def leave_network_out() -> None:
    """Answer each request at once."""

    def send(_sender: HttpSender, request: Request) -> Response:
        body = answer_path(request.url.reveal())
        return Response(404 if body == UNKNOWN else 200, (), body)

    HttpSender.send = send  # type: ignore[method-assign]


if __name__ == "__main__":
    cut_off(int(sys.argv[1]))
    if sys.argv[2] == "none":
        leave_network_out()
    sys.argv = ["cactions", *sys.argv[3:]]
    main()
