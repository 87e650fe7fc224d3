"""Attacks on a cluster: processes are killed and frozen, and what is left is held against the logs.

A double write is a second PUT about one person that the workspace server has carried out in the
same run, also one with the same values.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from msgspec.structs import replace
from psycopg.conninfo import conninfo_to_dict

from cactions.cli.cluster_wiring import require_shared_database
from cactions.model import Outcome, Run, RunKind, RunPhase
from tests.bulk.outside import check_counts
from tests.bulk.remote import RemoteScene, add_attributes, call, write_remote_home
from tests.bulk.scene import get_after, get_before
from tests.bulk.shop import Shop, open_shop
from tests.bulk.test_workspace_kills import drop_empty
from tests.cluster.scene import RUN, Cluster, wait_until
from tests.edges.processes import ROOT
from tests.workspace import Settings, WorkspaceServer

KILLED = -signal.SIGKILL
LEASE = 15.0
SECONDS = 900
"""The longest run."""


class ClusterAttack(Cluster):
    """A cluster whose processes write what they say to files, and its run."""

    def __init__(self, remote: RemoteScene, shop: Shop, people: int, address: str) -> None:
        super().__init__(remote, people)
        self.shop, self.address = shop, address
        self.counts: Counter[str] = Counter()
        self.command: tuple[str, ...] = (*RUN, "--json")
        self.outputs: list[Path] = []
        self.processes: list[subprocess.Popen[str]] = []
        self.began = 0

    def start(
        self, *words: str, home: Path | None = None, **variables: str
    ) -> subprocess.Popen[str]:
        self.outputs.append(self.home.parent / f"output-{len(self.outputs)}")
        with self.outputs[-1].open("w") as output:
            started = subprocess.Popen(
                [sys.executable, "-m", "cactions", *words], cwd=home or self.home, text=True,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
            )  # fmt: skip
        self.processes.append(started)
        return started

    def add_worker(self, **variables: str) -> subprocess.Popen[str]:
        """A worker, which may not be there yet."""
        worker = self.start("worker", **variables)
        self.workers.append(worker)
        return worker

    def start_workers(self, number: int, **variables: str) -> None:
        """So many, once they are there."""
        first = len(self.outputs)
        for _ in range(number):
            self.add_worker(**variables)
        started = self.outputs[first:]
        wait_until(lambda: all("waits" in each.read_text() for each in started), 180)

    def kill_worker(self, chance: Random) -> None:
        """Kill one, and start another one in its place."""
        worker = self.workers.pop(chance.randrange(len(self.workers)))
        worker.kill()
        assert KILLED == worker.wait(), self.read_words()
        self.counts["kills"] += 1
        self.add_worker()

    def read_words(self) -> str:
        """What all processes have said."""
        return "\n".join(output.read_text() for output in self.outputs)

    def check_words(self) -> None:
        """No traceback, and no secret."""
        words = self.read_words()
        password = str(conninfo_to_dict(self.address).get("password"))
        for wrong in ("Traceback", "Error:", password, self.remote.intercom.token, "gold"):
            if wrong in words and not (wrong == "gold" and "--json" in self.command):
                raise AssertionError(f"{wrong}\n{words}")

    # The journal

    def read_run(self, kind: RunKind = RunKind.APPLY) -> Run | None:
        """The newest run."""
        shared = require_shared_database(self.home)
        journal = shared.open_journal()
        found = next((run for run in journal.list_runs() if run.head.kind is kind), None)
        run = found and journal.read(found.head.id)
        whole = replace(run, entries=tuple(run.entries)) if run else None
        journal.close()
        return whole

    def find_id(self) -> str:
        """The id of the newest run, once it is there."""
        return str(wait_until(self.read_id))

    def read_id(self) -> str:
        """The id of the newest run; empty for none."""
        rows = self.query("SELECT id FROM cactions.run ORDER BY number DESC LIMIT 1")
        return str(rows[0][0]) if rows else ""

    def query(self, sql: str) -> list[Any]:
        """The rows of the database."""
        with psycopg.connect(self.address) as connection:
            return connection.execute(sql.encode()).fetchall()

    def list_puts(self, since: float = 0.0) -> list[str]:
        """The contacts of every PUT that was carried out in this run, in order."""
        return [
            line.path.rpartition("/")[2]
            for line in self.remote.intercom.log[self.began :]
            if line.method == "PUT" and (line.wrote or line.status == 200) and line.time >= since
        ]

    def check_images(self) -> None:
        """Each PUT until now has a durable before-image, which was there before it."""
        written = {*self.list_puts()}
        run = self.read_run()
        entries = run.entries if run else ()
        images = {e.plan.subject.person_id for e in entries if e.started or e.receipt}
        self.counts["violations"] += len(written - images)
        assert written <= images, f"{len(written - images)} were written without a before-image"

    def read_journal(self) -> str:
        """A fingerprint of all that the journal has of its entries."""
        [(text,)] = self.query(
            "SELECT md5(string_agg(e::text, ' ' ORDER BY run, number)) FROM cactions.entry e"
        )
        return str(text)

    def copy_home(self, name: str) -> Path:
        """The same files and vault on another machine."""
        ignored = shutil.ignore_patterns(".cactions")
        return shutil.copytree(self.home, self.home.parent / name, ignore=ignored)

    def call_at(self, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
        """A command on another machine."""
        return call(home, shlex.join(words))

    # From the beginning to the end

    def run_under(self, fire: Callable[[ClusterAttack], None], chance: Random) -> Run:
        """The run, brought to its end while ``fire`` is called; the driver may be killed by it."""
        words: tuple[str, ...] = self.command
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            self.driver = self.start(*words)
            while self.driver.poll() is None:
                fire(self)
            run = self.read_run()
            if run and run.finished and run.phase is RunPhase.RUNNING:
                return run
            self.counts["drivers"] += 1
            assert self.driver.returncode in (KILLED, 1, 3, 4, 5), self.read_words()
            words = self.command
            if run and run.phase is RunPhase.READING:
                done = self.call("runs", "undo", run.head.id, "--yes")
                assert 0 == done.returncode, done.stderr
            elif run and not run.finished:
                words = ("runs", "resume", run.head.id, "--cluster", "--yes", "--json")
        raise AssertionError(f"the run does not come to its end\n{self.read_words()}")

    def judge(self, run: Run, *, faulty: bool = False) -> Counter[str]:
        """The seven promises, from the log of the server and the journal."""
        outcomes = check_counts(run, self.people)
        applied = {
            entry.plan.subject.person_id: entry
            for entry in run.entries
            if entry.receipt and entry.receipt.outcome is Outcome.APPLIED
        }
        puts = Counter(self.list_puts())
        twice = {key: number for key, number in puts.items() if number > 1}
        held = self.read()
        numbers = {key: number for number, key in enumerate(self.keys)}
        lost = [n for n, each in enumerate(held) if each != drop_empty(get_after(n))]
        self.counts["double writes"] += len(twice)
        self.counts["lost people"] += len(lost)
        assert not lost, (len(lost), lost[:9], outcomes)
        assert not twice, (twice, self.read_words())
        assert {*puts} == {*applied}, "who was written, and who is said to be"
        for key, entry in applied.items():
            before = get_before(numbers[key])
            images = {each.attribute: each.before for each in entry.plan.effective}
            assert before == {**before, **{n: images[n] for n in before if n in images}}, key
        if not faulty:
            assert {"applied": puts.total(), "failed": 3, "held": 1} == {
                word: outcomes[word] for word in ("applied", "failed", "held")
            }
        return outcomes

    def undo(self, run: Run) -> None:
        """Everyone has the old values again, and those who were left alone the values of others."""
        self.began = len(self.remote.intercom.log)
        done = self.call("runs", "undo", run.head.id, "--yes")
        assert 0 == done.returncode, done.stdout + done.stderr
        held = self.read()
        wrong = [n for n, each in enumerate(held) if each != drop_empty(get_before(n))]
        assert not wrong, (len(wrong), wrong[:9])
        assert not [key for key, number in Counter(self.list_puts()).items() if number > 1]


@contextmanager
def open_attack(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    people: int,
    *,
    write: str = "",
    **settings: Any,
) -> Iterator[ClusterAttack]:
    """A cluster without workers, whose database is new."""
    folder.mkdir(exist_ok=True)
    settings = {"limit": 1_000_000, **settings}
    with open_shop() as shop, WorkspaceServer(Settings(**settings), tls=True) as intercom:
        monkeypatch.setenv("CACTIONS_CA_FILE", str(intercom.ca_file))
        monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", str(folder / "ada.key"))
        monkeypatch.setenv("CACTIONS_DATABASE", address)
        add_attributes(intercom)
        home = write_remote_home(folder / "home", shop, intercom, people, write=write)
        attack = ClusterAttack(RemoteScene(home, intercom), shop, people, address)
        attack.fill()
        made = attack.call("cluster", "init")
        assert 0 == made.returncode, made.stderr
        attack.began = len(intercom.log)
        try:
            yield attack
        finally:
            for process in attack.processes:
                process.kill()
                process.wait()
