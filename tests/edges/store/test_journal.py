"""The journal after kills, torn logs, full disks and foreign files: no plan is lost.

The behaviour of a journal without failures is in ``test_contracts.py``.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.people import LocalPeopleStore
from cactions.model import (
    ABSENT,
    Outcome,
    Plan,
    Receipt,
    RunEntry,
    RunHead,
    RunKind,
    StoreError,
    UsageError,
)
from tests.builders import a_plan, change, person, settle
from tests.edges.processes import finished, running, said

GOLD = a_plan(change("silver", "gold", redacted=True))
APPLIED = Receipt("p1", Outcome.APPLIED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / ".cactions"


@pytest.fixture
def journal(folder: Path) -> Iterator[LocalJournal]:
    with closing(LocalJournal(folder)) as local:
        yield local


def head(run_id: str = "run-1", started: float = 1.0) -> RunHead:
    return RunHead(run_id, RunKind.APPLY, "loyalty", started, "ada@desk")


def keep(journal: LocalJournal, run: RunHead, *plans: Plan) -> Path:
    """A finished run in which these plans were applied; returns its file."""
    journal.create_run(run)
    for plan in plans:
        settle(journal, run.id, journal.record_plans(run.id, [plan]), APPLIED)
    journal.finish(run.id)
    return journal._runs.build_path(run.id)


def test_reading_creates_nothing(journal: LocalJournal, folder: Path) -> None:
    """No run, no folder."""
    assert ([], [], {}) == (
        list(journal.list_runs()),
        journal.list_damaged(),
        journal.get_last_applied("p1"),
    )
    with pytest.raises(UsageError):
        journal.read("run-1")
    assert not folder.exists()


def test_a_journal_is_private(journal: LocalJournal, folder: Path) -> None:
    """It holds previous attribute values of people."""
    before = os.umask(0o000)
    keep(journal, head(), GOLD)
    os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    assert {0o700, 0o600} == modes


def test_a_journal_stores_redacted_values(journal: LocalJournal) -> None:
    """A redacted value is hidden from users, but undo needs it."""
    keep(journal, head(), GOLD)
    assert (RunEntry(GOLD, APPLIED, number=1),) == journal.read("run-1").entries


def test_closing_leaves_one_file_per_run(journal: LocalJournal, folder: Path) -> None:
    """Also if more runs were open than the limit allows at a time."""
    for number in range(20):
        keep(journal, head(f"run-{number}", number), GOLD)
    assert 20 == len(list(journal.list_runs()))
    journal.close()
    assert 20 == len(list((folder / "runs").iterdir()))


def test_settle_does_not_wait_for_the_disk_and_intend_does(journal: LocalJournal) -> None:
    """One disk sync per person: a receipt is synced with the next intent."""
    journal.create_run(head())
    run = journal._runs.open_run("run-1").database
    [number] = journal.record_plans("run-1", [GOLD])
    assert [(2,)] == run.query_rows("PRAGMA synchronous")
    journal.record_outcomes("run-1", [(number, APPLIED)])
    assert [(1,)] == run.query_rows("PRAGMA synchronous")


@pytest.mark.parametrize(
    "run_id", ["", "../people", "a/b", "a.b", ".", "a b", "ü", "a" * 65, "a\n", "-wal\0"]
)
def test_a_run_id_never_refers_outside_its_folder(
    journal: LocalJournal, folder: Path, run_id: str
) -> None:
    """For any given id, and any files in the folder."""
    with pytest.raises(UsageError, match="is no run id"):
        journal.create_run(head(run_id))
    with pytest.raises(UsageError, match="is no run id"):
        journal.read(run_id)
    assert not folder.exists()


def test_an_unknown_id_suggests_the_nearest_and_an_ambiguous_one_lists_all(
    journal: LocalJournal,
) -> None:
    """The next step is in the message or in the hint."""
    for run_id in ("20260101-aaaa", "20260101-bbbb"):
        journal.create_run(head(run_id))
    with pytest.raises(UsageError, match="there is no run") as near:
        journal.read("20260101-aaab")
    with pytest.raises(UsageError, match="2 runs begin with 2026") as many:
        journal.read("2026")
    assert "Did you mean 20260101-aaaa?" in near.value.hint
    assert "20260101-aaaa, 20260101-bbbb" in str(many.value)


# Kills

HEAD = """
import os, signal, sys
from pathlib import Path
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.people import LocalPeopleStore
from tests.builders import a_plan, change, person, settle
from tests.edges.store.test_journal import APPLIED, GOLD, head
folder = Path(sys.argv[1])
journal = LocalJournal(folder)
journal.create_run(head())
"""
KILLED = "os.kill(os.getpid(), signal.SIGKILL)\n"


@pytest.mark.parametrize(
    ("before", "entries"),
    [
        ("", ()),
        ("journal.record_plans('run-1', [GOLD])\n", (RunEntry(GOLD, number=1),)),
        (
            "settle(journal, 'run-1', journal.record_plans('run-1', [GOLD]), APPLIED)\n",
            (RunEntry(GOLD, APPLIED, number=1),),
        ),
    ],
)
def test_a_killed_process_loses_no_confirmed_data(
    journal: LocalJournal, folder: Path, before: str, entries: tuple[RunEntry, ...]
) -> None:
    """After ``begin``, ``intend`` and ``settle``: the run exists, and is not finished."""
    assert -signal.SIGKILL == finished(HEAD + before + KILLED, folder).returncode
    run = journal.read("run-1")
    assert (head(), entries, False) == (run.head, run.entries, run.finished)
    assert [1 + len(entries)] == list(journal.record_plans("run-1", [GOLD]))


def test_a_kill_between_write_and_receipt_is_detectable(
    journal: LocalJournal, folder: Path
) -> None:
    """The plan has no receipt, but the person holds its values."""
    middle = (
        "people = LocalPeopleStore(folder, [person(tier='silver')])\n"
        "journal.record_plans('run-1', [GOLD])\n"
        "people.commit(GOLD)\n"
    )
    finished(HEAD + middle + KILLED, folder)
    assert (RunEntry(GOLD, number=1),) == journal.read("run-1").entries
    assert {"tier": "gold"} == LocalPeopleStore(folder).get("p1").attributes
    assert {} == journal.get_last_applied("p1")


ENDLESS = """
for number in range(1_000_000):
    [entry] = journal.record_plans("run-1", [a_plan(change(number, number + 1))])
    print(entry)
    journal.record_outcomes("run-1", [(entry, APPLIED)])
