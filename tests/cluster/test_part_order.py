"""Several runs at once: each gets its turn, also behind a run that a worker cannot carry out."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import psycopg
import pytest

from cactions.app.cluster.carry_out import Worker, carry_out
from cactions.app.cluster.ports import AHEAD
from cactions.edges.postgres.queue import PostgresQueue, serve_queue
from cactions.model import PartKey, PartStep, RunHead, RunKind, RunNeeds, RunPart
from tests.cluster.parts import NEEDS, add_run, open_database, open_store

PARTS = 5 * AHEAD


@pytest.fixture
def database(postgres_address: str) -> Any:
    with open_database(postgres_address) as database:
        yield database


def begin(database: Any, run_id: str, parts: int) -> list[RunPart]:
    """A run of so many parts, for an action of its own."""
    add_run(database, run_id)
    made = [RunPart(run_id, PartStep.PLAN, first, first) for first in range(1, parts + 1)]
    open_store(database).begin(RunHead(run_id, RunKind.APPLY, run_id, 0.0, ""), made, NEEDS)
    return made


def test_a_small_run_does_not_wait_for_a_large_one(database: Any, postgres_address: str) -> None:
    """Its parts come by turns with those of the other, which was handed in before."""
    queue, order = PostgresQueue(postgres_address, database, "p"), list[RunPart]()
    queue.put(begin(database, "large", PARTS)[:AHEAD])
    queue.put(begin(database, "small", 5))
    serve_queue(postgres_address, "p", lambda part, _: order.append(part), int, idle=True)
    assert AHEAD + 5 == len(order)
    assert ["large", "small"] * 5 == [part.run_id for part in order[:10]]


def test_jobs_of_an_earlier_hand_in_carry_out_the_parts_as_they_are_cut_now(
    database: Any, postgres_address: str
) -> None:
    """Whatever the sizes were, everyone is carried out once; nothing but the key is in a job."""
    queue, store = PostgresQueue(postgres_address, database, "p"), open_store(database)
    add_run(database, "run-1")
    head = RunHead("run-1", RunKind.APPLY, "loyalty", 0.0, "")
    for size in (7, 40, 12, 25):  # the last one is what counts
        parts = [
            RunPart("run-1", PartStep.WRITE, first, min(first + size - 1, 200))
            for first in range(1, 201, size)
        ]
        store.begin(head, parts, NEEDS)
        queue.put(parts)
    carried_out: list[int] = []

    def carry_out_part(part: PartKey, _was_left: bool) -> None:
        if lease := store.take(part, "one"):
            carried_out.extend(range(lease.part.first, lease.part.last + 1))
            store.finish(lease, {})

    serve_queue(postgres_address, "p", carry_out_part, int, idle=True)
    assert [*range(1, 201)] == sorted(carried_out)
    assert "run-1" not in {run.run_id for run in store.list_runs()}


def test_what_a_worker_has_left_comes_in_its_turn_again(
    database: Any, postgres_address: str
) -> None:
    """With each sweep a few parts of it, before the others have ended."""
    queue, store = PostgresQueue(postgres_address, database, "p"), open_store(database)
    queue.put(begin(database, "left", 20), left=True)
    queue.put(begin(database, "other", AHEAD))
    queue.put(store.list_ready(AHEAD))
    order: list[str] = []
    serve_queue(postgres_address, "p", lambda part, _: order.append(part.run_id), int, idle=True)
    assert (20, AHEAD) == (order.count("left"), order.count("other"))
    assert 8 == order[:20].count("left")


def test_what_is_put_next_is_of_every_run(database: Any) -> None:
    """Also where one of them has more parts than may wait in the queue."""
    store = open_store(database)
    large = begin(database, "large", PARTS)
    small = begin(database, "small", 3)
    found = store.list_ready(AHEAD)
    assert small == [part for part in found if part.run_id == "small"]
    assert large[:AHEAD] == [part for part in found if part.run_id == "large"]


class RefusedWork:
    """Of a run that this worker leaves to others."""

    def check_needs(self, _needs: RunNeeds) -> str:
        return "it has other files"


def test_a_run_that_is_left_to_others_is_in_the_way_of_none(
    database: Any, postgres_address: str
) -> None:
    """A worker begins to wait when it has seen everything, and no part of it is lost."""
    queue, store = PostgresQueue(postgres_address, database, "p"), open_store(database)
    queue.put(begin(database, "other", AHEAD))
    queue.put(begin(database, "ours", 3))
    seen: list[str] = []

    def wait(_seconds: float) -> None:
        seen.append("waited")
        os.kill(os.getpid(), signal.SIGTERM)  # which ends the worker after this part

    worker = Worker(
        *("one", store, queue, lambda _: RefusedWork(), 15.0, time.monotonic, wait, lambda _: None)
    )  # type: ignore[call-arg, arg-type]

    def carry_out_part(part: PartKey, was_left: bool) -> None:
        seen.append(part.run_id)
        if part.run_id == "other":
            carry_out(part, worker, was_left=was_left)

    serve_queue(postgres_address, "p", carry_out_part, int)
    assert ["other", "waited"] == seen[-2:]
    assert (AHEAD + 1, 3) == (seen.count("other"), seen.count("ours"))
    assert 1 == seen.count("waited")
    with psycopg.connect(postgres_address) as connection:
        [(left,)] = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
        )
    assert left >= AHEAD - 1
