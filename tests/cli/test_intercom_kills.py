"""A run on a workspace is killed at any function call: nothing is lost, journal and server agree.

12 kills in the normal run, 200 with ``-m hostile``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from tests.case_counts import choose_number
from tests.cli.conftest import ROOT
from tests.cli.intercom_victims import SERVE
from tests.edges.processes import running, said, tell
from tests.intercom_projects import API, add_ada, remote_project
from tests.projects import ABOUT_ADA, SECRET, write
from tests.run_report import REPORT
from tests.servers import answering, serving
from tests.workspace import WorkspaceServer

pytestmark = pytest.mark.hostile

RUN = "run loyalty --person u-1 --draft --yes"
NEVER = 1_000_000_000


def call(process: subprocess.Popen[str], folder: Path, words: str, calls: int = NEVER) -> Any:
    tell(process, json.dumps({"folder": str(folder), "words": words.split(), "calls": calls}))
    return json.loads(said(process))


def test_a_run_that_is_killed_anywhere_is_resumed_or_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person is as before or as planned; a write that happened is in the journal."""
    counts: Counter[str] = Counter()
    kills = choose_number(12, 200)
    with WorkspaceServer(tls=True) as intercom, serving(answering(ABOUT_ADA)) as shop:
        monkeypatch.setenv("CACTIONS_CA_FILE", str(intercom.ca_file))
        monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", str(tmp_path / "ada.key"))
        key = add_ada(intercom)
        home = prepare(tmp_path / "home", remote_project(shop, intercom), intercom.token)
        with running(SERVE) as process:
            whole = tmp_path / "whole"
            shutil.copytree(home, whole)
            done = call(process, whole, RUN)
            assert Exit.CLEAN == done["code"], (whole / "err").read_text()
            for number in range(kills):
                intercom.update_contact(key, custom_attributes={"tier": "silver"})
                folder = tmp_path / f"kill-{number}"
                shutil.copytree(home, folder)
                point = choose_point(number, kills, done)
                killed = call(process, folder, RUN, point)["code"] is None
                counts["kills"] += killed
                counts[check(process, folder, intercom, key, undo=number % 2 == 1)] += 1
                shutil.rmtree(folder)
    REPORT.append(f"runs at Intercom: {dict(counts)}")
    assert kills - 2 <= counts["kills"]
    assert counts["resumed"] + counts["undone"] > 0


def choose_point(number: int, kills: int, done: dict[str, int]) -> int:
    """A quarter before the run begins, the others from its beginning to the end."""
    part = (number // 4 + 0.5) / (kills / 4)
    if number % 4 == 0:
        return 1 + int(done["begun"] * part)
    part = (number - number // 4 - 0.5) / (kills * 3 / 4)
    return 1 + done["begun"] + int((done["calls"] - done["begun"]) * part)


def prepare(home: Path, document: dict[str, Any], token: str) -> Path:
    """A folder with the project and a vault with both secrets."""
    home.mkdir()
    write(home, document)
    for words, text in (
        ("vault init --name ada", ""),
        (f"vault seal intercom_token --host {API}", token),
        ("vault seal shop_token --host api.test", SECRET),
    ):
        subprocess.run(
            [sys.executable, "-m", "cactions", *words.split()], cwd=home, input=text, text=True,
            check=True, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    return home


def check(
    process: subprocess.Popen[str], folder: Path, intercom: WorkspaceServer, key: str, *, undo: bool
) -> str:
    """What became of the run; the server has what the journal says."""
    tier = intercom.get_contact(key)["custom_attributes"]["tier"]
    assert tier in ("silver", "gold")
    listed = call(process, folder, "runs list --json")
    runs = json.loads((folder / "out").read_text())["runs"] if listed["code"] == 0 else []
    if not runs:
        assert "silver" == tier, "a write without a run"
        return "not begun"
    [run] = runs
    if run["finished"]:
        assert "gold" == tier
        return "finished"
    if not undo:
        resumed = call(process, folder, "runs resume last --yes")
        held = intercom.get_contact(key)["custom_attributes"]["tier"]
        expected = "gold" if run["entries"] else "silver"
        assert (Exit.CLEAN, expected) == (resumed["code"], held), (folder / "err").read_text()
        return "resumed"
    call(process, folder, f"runs undo {run['head']['id']} --yes")
    assert "silver" == intercom.get_contact(key)["custom_attributes"]["tier"]
    return "undone"
