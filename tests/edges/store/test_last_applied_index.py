"""The index of last applied values: one fast look-up, and never trusted over the runs."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.app.vault.row_cipher import VaultRowCipher
from cactions.edges.files.file_io import MIB
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.last_applied_index import PREFIX, SEALED_PREFIX, _build_name
from cactions.edges.store.sqlite_files import get_signature
from cactions.model import ABSENT, Change, Outcome, Receipt, RunKind
from tests.app.crowd import head, plans
from tests.builders import a_plan, change, settle
from tests.edges.processes import finished, running
from tests.stored_texts import list_texts
from tests.vaults import new_vault

RUNS = 30
APPLIED = Receipt("p1", Outcome.APPLIED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Thirty old runs, each with its own value."""
    state = tmp_path / ".cactions"
    with closing(LocalJournal(state)) as journal:
        for number in range(RUNS):
            kept(journal, number)
    aged(state)
    return state


def kept(journal: LocalJournal, number: int) -> None:
    run = replace(head(f"run-{number:02}"), started=float(number))
    journal.create_run(run)
    plan = a_plan(change(number - 1, number), Change(f"a{number}", ABSENT, number + 0.5))
    settle(journal, run.id, journal.record_plans(run.id, [plan]), APPLIED)
    journal.finish(run.id)


def aged(state: Path) -> None:
    """Make all files a minute old."""
    for path in (state / "runs").iterdir():
        os.utime(path, (time.time() - 60, time.time() - 60))


@pytest.fixture
def journal(folder: Path) -> Iterator[LocalJournal]:
    with closing(LocalJournal(folder)) as local:
        yield local


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{PREFIX}*"))


def wanted(newest: int, *without: int) -> dict[str, object]:
    """The last applied values of everything."""
    numbers = [number for number in range(newest + 1) if number not in without]
    return {"tier": numbers[-1], **{f"a{n}": n + 0.5 for n in numbers}}


def test_many_runs_get_an_index_and_few_do_not(journal: LocalJournal, tmp_path: Path) -> None:
    """It gives the same result as the runs."""
    assert wanted(RUNS - 1) == journal.get_last_applied("p1")
    assert {} == journal.get_last_applied("p2")
    assert 1 == len(files(tmp_path / ".cactions"))
    with closing(LocalJournal(tmp_path / "few")) as few:
        kept(few, 0)
        aged(tmp_path / "few")
        assert wanted(0) == few.get_last_applied("p1")
    assert [] == files(tmp_path / "few")


def test_a_look_up_in_the_index_opens_no_run(folder: Path, journal: LocalJournal) -> None:
    """That is its purpose."""
    journal.get_last_applied("p1")
    with closing(LocalJournal(folder)) as other:
        assert wanted(RUNS - 1) == other.get_last_applied("p1")
        assert {} == dict(other._runs._open_runs)


def _undone(journal: LocalJournal) -> dict[str, object]:
    journal.mark_undone(f"run-{RUNS - 1}", ["p1"], "undo-1")
    return wanted(RUNS - 2)


def _resumed(journal: LocalJournal) -> dict[str, object]:
    """An old run gets a new receipt."""
    journal.create_run(replace(head("run-98"), started=98.0))
    [entry] = journal.record_plans("run-98", [a_plan(change(29, "resumed"))])
    assert wanted(RUNS - 1) == journal.get_last_applied("p1")
    journal.record_outcomes("run-98", [(entry, APPLIED)])
    return {**wanted(RUNS - 1), "tier": "resumed"}


def _pruned(journal: LocalJournal) -> dict[str, object]:
    journal.discard(f"run-{RUNS - 1}")
    return wanted(RUNS - 2)


def _forgotten(journal: LocalJournal) -> dict[str, object]:
    journal.forget("p1")
    return {}


def _another(journal: LocalJournal) -> dict[str, object]:
    kept(journal, RUNS)
    return wanted(RUNS)


def _undo_run(journal: LocalJournal) -> dict[str, object]:
    """The values of an undo run do not count as ours."""
    run = replace(head("undo-9"), kind=RunKind.UNDO, started=99.0)
    journal.create_run(run)
    settle(journal, run.id, journal.record_plans(run.id, [a_plan(change(29, "old"))]), APPLIED)
    return wanted(RUNS - 1)


def _deleted_by_hand(journal: LocalJournal) -> dict[str, object]:
    journal.close()
    journal._runs.build_path("run-03").unlink()
    return wanted(RUNS - 1, 3)


def _damaged_run(journal: LocalJournal) -> dict[str, object]:
    journal.close()
    os.truncate(journal._runs.build_path("run-29"), 5000)
    return wanted(RUNS - 2)


CHANGES = [
    _undone, _resumed, _pruned, _forgotten, _another, _undo_run, _deleted_by_hand, _damaged_run,
]  # fmt: skip


@pytest.mark.parametrize("happens", CHANGES)
@pytest.mark.parametrize("old", [True, False], ids=["long ago", "just now"])
def test_every_change_of_a_run_is_seen_immediately(
    folder: Path,
    journal: LocalJournal,
    happens: Callable[[LocalJournal], dict[str, object]],
    old: bool,
) -> None:
    """By this process and by the next one, even within one clock tick."""
    journal.get_last_applied("p1")
    with closing(LocalJournal(folder)) as other:
        other.get_last_applied("p1")
        expected = happens(journal)
        if old:
            journal.close()
            aged(folder)
        assert expected == journal.get_last_applied("p1")
        assert expected == other.get_last_applied("p1")
    with closing(LocalJournal(folder)) as fresh:
        assert expected == fresh.get_last_applied("p1")


