"""The CPythons of this machine that `requires-python` allows: a line for each, the lowest first.

    3.11 /usr/bin/python3.11

They are looked for on the path, below pyenv's folder, and where uv keeps its own. Of one minor
version the first is used. A preview and a build without the GIL are left out: packages do not have
wheels for them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAME = re.compile(r"python3(\.\d+)?")

QUESTION = """
import ensurepip, platform, sys, sysconfig, venv
if (sys.implementation.name == "cpython" and sys.version_info.releaselevel == "final"
        and not sysconfig.get_config_var("Py_GIL_DISABLED")):
    print("%d.%d" % sys.version_info[:2])
"""


def read_lowest() -> tuple[int, int]:
    """The lowest version that the package allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    major, minor = project["requires-python"].removeprefix(">=").split(".")
    return int(major), int(minor)


def list_candidates() -> Iterator[Path]:
    """Programs that may be such a Python; what the README's commands use comes first."""
    if found := shutil.which("python3"):
        yield Path(found)
    for folder in os.get_exec_path():
        with suppress(OSError):
            yield from sorted(path for path in Path(folder).iterdir() if NAME.fullmatch(path.name))
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted((pyenv / "versions").glob("*/bin/python3"))
    if uv := shutil.which("uv"):
        words = [uv, "python", "list", "--only-installed", "--output-format", "json"]
        listed = ask(words)
        yield from (Path(path) for path in re.findall(r'"path": *"([^"]+)"', listed))


def ask(words: list[str]) -> str:
    """What a program prints; nothing if it fails."""
    with suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(  # noqa: S603 - programs of this machine
            words, capture_output=True, text=True, check=False, timeout=60,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return done.stdout if done.returncode == 0 else ""
    return ""


def find_pythons() -> dict[tuple[int, int], Path]:
    """The first program of each minor version, by version."""
    lowest, found = read_lowest(), dict[tuple[int, int], Path]()
    for candidate in dict.fromkeys(list_candidates()):
        if answer := re.fullmatch(r"(\d+)\.(\d+)\n", ask([str(candidate), "-I", "-c", QUESTION])):
            version = int(answer[1]), int(answer[2])
            if version >= lowest:
                found.setdefault(version, candidate)
    return dict(sorted(found.items()))


def main() -> None:
    """Print them."""
    for (major, minor), path in find_pythons().items():
        sys.stdout.write(f"{major}.{minor} {path}\n")


if __name__ == "__main__":
    main()
