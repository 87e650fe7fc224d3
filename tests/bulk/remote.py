"""The scene of many people with its people at a workspace server, run by commands of their own."""

from __future__ import annotations

import os
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
from tests.bulk.shop import get_record, open_shop
from tests.edges.processes import ROOT
from tests.intercom_projects import API
from tests.workspace import Settings, WorkspaceServer

BEGIN = 4
"""The workspace, its attributes (also the archived ones), and one spare."""


class RemoteScene(Struct, frozen=True):
    """A folder whose people are at Intercom."""

    home: Path
    intercom: WorkspaceServer

    def call(self, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return subprocess.run(
            [sys.executable, "-m", "cactions", *words], cwd=self.home, input=text, text=True,
            check=False, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

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
        intercom.add_attribute("tier")
        intercom.add_attribute("coupon")
        intercom.add_attribute("points", "integer")
        document = build_document(shop, 1)
        allowed = {"host": API, "address": "127.0.0.1", "port": intercom.port, "reason": "a test"}
        document["network"]["allow"].append(allowed)
        document["workspace"] = {
            "kind": "intercom", "url": intercom.url, "identity_verification": "jwt",
            "token": {"secret": "intercom_token"},
        }  # fmt: skip
        scene = RemoteScene(write_home(folder / "home", document, people), intercom)
        assert 0 == scene.call("vault", "init", "--name", "ada").returncode
        sealed = scene.call("vault", "seal", "intercom_token", "--host", API, text=intercom.token)
        assert 0 == sealed.returncode
        yield scene
