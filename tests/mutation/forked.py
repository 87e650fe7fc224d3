"""Runs pytest in a fork of this process, in which the libraries are loaded, but not the package."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.mutation.selection import Chooser, Recorder

CPU_SECONDS = 60
"""A change that makes tests so slow is noticed."""

SECONDS = 600
"""The same on the wall, for a test that waits for ever; other work may run beside."""

ARGUMENTS = (
    "-q", "-p", "no:cacheprovider", "-p", "no:xdist",
    "-o", "addopts=--strict-markers --strict-config --import-mode=importlib",
)  # fmt: skip


def record_tests(tests: Sequence[str], copy: Path, records: Path) -> None:
    """Run the tests as they are, and record which functions they call."""

    def run() -> int:
        recorder = Recorder(copy)
        _run_pytest(tests, copy, [recorder])
        recorder.save(records)
        return 0

    _fork(run, CPU_SECONDS * 20)


def pass_tests(chosen: dict[str, float], whole: Sequence[str], copy: Path) -> bool:
    """Whether the chosen tests pass, and all those of the files ``whole``."""
    files = dict.fromkeys(test.split("::")[0] for test in chosen)
    tests = [*files, *(file for file in whole if file not in files)]
    chooser = Chooser(chosen, tuple(whole))
    return _fork(lambda: _run_pytest(["-x", *tests], copy, [chooser]), CPU_SECONDS)


def _run_pytest(tests: Sequence[str], copy: Path, plugins: list[object]) -> int:
    os.chdir(copy)
    sys.path.insert(0, str(copy))
    os.environ.update(PYTHONPATH=str(copy), PYTHONDONTWRITEBYTECODE="1")
    sys.dont_write_bytecode = True
    temporary = f"--basetemp={copy.parent / 'tests-of-a-change'}"
    return int(pytest.main([*ARGUMENTS, temporary, *tests], plugins=plugins))


def _fork(run: Callable[[], int], cpu_seconds: int) -> bool:
    """Whether it returned 0, within this CPU time."""
    child = os.fork()
    if not child:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(quiet, stream)
        code = 70
        try:
            code = run()
        finally:
            os._exit(code)
    until = time.monotonic() + SECONDS * (cpu_seconds // CPU_SECONDS)
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status == 0
        if time.monotonic() > until:
            os.killpg(child, signal.SIGKILL)
        time.sleep(0.02)
