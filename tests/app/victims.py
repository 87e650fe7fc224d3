"""A process that forks children, which are killed or get disk faults while they execute a run.

Each input line is a task; the result of the child process is one line of JSON.
``python -c "from tests.app.victims import serve; serve()"``.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from cactions.__main__ import main
from cactions.app import apply as apply_module
from cactions.app import open_entries, undo_steps
from cactions.app.apply import resume_run
from cactions.app.commit import RunStores
from cactions.cli.app import load_commands
from cactions.model import CactionsError, Receipt
from tests.app.crowd import apply, books, closed, undo

SMALL_WINDOW: Final = 10
"""A run for few people has several windows."""
SERVE: Final = "from tests.app.victims import serve; serve()"


class Watched:
    """A journal or a store of people that calls ``reached`` with the name of each point passed."""

    def __init__(self, inner: Any, reached: Any) -> None:
        self._inner = inner
        self._reached = reached

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name not in (
            "create_run",
            "record_plans",
            "commit",
            "start_entries",
            "record_outcomes",
            "mark_undone",
            "finish",
            "reopen",
        ):
            return method

        def watched(*given: Any) -> Any:
            self._reached(f"before {name}", given)
            result = method(*given)
            self._reached(f"after {name}", given)
            return result

        return watched


def work(task: dict[str, Any], kept: RunStores) -> list[Receipt]:
    """The work of a task: a run, its undo, or a resume of one of them."""
    if task["do"] == "run":
        return apply(task["people"], kept)
    if task["do"] == "undo":
        return undo(kept)
    done = resume_run(kept.journal.read(task["do"]), kept)
    return [entry.receipt for entry in done.entries if entry.receipt]


def victim(task: dict[str, Any]) -> dict[str, Any]:
    """Do the work, and die at the point that the task names; else return the result."""
    left = task.get("count", 1)

    def reached(point: str, _given: Sequence[Any]) -> None:
        nonlocal left
        left -= point == task.get("point")
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    kept = books(Path(task["folder"]), task["people"])
    watched = RunStores(
        Watched(kept.people, reached),
        Watched(kept.journal, reached),
        kept.turns,
        threads=task.get("threads", 1),
    )
    receipts = work(task, watched)
    closed(kept)
    return {"outcomes": [receipt.outcome.value for receipt in receipts]}


class Disk:
    """The library of ``faults.c``, loaded between this process and the disk."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(os.environ["LD_PRELOAD"])

    def arm(self, kind: str, number: int, errno: int, *, once: bool) -> None:
        """The call of this number and kind fails, and unless ``once``, all calls after it."""
        self._library.arm("wfo".index(kind[0]), number, errno, int(once))

    def hit(self) -> bool:
        """Whether any call failed."""
        return bool(self._library.hits())

    def unsynced(self, part: str) -> int:
        """Writes to files with this part in their names that no fsync has followed."""
        return int(self._library.unsynced(part.encode()))


def harmed(task: dict[str, Any]) -> dict[str, Any]:
    """Do the work on a failing disk; its message, and whether a person was written too early."""
    disk, durable, early = Disk(), set[str](), []

    def reached(point: str, given: Sequence[Any]) -> None:
        if point == "after record_plans" and not disk.unsynced("/runs/"):
            durable.update(plan.subject.person_id for plan in given[1])
        if point == "before commit" and given[0].subject.person_id not in durable:
            early.append(given[0].subject.person_id)

    kept = books(Path(task["folder"]), task["people"])
    watched = RunStores(Watched(kept.people, reached), Watched(kept.journal, reached), kept.turns)
    said, kind = "", ""
    disk.arm(task["kind"], task["number"], task["errno"], once=task["once"])
    try:
        work(task, watched)
    except CactionsError as error:
        said, kind = f"{error} {error.hint}", type(error).__name__
    if task["tidy"]:
        closed(kept)
    return {"said": said, "error": kind, "hit": disk.hit(), "early": early}


def called(task: dict[str, Any]) -> dict[str, Any]:
    """The command line on a failing disk: its exit code and its output."""
    disk = Disk()
    os.chdir(task["folder"])
    for name, stream in (("out", sys.stdout), ("err", sys.stderr)):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT), stream.fileno())
    sys.argv = ["cactions", *task["words"]]
    disk.arm(task["kind"], task["number"], task["errno"], once=task["once"])
    try:
        main()
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    return {"code": code, "said": Path("err").read_text(), "hit": disk.hit()}


def serve() -> None:
    """Fork for each task; kill the child after ``after`` seconds if the task says so."""
    list(load_commands([]))  # loaded once, for all children
    apply_module.WINDOW = open_entries.WINDOW = undo_steps.WINDOW = SMALL_WINDOW
    does = {"victim": victim, "harmed": harmed, "called": called}
    for line in sys.stdin:
        task = json.loads(line)
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.write(writer, json.dumps(does[task["as"]](task)).encode())
            os._exit(0)
        os.close(writer)
        if "after" in task:
            time.sleep(task["after"])
            os.kill(child, signal.SIGKILL)
        with os.fdopen(reader) as answers:
            answer = answers.read()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        end = {"killed": killed, "failed": status != 0 and not killed}
        sys.stdout.write(json.dumps({**end, **json.loads(answer or "{}")}) + "\n")
