"""The run lock in the database: one run at a time for each workspace and action, on all machines.

- PostgreSQL holds the lock for the connection of the journal, so it ends with the process, however
  that ends, and nothing is recorded after it was lost.
- A run that the cluster carries out keeps others away without a lock, until it has ended.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from cactions.edges.postgres.cluster_store import ClusterStore
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.store.run_lock import abort_on_store_error, build_taken_error
from cactions.logic.shell import join_command
from cactions.model import RunAborted, RunHead

_STEP: Final = 0.1  # seconds
_HELD: Final = """SELECT h.run_id FROM holder h JOIN pg_locks l
    ON (l.classid::bigint << 32) + l.objid::bigint = h.key
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


class PostgresRunLock:
    """Implements ``RunLock`` of ``app/ports.py``; ``database`` is that of the journal."""

    def __init__(  # noqa: PLR0913 - as the lock in files, and where runs of the cluster are
        self,
        database: PostgresDatabase,
        cluster: ClusterStore,
        user: str = "",
        *,
        wait: float = 0,
        on_wait: Callable[[str], None] = lambda _: None,
        follows: bool = False,
    ) -> None:
        """``user`` holds it. ``wait``: seconds for another process to end; ``on_wait`` says so.

        ``follows``: a run of the cluster stays there; else it is taken from the workers.
        """
        self._database, self._cluster, self._user = database, cluster, user
        self._wait, self._on_wait, self._follows = wait, on_wait, follows

    @contextmanager
    def hold(self, head: RunHead) -> Iterator[None]:
        """Raises RunAborted if another process holds the lock, or the cluster has another run."""
        key = build_lock_key(head)
        until = time.monotonic() + self._wait
        with abort_on_store_error():
            owner = self._try_lock(key, head)
            if owner and self._wait:
                self._on_wait(f"Waiting for {owner}, which runs {head.action} here.")
            while owner and time.monotonic() < until:
                time.sleep(_STEP)
                owner = self._try_lock(key, head)
            if owner:
                raise self._build_taken_error(head, owner)
        try:
            yield
        finally:
            self._database.unlock(key)

    def check(self) -> None:
        """The server is not asked. Raises StoreError where the lock was lost."""
        self._database.check_locks()

    def _try_lock(self, key: int, head: RunHead) -> str:
        """Take the lock; who has it, or the cluster's run that needs it; empty where it is ours."""
        if not self._database.try_lock(key):
            return self._read_owner(key)
        try:
            busy = self._find_busy(head)
            if not busy:
                self._note_owner(key, head)
        except BaseException:
            self._database.unlock(key)
            raise
        if busy:
            self._database.unlock(key)
        return busy

    def _find_busy(self, head: RunHead) -> str:
        """What the workers do with this workspace and action; empty where nothing is in the way."""
        run_id = self._cluster.find_run(head)
        if not run_id or (run_id == head.id and self._follows):
            return ""
        if run_id in (head.id, head.undoes) and self._cluster.end(run_id):
            return ""
        return _name_cluster(run_id)

    def _note_owner(self, key: int, head: RunHead) -> None:
        now = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
        owner = f"process {os.getpid()} of {self._user or '?'} since {now}"
        sql = """INSERT INTO holder (key, owner, run_id) VALUES (%s, %s, %s)
            ON CONFLICT (key) DO UPDATE SET owner = excluded.owner, run_id = excluded.run_id"""
        with self._database.open_for_writing(durable=False):
            self._database.execute(sql, key, owner, head.id)

    def _read_owner(self, key: int) -> str:
        rows = self._database.query_rows("SELECT owner FROM holder WHERE key = %s", key)
        return str(rows[0][0]) if rows else "another process"

    def _build_taken_error(self, head: RunHead, owner: str) -> RunAborted:
        error = build_taken_error(head, owner, self._wait)
        run_id = self._cluster.find_run(head)
        if not run_id:
            return error
        progress = self._cluster.read_progress(run_id)
        follow = join_command(("runs", "resume"), run_id, options=("--cluster",))
        undo = join_command(("runs", "undo"), run_id)
        if progress and progress.stop and owner == _name_cluster(run_id):
            return RunAborted(
                f"the run {run_id} of the action {head.action} was stopped and is not finished;"
                " nothing was written",
                hint=f"To finish it: `{follow}`. To undo it: `{undo}`.",
            )
        stop = join_command(("cluster", "stop"), run_id)
        error.hint = f"To follow it: `{follow}`. To end it: `{stop}`, then `{undo}`."
        return error


def _name_cluster(run_id: str) -> str:
    return f"the cluster (run {run_id})"


def build_lock_key(head: RunHead) -> int:
    """The number that PostgreSQL knows the lock by."""
    digest = hashlib.sha256(head.lock_name.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def list_running(database: PostgresDatabase) -> frozenset[str]:
    """The ids of the runs that processes are writing now; raises StoreError."""
    return frozenset(str(run_id) for (run_id,) in database.query_rows(_HELD))
