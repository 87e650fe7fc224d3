"""The requests that a run for many people takes at Intercom; a second run writes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.bulk.scene import build_document, write_home
from tests.bulk.shop import get_record, open_shop
from tests.edges.processes import ROOT
from tests.intercom_projects import API
from tests.run_report import REPORT
from tests.workspace import WorkspaceServer

PEOPLE, EACH = 200, 20
BEGIN = 4
"""The workspace, its attributes (also the archived ones), and one spare."""


def call(home: Path, words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cactions", *words.split()], cwd=home, input=text, text=True,
        check=False, capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def count_calls(intercom: WorkspaceServer, since: int) -> Counter[str]:
    return Counter(request.method for request in intercom.log[since:])


def add_people(intercom: WorkspaceServer) -> None:
    for number in range(PEOPLE):
        record = get_record(number)
        tier = "silver" if number in (7, 8) or number % EACH == 0 else record["tier"]
        intercom.add_contact(
            external_id=f"u-{number}", email=str(record["email"]), role="user",
            custom_attributes={"tier": tier, "points": number},
        )  # fmt: skip


def test_only_changed_people_take_requests_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everyone is read in batches; whoever changes is read again by id, and written once."""
    with open_shop() as shop, WorkspaceServer(tls=True) as intercom:
        monkeypatch.setenv("CACTIONS_CA_FILE", str(intercom.ca_file))
        monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", str(tmp_path / "ada.key"))
        intercom.add_attribute("tier")
        intercom.add_attribute("coupon")
        intercom.add_attribute("points", "integer")
        add_people(intercom)
        document = build_document(shop, 1)
        allowed = {"host": API, "address": "127.0.0.1", "port": intercom.port, "reason": "a test"}
        document["network"]["allow"].append(allowed)
        document["workspace"] = {
            "kind": "intercom", "url": intercom.url, "identity_verification": "jwt",
            "token": {"secret": "intercom_token"},
        }  # fmt: skip
        home = write_home(tmp_path / "home", document, PEOPLE)
        assert 0 == call(home, "vault init --name ada").returncode
        assert 0 == call(home, f"vault seal intercom_token --host {API}", intercom.token).returncode
        changed = len([n for n in range(PEOPLE) if n % EACH == 0])
        calls = []
        for expected in (changed, 0):
            since = len(intercom.log)
            done = call(home, "run loyalty --people people.csv --yes")
            assert 1 == done.returncode, done.stderr + done.stdout  # some rows are bad
            counted = count_calls(intercom, since)
            calls.append(counted)
            assert expected == counted["PUT"], (counted, done.stdout)
        batches = calls[0]["POST"]
        assert batches <= 6
        assert calls[0].total() <= BEGIN + 1.05 * (batches + 2 * changed)
        assert calls[1].total() <= BEGIN + 1.05 * (batches + changed)  # read by id, not written
        REPORT.append(f"requests at Intercom for {PEOPLE} people, {changed} changed: {calls}")