"""


def test_a_kill_at_any_moment_loses_no_confirmed_intent(
    journal: LocalJournal, folder: Path
) -> None:
    """Every number returned before the kill is stored, with its before-image."""
    for attempt in range(5):
        with running(HEAD + ENDLESS, folder) as process:
            confirmed = int(said(process))
            time.sleep(0.02 * attempt)
            process.kill()
            assert process.stdout
            confirmed = max([confirmed, *map(int, process.stdout.read().split())])
        entries = journal.read("run-1").entries
        assert len(entries) in (confirmed, confirmed + 1)
        assert all(entry.receipt for entry in entries[:-2])
        assert list(range(len(entries))) == [entry.plan.changes[0].before for entry in entries]
        journal.close()
        shutil.rmtree(folder)


def test_a_torn_log_leaves_the_beginning_of_the_run(
    journal: LocalJournal, folder: Path, tmp_path: Path
) -> None:
    """A power failure may keep any part of the last writes; the remaining part is consistent."""
    journal.create_run(head())
    for number in range(12):
        journal.record_plans("run-1", [a_plan(change(number, number + 1))])
    runs = folder / "runs"
    log = (runs / "run-1.db-wal").read_bytes()
    database = (runs / "run-1.db").read_bytes()
    counts = []
    for cut in (*range(0, len(log), 1511), len(log)):
        state = tmp_path / str(cut)
        (state / "runs").mkdir(parents=True)
        (state / "runs" / "run-1.db").write_bytes(database)
        (state / "runs" / "run-1.db-wal").write_bytes(log[:cut])
        with closing(LocalJournal(state)) as torn:
            entries = torn.read("run-1").entries
            assert [len(entries) + 1] == list(torn.record_plans("run-1", [GOLD]))
        assert list(range(len(entries))) == [entry.plan.changes[0].before for entry in entries]
        counts.append(len(entries))
    assert sorted(counts) == counts
    assert {0, 12} <= {counts[0], counts[-1]}


# Damage


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _text(path: Path) -> None:
    path.write_text("this is no database\n" * 500)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def _other_run(path: Path) -> None:
    shutil.copy(path.with_name("good.db"), path)


def _other_store(path: Path) -> None:
    state = path.parents[1]
    LocalPeopleStore(state).import_people([person()])
    shutil.copy(state / "people.db", path)


def _sql(statement: str) -> Callable[[Path], None]:
    def change_by_hand(path: Path) -> None:
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(statement)

    return change_by_hand


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_cut, "is damaged"),
        (_empty, "it is empty"),
        (_text, "is not a database"),
        (_folder, "not a file"),
        (_link, "symbolic link"),
        (_other_run, "it holds the run good"),
        (_other_store, "not as cactions made it"),
        (_sql("PRAGMA user_version = 9"), "newer cactions"),
        (_sql("DELETE FROM run"), "should hold one run"),
        (_sql("UPDATE run SET head = '{'"), "not JSON"),
        (_sql("UPDATE run SET head = x'7b7d'"), "text is empty"),
        (_sql("UPDATE entry SET plan = replace(plan, 'before', 'befor')"), "befor"),
        (_sql("UPDATE entry SET plan = 'null'"), "plan should be an object"),
        (_sql("UPDATE entry SET plan = x'7b7d'"), "neither a text nor sealed"),
        (_sql("UPDATE entry SET person_id = 'p9'"), "contradicts itself"),
        (_sql("UPDATE entry SET receipt = ''"), "text is empty"),
        (_sql("UPDATE entry SET undone_by = x'00'"), "contradicts itself"),
    ],
)
def test_a_damaged_run_is_reported_and_hides_no_other(
    journal: LocalJournal, damage: Callable[[Path], None], words: str
) -> None:
    """The others are read, and their applied values count; a list of all is none without it."""
    keep(journal, head("good", 1.0), a_plan(change(ABSENT, "silver")))
    path = keep(journal, head("bad", 2.0), *[GOLD] * 40)
    journal.close()
    damage(path)
    unknown: list[str] = []
    fresh = LocalJournal(
        journal._runs.path.parent, on_unreadable=lambda run_id, _: unknown.append(run_id)
    )
    [(name, reason)] = fresh.list_damaged()
    assert "bad" == name
    assert words in reason
    assert ["good"] == [run.head.id for run in fresh.list_unlocked()]
    with pytest.raises(StoreError, match="the run bad cannot be read") as among:
        list(fresh.list_runs())
    assert (True, True) == (words in str(among.value), "by its id" in among.value.hint)
    assert "good" in [head.id for head in fresh.list_recent(0.0)]
    assert {"tier": "silver"} == fresh.get_last_applied("p1") == fresh.get_last_applied("p1")
    if words != "contradicts itself":  # in another place than is looked at
        assert ["bad"] == unknown
    with pytest.raises(StoreError, match=str(path)) as caught:
        fresh.read("bad")
    assert caught.value.hint
    fresh.close()


def test_files_that_are_not_runs_are_ignored(journal: LocalJournal, folder: Path) -> None:
    """Drafts of a killed ``begin``, logs, and other files of users."""
    keep(journal, head(), GOLD)
    for name in (".run-2.db-x1y2", "notes.txt", "a b.db", "run-1.db.bak", ".db"):
        (folder / "runs" / name).write_text("x")
    assert ["run-1"] == [run.head.id for run in journal.list_runs()]
    assert [] == journal.list_damaged()


def test_a_deleted_run_is_no_longer_listed(journal: LocalJournal) -> None:
    """Also for a journal that has read it before."""
    path = keep(journal, head("gone"), GOLD)
    keep(journal, head("here"), GOLD)
    assert 2 == len(list(journal.list_runs()))
    path.unlink()
    assert ["here"] == [run.head.id for run in journal.list_runs()]
    assert [] == journal.list_damaged()


FULL = (
    HEAD
    + """
import resource
from cactions.model import StoreError
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
number = 0
try:
    while True:
        [number] = journal.record_plans("run-1", [GOLD])
except StoreError as error:
    print(number, error, error.hint, sep="|")
"""
)


def test_a_full_disk_refuses_the_next_intent_and_loses_none(
    journal: LocalJournal, folder: Path
) -> None:
    """No person is written without a before-image, so the error comes first."""
    done = finished(FULL, folder)
    assert "" == done.stderr
    number, words, hint = done.stdout.strip().split("|")
    assert "the journal" in words
    assert "room" in hint
    assert int(number) == len(journal.read("run-1").entries) > 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_no_run_starts_in_a_read_only_folder(journal: LocalJournal, folder: Path) -> None:
    """And no existing run is lost."""
    keep(journal, head(), GOLD)
    journal.close()
    (folder / "runs").chmod(0o500)
    with pytest.raises(StoreError) as caught:
        journal.create_run(head("run-2"))
    assert "permissions" in caught.value.hint
    assert ["run-1"] == [run.head.id for run in journal.list_runs()]
    (folder / "runs").chmod(0o700)