@pytest.mark.parametrize("age", [0, 2])
def test_a_change_within_one_tick_of_the_clock_is_seen(
    folder: Path, journal: LocalJournal, age: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that has just changed is read itself: it can change again, and look the same."""
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)  # a busy machine may take a second here
    path, at = folder / "runs" / f"run-{RUNS - 1}.db", now - age
    os.utime(path, (at, at))
    before = get_signature(path)
    assert wanted(RUNS - 1) == journal.get_last_applied("p1")
    assert 1 == len(files(folder))
    expected = _undone(journal)
    journal.close()
    os.utime(path, (at, at))
    assert before == get_signature(path)
    assert expected == journal.get_last_applied("p1")


def _lost(path: Path) -> None:
    path.unlink()


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _other(path: Path) -> None:
    path.write_text("nothing of ours\n" * 400)


@pytest.mark.parametrize("damage", [_lost, _cut, _empty, _folder, _other])
def test_a_lost_or_damaged_index_is_rebuilt_or_ignored(
    folder: Path, journal: LocalJournal, damage: Callable[[Path], None]
) -> None:
    """The result is the same as before."""
    journal.get_last_applied("p1")
    journal.close()
    damage(*files(folder))
    for _ in range(2):
        with closing(LocalJournal(folder)) as fresh:
            assert wanted(RUNS - 1) == fresh.get_last_applied("p1")


def test_an_index_with_a_flipped_byte_is_not_used(folder: Path, journal: LocalJournal) -> None:
    """At any position: its file name holds its checksum."""
    journal.get_last_applied("p1")
    journal.close()
    chance = random.Random(7)
    for _ in range(40):
        [path] = files(folder)
        data = bytearray(path.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        with closing(LocalJournal(folder)) as fresh:
            assert wanted(RUNS - 1) == fresh.get_last_applied("p1")


MAKER = """
import sys
from pathlib import Path
from cactions.edges.store.journal import LocalJournal
for _ in range(20):
    journal = LocalJournal(Path(sys.argv[1]))
    assert journal.get_last_applied("p1")["tier"] == 29
    journal._index.delete()
"""


@pytest.mark.parametrize("size", [1, MIB, 3 * MIB + 7])
def test_every_byte_of_an_index_counts_for_its_name(tmp_path: Path, size: int) -> None:
    """Also the last one of a large index."""
    path = tmp_path / "index"
    path.write_bytes(b"x" * size)
    before = _build_name(PREFIX, path)
    path.write_bytes(b"x" * (size - 1) + b"y")
    assert before != _build_name(PREFIX, path)


def test_concurrent_index_creation_and_deletion_is_safe(folder: Path) -> None:
    """Each process gets the right result; without an index it reads the runs."""
    with ExitStack() as stack:
        three = [stack.enter_context(running(MAKER, folder)) for _ in range(3)]
        assert [0, 0, 0] == [process.wait(60) for process in three]


def test_a_killed_index_writer_leaves_no_usable_index(folder: Path) -> None:
    """And a forgotten person is also erased from its draft."""
    kill = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from cactions.edges.store import last_applied_index as index\n"
        "from cactions.edges.store.journal import LocalJournal\n"
        "class Path_(type(Path())):\n"
        "    def rename(self, target): os.kill(os.getpid(), signal.SIGKILL)\n"
        "journal = LocalJournal(Path_(sys.argv[1]))\n"
        "journal.get_last_applied('p1')\n"
    )
    assert finished(kill, folder).returncode < 0
    assert [path for path in folder.iterdir() if path.name.startswith(f".{PREFIX}")]
    with closing(LocalJournal(folder)) as fresh:
        assert RUNS == fresh.forget("p1")
    assert [".gitignore", "runs"] == sorted(path.name for path in folder.iterdir())


def test_with_a_vault_the_index_is_sealed(tmp_path: Path) -> None:
    """Its values and its people are as unreadable as those of the runs."""
    state, vault = tmp_path / ".cactions", new_vault(tmp_path / "cactions.vault")
    with closing(LocalJournal(state, VaultRowCipher(lambda: vault))) as sealed:
        for number in range(10):
            run = replace(head(f"run-{number}"), started=float(number))
            sealed.create_run(run)
            plan = a_plan(change("silver", f"platinum-{number}"))
            settle(sealed, run.id, sealed.record_plans(run.id, [plan]), APPLIED)
        sealed._runs.close()
        aged(state)
        assert {"tier": "platinum-9"} == sealed.get_last_applied("p1")
        [path] = state.glob("*applied-*")
        assert path.name.startswith(SEALED_PREFIX)
        assert b"platinum" not in path.read_bytes()
        assert "p1" not in re.findall(r"[\w-]+", " ".join(list_texts(path)))


def test_values_are_distinguished_by_person_and_attribute(
    folder: Path, journal: LocalJournal
) -> None:
    """In a run with many people."""
    run = replace(head("many"), started=500.0)
    journal.create_run(run)
    for number, plan in zip(journal.record_plans("many", plans(3)), plans(3), strict=True):
        journal.record_outcomes(
            "many", [(number, Receipt(plan.subject.person_id, Outcome.APPLIED))]
        )
    journal.close()
    aged(folder)
    expected = {"tier": "gold", "points": 7, "coupon": ABSENT}
    assert [expected] * 3 == [journal.get_last_applied(f"p0{n}") for n in range(3)]
    assert wanted(RUNS - 1) == journal.get_last_applied("p1")
