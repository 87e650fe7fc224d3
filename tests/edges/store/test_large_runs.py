"""Runs of many entries, and files that another process changes: pages, memory, states, seals."""

from __future__ import annotations

import sqlite3
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.app.vault.row_cipher import VaultRowCipher
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.row_encryption import Place, PlainRows
from cactions.edges.store.run_file import PAGE
from cactions.edges.store.run_folder import MAX_OPEN_RUNS
from cactions.model import (
    Outcome,
    Plan,
    PlannedEntry,
    Receipt,
    RunHead,
    RunKind,
    RunPhase,
    StoreError,
    UsageError,
)
from tests.app.crowd import plans
from tests.edges.journals import OLD, make_old_run
from tests.edges.test_journal_contract import row
from tests.vaults import new_vault

RUN = "run-1"
HEAD = RunHead(RUN, RunKind.APPLY, "loyalty", 1.0, "ada@desk")
Change = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".cactions"


@pytest.fixture
def journal(folder: Path) -> Iterator[LocalJournal]:
    with closing(LocalJournal(folder)) as local:
        yield local


@pytest.fixture
def change(folder: Path) -> Change:
    """Another process changes the file of the run."""

    def change_by_hand(statement: str, *values: object) -> None:
        with closing(sqlite3.connect(folder / "runs" / f"{RUN}.db")) as database, database:
            assert database.execute(statement, values).rowcount

    return change_by_hand


def keep(journal: LocalJournal, made: list[Plan], run_id: str = RUN) -> None:
    """A run in which everyone was written."""
    journal.create_run(replace(HEAD, id=run_id))
    numbers = journal.record_plans(run_id, made)
    receipts = (Receipt(plan.subject.person_id, Outcome.APPLIED) for plan in made)
    journal.record_outcomes(run_id, zip(numbers, receipts, strict=True))


class CountingRows(PlainRows):
    """Counts the cells that are read."""

    read = 0

    def unseal(self, stored: str | bytes, place: Place) -> str:
        self.read += 1
        return super().unseal(stored, place)


# Pages


def test_entries_of_a_state_are_read_without_the_others(folder: Path) -> None:
    """In their order, also of several states; of all others, only the first page of the run."""
    cipher = CountingRows()
    with closing(LocalJournal(folder, cipher)) as journal:
        keep(journal, plans(4 * PAGE))
        bad = [(PAGE + 1, Outcome.FAILED), (2 * PAGE, Outcome.CONFLICT), (4 * PAGE, Outcome.FAILED)]
        journal.record_outcomes(RUN, [(number, Receipt("", word)) for number, word in bad])
        run = journal.read(RUN)
        cipher.read = 0
        found = [*run.list_in((Outcome.CONFLICT, Outcome.FAILED))]
        assert [number for number, _ in bad] == [entry.number for entry in found]
        assert 2 * len(bad) == cipher.read  # a plan and a receipt of each
        assert found == [entry for entry in run.entries if entry.state is not Outcome.APPLIED]


def measure(journal: LocalJournal, run_id: str) -> int:
    """The peak of memory while a run is read to its end."""
    tracemalloc.start()
    try:
        run = journal.read(run_id)
        assert sum(1 for _ in run.entries) == len(run.entries)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_memory_for_a_run_does_not_grow_with_it(journal: LocalJournal) -> None:
    """One page is held at a time."""
    for number in (10, 1_000, 5_000):
        keep(journal, plans(number), f"run-{number}")
    measure(journal, "run-10")
    small, large = (measure(journal, f"run-{number}") for number in (1_000, 5_000))
    assert large < small * 1.2
    assert len(journal.read("run-5000").entries) == 5_000


@pytest.mark.parametrize("number", [PAGE - 1, PAGE, PAGE + 1, 2 * PAGE])
def test_every_page_is_read_once(journal: LocalJournal, number: int) -> None:
    """Whatever the size of the last one."""
    keep(journal, plans(number))
    run = journal.read(RUN)
    assert [*range(1, number + 1)] == [entry.number for entry in run.entries]
    assert number == len(run.entries) == run.counts.total == run.people


@pytest.mark.parametrize("layout", OLD)
def test_large_runs_of_older_versions_are_read_in_pages(folder: Path, layout: str) -> None:
    """They are counted by reading them."""
    with closing(LocalJournal(folder)) as journal:
        journal.create_run(replace(HEAD, id="run-0"))
        make_old_run(folder / "runs" / f"{RUN}.db", HEAD, OLD[layout])
        journal.record_plans(RUN, plans(PAGE + 2))
        journal.record_outcomes(RUN, [(PAGE + 1, Receipt("p500", Outcome.APPLIED))])
        run = journal.read(RUN)
        assert (PAGE + 2, PAGE + 1, PAGE + 2) == (
            len(run.entries), run.counts.started, run.counts.standing
        )  # fmt: skip
        assert PAGE == len(journal.read_open(RUN, 0, started=True))
        assert [PAGE + 1] == [entry.number for entry in run.list_in((Outcome.APPLIED,))]


def test_a_page_is_read_from_a_file_that_was_closed_meanwhile(journal: LocalJournal) -> None:
    """Only some runs are open at a time."""
    keep(journal, plans(PAGE + 1))
    entries = iter(journal.read(RUN).entries)
    assert 1 == next(entries).number
    for number in range(MAX_OPEN_RUNS + 1):
        keep(journal, plans(1), f"other-{number}")
    assert PAGE + 1 == [*entries][-1].number


def test_a_run_that_is_deleted_while_it_is_read_is_an_error(
    journal: LocalJournal, folder: Path
) -> None:
    """No end is invented."""
    keep(journal, plans(PAGE + 1))
    entries = iter(journal.read(RUN).entries)
    next(entries)
    (folder / "runs" / f"{RUN}.db").unlink()
    journal.close()
    with pytest.raises(UsageError, match="there is no run run-1"):
        list(entries)


