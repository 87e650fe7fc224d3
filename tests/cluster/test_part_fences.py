"""The leases of parts, against workers that come too late."""

from __future__ import annotations

from typing import Any

import pytest

from cactions.edges.postgres.cluster_store import ClusterStore
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.model import (
    ClusterProgress,
    ClusterStop,
    LeaseLost,
    PartStep,
    RunHead,
    RunKind,
    RunPart,
    StoreError,
)
from tests.cluster.parts import NEEDS, add_run, open_database, open_store

HEAD = RunHead("run-1", RunKind.APPLY, "loyalty", 0.0, "ada@host")
PART = RunPart("run-1", PartStep.WRITE, 1, 50)
OTHER = RunPart("run-1", PartStep.WRITE, 51, 90)


@pytest.fixture
def database(postgres_address: str) -> Any:
    with open_database(postgres_address) as database:
        add_run(database, "run-1")
        yield database


def end_lease(database: PostgresDatabase) -> None:
    with database.open_for_writing():
        database.execute("UPDATE part SET leased_until = clock_timestamp() - interval '1 second'")


def check_fence(database: PostgresDatabase, store: ClusterStore, lease: Any) -> None:
    with database.open_for_writing():
        store.build_fence(lease).check(database)


def test_a_worker_of_a_run_that_was_handed_in_again_is_kept_out(database: Any) -> None:
    """Its attempt is not that of the worker who has the same part now."""
    store = open_store(database)
    store.begin(HEAD, [PART], NEEDS)
    old = store.take(PART, "frozen")
    assert old
    end_lease(database)
    store.begin(HEAD, [PART], NEEDS)
    new = store.take(PART, "other")
    assert new
    assert old.attempt != new.attempt
    assert not store.renew(old)
    assert store.renew(new)
    with pytest.raises(LeaseLost):
        check_fence(database, store, old)
    with pytest.raises(LeaseLost):
        store.finish(old, {})
    check_fence(database, store, new)
    store.finish(new, {})


def test_a_run_is_not_handed_in_while_a_worker_is_at_work_on_it(database: Any) -> None:
    store = open_store(database)
    store.begin(HEAD, [PART], NEEDS)
    lease = store.take(PART, "one")
    assert lease
    with pytest.raises(StoreError, match="workers are at work"):
        store.begin(HEAD, [PART], NEEDS)
    check_fence(database, store, lease)
    store.release(lease)
    store.begin(HEAD, [PART], NEEDS)


def test_a_run_that_workers_have_finished_is_in_the_way_of_none(database: Any) -> None:
    store = open_store(database)
    store.begin(HEAD, [PART, OTHER], NEEDS)
    for part in (PART, OTHER):
        assert "run-1" == store.find_run(HEAD)
        lease = store.take(part, "one")
        assert lease
        store.finish(lease, {"applied": 1})
    assert "" == store.find_run(HEAD)
    assert [] == store.list_runs()
    add_run(database, "run-2")
    head = RunHead("run-2", RunKind.APPLY, "loyalty", 0.0, "ada@host")
    store.begin(head, [RunPart("run-2", PartStep.PLAN, 1, 9)], NEEDS)
    assert "run-2" == store.find_run(HEAD)


def test_the_parts_of_a_run_are_counted_by_what_is_done_with_them(database: Any) -> None:
    """One that is leased until a moment that has passed is not at work."""
    store = open_store(database)
    assert store.read_progress("run-1") is None
    parts = [RunPart("run-1", PartStep.WRITE, first, first) for first in range(1, 6)]
    store.begin(HEAD, parts, NEEDS)
    assert ClusterProgress(parts=5) == store.read_progress("run-1")
    leases = [store.take(part, "one") for part in parts[:3]]
    end_lease(database)
    leases += [store.take(parts[3], "one")]
    assert ClusterProgress(parts=5, leased=1) == store.read_progress("run-1")
    for lease in leases[:2]:
        assert lease
        store.finish(lease, {"applied": 2, "failed": 1})
    found = store.read_progress("run-1")
    assert ClusterProgress(5, 2, 1, {"applied": 4, "failed": 2}) == found
    [run] = store.list_runs()
    assert (0, 1, 2, 2) == (run.waiting, run.leased, run.done, run.overdue)


def test_the_reason_of_a_stop_is_listed(database: Any) -> None:
    store = open_store(database)
    store.begin(HEAD, [PART], NEEDS)
    store.stop_run("run-1", ClusterStop("the shop is closed"))
    store.stop_run("run-1", ClusterStop("later"))
    assert [("the shop is closed", True)] == [(r.reason, r.stopped) for r in store.list_runs()]
    assert store.take(PART, "one") is None
