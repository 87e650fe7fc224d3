"""The scene of many people with its people at a workspace server, run by commands of their own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tests.bulk.scene import build_document, write_home
from tests.bulk.shop import Shop, get_record, open_shop
from tests.edges.processes import ROOT
from tests.intercom_projects import API, PUBLISH
from tests.workspace import Settings, WorkspaceServer

BEGIN = 4
"""The workspace, its attributes (also the archived ones), and one spare."""


def call(home: Path, words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command in the folder; ``text`` is its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "cactions", *shlex.split(words)], cwd=home, input=text, text=True,
        check=False, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def add_attributes(intercom: WorkspaceServer) -> None:
    """Those that the action writes."""
    for name, kind in (("tier", "string"), ("coupon", "string"), ("points", "integer")):
        intercom.add_attribute(name, kind)


def write_remote_home(
    home: Path, shop: Shop, intercom: WorkspaceServer, people: int, *, write: str = ""
) -> Path:
    """A folder with the project and a vault with the workspace's token.

    The environment must name the server's CA file and a key file for the vault. ``write`` as in
    ``build_document``.
    """
    document = build_document(shop, people, write=write)
    document["network"]["allow"].append(
        {"host": API, "address": "127.0.0.1", "port": intercom.port, "reason": "a test"}
    )
    document["workspace"] = {
        "kind": "intercom", "url": intercom.url, "identity_verification": "jwt",
        "token": {"secret": "intercom_token"},
    }  # fmt: skip
    write_home(home, document, people)
    for words, text in (
        ("vault init --name ada", ""),
        (f"vault seal intercom_token --host {API}", intercom.token),
        (PUBLISH, ""),
    ):
        done = call(home, words, text)
        assert 0 == done.returncode, done.stderr
    return home


class RemoteScene(Struct, frozen=True):
    """A folder whose people are at Intercom."""

    home: Path
    intercom: WorkspaceServer

    def call(self, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return call(self.home, shlex.join(words), text)

    def count_calls(self, since: int) -> Counter[str]:
        """The requests at Intercom since then, by method."""
        return Counter(request.method for request in self.intercom.log[since:])

    def add_person(self, number: int, tier: str, **fields: Any) -> str:
        """A person whom the shop knows, with the shop's points; their contact id."""
        record = get_record(number)
        known = {"external_id": f"u-{number}", "email": str(record["email"]), "role": "user"}
        held = {"tier": tier, "points": number}
        return self.intercom.add_contact(**{**known, **fields}, custom_attributes=held)


@contextmanager
def open_remote_scene(
    folder: Path, monkeypatch: pytest.MonkeyPatch, people: int, **settings: Any
) -> Iterator[RemoteScene]:
    """The action, a vault with the token, and a workspace with its attributes and no one."""
    with open_shop() as shop, WorkspaceServer(Settings(**settings), tls=True) as intercom:
        monkeypatch.setenv("CACTIONS_CA_FILE", str(intercom.ca_file))
        monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", str(folder / "ada.key"))
        add_attributes(intercom)
        yield RemoteScene(write_remote_home(folder / "home", shop, intercom, people), intercom)
