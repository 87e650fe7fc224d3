"""``validate`` is answered in two ways, with Typer and without, and nobody can tell them apart."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from cactions.cli.validating import Asked, plainly

ROOT: Final = Path(__file__).parents[2]
EXAMPLE: Final = (ROOT / "actions.example.yaml").read_text()

FILES: Final = {
    "good/actions.yaml": EXAMPLE.encode(),
    "broken/actions.yaml": EXAMPLE.replace("$.tier", "$..tier").encode(),
    "broken/actions.more.yaml": b"actions: {a: {url: {{ x }}}}\n",
    "bytes/actions.yaml": b"\xff\xfe",
    "empty/actions.yaml": b"",
    "none/readme.txt": b"no actions here",
}

WORDS: Final[dict[str, Sequence[str]]] = {
    "good": ["good/actions.yaml"],
    "several files": ["broken/actions.yaml", "broken/actions.more.yaml"],
    "one file twice": ["good/actions.yaml", "good/actions.yaml"],
    "a folder": ["broken"],
    "several folders": ["good", "broken", "bytes/actions.yaml"],
    "not text": ["bytes/actions.yaml"],
    "empty": ["empty/actions.yaml"],
    "missing": ["good/actions.yaml", "good/nothing.yaml"],
    "a folder without any": ["none"],
    "stdin": ["-"],
    "nothing named": [],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files of every kind."""
    root = tmp_path_factory.mktemp("files")
    for name, data in FILES.items():
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return root


def ended(folder: Path, words: Sequence[str]) -> tuple[int, bytes, bytes]:
    """How the command ended in a process of its own, with a broken file on its stdin."""
    done = subprocess.run(
        [sys.executable, "-m", "cactions", "validate", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=FILES["broken/actions.yaml"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["words", "json"])
@pytest.mark.parametrize("case", WORDS)
def test_both_ways_end_alike(folder: Path, case: str, form: tuple[str, ...]) -> None:
    """Same bytes, same exit code. What stands behind ``--`` is for Typer to take apart."""
    words = WORDS[case]
    assert plainly([*form, *words])
    assert not plainly([*form, "--", *words])
    assert ended(folder, [*form, "--", *words]) == ended(folder, [*form, *words])


def test_the_table_meets_every_end(folder: Path) -> None:
    """Clean, findings, and words that do not fit."""
    assert [0, 1, 2] == [ended(folder, WORDS[case])[0] for case in ("good", "stdin", "missing")]


@pytest.mark.parametrize(
    "words",
    [
        ["-f", "a.yaml"],
        ["a.yaml", "--env", "staging"],
        ["a.yaml", "-q"],
        ["--json", "--quiet"],
        ["--help"],
        ["-h"],
        ["--jso"],
        ["--json=yes"],
        [""],
    ],
    ids=" ".join,
)
def test_everything_else_is_for_typer(words: list[str]) -> None:
    """Nothing is taken apart by hand but names of files and ``--json``."""
    assert plainly(words) is None


def test_json_may_stand_anywhere() -> None:
    """As for Typer."""
    assert Asked([Path("a"), Path("-")], json=True) == plainly(["a", "--json", "-"])
