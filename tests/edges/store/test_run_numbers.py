"""The last run is the one that was begun last, whatever the clock says."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.open_databases import read_database_mark
from cactions.model import ABSENT, Outcome, Receipt, RunHead, RunKind, RunPhase
from tests.builders import a_plan, change, settle

APPLIED = Receipt("p1", Outcome.APPLIED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".cactions"


@pytest.fixture
def journal(folder: Path) -> Iterator[LocalJournal]:
    with closing(LocalJournal(folder)) as local:
        yield local


def head(run_id: str, started: float = 1.0) -> RunHead:
    return RunHead(run_id, RunKind.APPLY, "loyalty", started, "ada@desk")


def list_ids(folder: Path) -> list[str]:
    """By a process that comes later."""
    with closing(LocalJournal(folder)) as later:
        return [run.head.id for run in later.list_runs()]


def list_numbers(folder: Path) -> dict[str, int]:
    return {path.stem: read_database_mark(path) for path in (folder / "runs").glob("*.db")}


def apply(journal: LocalJournal, run: RunHead, value: str) -> None:
    journal.create_run(run)
    plan = a_plan(change(ABSENT, value))
    settle(journal, run.id, journal.record_plans(run.id, [plan]), APPLIED)
    journal.finish(run.id)


def test_a_clock_that_was_set_back_changes_no_order(journal: LocalJournal, folder: Path) -> None:
    """Of 12 runs, each a year before the last one; the values of the last one are ours."""
    for number in range(12):
        apply(journal, head(f"run-{number:02}", (40 - number) * 3e7), f"value-{number}")
    expected = [f"run-{number:02}" for number in reversed(range(12))]
    assert expected == [run.head.id for run in journal.list_runs()] == list_ids(folder)
    assert {"tier": "value-11"} == journal.get_last_applied("p1")
    journal.mark_undone("run-11", ["p1"], "undo-1")
    assert {"tier": "value-10"} == journal.get_last_applied("p1")
    journal.discard("run-11")
    apply(journal, head("again", 0.0), "value")
    assert ["again", *expected[1:]] == list_ids(folder)


def test_the_index_has_the_same_order(
    journal: LocalJournal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is used for runs that have not changed for a while."""
    for number in range(12):
        apply(journal, head(f"run-{number:02}", 100.0 - number), f"value-{number}")
    monkeypatch.setattr("cactions.edges.store.last_applied_index._GRAIN", -1e9)
    with closing(LocalJournal(folder)) as later:
        assert {"tier": "value-11"} == later.get_last_applied("p1")
        assert [*folder.glob("applied-*.db")]
    with closing(LocalJournal(folder)) as later:
        assert {"tier": "value-11"} == later.get_last_applied("p1")


def test_runs_that_begin_at_the_same_time_have_numbers_of_their_own(folder: Path) -> None:
    """40 of them, by 8 threads."""

    def begin(number: int) -> None:
        with closing(LocalJournal(folder)) as own:
            own.create_run(head(f"run-{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(begin, range(40)))
    assert [*range(1, 41)] == sorted(list_numbers(folder).values())


def test_a_saved_plan_is_begun_when_it_is_taken(
    journal: LocalJournal, folder: Path, tmp_path: Path
) -> None:
    """Not when it was made."""
    with closing(LocalJournal(tmp_path / "scratch")) as scratch:
        scratch.create_run(head("plan", 5.0), RunPhase.PLANNING)
        scratch.open_rows("plan").advance(RunPhase.PLANNED, "")
        scratch.save_plan("plan", tmp_path / "monday.plan")
    for run_id in ("one", "two"):
        journal.create_run(head(run_id, 9.0))
    assert "plan" == journal.take_plan(tmp_path / "monday.plan")
    assert ["plan", "two", "one"] == list_ids(folder)


def test_runs_of_before_they_were_counted_come_first_by_their_time(
    journal: LocalJournal, folder: Path
) -> None:
    """A run that begins now is after them."""
    for run_id, started in (("a", 3.0), ("b", 1.0), ("c", 2.0)):
        journal.create_run(head(run_id, started))
    journal.close()
    for path in (folder / "runs").glob("*.db"):
        set_number(path, 0)
    with closing(LocalJournal(folder)) as later:
        later.create_run(head("d", 0.0))
    assert ["d", "a", "c", "b"] == list_ids(folder)


@pytest.mark.parametrize("number", [2**31 - 1, -1, -(2**31)])
def test_a_forged_number_hides_no_run(journal: LocalJournal, folder: Path, number: int) -> None:
    """All are listed, and new ones begin; after the highest, their times count."""
    journal.create_run(head("forged"))
    journal.close()
    set_number(folder / "runs" / "forged.db", number)
    with closing(LocalJournal(folder)) as later:
        later.create_run(head("a", 2.0))
        later.create_run(head("b", 3.0))
    assert ["b", "a", "forged"] == list_ids(folder)


def set_number(path: Path, number: int) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA application_id = {number}")
        database.commit()
