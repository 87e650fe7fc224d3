"""A process of a run without a network: alone, as a worker of a cluster, or as who hands it in.

``python -m tests.bench.cluster_child ROLE FOLDER PEOPLE DELAY ADDRESS``; the roles are ``alone``,
``worker`` and ``driver``. All answer with seconds but a worker, which ends with its standard input.
``DELAY`` is how many seconds the service takes for an answer.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Thread

from msgspec.structs import replace

from cactions.app.apply import begin_planned, commit_planned
from cactions.app.cluster.carry_out import AHEAD, Worker, carry_out
from cactions.app.cluster.hand_in import (
    RunFollower,
    follow_run,
    hand_in_planning,
    hand_in_writing,
)
from cactions.app.commit import RunStores
from cactions.app.plan_people import continue_planning, plan_people, store_people
from cactions.app.planning_task import PlanningTask
from cactions.app.ports import Journal
from cactions.app.propose import PlanContext
from cactions.cli.job_files import open_job_rows
from cactions.cli.load import load_projects
from cactions.edges.clock import get_awake_time
from cactions.edges.postgres.cluster_store import ClusterStore
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.journal import PostgresJournal
from cactions.edges.postgres.part_leases import LEASE_SECONDS
from cactions.edges.postgres.queue import PostgresQueue, serve_queue
from cactions.edges.postgres.run_lock import PostgresRunLock
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.run_lock import FileRunLock
from cactions.logic.plan.compare_and_set import commit_plan
from cactions.logic.request.call import CallSpec
from cactions.model import (
    Action,
    PartLease,
    Person,
    PersonQuery,
    Plan,
    Receipt,
    Request,
    Response,
    RunHead,
    RunKind,
    RunNeeds,
    RunPhase,
    Snapshot,
)
from tests.bulk.many_rows import ShopCaller
from tests.bulk.scene import get_before
from tests.edges.journals import SealingRows

HEAD = RunHead("run-1", RunKind.APPLY, "loyalty", 1.0, "ada@desk")
NEEDS = RunNeeds("1", 1)
PROJECT = "vault"
THREADS = 8


class MemoryPeople:
    """Everyone, made when they are asked for; what is written is kept in memory."""

    batch_size = 100

    def __init__(self) -> None:
        self._written: dict[str, Person] = {}

    @contextmanager
    def open_batch(self, person_ids: Sequence[str] = ()) -> Iterator[None]:
        yield

    def get(self, person_id: str) -> Person:
        if person_id in self._written:
            return self._written[person_id]
        number = int(person_id[1:])
        fields = {"user_id": f"u-{number}", "email": f"p{number}@example.com"}
        return Person(person_id, fields, get_before(number))

    def find_many(self, queries: Sequence[PersonQuery]) -> Iterable[tuple[PersonQuery, Person]]:
        return [(query, self.get(f"p{query.value[2:]}")) for query in queries]

    def commit(self, plan: Plan, check: Callable[[], None] = lambda: None) -> Receipt:
        check()
        person, receipt = commit_plan(plan, self.get(plan.subject.person_id))
        self._written[person.id] = person
        return receipt


def load_action(folder: Path) -> tuple[Action, object]:
    """The action of the scene, and its project."""
    [loaded] = load_projects([folder], None, lambda _: Snapshot({}, 0), leaks=False)
    return loaded.project.actions["loyalty"], loaded.project


class SlowShop(ShopCaller):
    """The shop without a network, which takes its time."""

    def __init__(self, delay: float) -> None:
        self._delay = delay

    def call(self, asked: CallSpec, sealed: Request) -> Response:
        time.sleep(self._delay)
        return super().call(asked, sealed)


def main(role: str, folder: Path, people: int, delay: float, address: str) -> None:
    """Do what the role says."""
    action, project = load_action(folder)
    build_task = partial(build_slow_task, SlowShop(delay))
    if role == "alone":
        with closing(LocalJournal(folder / ".cactions", SealingRows())) as journal:
            stores = RunStores(
                MemoryPeople(), journal, FileRunLock(folder / ".cactions"), project, threads=THREADS
            )
            began = time.perf_counter()
            plan_people(build_task(action, stores), open_rows(folder, action))
            journal.open_rows(HEAD.id).advance(RunPhase.PLANNED, "")
            commit_planned(journal.read(HEAD.id), stores)
            answer(began)
        return
    database = PostgresDatabase(address)
    journal = PostgresJournal(database, PROJECT, SealingRows())
    cluster = ClusterStore(database, PROJECT, SealingRows())
    queue = PostgresQueue(address, PostgresDatabase(address), PROJECT)
    lock = PostgresRunLock(database, cluster, follows=True)
    stores = RunStores(MemoryPeople(), journal, lock, project, threads=THREADS)
    if role == "worker":
        serve(address, cluster, queue, Work(database, partial(build_task, action), stores))
        return
    began = time.perf_counter()
    drive(open_rows(folder, action), build_task(action, stores), cluster, queue, people)
    answer(began)


def open_rows(folder: Path, action: Action) -> object:
    return open_job_rows(folder / "people.csv", action, None, {})


def build_slow_task(shop: SlowShop, action: Action, stores: RunStores) -> PlanningTask:
    return PlanningTask(HEAD, action, PlanContext(stores.people, shop), stores, probes=False)


def answer(began: float) -> None:
    sys.stdout.write(json.dumps(time.perf_counter() - began))


class Work:
    """What a worker has opened: the same for each part."""

    def __init__(
        self,
        database: PostgresDatabase,
        build: Callable[[RunStores], PlanningTask],
        stores: RunStores,
    ) -> None:
        self._cluster = ClusterStore(database, PROJECT, SealingRows())
        self._database, self._build, self._stores = database, build, stores

    def check_needs(self, needs: RunNeeds) -> str:
        return "" if needs == NEEDS else "another version"

    def build_task(self, lease: PartLease) -> PlanningTask:
        fence = self._cluster.build_fence(lease)
        journal = PostgresJournal(self._database, PROJECT, SealingRows(), fence=fence)
        return self._build(replace(self._stores, journal=journal))


def serve(address: str, cluster: ClusterStore, queue: PostgresQueue, work: Work) -> None:
    """Carry out parts until the end of standard input."""
    own = ClusterStore(PostgresDatabase(address), PROJECT, SealingRows())
    worker = Worker("bench", own, queue, lambda _: work, LEASE_SECONDS, get_awake_time,
                    time.sleep, print_error)  # fmt: skip
    queue.note_worker(f"bench-{os.getpid()}")
    Thread(target=lambda: os._exit(len(sys.stdin.read())), daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    serve_queue(
        address, PROJECT, lambda part: carry_out(part, worker),
        lambda: queue.put(cluster.list_ready(AHEAD)),
    )  # fmt: skip


def print_error(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def drive(
    rows: object, task: PlanningTask, cluster: ClusterStore, queue: PostgresQueue, people: int
) -> None:
    """Hand the run in, judge it, and hand it in again."""
    journal: Journal = task.stores.journal
    follower = RunFollower(time.sleep, time.monotonic, lambda _: None, print_error)
    with task.stores.turns.hold(HEAD):
        store_people(task, rows)
        hand_in_planning(HEAD, people, NEEDS, cluster, queue)
    follow_run(HEAD, cluster, queue, follower)
    with task.stores.turns.hold(HEAD):
        continue_planning(task)
        journal.open_rows(HEAD.id).advance(RunPhase.PLANNED, "")
    with begin_planned(journal.read(HEAD.id), task.stores):
        hand_in_writing(HEAD, NEEDS, journal, cluster, queue)
    follow_run(HEAD, cluster, queue, follower)
    assert journal.read(HEAD.id).finished


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), sys.argv[5])
