"""State written by earlier versions is read by this one: runs, the people store, a vault.

The files in ``tests/stored`` were written once and are never regenerated (see the README there): if
one of these tests fails, a format has changed without a new number, or is not read any more.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
STORED = ROOT / "tests" / "stored"
KEY_FILE = "ada.key"


class StoredProject:
    """A copy of the example project with stored state, and the command in it."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._folder = folder
        self._stored = STORED / kind
        [self.run_id] = [path.stem for path in (self._stored / "runs").glob("*.db")]
        shutil.copy(ROOT / "actions.example.yaml", folder / "actions.yaml")
        shutil.copytree(ROOT / "cassettes", folder / "cassettes")
        state = folder / ".cactions"
        for path in (state, state / "runs"):
            path.mkdir(mode=0o700)
        for name in ("people.db", f"runs/{self.run_id}.db"):
            copy_private(self._stored / name, state / name)
        for name in ("cactions.vault", KEY_FILE):
            if (self._stored / name).exists():
                copy_private(self._stored / name, folder / name)

    def call(self, *words: str) -> str:
        """The output of the command; it must succeed."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._folder), "COLUMNS": "100"}
        environment |= {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        if (self._folder / KEY_FILE).exists():
            environment["CACTIONS_VAULT_KEY_FILE"] = str(self._folder / KEY_FILE)
        done = subprocess.run(
            [sys.executable, "-m", "cactions", *words],
            cwd=self._folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def attributes(self) -> dict[str, Any]:
        """The attributes of the person changed by the stored run."""
        document = json.loads(self.call("people", "show", "u-1", "--json"))
        attributes: dict[str, Any] = document["people"][0]["attributes"]
        return attributes


def copy_private(source: Path, target: Path) -> None:
    """Files that others can read are refused, and git does not store such modes."""
    shutil.copyfile(source, target)
    target.chmod(0o600)


@pytest.fixture(params=["plain", "sealed", "format-1", "format-3-first", "format-3-bare"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> StoredProject:
    """Without a vault, and with one; of each layout that runs have had."""
    return StoredProject(tmp_path, request.param)


def test_a_stored_run_is_listed_and_shown(project: StoredProject) -> None:
    """Its id, its person and its values are the stored ones."""
    assert project.run_id in project.call("runs", "list")
    shown = project.call("runs", "show", project.run_id)
    assert "Ada Lovelace" in shown
    assert "SPRING24" in shown


def test_a_stored_run_is_undone(project: StoredProject) -> None:
    """The old values are restored, from the plain journal and from the sealed one."""
    after = project.attributes()
    project.call("runs", "undo", project.run_id, "--yes")
    before = project.attributes()
    assert (after["tier"], before["tier"]) == ("gold", "silver")
    assert (after.get("coupon"), before["coupon"]) == (None, "SPRING24")


def test_a_stored_value_counts_as_last_applied(project: StoredProject) -> None:
    """A second diff finds no changes."""
    assert "No changes" in project.call("diff", "loyalty", "--person", "u-1", "--replay")


def test_stored_people_are_read(tmp_path: Path) -> None:
    """Imported people are found together with those of the YAML file."""
    listed = StoredProject(tmp_path, "plain").call("people", "list")
    for name in ("Ada Lovelace", "Edith Clarke", "Emmy Noether"):
        assert name in listed


def test_a_stored_vault_opens(tmp_path: Path) -> None:
    """Every entry is authentic, and reading does not change the file."""
    project = StoredProject(tmp_path, "sealed")
    assert "shop_token" in project.call("vault", "list")
    project.call("vault", "verify")
    assert (tmp_path / "cactions.vault").read_bytes() == (
        STORED / "sealed" / "cactions.vault"
    ).read_bytes()
