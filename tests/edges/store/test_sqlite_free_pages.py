"""What is deleted leaves no room behind, and a disk that fails meanwhile harms nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.sqlite import Database, Row
from cactions.edges.store.sqlite_free_pages import release_free_pages
from cactions.model import Outcome, PlannedEntry, Receipt, RunPhase, StoreError
from tests.app.crowd import head, plans
from tests.edges.store.test_sqlite import box, names, put, reopened

LONG = "x" * 12_000
ROWS = 900
"""Of three pages each: more than are given back at once."""


def fill(database: Database) -> None:
    """Many rows that are deleted again, between two that stay."""
    put(database, "first", *[LONG] * ROWS, "last")
    with database.open_for_writing():
        database.execute("DELETE FROM thing WHERE name = ?", LONG)


def get_size(database: Database) -> int:
    database.settle()
    return database.path.stat().st_size


def test_the_room_of_deleted_rows_is_given_back(tmp_path: Path) -> None:
    database = box(tmp_path)
    empty = get_size(database)
    fill(database)
    assert ROWS * len(LONG) < get_size(database)
    release_free_pages(database.query_rows)
    assert get_size(database) <= empty + 4096
    assert ["first", "last"] == names(database)
    release_free_pages(database.query_rows)
    assert ["first", "last"] == names(reopened(database.path))


def test_a_file_of_before_keeps_its_size(tmp_path: Path) -> None:
    """It was made without what this needs; nothing fails."""
    box(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "box.db")) as other:
        other.executescript(
            "PRAGMA journal_mode=DELETE; PRAGMA auto_vacuum=NONE; VACUUM; PRAGMA journal_mode=WAL"
        )
    database = reopened(tmp_path / "box.db")
    fill(database)
    before = get_size(database)
    release_free_pages(database.query_rows)
    assert (before, ["first", "last"]) == (get_size(database), names(database))


@pytest.mark.parametrize("at", range(6))
def test_an_error_meanwhile_is_none_of_the_caller(tmp_path: Path, at: int) -> None:
    """Whenever it comes: all rows are there, and the file can be written."""
    database, asked = box(tmp_path), 0
    fill(database)

    def query_rows(sql: str) -> Sequence[Row]:
        nonlocal asked
        asked += 1
        if asked > at:
            raise StoreError("the disk is full", hint="Make room.")
        return database.query_rows(sql)

    release_free_pages(query_rows)
    assert asked <= at + 1
    put(database, "more")
    assert ["first", "last", "more"] == names(database)


def test_a_finished_run_holds_no_free_page(tmp_path: Path) -> None:
    """Rows, marks and evidence of everyone are deleted until then."""
    number = 300
    with closing(LocalJournal(tmp_path / ".cactions")) as journal:
        journal.create_run(head(), RunPhase.PLANNING)
        rows = journal.open_rows(head().id)
        for each, plan in enumerate(plans(number), 1):
            marks = tuple(f"unique:a{each} {'d' * 40}{mark}" for mark in range(9))
            rows.place([PlannedEntry(each, plan, None, marks, {"shown": "e" * 300})])
        rows.advance(RunPhase.RUNNING, "")
        journal.start_entries(head().id, range(1, number + 1))
        path = tmp_path / ".cactions" / "runs" / f"{head().id}.db"
        assert count_free_pages(path) > 20
        receipts = ((n, Receipt(f"p{n - 1:02}", Outcome.APPLIED)) for n in range(1, number + 1))
        journal.record_outcomes(head().id, receipts)
        journal.finish(head().id)
        assert 0 == count_free_pages(path)
        assert number == journal.read(head().id).counts.outcomes[Outcome.APPLIED]


def count_free_pages(path: Path) -> int:
    with closing(sqlite3.connect(path)) as other:
        [(number,)] = other.execute("PRAGMA freelist_count")
    return int(number)
