"""Runs the command line in this process, as users run it, on a copy of the example."""

from __future__ import annotations

import io
import json
import shlex
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cactions.__main__ import main
from cactions.cli import followed_work
from cactions.cli.exit_codes import Exit
from tests.intercom_projects import API
from tests.json_documents import check_output
from tests.projects import ABOUT_ADA, SECRET
from tests.servers import Server, answering, serving
from tests.workspace import Settings, WorkspaceServer

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


@pytest.fixture(autouse=True)
def _no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine any command may take the two seconds after which it says how far it is."""
    monkeypatch.setattr(followed_work, "START_SECONDS", 3600.0)


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
    """``cli("diff", "loyalty", …)`` runs the command and returns its result.

    With ``--json``, exactly one document stands on stdout, and it fits its schema.
    """
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
        check_output(words, out.decode())
        return Done(code, out.decode(), err.decode())

    return call


KEY = "CACTIONS_VAULT_KEY_FILE"
Say = Callable[..., Done]


@pytest.fixture
def say(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """``say("vault list", stdin)`` runs a command with a key file beside the example."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv(KEY, "ada.key")

    def call(words: str, stdin: str = "") -> Done:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        return cli(*shlex.split(words))

    return call


Work = Callable[..., Done]


@pytest.fixture
def settings() -> Settings:
    """Of the workspace at Intercom."""
    return Settings()


@pytest.fixture
def intercom(settings: Settings) -> Iterator[WorkspaceServer]:
    """A workspace."""
    with WorkspaceServer(settings, tls=True) as server:
        yield server


@pytest.fixture
def shop() -> Iterator[Server]:
    """The service that answers about Ada."""
    with serving(answering(ABOUT_ADA)) as server:
        yield server


@pytest.fixture
def work(say: Say, intercom: WorkspaceServer, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A command of a user whose vault holds the tokens of both; their CA is trusted."""
    monkeypatch.setenv("CACTIONS_CA_FILE", str(intercom.ca_file))
    assert say("vault init --name ada").code == Exit.CLEAN
    for name, host, value in (
        ("intercom_token", API, intercom.token),
        ("shop_token", "api.test", SECRET),
    ):
        assert say(f"vault seal {name} --host {host}", value).code == Exit.CLEAN
    return say


def list_writes(intercom: WorkspaceServer) -> list[str]:
    """The calls that changed the workspace, in order."""
    return [f"{line.method} {line.path}" for line in intercom.log if line.wrote]
