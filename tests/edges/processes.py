"""Subprocesses of the same user, for effects visible only from outside: kills, races, limits."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEADLINE = 300


def finished(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A Python program after its end, with any result."""
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )


@contextmanager
def running(program: str, *arguments: object, **environ: str) -> Iterator[subprocess.Popen[str]]:
    """A Python program that reads and writes lines; killed at the end if it still runs."""
    with subprocess.Popen(
        [sys.executable, "-u", "-c", program, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    """The next line that the process writes."""
    assert process.stdout
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str], line: str) -> None:
    """Send a line to the process."""
    assert process.stdin
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
