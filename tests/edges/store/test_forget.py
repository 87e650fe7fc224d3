"""A forgotten person is erased from every byte of the journal, and from nothing else."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.app.vault.row_cipher import VaultRowCipher
from cactions.edges.store.journal import LocalJournal
from cactions.model import (
    ABSENT,
    Change,
    Conflict,
    KeepReason,
    KeptAttribute,
    Outcome,
    PersonQuery,
    Plan,
    PlannedEntry,
    Proof,
    Receipt,
    RunPhase,
    SentCall,
    StoreError,
    Subject,
)
from tests.app.crowd import head
from tests.edges.processes import running, said, tell
from tests.vaults import new_vault

CANARY = "canary-7f3a"


def about(name: str, person_id: str) -> Plan:
    """A plan with the name in every field, large enough for its own pages."""
    return Plan(
        action="loyalty",
        subject=Subject(person_id, PersonQuery("user_id", f"{name}-key"), f"{name}-label"),
        call=SentCall(f"GET https://api.shop.example/{name}", 200),
        changes=(
            Change("tier", f"{name}-before", f"{name}-after" * 900, redacted=True),
            Change("note", ABSENT, f"{name}-noted"),
        ),
        left=(
            KeptAttribute("nickname", f"{name}-kept", KeepReason.NOT_EMPTY, received=f"{name}-got"),
        ),
        proof=Proof("$.email", "person.email", f"{name}@x", f"{name}@y"),
    )


CONFLICT = Receipt(
    "p1", Outcome.CONFLICT, f"{CANARY}-said", (Conflict("tier", "a", f"{CANARY}-found"),)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".cactions"


@pytest.fixture
def journal(folder: Path) -> Iterator[LocalJournal]:
    with closing(LocalJournal(folder)) as local:
        yield local


def kept(journal: LocalJournal, number: int, *, finish: bool = True) -> None:
    """A run with the canary among others, with repeated receipts."""
    run = replace(head(f"run-{number:02}"), started=float(number))
    journal.create_run(run)
    people = [about("bob", "p2"), about(CANARY, "p1"), about("eve", "p3")]
    for entry, plan in zip(journal.record_plans(run.id, people), people, strict=True):
        receipt = Receipt(plan.subject.person_id, Outcome.APPLIED)
        journal.record_outcomes(run.id, [(entry, CONFLICT if plan is people[1] else receipt)])
        journal.record_outcomes(run.id, [(entry, receipt)])
    if finish:
        journal.finish(run.id)


def holding(folder: Path, word: str = CANARY) -> list[str]:
    """The files that contain the word."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path.name for path in files if word.encode() in path.read_bytes())


def test_a_planning_that_was_closed_has_no_marks_of_anyone(
    folder: Path, journal: LocalJournal
) -> None:
    """They say whose records and people were met; forgetting could not find them any more."""
    journal.create_run(head("run-1"), RunPhase.PLANNING)
    plan = about("bob", "p2")
    entry = PlannedEntry(1, plan, Receipt("p2", Outcome.UNCHANGED), (f"person:{CANARY}",))
    journal.open_rows("run-1").place([entry], durable=True)
    assert holding(folder)
    journal.finish("run-1")
    assert 0 == journal.forget("p1")
    journal.forget("p2")
    journal.close()
    assert [] == holding(folder)


@pytest.mark.parametrize("runs", [1, 12])
def test_no_byte_of_a_forgotten_person_is_left(
    folder: Path, journal: LocalJournal, runs: int
) -> None:
    """Not in a log, a freed page or the index; data of other people stays."""
    for number in range(runs):
        kept(journal, number, finish=number % 2 == 0)
    journal.close()
    for path in (folder / "runs").iterdir():
        os.utime(path, (time.time() - 60, time.time() - 60))
    assert journal.get_last_applied("p1")["tier"] == f"{CANARY}-after" * 900
    assert holding(folder)
    assert runs == journal.forget("p1")
    assert [] == holding(folder)
    assert runs == len([name for name in holding(folder, "bob-label") if name.endswith(".db")])
    journal.close()
    assert [] == holding(folder)
    for run in journal.list_runs():
        assert ["p2", "", "p3"] == [entry.plan.subject.person_id for entry in run.entries]
        assert [Outcome.APPLIED] * 3 == [e.receipt.outcome for e in run.entries if e.receipt]


def test_without_an_id_only_the_rows_with_the_key_are_erased(
    folder: Path, journal: LocalJournal
) -> None:
    """Rows for which no person was found: those about others stay."""
    journal.create_run(head("run-1"), RunPhase.PLANNING)
    rows = journal.open_rows("run-1")
    rows.place([
        PlannedEntry(n, about(name, ""), Receipt("", Outcome.FAILED))
        for n, name in enumerate(("bob", CANARY, "eve"), 1)
    ], durable=True)  # fmt: skip
    assert 1 == journal.forget("", [PersonQuery("user_id", f"{CANARY}-key")])
    journal.close()
    assert [] == holding(folder)
    assert holding(folder, "bob-label")
    assert holding(folder, "eve-label")


