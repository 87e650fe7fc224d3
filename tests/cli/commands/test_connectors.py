"""``cactions connectors`` over real HTTP: what is shown, what is sent, and what never is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.commands.test_vault import Say, say
from tests.cli.conftest import Done
from tests.intercom_projects import API, remote_project
from tests.projects import SECRET, write
from tests.servers import Server, answering, serving
from tests.workspace import Settings, WorkspaceServer

__all__ = ["say"]

PUSH = "connectors push loyalty --yes"
Document = dict[str, Any]
Work = Callable[..., Done]


@pytest.fixture
def settings() -> Settings:
    return Settings()


@pytest.fixture
def intercom(settings: Settings) -> Iterator[WorkspaceServer]:
    with WorkspaceServer(settings, tls=True) as server:
        yield server


@pytest.fixture
def shop() -> Iterator[Server]:
    with serving(answering(b"{}")) as server:
        yield server


@pytest.fixture
def work(say: Say, home: Path, intercom: WorkspaceServer, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A command of a user whose vault holds the access token and the token of the shop."""
    monkeypatch.setenv("CACTIONS_CA_FILE", str(intercom.ca_file))
    assert say("vault init --name ada").code == Exit.CLEAN
    for name, host, value in (
        ("intercom_token", API, intercom.token),
        ("shop_token", "api.test", SECRET),
    ):
        assert say(f"vault seal {name} --host {host}", value).code == Exit.CLEAN
    return say


@pytest.fixture
def document(shop: Server, intercom: WorkspaceServer) -> Document:
    """A project with one action, whose token has an id in Intercom."""
    found = remote_project(shop, intercom)
    found["tokens"]["shop"]["token_id"] = "1234"
    found["actions"]["loyalty"]["description"] = "Copies the loyalty tier."
    return found


def list_writes(intercom: WorkspaceServer) -> list[str]:
    return [f"{line.method} {line.path}" for line in intercom.log if line.wrote]


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_push_creates_a_draft_and_the_second_one_sends_nothing(
    work: Work, home: Path, intercom: WorkspaceServer, document: Document
) -> None:
    """One POST; the draft is what the file says, with the token attached and no secret."""
    write(home, document)
    done = work(PUSH)
    assert Exit.CLEAN == done.code, done
    print(done.out)
    assert ["POST /data_connectors"] == list_writes(intercom)
    again = work(PUSH)
    assert Exit.CLEAN == again.code, again
    assert 1 == len(list_writes(intercom))
    print(again.out)
    print(work("connectors diff").out)
    print(work("connectors list").out)
