"""Saved plans are carried out once, also where their runs were deleted."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.taken_plans import KEPT_SECONDS, SUFFIX
from cactions.model import RunHead, RunKind, RunPhase, UsageError

HEAD = RunHead("run-1", RunKind.APPLY, "loyalty", 1.0, "ada@desk")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[LocalJournal]:
    with closing(LocalJournal(tmp_path / ".cactions")) as local:
        yield local


def save(journal: LocalJournal, tmp_path: Path, started: float) -> Path:
    """A saved plan whose run is not in the journal any more, and was not carried out."""
    journal.create_run(replace(HEAD, started=started), RunPhase.PLANNED)
    journal.save_plan(HEAD.id, tmp_path / "plan")
    journal.discard(HEAD.id)
    return tmp_path / "plan"


def list_marks(tmp_path: Path) -> list[Path]:
    return [*(tmp_path / ".cactions" / "runs").glob(f"*{SUFFIX}")]


@pytest.mark.parametrize("phase", [RunPhase.RUNNING, RunPhase.PLANNED])
@pytest.mark.parametrize("finished", [True, False])
def test_a_plan_that_was_carried_out_is_not_taken_again(
    journal: LocalJournal, tmp_path: Path, phase: RunPhase, finished: bool
) -> None:
    """One that was only looked at is: nothing was written."""
    plan = save(journal, tmp_path, time.time())
    for _ in range(2):
        assert HEAD.id == journal.take_plan(plan)
        journal.discard(HEAD.id)
    journal.take_plan(plan)
    journal.open_rows(HEAD.id).advance(phase, "")
    if finished:
        journal.finish(HEAD.id)
    with pytest.raises(UsageError, match="was started before"):
        journal.take_plan(plan)
    journal.discard(HEAD.id)
    if finished or phase is RunPhase.RUNNING:
        with pytest.raises(UsageError, match="which was deleted since"):
            journal.take_plan(plan)
        assert [] == [*journal.list_runs()]
        assert 0o600 == list_marks(tmp_path)[0].stat().st_mode & 0o777
    else:
        assert HEAD.id == journal.take_plan(plan)
    assert [] == [*(tmp_path / ".cactions" / "runs").glob(".plan-*")]


def test_no_mark_outlives_its_plan(journal: LocalJournal, tmp_path: Path) -> None:
    """A plan holds for a day; a mark is deleted with the next run that is deleted after two."""
    for number, started in enumerate([time.time(), time.time() - KEPT_SECONDS - 1]):
        head = replace(HEAD, id=f"run-{number}", started=started)
        journal.create_run(head)
        journal.finish(head.id)
        journal.discard(head.id)
    [mark] = list_marks(tmp_path)
    assert "run-0" == mark.stem
    old = time.time() - KEPT_SECONDS - 1
    os.utime(mark, (old, old))
    journal.create_run(HEAD, RunPhase.PLANNED)
    journal.discard(HEAD.id)
    assert [] == list_marks(tmp_path)
