"""A process that forks children, which run a command and are killed or signalled at a point.

Each input line is a task: ``{"folder": …, "words": […]}`` with one of:

- ``point`` and ``count``: the child ends itself by ``signal`` (default KILL) at that point.
- ``after``: it is killed after so many seconds.
- ``signals``: pairs of what to wait for, seconds or a file, and the signal that comes then.
- ``fault``: kind, number, error and whether it is the only one: the disk fails (``faults.c``).
- ``drain``: seconds that what is under way has after a signal.
- ``suffix``: of the names of the files ``out`` and ``err``.
- ``exits``: the interpreter ends as it does without us.

The answer is a line of JSON: the exit code, negative after a signal, and the points passed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final

from cactions.__main__ import main
from cactions.app import apply as apply_module
from cactions.app import commit, open_entries, row_planner, undo_steps, workers
from cactions.cli import prompts
from cactions.cli.app import load_commands
from tests.app.victims import Disk

WINDOW: Final = 8
SERVE: Final = "from tests.bulk.child import serve; serve()"

PLANNING: Final = ("create_run", "add", "mark", "place", "advance", "find_many", "send", "confirm")
WRITING: Final = ("reopen", "start_entries", "commit", "record_outcomes", "finish")
UNDOING: Final = ("create_run", "record_plans", "commit", "record_outcomes", "mark_undone")


class Intents:
    """Which intents are durable, and what was done without one."""

    def __init__(self, disk: Disk) -> None:
        self.disk, self.early = disk, list[str]()
        self._started, self._calling = set[int](), set[str]()

    def pass_by(self, point: str, given: Sequence[Any], named: Mapping[str, Any]) -> None:
        """A point is reached."""
        if point == "after start_entries" and not self.disk.unsynced("/runs/"):
            self._started.update(given[2])
        if point == "before commit_entry" and given[0].number not in self._started:
            self.early.append(f"entry {given[0].number}")
        if point == "after place" and named.get("durable") and not self.disk.unsynced("/runs/"):
            self._calling.add(point)
        if point == "before send" and self._needs_intent and not self._calling:
            self.early.append("a request")

    _needs_intent = False

    def require_for_calls(self) -> None:
        """Requests of this command change something."""
        self._needs_intent = True


class Points:
    """Counts the points that the child passes, and ends it at one of them."""

    def __init__(self, task: dict[str, Any], answers: int) -> None:
        self.passed: Counter[str] = Counter()
        self._point, self._count = task.get("point"), task.get("count", 1)
        self._signal = getattr(signal, task.get("signal", "SIGKILL"))
        self._answers, self._lock = answers, Lock()
        self.intents: Intents | None = None

    def pass_by(self, point: str, given: Sequence[Any], named: Mapping[str, Any]) -> None:
        """A point is reached."""
        if self.intents:
            self.intents.pass_by(point, given, named)
        with self._lock:
            self.passed[point] += 1
            ends = point == self._point and self.passed[point] == self._count
        if ends:
            os.kill(os.getpid(), self._signal)

    def watch(self, owner: Any, *names: str) -> None:
        """Replace methods, in this process only, by ones that say when they begin and end."""
        for name in names:
            setattr(owner, name, self._build_watched(name, getattr(owner, name)))

    def _build_watched(self, name: str, method: Any) -> Any:
        def watched(*given: Any, **named: Any) -> Any:
            self.pass_by(f"before {name}", given, named)
            result = method(*given, **named)
            self.pass_by(f"after {name}", given, named)
            return result

        return watched


def watch_all(points: Points) -> None:
    """Everything that may be a point."""
    from cactions.edges.http.client import HttpSender
    from cactions.edges.intercom.people import IntercomPeople
    from cactions.edges.store.journal import LocalJournal
    from cactions.edges.store.people import LocalPeopleStore
    from cactions.edges.store.run_rows import RunRows

    points.watch(
        LocalJournal, "create_run", "reopen", "start_entries", "record_outcomes", "record_plans",
        "mark_undone", "finish", "take_plan", "save_plan", "discard",
    )  # fmt: skip
    points.watch(RunRows, "add", "mark", "place", "advance", "hold")
    points.watch(LocalPeopleStore, "commit", "find_many")
    points.watch(IntercomPeople, "commit", "find_many")
    points.watch(HttpSender, "send")
    points.watch(prompts, "confirm")
    points.watch(apply_module, "commit_entry")
    points.watch(open_entries, "commit_entry")


def shrink_windows() -> None:
    """Few people have several windows and pages."""
    commit.WINDOW = apply_module.WINDOW = open_entries.WINDOW = WINDOW  # type: ignore[misc]
    undo_steps.WINDOW = WINDOW  # type: ignore[misc]
    open_entries.FIRST_WINDOWS = (3, 5)  # type: ignore[misc]
    commit._CANARIES = 8  # type: ignore[misc]
    row_planner.PAGE, row_planner.PAGE_OF_WRITES = 12, 8  # type: ignore[misc]


def run_child(task: dict[str, Any], answers: int) -> None:
    """Run the command, and answer with its exit code."""
    os.chdir(task["folder"])
    suffix = task.get("suffix", "")
    for name, stream in (("out", sys.stdout), ("err", sys.stderr)):
        os.dup2(os.open(name + suffix, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    points = Points(task, answers)
    watch_all(points)
    if task.get("small", True):
        shrink_windows()
    workers.DRAIN_SECONDS = task.get("drain", workers.DRAIN_SECONDS)  # type: ignore[misc]
    sys.argv = ["cactions", *task["words"]]
    if fault := task.get("fault"):
        points.intents = Intents(Disk())
        if task.get("calls_write"):
            points.intents.require_for_calls()
        points.intents.disk.arm(*fault[:3], once=fault[3])
    try:
        main()
        code = 0
    except SystemExit as stopped:
        code = int(stopped.code or 0)
    answer = {"code": code, "points": points.passed}
    if intents := points.intents:
        answer |= {"hit": intents.disk.hit(), "early": intents.early}
    os.write(answers, json.dumps(answer).encode())
    os.close(answers)
    if not task.get("exits"):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # the end of the interpreter takes longer than the run
    sys.exit(code)


def serve() -> None:
    """Fork for each task, so that nothing is imported twice."""
    list(load_commands([]))
    import cactions.cli.bulk
    import cactions.cli.intercom_wiring
    import cactions.cli.live_wiring  # noqa: F401

    for line in sys.stdin:
        answer_task(json.loads(line))


def answer_task(task: dict[str, Any]) -> None:
    """Do one task in a child."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        run_child(task, writer)
    os.close(writer)
    for waited_for, name in task.get("signals", ()):
        wait_for(waited_for)
        os.kill(child, getattr(signal, name))
    if "after" in task:
        time.sleep(task["after"])
        os.kill(child, signal.SIGKILL)
    began = time.monotonic()
    with os.fdopen(reader) as answers:
        answer = json.loads(answers.read() or "{}")
    _, status = os.waitpid(child, 0)
    answer |= {"code": os.waitstatus_to_exitcode(status), "ending": time.monotonic() - began}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def wait_for(waited_for: str | float) -> None:
    """So many seconds, or until there is such a file, for half a minute at most."""
    if not isinstance(waited_for, str):
        time.sleep(waited_for)
        return
    until = time.monotonic() + 30
    while not Path(waited_for).exists() and time.monotonic() < until:
        time.sleep(0.01)


def get_errors(folder: Path, suffix: str = "") -> str:
    """What the last command in this folder said on stderr."""
    return " ".join((folder / f"err{suffix}").read_text().split())
