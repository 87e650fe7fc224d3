"""The runs that workers carry out, cut into parts: handed in, followed, stopped and taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from cactions.edges.postgres.cluster_cells import ClusterCells
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.part_leases import RUN, STAGE_IS_OPEN, PartLeases
from cactions.edges.store.row_encryption import RowCipher
from cactions.logic import strict_json
from cactions.logic.shell import join_command
from cactions.model import (
    ClusterProgress,
    ClusterRun,
    ClusterStop,
    PartStep,
    RunHead,
    RunNeeds,
    RunPart,
    StoreError,
    UsageError,
)

_ADD_PARTS: Final = """INSERT INTO part (run, step, first, last, stage)
    SELECT %s, * FROM unnest(%s::text[], %s::int[], %s::int[], %s::int[])"""
_READY: Final = f"""SELECT r.id, ready.step, ready.first, ready.last, ready.stage
    FROM cluster_run c JOIN run r ON r.number = c.run CROSS JOIN LATERAL (
        SELECT * FROM part WHERE part.run = c.run AND NOT part.done AND {STAGE_IS_OPEN}
        AND (part.leased_until IS NULL OR part.leased_until < clock_timestamp())
        AND (part.not_before IS NULL OR part.not_before <= clock_timestamp())
        ORDER BY part.first LIMIT %s) ready
    WHERE r.project = %s AND NOT c.stopped ORDER BY c.run, ready.first"""  # noqa: S608 - it is ours
_NOTE_VAULT: Final = """INSERT INTO newest_vault VALUES (%s, %s)
    ON CONFLICT (project) DO UPDATE
    SET generation = greatest(newest_vault.generation, excluded.generation) RETURNING generation"""
_DELETE_FINISHED: Final = """DELETE FROM cluster_run c USING run r
    WHERE r.number = c.run AND r.finished AND c.place = %s"""


class ClusterStore(PartLeases):
    """Implements ``Cluster`` of ``app/cluster/ports.py`` for the runs of one project.

    Every method raises StoreError if the database fails.
    """

    def __init__(self, database: PostgresDatabase, project: str, cipher: RowCipher) -> None:
        """``project`` is the id of the vault."""
        super().__init__(database, project)
        self._cells = ClusterCells(database, cipher)

    # The one who hands a run in

    def list_planned(self, run_id: str, after: int, most: int) -> list[int]:
        """The numbers of the next entries that have a plan, and were not begun to be written."""
        sql = f"""SELECT number FROM entry WHERE run = {RUN} AND state = 'planned' AND number > %s
            ORDER BY number LIMIT %s"""  # noqa: S608 - it is ours
        rows = self._database.query_rows(sql, self._project, run_id, after, most)
        return [number for (number,) in rows]

    def begin(self, head: RunHead, parts: Iterable[RunPart], needs: RunNeeds) -> None:
        """Hand in the parts of a step, at least one; those of an earlier step are over. Durable."""
        rows = [(part.step.value, part.first, part.last, part.stage) for part in parts]
        step = self._cells.write_step(head.id, PartStep(rows[0][0]))
        with self._database.open_for_writing():
            if not self._end(head.id):
                raise StoreError(
                    f"workers are at work on the run {head.id}; it was not handed in again",
                    hint="Try again when they have ended what they have begun.",
                )
            self.check_vault(needs)
            self._database.execute(_DELETE_FINISHED, head.lock_name)
            [(key,)] = self._database.query_rows(f"SELECT {RUN}", self._project, head.id)
            self._database.execute(
                "INSERT INTO cluster_run (place, run, version, generation, step)"
                " VALUES (%s, %s, %s, %s, %s)",
                *(head.lock_name, key, needs.version, needs.generation, step),
            )
            self._database.execute_all(_ADD_PARTS, rows, key)

    def check_vault(self, needs: RunNeeds) -> None:
        """Raises UsageError where another machine has had a newer vault."""
        with self._database.open_for_writing():
            [(newest,)] = self._database.query_rows(_NOTE_VAULT, self._project, needs.generation)
        if newest > needs.generation:
            raise UsageError(
                f"the vault here is of generation {needs.generation}, and another machine has had"
                f" generation {newest}; nothing was handed in",
                hint="Copy the newer vault file to this machine, then try again.",
            )

    def read_progress(self, run_id: str) -> ClusterProgress | None:
        """How far the run is; None where the cluster does not have it (any more)."""
        with self._database.open_for_reading():  # or the parts may be gone, when the run was there
            found = self._find(run_id)
            if found is None:
                return None
            key, stop, refusal = found
            rows = self._database.query_rows(
                "SELECT done, NOT done AND leased_until > clock_timestamp(), outcomes FROM part"
                " WHERE run = %s",
                key,
            )
        outcomes: Counter[str] = Counter()
        parts = done = leased = 0
        for is_done, is_leased, text in rows:
            parts, done, leased = parts + 1, done + is_done, leased + bool(is_leased)
            outcomes.update(_read_outcomes(text))
        return ClusterProgress(parts, done, leased, outcomes, stop, refusal)

    def stop(self, run_id: str) -> None:
        """Let the workers end what they have begun of the run, and begin nothing more of it."""
        with self._database.open_for_writing():
            sql = f"UPDATE cluster_run SET stopped = true WHERE run = {RUN}"  # noqa: S608 - it is ours
            if not self._database.execute(sql, self._project, run_id):
                raise UsageError(
                    f"the cluster does not carry out the run {run_id}",
                    hint="`cactions cluster status` lists what it does.",
                )

    def end(self, run_id: str) -> bool:
        """Take the run from the workers; whether that was possible: none is at work on it."""
        with self._database.open_for_writing():
            return self._end(run_id)

    def _end(self, run_id: str) -> bool:
        sql = f"SELECT 1 FROM cluster_run WHERE run = {RUN} FOR UPDATE"  # noqa: S608 - it is ours
        self._database.query_rows(sql, self._project, run_id)  # first, as ``finish`` does
        sql = f"""SELECT done OR leased_until IS NULL OR leased_until < clock_timestamp() FROM part
            WHERE run = {RUN} FOR UPDATE"""  # noqa: S608 - it is ours
        rows = self._database.query_rows(sql, self._project, run_id)
        if not all(is_idle for (is_idle,) in rows):
            return False
        sql = f"DELETE FROM cluster_run WHERE run = {RUN}"  # noqa: S608 - it is ours
        self._database.execute(sql, self._project, run_id)
        return True

    def find_run(self, head: RunHead) -> str:
        """The run of this workspace and action that the cluster has to finish; empty for none."""
        sql = """SELECT r.id FROM cluster_run c JOIN run r ON r.number = c.run
            WHERE c.place = %s AND NOT r.finished"""
        rows = self._database.query_rows(sql, head.lock_name)
        return str(rows[0][0]) if rows else ""

    def list_runs(self) -> list[ClusterRun]:
        """What the cluster carries out."""
        sql = """SELECT r.id, r.head, max(p.step),
            count(*) FILTER (WHERE NOT p.done AND p.leased_until IS NULL),
            count(*) FILTER (WHERE NOT p.done AND p.leased_until >= clock_timestamp()),
            count(*) FILTER (WHERE p.done),
            count(*) FILTER (WHERE NOT p.done AND p.leased_until < clock_timestamp()),
            c.stopped, c.refusal, c.stop
            FROM cluster_run c JOIN run r ON r.number = c.run JOIN part p ON p.run = c.run
            WHERE r.project = %s AND NOT r.finished GROUP BY r.number, c.place ORDER BY r.number"""
        rows = self._database.query_rows(sql, self._project)
        return [
            ClusterRun(
                *(run_id, _read_action(head), PartStep(step), waiting, leased, done, overdue),
                stopped=stopped,
                refusal=refusal,
                reason=self._cells.read_stop(run_id, stop).message if stop else "",
            )
            for run_id, head, step, waiting, leased, done, overdue, stopped, refusal, stop in rows
        ]

    # The workers

    def read_needs(self, run_id: str) -> RunNeeds | None:
        """What a worker needs for the run; None where the cluster does not have it any more."""
        sql = f"SELECT version, generation FROM cluster_run WHERE run = {RUN}"  # noqa: S608 - it is ours
        rows = self._database.query_rows(sql, self._project, run_id)
        return RunNeeds(*rows[0]) if rows else None

    def check_step(self, run_id: str, step: PartStep) -> None:
        """Raises StoreError unless a machine with the key has asked workers for this step."""
        sql = f"SELECT step FROM cluster_run WHERE run = {RUN}"  # noqa: S608 - it is ours
        rows = self._database.query_rows(sql, self._project, run_id)
        if not rows or self._cells.read_step(run_id, rows[0][0]) != step.value:
            raise StoreError(
                f"no machine with the vault's key has handed in the run {run_id} for this: what is"
                " stored of it was changed; nothing more was written",
                hint=f"Look at it: `{join_command(('runs', 'show'), run_id)}`.",
            )

    def list_ready(self, most: int) -> list[RunPart]:
        """The next parts that a worker may take now, at most so many of each run."""
        rows = self._database.query_rows(_READY, most, self._project)
        return [RunPart(run_id, PartStep(step), *rest) for run_id, step, *rest in rows]

    def stop_run(self, run_id: str, stop: ClusterStop) -> None:
        """Let no worker begin anything more of the run, and keep why; the first reason counts."""
        sealed = self._cells.write_stop(run_id, stop)
        sql = f"""UPDATE cluster_run SET stopped = true, stop = coalesce(stop, %s)
            WHERE run = {RUN}"""  # noqa: S608 - it is ours
        with self._database.open_for_writing():
            self._database.execute(sql, sealed, self._project, run_id)

    def refuse(self, run_id: str, why: str) -> None:
        """Note why a worker does not take parts of the run; there is no value of a person in it."""
        sql = f"UPDATE cluster_run SET refusal = %s WHERE run = {RUN}"  # noqa: S608 - it is ours
        with self._database.open_for_writing(durable=False):
            self._database.execute(sql, why, self._project, run_id)

    def _find(self, run_id: str) -> tuple[int, ClusterStop | None, str] | None:
        sql = f"SELECT run, stopped, stop, refusal FROM cluster_run WHERE run = {RUN}"  # noqa: S608
        rows = self._database.query_rows(sql, self._project, run_id)
        if not rows:
            return None
        [(key, stopped, sealed, refusal)] = rows
        stop = self._cells.read_stop(run_id, sealed) if sealed else None
        if stopped and stop is None:
            stop = ClusterStop("an operator has stopped it")
        return int(key), stop, str(refusal)


def _read_outcomes(text: str) -> Mapping[str, int]:
    try:
        document = strict_json.parse_json(text)
    except strict_json.StrictJsonError:
        document = None
    if not isinstance(document, dict):
        return {}  # it is shown while the run goes on, and nothing rests on it
    return {word: count for word, count in document.items() if isinstance(count, int)}


def _read_action(head: str) -> str:
    document = strict_json.parse_json(head)
    return str(document.get("action")) if isinstance(document, dict) else ""
