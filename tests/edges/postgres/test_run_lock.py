"""The run lock in a database: it ends with its connection, and a run of the cluster keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from msgspec.structs import replace

from cactions.edges.postgres.cluster_store import ClusterStore
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.journal import PostgresJournal
from cactions.edges.postgres.run_lock import PostgresRunLock, list_running
from cactions.edges.postgres.schema import make_tables
from cactions.model import (
    PartStep,
    RunAborted,
    RunHead,
    RunKind,
    RunNeeds,
    RunPart,
    StoreError,
    WorkspaceName,
)
from tests.edges.journals import SealingRows

HEAD = RunHead("run-1", RunKind.APPLY, "loyalty", 1.5, "ada@desk", WorkspaceName("intercom:w1"))
PART = RunPart("run-1", PartStep.WRITE, 1, 50)
NEEDS = RunNeeds("1", 1)


class Machine:
    """What one machine has open."""

    def __init__(self, address: str) -> None:
        self.database = PostgresDatabase(address)
        self.journal = PostgresJournal(self.database, "vault", SealingRows())
        self.cluster = ClusterStore(self.database, "vault", SealingRows())
        self.lock = PostgresRunLock(self.database, self.cluster, "ada@desk")
        self.following = PostgresRunLock(self.database, self.cluster, "ada@desk", follows=True)


@contextmanager
def open_machine(address: str) -> Iterator[Machine]:
    machine = Machine(address)
    with closing(machine.database):
        make_tables(machine.database)
        yield machine


@pytest.fixture
def desk(postgres_address: str) -> Iterator[Machine]:
    with open_machine(postgres_address) as machine:
        yield machine


@pytest.fixture
def laptop(postgres_address: str) -> Iterator[Machine]:
    with open_machine(postgres_address) as machine:
        yield machine


def test_another_machine_is_told_who_has_the_lock(desk: Machine, laptop: Machine) -> None:
    """And it is shown as running, until it ends."""
    with desk.lock.hold(HEAD):
        assert {"run-1"} == list_running(laptop.database)
        with (
            pytest.raises(RunAborted, match=r"is being run in .* by process \d+ of ada@desk since"),
            laptop.lock.hold(replace(HEAD, id="run-2")),
        ):
            raise AssertionError
    assert set() == list_running(laptop.database)
    with laptop.lock.hold(HEAD):
        pass


def test_the_lock_ends_with_the_connection_and_so_do_the_writes(
    desk: Machine, laptop: Machine, postgres_address: str
) -> None:
    """A process that has lost the lock cannot store anything as if it still had it."""
    laptop_lock = PostgresRunLock(laptop.database, laptop.cluster, wait=30)
    with desk.lock.hold(HEAD):
        desk.journal.create_run(HEAD)
        with psycopg.connect(postgres_address, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            )
        with laptop_lock.hold(HEAD), pytest.raises(StoreError, match="cannot be reached"):
            desk.journal.finish(HEAD.id)
    assert not laptop.journal.read("run-1").finished
    desk.journal.finish(HEAD.id)
    assert laptop.journal.read("run-1").finished


def test_a_run_of_the_cluster_keeps_other_runs_of_the_action_away(
    desk: Machine, laptop: Machine
) -> None:
    """Also when who has handed it in is gone; the commands that go on are named."""
    with desk.following.hold(HEAD):
        desk.journal.create_run(HEAD)
        desk.cluster.begin(HEAD, [PART], NEEDS)
    with (
        pytest.raises(RunAborted, match=r"by the cluster \(run run-1\)") as refused,
        laptop.lock.hold(replace(HEAD, id="run-2")),
    ):
        raise AssertionError
    assert "cactions runs resume run-1 --cluster" in refused.value.hint
    with laptop.lock.hold(replace(HEAD, id="run-2", action="other")):
        pass
    with laptop.following.hold(HEAD):
        assert laptop.cluster.read_progress("run-1")


def test_a_run_is_taken_from_idle_workers_only(desk: Machine, laptop: Machine) -> None:
    """While one has a part, it is refused; afterwards no worker can write it any more."""
    desk.journal.create_run(HEAD)
    desk.cluster.begin(HEAD, [PART], NEEDS)
    lease = desk.cluster.take(PART, "worker-1")
    assert lease
    with pytest.raises(RunAborted, match="the cluster"), laptop.lock.hold(HEAD):
        raise AssertionError
    desk.cluster.release(lease)
    with laptop.lock.hold(HEAD):
        assert laptop.cluster.read_progress("run-1") is None
        assert not desk.cluster.renew(lease)
        with pytest.raises(StoreError, match="another worker has this part"):
            desk.cluster.finish(lease, {})