# States


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE entry SET state = 'started' WHERE number = 1", "contradicts itself"),
        ("UPDATE entry SET state = 'planned' WHERE number = 1", "contradicts itself"),
        ("UPDATE entry SET state = 'calling' WHERE number = 1", "contradicts itself"),
        ("UPDATE entry SET state = 'conflict' WHERE number = 1", "contradicts itself"),
        ("UPDATE entry SET state = 'applied' WHERE number = 2", "contradicts itself"),
        ("UPDATE entry SET state = 'calling' WHERE number = 2", "contradicts itself"),
        ("UPDATE entry SET state = 'elsewhere' WHERE number = 2", "contradicts itself"),
        ("UPDATE entry SET state = 'elsewhere' WHERE number = 502", "no state of an entry"),
        ("UPDATE entry SET state = x'00' WHERE number = 502", "no state of an entry"),
        ("UPDATE entry SET receipt = NULL WHERE number = 1", "contradicts itself"),
        ("UPDATE run SET phase = 'elsewhere'", "phase is unknown"),
        ("UPDATE run SET phase = x'00'", "phase is unknown"),
    ],
)
def test_a_changed_state_is_noticed(
    journal: LocalJournal, change: Change, statement: str, words: str
) -> None:
    """A run whose counts would be wrong is a damaged file; this process has it open."""
    made = plans(PAGE + 2)
    journal.create_run(HEAD)
    journal.record_plans(RUN, made)
    journal.record_outcomes(RUN, [(1, Receipt("p00", Outcome.APPLIED))])
    assert 1 == journal.read(RUN).counts.outcomes[Outcome.APPLIED]
    change(statement)
    with pytest.raises(StoreError, match=words):
        journal.read(RUN)
    assert [RUN] == [run_id for run_id, _ in journal.list_damaged()]
    assert [] == [*journal.list_unlocked()]


# Seals


@pytest.fixture
def sealed(folder: Path, tmp_path: Path) -> Iterator[LocalJournal]:
    """A journal with a vault, and a sealed run in it that stays open."""
    context = new_vault(tmp_path / "cactions.vault")
    with closing(LocalJournal(folder, VaultRowCipher(lambda: context))) as local:
        keep(local, plans(3))
        local.open_rows(RUN).advance(RunPhase.RUNNING, "three people")
        assert local.read(RUN).authentic
        assert "gold" == local.get_last_applied("p01")["tier"]
        yield local


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET plan = (SELECT 'x') WHERE number = 4",
        "UPDATE entry SET receipt = '{}' WHERE number = 2",
        "UPDATE run SET summary = 'one person'",
        "UPDATE run SET seal = NULL",
    ],
)
def test_a_plain_cell_makes_an_open_run_unsealed(
    sealed: LocalJournal, change: Change, folder: Path, statement: str
) -> None:
    """Another process writes it while this one holds the file open, and has checked it before."""
    sealed.record_plans(RUN, plans(4)[3:])
    assert sealed.read(RUN).authentic
    change(statement)
    run = sealed._runs.open_run(RUN)
    assert not run.is_authentic()
    assert {} == sealed.get_last_applied("p00")
    run.database.query_rows("SELECT 1")
    assert not run.is_authentic()


def test_a_plain_entry_makes_a_run_unsealed_where_it_is_read(
    sealed: LocalJournal, change: Change, tmp_path: Path
) -> None:
    """A forged entry that is valid otherwise."""
    with closing(LocalJournal(tmp_path / "other")) as other:
        keep(other, plans(4))
        [row] = other._runs.open_run(RUN).database.query_rows(
            "SELECT number, person_id, plan, receipt, undone_by, state FROM entry WHERE number = 4"
        )
    change("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", *row)
    run = sealed.read(RUN)
    assert (False, 4) == (run.authentic, len(run.entries))
    assert {} == sealed.get_last_applied("p03") == sealed.get_last_applied("p00")
    change("DELETE FROM entry WHERE number = 4")
    assert sealed.read(RUN).authentic


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET plan = (SELECT plan FROM entry WHERE number = 1) WHERE number = 2",
        "UPDATE entry SET receipt = (SELECT receipt FROM entry WHERE number = 1) WHERE number = 2",
        "UPDATE entry SET receipt = plan WHERE number = 2",
        "UPDATE entry SET number = 9 WHERE number = 2",
        "UPDATE entry SET plan = zeroblob(99) WHERE number = 2",
    ],
)
def test_a_sealed_cell_belongs_to_its_place(
    sealed: LocalJournal, change: Change, statement: str
) -> None:
    """Sealed cells cannot be exchanged."""
    change(statement)
    with pytest.raises(StoreError):
        sealed.read(RUN)
    assert [RUN] == [run_id for run_id, _ in sealed.list_damaged()]


def test_a_waiting_row_cannot_be_made_a_plan(sealed: LocalJournal, change: Change) -> None:
    """Nor a plan a summary: each cell is sealed for what it is."""
    sealed.create_run(replace(HEAD, id="run-2"), RunPhase.PLANNING)
    rows = sealed.open_rows("run-2")
    rows.add([(1, row(1))], [PlannedEntry(2, plans(1)[0])])
    path = sealed._runs.build_path("run-2")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("INSERT INTO entry SELECT 1, '', row, NULL, '', 'planned' FROM waiting")
        database.execute("UPDATE run SET summary = (SELECT plan FROM entry WHERE number = 2)")
    with pytest.raises(StoreError, match="changed without a key"):
        sealed.read("run-2")
    with pytest.raises(StoreError, match="changed without a key"):
        rows.read_summary()
