"""What is deleted leaves no room behind, and a disk that fails meanwhile harms nothing."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager, closing
from functools import partial
from pathlib import Path

import pytest

from cactions.edges.store import run_file, sqlite_free_pages
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.sqlite import Cell, Database
from cactions.edges.store.sqlite_free_pages import PAGES_AT_ONCE, release_free_pages
from cactions.model import Outcome, PlannedEntry, Receipt, RunPhase, StoreError
from tests.app.crowd import head, plans
from tests.edges.store.test_sqlite import box, names, put, reopened
from tests.interrupts import interrupt

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
    release_free_pages(database)
    assert get_size(database) <= empty + 4096
    assert ["first", "last"] == names(database)
    release_free_pages(database)
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
    release_free_pages(database)
    assert (before, ["first", "last"]) == (get_size(database), names(database))


@pytest.mark.parametrize("at", [0, 1, 700, PAGES_AT_ONCE, PAGES_AT_ONCE + 300])
def test_an_error_meanwhile_is_none_of_the_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Whenever it comes: all rows are there, and the file can be written."""
    database, left = box(tmp_path), at
    fill(database)
    execute, free = database.execute, count_free_pages(database)

    def fail(sql: str, *values: Cell) -> int:
        nonlocal left
        left -= 1
        if left < 0:
            raise StoreError("the disk is full", hint="Make room.")
        return execute(sql, *values)

    with monkeypatch.context() as patched:
        patched.setattr(database, "execute", fail)
        release_free_pages(database)
    released = at // PAGES_AT_ONCE * PAGES_AT_ONCE  # the transaction that failed is none
    assert free - released == count_free_pages(database)
    put(database, "more")
    assert ["first", "last", "more"] == names(database)


def test_many_pages_take_few_transactions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for each eight megabytes: each may wait for the disk."""
    database, begun = box(tmp_path), 0
    fill(database)
    free, real = count_free_pages(database), Database.open_for_writing

    def count(self: Database, *, durable: bool = True) -> AbstractContextManager[None]:
        nonlocal begun
        begun += 1
        return real(self, durable=durable)

    monkeypatch.setattr(Database, "open_for_writing", count)
    release_free_pages(database)
    assert (0, True) == (count_free_pages(database), free > PAGES_AT_ONCE)
    assert -(-free // PAGES_AT_ONCE) == begun


def begin_run(journal: LocalJournal, number: int) -> Path:
    """A run of which everyone is written, with what its planning has left behind."""
    journal.create_run(head(), RunPhase.PLANNING)
    rows = journal.open_rows(head().id)
    entries = []
    for each, plan in enumerate(plans(number), 1):
        marks = tuple(f"unique:a{each} {'d' * 40}{mark}" for mark in range(9))
        entries.append(PlannedEntry(each, plan, None, marks, {"shown": "e" * 300}))
    rows.place(entries)
    rows.advance(RunPhase.RUNNING, "")
    journal.start_entries(head().id, range(1, number + 1))
    receipts = ((n, Receipt(f"p{n - 1:02}", Outcome.APPLIED)) for n in range(1, number + 1))
    journal.record_outcomes(head().id, receipts)
    return journal.open_file(head().id).database.path


def test_a_finished_run_holds_no_free_page(tmp_path: Path) -> None:
    """Rows, marks and evidence of everyone are deleted until then."""
    with closing(LocalJournal(tmp_path / ".cactions")) as journal:
        path = begin_run(journal, 300)
        before = path.stat().st_size
        with closing(sqlite3.connect(path)) as other:
            assert other.execute("PRAGMA freelist_count").fetchone()[0] > 20
        journal.finish(head().id)
        with closing(sqlite3.connect(path)) as other:
            assert (0,) == other.execute("PRAGMA freelist_count").fetchone()
        journal.open_file(head().id)
        assert path.stat().st_size < before * 0.9
        assert 300 == journal.read(head().id).counts.outcomes[Outcome.APPLIED]


def test_an_interrupted_release_leaves_a_run_that_can_be_finished(tmp_path: Path) -> None:
    """Wherever it is interrupted: what is told as cut off can be resumed."""
    with closing(LocalJournal(tmp_path / ".cactions")) as journal:
        begin_run(journal, 60)
        tried = 0
        while interrupt(
            partial(journal.finish, head().id), tried * 7 + 1, sqlite_free_pages, run_file
        ):
            tried += 1
            run = journal.read(head().id)
            assert (False, 60) == (run.finished, run.counts.outcomes[Outcome.APPLIED])
        assert journal.read(head().id).finished
        assert tried > 3


def count_free_pages(database: Database) -> int:
    [(number,)] = database.query_rows("PRAGMA freelist_count")
    return int(number or 0)
