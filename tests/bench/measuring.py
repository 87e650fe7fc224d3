"""CPU time, measured side by side: alternating rounds, and their medians.

A machine that is busy with something else slows all measurements of a round equally, so that
ratios are stable even if times are not.
"""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Work = Callable[[], float]
"""Does something once, and returns the CPU seconds that it took."""


@dataclass(frozen=True)
class Reading:
    """One line of the table; the measured value should be at most the limit."""

    what: str
    measured: float
    limit: float
    unit: str

    @property
    def holds(self) -> bool:
        return self.measured <= self.limit


def medians(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """The median CPU seconds of each; every round does all of them, and the first is discarded.

    The position in a round could matter, so each round starts with another one.
    """
    names = list(works)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds + 1):
        start = turn % len(names)
        for name in names[start:] + names[:start]:
            seconds = works[name]()
            if turn:
                taken[name].append(seconds)
    return {name: median(seconds) for name, seconds in taken.items()}


def process(argv: Sequence[str | Path], folder: Path) -> float:
    """CPU seconds of a process from its start to its end. Raises OSError if it fails."""
    used = ended(argv, folder)
    return used.ru_utime + used.ru_stime


def wall(argv: Sequence[str | Path], folder: Path) -> float:
    """Elapsed seconds. Raises OSError if the process fails."""
    start = time.perf_counter()
    ended(argv, folder)
    return time.perf_counter() - start


def largest(argv: Sequence[str | Path], folder: Path) -> int:
    """The peak memory of a process in bytes. Raises OSError if it fails.

    A process starts with the peak of its parent process, which is small here.
    """
    program = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    words = [sys.executable, "-I", "-c", program, *map(os.fspath, argv)]
    done = subprocess.run(
        words, cwd=folder, env=compiling(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise OSError(done.stderr)
    return int(done.stdout) * (1 if sys.platform == "darwin" else 1024)


def ended(argv: Sequence[str | Path], folder: Path) -> resource.struct_rusage:
    """The resource usage of a process without output. Raises OSError if it fails."""
    with Path(os.devnull).open("r+b") as nowhere:
        quiet = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), number) for number in (0, 1, 2)]
        words = [os.fspath(word) for word in argv]
        here = Path.cwd()
        os.chdir(folder)
        try:
            pid = os.posix_spawn(words[0], words, compiling(), file_actions=quiet)
        finally:
            os.chdir(here)
    _, status, used = os.wait4(pid, 0)
    if status:
        raise OSError(f"{' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")
    return used


def compiling() -> dict[str, str]:
    """The environment without variables that prevent Python from using its byte code."""
    unwanted = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONPYCACHEPREFIX")
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def own(work: Callable[[], object], times: int) -> float:
    """CPU seconds of this process for one of this number of repetitions."""
    gc.collect()
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times
