"""A project at a workspace server, a database, and the workers of a cluster."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.bulk.remote import RemoteScene, open_remote_scene
from tests.bulk.scene import get_before
from tests.bulk.shop import get_record
from tests.edges.processes import ROOT

RUN = ("run", "loyalty", "--people", "people.csv", "--cluster", "--yes")
_BEGUN = re.compile(r"The worker (\S+) waits")


class Cluster:
    """The scene with its workers, each a process that can be killed."""

    def __init__(self, remote: RemoteScene, people: int) -> None:
        self.remote, self.people = remote, people
        self.home, self.call = remote.home, remote.call
        self.keys: list[str] = []
        self.workers: list[subprocess.Popen[str]] = []

    def fill(self) -> None:
        """Everyone of the file, with the attributes of before."""
        for number in range(self.people):
            self.keys.append(
                self.remote.intercom.add_contact(
                    external_id=f"u-{number}", email=str(get_record(number)["email"]), role="user",
                    custom_attributes=get_before(number),
                )
            )  # fmt: skip

    def start(self, *words: str) -> subprocess.Popen[str]:
        """A command as a process; what it prints is in one stream."""
        return subprocess.Popen(
            [sys.executable, "-m", "cactions", *words], cwd=self.home, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def start_worker(self, *words: str) -> subprocess.Popen[str]:
        """A worker, once it is there."""
        worker = self.start("worker", *words)
        assert worker.stdout
        line = worker.stdout.readline()
        assert _BEGUN.match(line), line + worker.stdout.read()
        self.workers.append(worker)
        return worker

    def stop_workers(self) -> str:
        """End them as a signal does; what they have printed."""
        for worker in self.workers:
            worker.terminate()
        texts = [worker.communicate(timeout=60)[0] for worker in self.workers]
        self.workers.clear()
        return "".join(texts)

    def read(self) -> list[dict[str, Any]]:
        """The attributes of everyone, without empty ones."""
        found = (self.remote.intercom.get_contact(key)["custom_attributes"] for key in self.keys)
        return [{n: v for n, v in each.items() if v is not None} for each in found]

    def count_writes(self, since: int = 0) -> dict[str, int]:
        """How often each person was written, by contact id."""
        written: dict[str, int] = {}
        for request in self.remote.intercom.log[since:]:
            if request.method == "PUT":
                key = request.path.rpartition("/")[2]
                written[key] = written.get(key, 0) + 1
        return written


@contextmanager
def open_cluster(
    folder: Path, monkeypatch: pytest.MonkeyPatch, address: str, people: int, **settings: Any
) -> Iterator[Cluster]:
    """The scene, filled, with the tables made; its workers end with it."""
    with open_remote_scene(folder, monkeypatch, people, **settings) as remote:
        cluster = Cluster(remote, people)
        cluster.fill()
        monkeypatch.setenv("CACTIONS_DATABASE", address)
        made = cluster.call("cluster", "init")
        assert 0 == made.returncode, made.stderr
        try:
            yield cluster
        finally:
            for worker in cluster.workers:
                worker.kill()
                sys.stdout.write(worker.communicate()[0])  # shown where a test fails


def count_connections(address: str) -> int:
    """All but the one that asks."""
    with psycopg.connect(address) as connection:
        sql = """SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND pid != pg_backend_pid()"""
        [(number,)] = connection.execute(sql).fetchall()
    return int(number)


def wait_until(check: Any, seconds: float = 120.0) -> Any:
    """What ``check`` answers, once it is true."""
    until = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)
    return found
