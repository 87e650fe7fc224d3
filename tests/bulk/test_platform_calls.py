"""The requests that a run for many people takes at Intercom; a second run writes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bulk.remote import BEGIN, open_remote_scene
from tests.bulk.shop import get_record
from tests.run_report import REPORT

PEOPLE, EACH = 200, 20


def test_only_changed_people_take_requests_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everyone is read in batches; whoever changes is read again by id, and written once."""
    with open_remote_scene(tmp_path, monkeypatch, PEOPLE) as scene:
        for number in range(PEOPLE):
            is_other = number in (7, 8) or number % EACH == 0
            scene.add_person(number, "silver" if is_other else str(get_record(number)["tier"]))
        changed = len([n for n in range(PEOPLE) if n % EACH == 0])
        calls = []
        for expected in (changed, 0):
            since = len(scene.intercom.log)
            done = scene.call("run", "loyalty", "--people", "people.csv", "--yes")
            assert 1 == done.returncode, done.stderr + done.stdout  # some rows are bad
            counted = scene.count_calls(since)
            calls.append(counted)
            assert expected == counted["PUT"], (counted, done.stdout)
        batches = calls[0]["POST"]
        assert batches <= 6
        assert calls[0].total() <= BEGIN + 1.05 * (batches + 2 * changed)
        assert calls[1].total() <= BEGIN + 1.05 * (batches + changed)  # read by id, not written
        REPORT.append(f"requests at Intercom for {PEOPLE} people, {changed} changed: {calls}")
