"""A command that gets SIGINT at the first call of a function, each time in a process of its own.

``python -c "from tests.cli.signal_moments import serve; serve()" TASK`` prints ``Moment``s as JSON.
Calls are counted from where the command handles signals, and told apart by caller and function.
"""

from __future__ import annotations

import inspect
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final, NamedTuple

BEGIN: Final = "set_signal_handler"
"""The first call of this name is the beginning."""


class Moment(NamedTuple):
    """``function`` was called when the signal came; then the ending of the command."""

    function: str
    code: int
    out: str
    err: str


def interrupt_calls(
    home: Path, words: str, *, step: int = 1, name: str = ""
) -> tuple[int, list[Moment]]:
    """How many calls there are, and the command interrupted at each ``step``-th, the last included.

    With ``name``, only at calls of functions of this name. The command must change nothing.
    """
    root = Path(__file__).parents[2]
    task = {"words": words.split(), "step": step, "name": name}
    program = "from tests.cli.signal_moments import serve; serve()"
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(task)], cwd=home, capture_output=True,
        text=True, check=True, timeout=7200, env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    number, moments = json.loads(done.stdout)
    return number, [Moment(*each) for each in moments]


def serve() -> None:
    """Do the task that the command line holds."""
    task = json.loads(sys.argv[1])
    number = int(_run_child(task, at=0).function)
    moments = [_run_child(task, at) for at in reversed(range(number, 0, -task["step"]))]
    sys.stdout.write(json.dumps([number, moments]))


class _Trace:
    """Counts the calls, and interrupts at one of them."""

    def __init__(self, name: str, at: int) -> None:
        self.name, self.at = name, at
        self.seen: set[tuple[CodeType | None, CodeType]] = set()
        self.has_begun, self.function = False, ""

    def __call__(self, frame: FrameType, _event: str, _argument: object) -> None:
        code = frame.f_code
        self.has_begun = self.has_begun or code.co_name == BEGIN
        key = (frame.f_back and frame.f_back.f_code, code)
        # a generator that is thrown away is called once more, for its end alone
        ends = code.co_flags & inspect.CO_GENERATOR
        if ends or not self.has_begun or key in self.seen or self.name not in code.co_name:
            return
        self.seen.add(key)
        if len(self.seen) == self.at:
            sys.settrace(None)
            self.function = f"{code.co_filename}, line {code.co_firstlineno}, {code.co_name}"
            signal.raise_signal(signal.SIGINT)


def _run_child(task: dict[str, Any], at: int) -> Moment:
    """Without a call to interrupt, the function is how many there are."""
    child = os.fork()
    if not child:
        _follow(task, at)
    _, status = os.waitpid(child, 0)
    texts = [Path(name).read_text() for name in ("function", "out", "err")]
    return Moment(texts[0], os.waitstatus_to_exitcode(status), *texts[1:])


def _follow(task: dict[str, Any], at: int) -> None:
    for name, stream in (("out", sys.stdout), ("err", sys.stderr)):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream.fileno())
    trace = _Trace(task["name"], at)
    sys.argv = task["words"]
    sys.settrace(trace)
    try:
        from cactions.__main__ import main

        main()
    finally:
        sys.settrace(None)
        Path("function").write_text(trace.function if at else str(len(trace.seen)))
