"""How long it takes from a save to the words of ``cactions watch``, in milliseconds.

A process that runs as users run it, without a terminal. What counts is the time that a person
waits, so it is elapsed time, and the machine should be idle.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench.measuring import Reading, compiling

ROOT: Final = Path(__file__).parents[2]
LIMIT: Final = 300.0
SIZES: Final = (3, 30, 100)
"""Actions of the file, each with three tests."""


def readings(folder: Path, rounds: int) -> Iterator[Reading]:
    for size in SIZES:
        with watched(folder / f"watched-{size}", size) as save:
            save(0)
            taken = [save(number) for number in range(1, rounds + 1)]
        what = f"watch, {size} actions: save to words"
        yield Reading(what, 1000 * median(taken), LIMIT, "ms")
        yield Reading(f"{what}, slowest", 1000 * max(taken), float("inf"), "ms")


@contextmanager
def watched(home: Path, actions: int) -> Iterator[Callable[[int], float]]:
    """Gives a function that saves a change of the first action, and returns the seconds."""
    text = write_project(home, actions)
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from cactions.__main__ import main"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{program}; sys.argv[1:] = ['watch']; main()"],
        cwd=home, env=compiling(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    lines = process.stdout

    def read() -> str:
        """What is said below everything else: which tests were replayed."""
        return next(line for line in lines if line.startswith("Replayed now: "))

    def save(number: int) -> float:
        changed = text.replace("a gold member", f"gold member {number},", 1)
        start = time.perf_counter()
        (home / "actions.yaml").write_text(changed)
        found = read()
        seconds = time.perf_counter() - start
        assert found == "Replayed now: loyalty0.\n"
        return seconds

    try:
        read()
        yield save
    finally:
        process.terminate()
        process.wait()
        lines.close()


def write_project(home: Path, actions: int) -> str:
    """Copies of the action of the example, each with a recording; the text of the file."""
    example = (ROOT / "actions.example.yaml").read_text()
    head, _, rest = example.partition("  loyalty:\n")
    body, _, _ = rest.partition("\n  billing:\n")
    copies = "\n".join(f"  loyalty{number}:\n{body}" for number in range(actions))
    text = f"{head}{copies}"
    (home / "cassettes").mkdir(parents=True)
    recording = (ROOT / "cassettes" / "loyalty.json").read_text()
    for number in range(actions):
        (home / "cassettes" / f"loyalty{number}.json").write_text(recording)
    (home / "actions.yaml").write_text(text)
    return text
