"""Processes are killed at any call while they make databases: their drafts do not pile up."""

from __future__ import annotations

import random
import re
from contextlib import closing
from pathlib import Path

import pytest

from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.people import LocalPeopleStore
from cactions.model import RunHead, RunKind
from tests.builders import person
from tests.case_counts import COUNTS
from tests.edges.processes import running, said, tell
from tests.run_report import REPORT

KILLS = 60
CALLS = 6_500
"""The work makes about 6,800, and drafts are there in a third of them."""

DRAFT = re.compile(r"\..*-[0-9a-f]{16}(-wal|-shm|-journal)?|\..*\.tmp")
MOST = 3
"""The files of one draft."""

VICTIMS = """
import os, signal, sys
from pathlib import Path
from tests.edges.store.test_draft_kills import write
for line in sys.stdin:
    folder, name, left = line.split()
    child = os.fork()
    if not child:
        left = int(left)
        def count(frame, event, value):
            global left
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)
        sys.setprofile(count)
        write(Path(folder), name)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(int(os.WIFSIGNALED(status)), flush=True)
"""


def write(folder: Path, name: str) -> None:
    """A run, a plan that was saved, and the people."""
    with closing(LocalJournal(folder)) as journal:
        journal.create_run(RunHead(name, RunKind.APPLY, "loyalty", 1.0, "ada@desk"))
    with closing(LocalPeopleStore(folder)) as store:
        store.import_people([person()], update=True)


def list_drafts(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if DRAFT.fullmatch(path.name)]


def test_drafts_of_killed_processes_do_not_pile_up(tmp_path: Path) -> None:
    """At most those of the last one are there, and the next write deletes them."""
    chance, folder = random.Random(5), tmp_path / ".cactions"
    killed = most = 0
    with running(VICTIMS) as server:
        for number in range(KILLS * COUNTS.factor):
            if number % 3 == 0:
                for path in folder.glob("people.db*"):
                    path.unlink()
            tell(server, f"{folder} run-{number} {chance.randint(1, CALLS)}")
            killed += int(said(server))
            most = max(most, len(list_drafts(folder)))
    assert killed > KILLS * COUNTS.factor // 2
    assert 0 < most <= MOST
    write(folder, "last")
    assert [] == list_drafts(folder)
    with closing(LocalJournal(folder)) as journal:
        assert [] == journal.list_damaged()
        assert "last" == next(journal.list_runs()).head.id
    REPORT.append(f"killed while they made databases: {killed}, at most {most} files left, 0 after")


SLOW = """
import sys
from pathlib import Path
from cactions.edges.files.file_io import publish_file
from cactions.edges.store.run_file import RunDatabase
from cactions.edges.store import run_file
from cactions.model import RunHead, RunKind
folder = Path(sys.argv[1])
def publish(draft, path):
    print("drafted", flush=True)
    sys.stdin.readline()
    publish_file(draft, path)
from cactions.edges.store import sqlite
sqlite.publish_file = publish
head = RunHead("slow", RunKind.APPLY, "loyalty", 1.0, "ada@desk")
RunDatabase.begin(folder / "slow.db", head, number=9)
print("done", flush=True)
"""


@pytest.mark.parametrize("others", [20])
def test_the_draft_of_a_living_process_is_never_deleted(tmp_path: Path, others: int) -> None:
    """It stands still before it gives its run a name, while others begin theirs."""
    folder = tmp_path / ".cactions"
    write(folder, "first")
    with running(SLOW, folder / "runs") as slow:
        assert "drafted" == said(slow)
        for number in range(others):
            write(folder, f"run-{number}")
        assert list_drafts(folder)
        tell(slow, "go on")
        assert "done" == said(slow)
    with closing(LocalJournal(folder)) as journal:
        assert {"slow", "first"} < {run.head.id for run in journal.list_runs()}
        assert [] == journal.list_damaged()
    assert [] == list_drafts(folder)
