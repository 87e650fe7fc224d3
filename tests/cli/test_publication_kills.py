"""``publish`` is killed at any function call: what is live is the old version or the new one.

6 kills in the normal run, 100 with ``-m hostile``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from tests.case_counts import choose_number
from tests.cli.commands.test_publish_intercom import GATES, TIER, map_tier
from tests.cli.intercom_victims import SERVE
from tests.cli.test_intercom_kills import call, prepare
from tests.edges.processes import running
from tests.intercom_projects import add_ada, remote_project
from tests.projects import ABOUT_ADA
from tests.run_report import REPORT
from tests.servers import answering, serving
from tests.workspace import WorkspaceServer

pytestmark = pytest.mark.hostile

PUBLISH = f"publish loyalty {GATES}".replace('"a test"', "test")
RUN = "run loyalty --person u-1 --yes"
LAST = 700
"""Calls at the end of the command: the vault is written in them."""
URLS = ("/v1/customers", "/v2/customers")


def change(home: Path, document: dict[str, Any], version: int) -> None:
    text = json.dumps(document).replace("/v1/customers", URLS[version])
    (home / "actions.yaml").write_text(text)


def test_a_publication_that_is_killed_leaves_one_version_or_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never a mixture: what is live is whole, a run refuses or fits, publishing again goes on."""
    counts: Counter[str] = Counter()
    kills = choose_number(6, 100)
    with WorkspaceServer(tls=True) as intercom, serving(answering(ABOUT_ADA)) as shop:
        monkeypatch.setenv("CACTIONS_CA_FILE", str(intercom.ca_file))
        monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", str(tmp_path / "ada.key"))
        add_ada(intercom)
        document = remote_project(shop, intercom)
        document["tokens"]["shop"]["token_id"] = "1234"
        home = prepare(tmp_path / "home", document, intercom.token)
        with running(SERVE) as process:
            assert Exit.FINDINGS == call(process, home, PUBLISH)["code"]
            [key] = [
                each["id"] for each in read(process, home, "connectors list --json")["connectors"]
            ]
            map_tier(intercom, key, TIER)
            assert Exit.CLEAN == call(process, home, PUBLISH)["code"]
            whole = copy(home, tmp_path / "whole")
            reset(process, whole, intercom, key)
            change(whole, document, 1)
            total = call(process, whole, PUBLISH)
            assert Exit.CLEAN == total["code"], (whole / "err").read_text()
            for number in range(kills):
                change(home, document, 0)
                folder = copy(home, tmp_path / f"kill-{number}")
                reset(process, folder, intercom, key)
                change(folder, document, 1)
                point = choose_point(number / kills, total["calls"])
                killed = call(process, folder, PUBLISH, point)["code"] is None
                counts["kills"] += killed
                counts[check(process, folder, intercom, key)] += 1
                shutil.rmtree(folder)
    REPORT.append(f"publications killed: {dict(counts)}")
    assert kills * 0.8 <= counts["kills"]
    assert counts["old"]
    assert counts["new"]


def choose_point(part: float, calls: int) -> int:
    """Half of the kills over the whole command, half over its end, where it is sealed."""
    if part < 1 / 2:
        return 1 + int(calls * part * 2)
    return calls - int(LAST * (1 - part) * 2)


def copy(home: Path, folder: Path) -> Path:
    shutil.copytree(home, folder)
    return folder


def read(process: subprocess.Popen[str], folder: Path, words: str) -> Any:
    assert Exit.CLEAN == call(process, folder, words)["code"], (folder / "err").read_text()
    return json.loads((folder / "out").read_text())


def reset(
    process: subprocess.Popen[str], folder: Path, intercom: WorkspaceServer, key: str
) -> None:
    """The old version, live and sealed, whatever the last kill has left."""
    assert Exit.CLEAN == call(process, folder, PUBLISH)["code"], (folder / "err").read_text()
    assert URLS[0] in intercom.get_connector(key)["url"]


def check(process: subprocess.Popen[str], folder: Path, intercom: WorkspaceServer, key: str) -> str:
    """Which version is sealed; the connector is one of the two, and a run fits both or refuses."""
    url = intercom.get_connector(key)["url"]
    [there] = [version for version in (0, 1) if URLS[version] in url]
    assert "live" == intercom.get_connector(key)["state"]
    [live] = read(process, folder, "live list --json")["definitions"]
    text = read(process, folder, "live show loyalty --json")["text"]
    [sealed] = [version for version in (0, 1) if URLS[version] in text]
    ran = call(process, folder, RUN)["code"]
    assert (Exit.CLEAN if sealed == there == 1 else Exit.NOTHING_DONE) == ran
    assert live["connector"]["id"] == key
    again = call(process, folder, PUBLISH)["code"]
    assert Exit.CLEAN == again, (folder / "err").read_text()
    assert Exit.CLEAN == call(process, folder, RUN)["code"], (folder / "err").read_text()
    return ("old", "new")[sealed]
