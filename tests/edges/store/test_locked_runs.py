"""Sealed runs whose key is missing: each one is named, and none is passed over in silence."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.app.vault.row_cipher import VaultRowCipher
from cactions.edges.store.journal import LocalJournal
from cactions.model.vault import VaultLocked
from tests.app.crowd import head, plans
from tests.vaults import new_vault


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A plain run, then a sealed one."""
    state = tmp_path / ".cactions"
    vault = new_vault(tmp_path / "cactions.vault")
    for number, cipher in enumerate((None, VaultRowCipher(lambda: vault))):
        with closing(LocalJournal(state, cipher)) as journal:
            run = replace(head(f"run-{number}"), started=float(number))
            journal.create_run(run)
            journal.record_plans(run.id, plans(2))
    return state


def test_an_older_run_does_not_look_like_the_last_one(folder: Path) -> None:
    """An undo of the last run would take back another one."""
    with closing(LocalJournal(folder)) as journal:
        runs = journal.list_runs()
        with pytest.raises(VaultLocked):
            next(runs)


def test_locked_runs_are_listed_beside_the_others(folder: Path) -> None:
    """With the reason and the next step; they are not damaged."""
    with closing(LocalJournal(folder)) as journal:
        assert ["run-0"] == [run.head.id for run in journal.list_unlocked()]
        heads, why = journal.list_locked()
        assert ["run-1"] == [run.id for run in heads]
        assert "Restore the file cactions.vault" in why
        assert [] == journal.list_damaged()
