"""The evidence of a run is kept in blocks, each sealed for its own place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.app.vault.row_cipher import VaultRowCipher
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.row_encryption import PlainRows, RowCipher
from cactions.model import Json, PlannedEntry, RunPhase, StoreError, Subject
from tests.app.crowd import head, plans
from tests.vaults import new_vault

RUN = "run-1"
[PLAN] = plans(1)


def entry(number: int, shown: Json = None) -> PlannedEntry:
    """A person of a row, with what the call has shown."""
    query = replace(PLAN.subject.matched, value=f"u-{number}")
    plan = replace(PLAN, subject=Subject(f"p{number}", query))
    return PlannedEntry(number, plan, evidence=shown or [number])


@pytest.fixture(params=["plain", "sealed"])
def cipher(request: pytest.FixtureRequest, tmp_path: Path) -> RowCipher:
    if request.param == "plain":
        return PlainRows()
    vault = new_vault(tmp_path / "cactions.vault")
    return VaultRowCipher(lambda: vault)


@pytest.fixture
def journal(tmp_path: Path, cipher: RowCipher) -> Iterator[LocalJournal]:
    """With a run that is planned."""
    with closing(LocalJournal(tmp_path / ".cactions", cipher)) as local:
        local.create_run(head(RUN), RunPhase.PLANNING)
        yield local


def read_blocks(tmp_path: Path) -> list[int]:
    with closing(sqlite3.connect(tmp_path / ".cactions" / "runs" / f"{RUN}.db")) as database:
        return [number for (number,) in database.execute("SELECT number FROM evidence")]


def test_a_block_has_the_number_of_its_first_entry(tmp_path: Path, journal: LocalJournal) -> None:
    """A block has 32 entries, whichever of them come first."""
    rows = journal.open_rows(RUN)
    for number, blocks in (
        (31, [1]),
        (64, [1, 33]),
        (32, [1, 33]),
        (65, [1, 33, 65]),
        (96, [1, 33, 65]),
    ):
        rows.place([entry(number)], durable=True)
        assert blocks == read_blocks(tmp_path)
    wanted = [(n, [n]) for n in (31, 32, 64, 65, 96)]
    assert wanted == [*journal.open_rows(RUN).list_evidence()]


def test_evidence_of_a_block_that_is_there_is_added_or_replaced(journal: LocalJournal) -> None:
    """Also where it is sealed; what is forgotten is gone, the others stay."""
    rows = journal.open_rows(RUN)
    rows.place([entry(number) for number in (2, 3, 4)])
    rows.place([entry(3, [0]), entry(5)], durable=True)
    assert [(2, [2]), (3, [0]), (4, [4]), (5, [5])] == [*rows.list_evidence()]
    assert 1 == journal.forget("p4")
    assert [(2, [2]), (3, [0]), (5, [5])] == [*journal.open_rows(RUN).list_evidence()]


@pytest.mark.parametrize("cell", ['{"2": [2], "x": [3]}', '{"x": []}', "[2]", "2"])
@pytest.mark.parametrize("cipher", ["plain"], indirect=True)
def test_a_block_that_holds_something_else_is_damaged(
    tmp_path: Path, journal: LocalJournal, cell: str
) -> None:
    """One wrong key is enough."""
    journal.open_rows(RUN).place([entry(2)], durable=True)
    journal.close()
    path = tmp_path / ".cactions" / "runs" / f"{RUN}.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE evidence SET shown = ?", [cell])
    with pytest.raises(StoreError, match="a block of evidence in it holds something else"):
        list(journal.open_rows(RUN).list_evidence())
