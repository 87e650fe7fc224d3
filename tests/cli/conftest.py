"""Runs the command line in this process, as users run it, on a copy of the example."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cactions.__main__ import main

ROOT = Path(__file__).parents[2]


class Done(NamedTuple):
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


Cli = Callable[..., Done]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the example, used as the working directory."""
    shutil.copy(ROOT / "actions.example.yaml", tmp_path / "actions.yaml")
    shutil.copytree(ROOT / "cassettes", tmp_path / "cassettes")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cli(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Cli:
    """``cli("diff", "loyalty", …)`` runs the command and returns its result."""
    ours = ("NO_COLOR", "FORCE_COLOR", "CACTIONS_DEBUG")
    for name in (*ours, "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def call(*words: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["cactions", *words])
        capsysbinary.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        out, err = capsysbinary.readouterr()
        return Done(code, out.decode(), err.decode())

    return call
