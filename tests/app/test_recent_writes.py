"""Whom our runs wrote a moment ago."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from cactions.app.recent_writes import find_recently_written
from cactions.model import (
    PersonQuery,
    RunEntry,
    RunHead,
    RunKind,
    StoreError,
    Subject,
    WorkspaceName,
)
from cactions.model.vault import VaultLocked
from tests.builders import a_plan, change
from tests.fake_journal import FakeJournal
from tests.fakes import FakeClock

NOW = 1_790_000_000.0


def keep(journal: FakeJournal, number: int, started: float, workspace: str, *, done: bool) -> None:
    head = RunHead(
        f"run-{number}", RunKind.APPLY, "loyalty", started, "ada@desk", WorkspaceName(workspace)
    )
    plan = replace(a_plan(change("a", "b")), subject=Subject(f"p{number}", PersonQuery("id", "x")))
    journal.create_run(head)
    journal.record_plans(head.id, [plan])
    if done:
        journal.finish(head.id)


def test_people_of_recent_and_open_runs_at_intercom_count() -> None:
    """An old run that is not finished may be writing still; a local run writes no one there."""
    journal = FakeJournal()
    keep(journal, 1, NOW - 5, "intercom:abc", done=True)
    keep(journal, 2, NOW - 90_000, "intercom:abc", done=True)
    keep(journal, 3, NOW - 90_000, "intercom:abc", done=False)
    keep(journal, 4, NOW - 5, "local", done=True)
    everyone = ["p1", "p2", "p3", "p4"]
    assert {"p1", "p3"} == find_recently_written(everyone, journal, FakeClock(NOW))
    assert {"p3"} == find_recently_written(["p2", "p3"], journal, FakeClock(NOW))


class _Unreadable(FakeJournal):
    """One run raises when it is read."""

    def __init__(self, error: StoreError) -> None:
        super().__init__()
        self._error = error

    def list_of_people(self, run_id: str, person_ids: Iterable[str]) -> list[RunEntry]:
        if run_id == "run-1":
            raise self._error
        return super().list_of_people(run_id, person_ids)


def test_a_damaged_run_hides_no_other() -> None:
    """But a run that is only locked could name people: nothing goes on without the key."""
    damaged, locked = _Unreadable(StoreError("it is damaged")), _Unreadable(VaultLocked("no key"))
    for journal in (damaged, locked):
        keep(journal, 1, NOW - 5, "intercom:abc", done=True)
        keep(journal, 2, NOW - 5, "intercom:abc", done=True)
    assert {"p2"} == find_recently_written(["p1", "p2"], damaged, FakeClock(NOW))
    with pytest.raises(VaultLocked):
        find_recently_written(["p1", "p2"], locked, FakeClock(NOW))
