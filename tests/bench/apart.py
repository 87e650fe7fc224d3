"""A server of the bench in a process of its own, so that its work is not measured with ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def serve_apart(script: str, *words: str) -> Iterator[list[str]]:
    """The words of the script's first line, while it serves; it ends with its standard input."""
    with subprocess.Popen(
        [sys.executable, "-c", script, *words], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        found = process.stdout.readline().split()
        try:
            yield found
        finally:
            process.stdin.close()
