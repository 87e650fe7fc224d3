"""The project of ``scene`` at a workspace server in place of the local people store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.bulk.scene import build_document, write_home
from tests.bulk.shop import Shop
from tests.edges.processes import ROOT
from tests.intercom_projects import API
from tests.workspace import WorkspaceServer


def call(home: Path, words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command in the folder; ``text`` is its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "cactions", *words.split()], cwd=home, input=text, text=True,
        check=False, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def add_attributes(intercom: WorkspaceServer) -> None:
    """Those that the action writes."""
    for name, kind in (("tier", "string"), ("coupon", "string"), ("points", "integer")):
        intercom.add_attribute(name, kind)


def write_remote_home(home: Path, shop: Shop, intercom: WorkspaceServer, people: int) -> Path:
    """A folder with the project and a vault with the workspace's token.

    The environment must name the server's CA file and a key file for the vault.
    """
    document = build_document(shop, people)
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
    ):
        done = call(home, words, text)
        assert 0 == done.returncode, done.stderr
    return home
