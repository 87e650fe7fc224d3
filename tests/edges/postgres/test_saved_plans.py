"""A run is copied between its file and the database cell by cell, as it was sealed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.journal import PostgresJournal
from cactions.edges.postgres.schema import make_tables
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.run_file import RunDatabase
from cactions.model import (
    Outcome,
    PersonQuery,
    PlannedEntry,
    Receipt,
    RunHead,
    RunKind,
    RunPhase,
    StoreError,
    Subject,
    UsageError,
)
from tests.builders import a_plan, change
from tests.edges.journals import SealingRows

RUN = "run-1"
HEAD = RunHead(RUN, RunKind.APPLY, "loyalty", 1_790_000_000.5, "ada@desk")
MANY = 1_203
"""More than two pages."""
QUERIES = (
    "SELECT head, finished, seal, phase, summary FROM run",
    "SELECT * FROM entry ORDER BY number",
    "SELECT * FROM waiting ORDER BY number",
)


@pytest.fixture
def database(postgres_address: str) -> Iterator[PostgresJournal]:
    opened = PostgresDatabase(postgres_address)
    make_tables(opened)
    with closing(PostgresJournal(opened, "vault", SealingRows())) as journal:
        yield journal


def fill(journal: Any, phase: RunPhase, sealed: str = "what is known") -> None:
    """A run with an entry of each kind."""
    journal.create_run(HEAD, RunPhase.PLANNING)
    rows = journal.open_rows(RUN)
    plan = a_plan(change("silver", "gold"))
    subject = {n: Subject(f"p{n}", PersonQuery("user_id", f"u-{n}")) for n in range(1, MANY + 1)}
    held = Receipt("p2", Outcome.HELD, "why")
    rows.place(
        PlannedEntry(n, replace(plan, subject=subject[n]), held if n == 2 else None)
        for n in subject
    )
    rows.advance(phase, sealed)
    if phase is RunPhase.RUNNING:
        journal.start_entries(RUN, [1, 3], [])
        journal.record_outcomes(RUN, [(1, Receipt("p1", Outcome.APPLIED))])


def read_cells(path: Path) -> list[list[Any]]:
    run = RunDatabase.existing(path, SealingRows())
    assert run
    with closing(run):
        return [run.database.query_rows(sql) for sql in QUERIES]


@pytest.mark.parametrize("phase", [RunPhase.PLANNED, RunPhase.RUNNING])
def test_a_run_comes_back_from_the_database_as_it_went(
    tmp_path: Path, database: PostgresJournal, phase: RunPhase
) -> None:
    """Every cell, byte for byte; and it can be read in both places."""
    with closing(LocalJournal(tmp_path / ".cactions", SealingRows())) as local:
        fill(local, phase)
        database.take_run(local.open_file(RUN), RUN)
        here, there = local.read(RUN), database.read(RUN)
        assert (here.counts, here.phase) == (there.counts, there.phase)
        assert [*here.entries] == [*there.entries]
        assert MANY == there.counts.total
    database.save_plan(RUN, tmp_path / "saved.plan")
    saved = (tmp_path / "saved.plan").rename(tmp_path / f"{RUN}.db")
    assert 0o600 == saved.stat().st_mode & 0o777
    assert read_cells(tmp_path / ".cactions/runs" / f"{RUN}.db") == read_cells(saved)


def test_a_plan_is_taken_once_also_after_its_run_was_deleted(
    tmp_path: Path, database: PostgresJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a file of any name; on every machine, since all of them ask the database."""
    with closing(LocalJournal(tmp_path / ".cactions", SealingRows())) as local:
        fill(local, RunPhase.PLANNED)
        local.save_plan(RUN, tmp_path / "night.plan")
    assert RUN == database.take_plan(tmp_path / "night.plan")
    with pytest.raises(UsageError, match="was started before"):
        database.take_plan(tmp_path / "night.plan")
    monkeypatch.setattr("time.time", lambda: HEAD.started + 60)
    database.finish(RUN)
    database.discard(RUN)
    with pytest.raises(UsageError, match="which was deleted since"):
        database.take_plan(tmp_path / "night.plan")


def test_only_a_whole_and_sealed_run_is_taken(tmp_path: Path, database: PostgresJournal) -> None:
    """Not one of before the vault, one that is being planned, or one that was changed."""
    with closing(LocalJournal(tmp_path / "plain")) as local:
        fill(local, RunPhase.PLANNED)
    run = RunDatabase.existing(tmp_path / "plain/runs" / f"{RUN}.db", SealingRows())
    assert run
    with closing(run), pytest.raises(UsageError, match="not completely sealed"):
        database.take_run(run, RUN)
    with closing(LocalJournal(tmp_path / "cut", SealingRows())) as local:
        local.create_run(HEAD, RunPhase.PLANNING)
        with pytest.raises(UsageError, match="cut off while it was planned"):
            database.take_run(local.open_file(RUN), RUN)
    with closing(LocalJournal(tmp_path / "changed", SealingRows())) as local:
        fill(local, RunPhase.PLANNED)
        file = local.open_file(RUN)
        with file.database.open_for_writing():
            file.database.execute("UPDATE run SET seal = x'00'")
        with pytest.raises(StoreError):
            database.take_run(file, RUN)
    assert [] == [*database.list_runs()]