def test_a_run_from_before_the_vault_stays_in_its_form(folder: Path, tmp_path: Path) -> None:
    """What is left of a forgotten person is sealed where the entry was, and a text elsewhere."""
    vault = new_vault(tmp_path / "cactions.vault")
    with closing(LocalJournal(folder)) as journal:
        kept(journal, 1)
    with closing(LocalJournal(folder, VaultRowCipher(lambda: vault))) as journal:
        kept(journal, 2)
        assert 2 == journal.forget("p1")
    for number, kind in ((1, str), (2, bytes)):
        path = folder / "runs" / f"run-{number:02}.db"
        with closing(sqlite3.connect(path)) as database:
            cells = database.execute("SELECT plan, receipt FROM entry").fetchall()
        assert [(kind, kind)] * 3 == [(type(plan), type(receipt)) for plan, receipt in cells]


def test_an_interrupted_erasure_is_completed_by_the_next(
    folder: Path, journal: LocalJournal
) -> None:
    """Killed after the rows, before the bytes: the entry is gone, but traces remain."""
    kept(journal, 1)
    journal.close()
    path = folder / "runs" / "run-01.db"
    forgotten = json.dumps(
        {"format": "cactions.plan/1", "action": "", "changes": [], "left": [], "proof": None,
         "subject": {"person_id": "", "matched": {"field": "id", "value": ""}, "label": ""},
         "call": {"line": "", "status": None, "source": ""}}
    )  # fmt: skip
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA secure_delete=OFF")
        database.execute(
            "UPDATE entry SET person_id = '', plan = ?, receipt = NULL WHERE person_id = 'p1'",
            (forgotten,),
        )
    assert holding(folder)
    assert 0 == journal.forget("p1")
    assert [] == holding(folder)


READER = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("BEGIN")
database.execute("SELECT * FROM entry").fetchone()
print("reading")
sys.stdin.read()
"""


def test_a_run_in_use_is_reported_and_the_others_are_erased(
    folder: Path, journal: LocalJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader locks the log; repeating the command completes the erasure."""
    monkeypatch.setattr("cactions.edges.store.sqlite_access.BUSY_SECONDS", 0.1)
    for number in (1, 2):
        kept(journal, number)
    with running(READER, folder / "runs" / "run-01.db") as process:
        assert "reading" == said(process)
        with pytest.raises(StoreError, match=r"run-01\.db is in use by another process") as caught:
            journal.forget("p1")
        assert "then retry" in caught.value.hint
    assert not [name for name in holding(folder) if name.startswith("run-02")]
    assert 0 == journal.forget("p1")
    assert [] == holding(folder)


def test_a_damaged_run_is_reported_and_the_others_are_erased(
    folder: Path, journal: LocalJournal
) -> None:
    """Its content cannot be removed selectively; the run can be deleted."""
    for number in (1, 2):
        kept(journal, number)
    journal.close()
    path = folder / "runs" / "run-01.db"
    os.truncate(path, path.stat().st_size - 4096)
    with pytest.raises(StoreError, match=r"run-01") as caught:
        journal.forget("p1")
    assert "delete that run" in caught.value.hint
    assert ["run-01.db"] == holding(folder)


def test_a_deleted_run_leaves_no_file(folder: Path, journal: LocalJournal) -> None:
    """Neither its log nor the index that contained it."""
    for number in range(12):
        kept(journal, number)
    journal.close()
    for path in (folder / "runs").iterdir():
        os.utime(path, (time.time() - 60, time.time() - 60))
    journal.get_last_applied("p1")
    for number in range(12):
        journal.discard(f"run-{number:02}")
    assert [".gitignore", "runs"] == sorted(path.name for path in folder.rglob("*"))


PRUNE = """
import sys
from pathlib import Path
from cactions.app.retention import prune_runs
from cactions.edges.store.journal import LocalJournal
journal = LocalJournal(Path(sys.argv[1]))
found = list(journal.list_runs())
print("ready", flush=True)
sys.stdin.readline()
prune_runs(found, journal)
print(len(found), flush=True)
"""


def test_two_concurrent_prunes_both_succeed(folder: Path, journal: LocalJournal) -> None:
    """A run that the other process has deleted counts as deleted."""
    for number in range(20):
        kept(journal, number)
    journal.close()
    with running(PRUNE, folder) as one, running(PRUNE, folder) as other:
        assert ("ready", "ready") == (said(one).strip(), said(other).strip())
        for process in (one, other):
            tell(process, "go")
        assert ("20", "20") == (said(one).strip(), said(other).strip())
    assert [] == list((folder / "runs").iterdir())
