"""A process that forks children, each of which runs a command and dies at its Nth function call.

Each input line is a task: ``{"folder": …, "words": […], "calls": N}``; the answer is a line of JSON
with the exit code, or null after a kill, the number of calls, and at which the run began.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from types import FrameType
from typing import Any, Final

from cactions.__main__ import main
from cactions.cli.app import load_commands

SERVE: Final = "from tests.cli.intercom_victims import serve; serve()"


def run_child(task: dict[str, Any], answers: int) -> None:
    """Run the command; the calls of our own code and of libraries count alike."""
    left = limit = task["calls"]
    begun = 0

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal left, begun
        left -= event == "call"
        if not begun and frame.f_code.co_name == "create_run":
            begun = limit - left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    os.chdir(task["folder"])
    for name, stream in (("out", sys.stdout), ("err", sys.stderr)):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = ["cactions", *task["words"]]
    sys.setprofile(count)
    try:
        main()
        code = 0
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    sys.setprofile(None)
    os.write(answers, json.dumps({"code": code, "calls": limit - left, "begun": begun}).encode())


def serve() -> None:
    """Fork for each task, so that nothing is imported twice."""
    list(load_commands([]))
    import cactions.cli.intercom_wiring
    import cactions.cli.live_wiring  # noqa: F401

    for line in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            run_child(json.loads(line), writer)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as answers:
            answer = answers.read()
        os.waitpid(child, 0)
        sys.stdout.write((answer or json.dumps({"code": None, "calls": 0})) + "\n")
        sys.stdout.flush()
