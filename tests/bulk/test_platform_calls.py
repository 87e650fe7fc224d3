"""The requests that a run for many people takes at Intercom; a second run writes nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.bulk.remote import add_attributes, call, write_remote_home
from tests.bulk.shop import get_record, open_shop
from tests.run_report import REPORT
from tests.workspace import WorkspaceServer

PEOPLE, EACH = 200, 20
BEGIN = 4
"""The workspace, its attributes (also the archived ones), and one spare."""


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
        add_attributes(intercom)
        add_people(intercom)
        home = write_remote_home(tmp_path / "home", shop, intercom, PEOPLE)
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
