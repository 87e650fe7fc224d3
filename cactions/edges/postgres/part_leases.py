"""Who has which part of a run, until when: one worker at a time.

- A lease ends by itself, by the clock of the database, unless the worker renews it; then another
  worker can take the part, under the next attempt number. No number comes twice.
- Whatever a worker writes into the journal is fenced by that number (``PartFence``), in the same
  transaction: a worker that was frozen and has lost its part cannot write.
- A run ends in the transaction in which its last part does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.part_fence import PART as _PART
from cactions.edges.postgres.part_fence import PartFence
from cactions.logic import strict_json
from cactions.model import Json, LeaseLost, PartKey, PartLease, PartStep, RunPart

LEASE_SECONDS: Final = 15.0
"""How long a worker has a part without saying that it is still there."""
MOST_FAILURES: Final = 5
"""After so many failed attempts of a part, the run is stopped."""

_LEASE: Final = f"clock_timestamp() + interval '{LEASE_SECONDS} seconds'"
RUN: Final = "(SELECT number FROM run WHERE project = %s AND id = %s)"
"""The number of a run, by its project and id."""
STAGE_IS_OPEN: Final = """NOT EXISTS (SELECT FROM part earlier WHERE earlier.run = part.run
    AND earlier.step = part.step AND earlier.stage < part.stage AND NOT earlier.done)"""
_TAKE: Final = f"""UPDATE part SET attempt = nextval('attempt'), worker = %s,
    leased_until = {_LEASE}
    WHERE {_PART} AND NOT done AND (leased_until IS NULL OR leased_until < clock_timestamp())
    AND (not_before IS NULL OR not_before <= clock_timestamp()) AND {STAGE_IS_OPEN}
    AND NOT (SELECT stopped FROM cluster_run c WHERE c.run = part.run)
    RETURNING attempt, last, stage"""  # noqa: S608 - it is ours


class PartLeases:
    """The leases of the parts of one project's runs. Every method raises StoreError."""

    def __init__(self, database: PostgresDatabase, project: str) -> None:
        """``project`` is the id of the vault."""
        self._database, self._project = database, project
        self._keys: dict[str, int] = {}

    def take(self, part: PartKey, worker: str) -> PartLease | None:
        """Lease the part; None where it is done, another worker has it, or it has to wait.

        Where it ends is known here alone: the run may have been cut anew since it was put into the
        queue.
        """
        with self._database.open_for_writing():
            rows = self._database.query_rows(_TAKE, worker, *self._key(part))
        if not rows:
            return None
        [(attempt, last, stage)] = rows
        return PartLease(RunPart(part.run_id, part.step, part.first, last, stage), attempt)

    def renew(self, lease: PartLease) -> bool:
        """Go on with the lease; whether it goes on: not where it is lost, or the run stopped."""
        sql = f"""UPDATE part SET leased_until = {_LEASE} WHERE {_PART} AND attempt = %s
            AND NOT done AND NOT (SELECT stopped FROM cluster_run c WHERE c.run = part.run)"""  # noqa: S608
        with self._database.open_for_writing():  # after a crash, it must not end before we expect
            return bool(self._database.execute(sql, *self._key(lease.part), lease.attempt))

    def release(self, lease: PartLease, *, failed: bool = False) -> bool:
        """Give the part back; after a failure it waits, longer each time. Whether it may go on."""
        sql = f"""UPDATE part SET leased_until = NULL, worker = '', failures = failures + %s,
            not_before = clock_timestamp() + %s * interval '1 second' * power(2, failures)
            WHERE {_PART} AND attempt = %s AND NOT done RETURNING failures"""  # noqa: S608 - it is ours
        delay = 1.0 if failed else 0.0
        with self._database.open_for_writing():
            rows = self._database.query_rows(
                sql, int(failed), delay, *self._key(lease.part), lease.attempt
            )
        return not rows or rows[0][0] < MOST_FAILURES

    def finish(self, lease: PartLease, outcomes: Mapping[str, int]) -> None:
        """Note that the part is done; with the last one of WRITE, the run is finished."""
        counts: dict[str, Json] = {**outcomes}
        key, step, first = self._key(lease.part)
        sql = f"""UPDATE part SET done = true, leased_until = NULL, outcomes = %s
            WHERE {_PART} AND attempt = %s AND NOT done"""  # noqa: S608 - it is ours
        with self._database.open_for_writing():
            accept = "UPDATE cluster_run SET refusal = '' WHERE run = %s"
            self._database.execute(accept, key)  # it also locks the run, as ``end`` does
            text = strict_json.dump_json(counts)
            if not self._database.execute(sql, text, key, step, first, lease.attempt):
                raise LeaseLost
            if lease.part.step is PartStep.WRITE:
                self._finish_run(key)

    def _finish_run(self, key: int) -> None:
        """Finish the run where no part is left, and no entry is open."""
        sql = "SELECT 1 FROM part WHERE run = %s AND NOT done LIMIT 1"
        if self._database.query_rows(sql, key):
            return
        sql = """UPDATE run SET finished = true WHERE number = %s AND NOT EXISTS (SELECT FROM entry
            WHERE run = %s AND receipt IS NULL AND state IN ('planned', 'started', 'calling'))"""
        self._database.execute(sql, key, key)

    def build_fence(self, lease: PartLease) -> PartFence:
        """What lets the journal write only while the lease is ours."""
        return PartFence(*self._key(lease.part), lease.attempt)

    def _key(self, part: PartKey) -> tuple[int, str, int]:
        if part.run_id not in self._keys:
            sql = f"SELECT coalesce({RUN}, 0)"
            [(key,)] = self._database.query_rows(sql, self._project, part.run_id)
            self._keys = {part.run_id: int(key)}
        return self._keys[part.run_id], part.step.value, part.first
