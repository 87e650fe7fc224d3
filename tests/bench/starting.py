"""How long the installed tool takes to start, and to complete, in multiples of a bare Python."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.measuring import Reading, compiling, medians, process

ROOT: Final = Path(__file__).parents[2]

COMMANDS: Final = {
    "--version": (2.0, ["--version"]),
    "validate actions.example.yaml": (12.0, ["validate", "actions.example.yaml"]),
    "diff --replay, piped": (17.0, ["diff", "loyalty", "--person", "u-1", "--replay"]),
}
"""Each with its limit."""

COMPLETIONS: Final = {
    "a command": (3.0, ["di"]),
    "an option": (3.0, ["diff", "loyalty", "--rep"]),
    "an action": (7.0, ["diff", ""]),
    "a person": (7.0, ["diff", "loyalty", "--person", ""]),
    "a run": (3.0, ["runs", "show", ""]),
}
"""The words of each, of which the last is open, with its limit. A key press may take 150 ms."""
COMPLETING: Final = ["/usr/bin/env", "_CACTIONS_COMPLETE=bash"]


def readings(folder: Path, rounds: int) -> Iterator[Reading]:
    """One line for each command, from a wheel in its own virtual environment."""
    programs = installed(folder)
    home = example(folder)
    bare = partial(process, [programs / "python", "-I", "-c", "pass"], home)
    works = {
        name: partial(process, [programs / "cactions", *words], home)
        for name, (_, words) in COMMANDS.items()
    }
    completing = {
        f"completion: {name}": partial(process, [*COMPLETING, programs / "cactions", *words], home)
        for name, (_, words) in COMPLETIONS.items()
    }
    taken = medians({"bare": bare, **works, **completing}, rounds)
    for name, (limit, _) in COMMANDS.items():
        yield Reading(f"start: {name}", taken[name] / taken["bare"], limit, "x bare Python")
    for name, (limit, _) in COMPLETIONS.items():
        seconds = taken[f"completion: {name}"]
        what = f"completion: {name} ({seconds * 1000:.0f} ms)"
        yield Reading(what, seconds / taken["bare"], limit, "x bare Python")


def installed(folder: Path) -> Path:
    """Build the wheel and install it, byte code included; returns the folder of its programs."""
    wheels, environment = folder / "wheels", folder / "environment"
    _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", wheels, ROOT)
    _run(sys.executable, "-m", "venv", environment)
    programs = environment / "bin"
    _run(programs / "python", "-m", "pip", "install", "--quiet", *wheels.glob("*.whl"))
    return programs


def example(folder: Path) -> Path:
    """A folder with the example and its recordings."""
    home = folder / "home"
    shutil.copytree(ROOT / "cassettes", home / "cassettes")
    shutil.copy(ROOT / "actions.example.yaml", home)
    return home


def _run(*words: str | Path) -> None:
    subprocess.run(words, check=True, env=compiling())
