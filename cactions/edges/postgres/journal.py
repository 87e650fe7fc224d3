"""The journal in the database: the runs of one project, which any of its machines can go on with.

It keeps the promises of ``edges/store/journal.py``: what is durable there, is committed here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cactions.edges.postgres.cluster_store import ClusterStore
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.erasure import erase_person
from cactions.edges.postgres.run_list import PostgresRuns
from cactions.edges.postgres.run_lock import list_running
from cactions.edges.postgres.run_rows import PostgresRows
from cactions.edges.postgres.run_store import Fence, NoFence, PostgresRun
from cactions.edges.postgres.saved_plans import load_run, save_run
from cactions.edges.store.plan_file import copy_plan
from cactions.edges.store.row_encryption import RowCipher
from cactions.edges.store.run_file import RunDatabase
from cactions.edges.store.run_seals import seal_head
from cactions.edges.store.run_writer import RunWriter
from cactions.edges.store.taken_plans import KEPT_SECONDS
from cactions.logic import documents, strict_json
from cactions.logic.follow import Follow, follow_silently
from cactions.model import (
    DiskSpace,
    PersonQuery,
    Run,
    RunEntry,
    RunHead,
    RunKind,
    RunPhase,
    UsageError,
    Value,
)

_UNKNOWN_ROOM: Final = 2**62
"""Bytes: how much the disk of the server has left is not known here."""
_STANDING: Final = """SELECT r.id, e.number, e.person, p.plan, e.receipt, e.undone_by, e.state
    FROM entry e JOIN plan p USING (run, number) JOIN run r ON r.number = e.run
    WHERE e.person = ANY(%s) AND r.project = %s AND e.state = 'applied' AND e.undone_by = ''
    ORDER BY e.run, e.number"""


class PostgresJournal(RunWriter):
    """Implements ``RunArchive`` of ``app/run_archive.py``.

    Every method raises StoreError if the database fails, and UsageError for an unknown run.
    """

    seals = True
    """Old values are always stored sealed."""

    def __init__(
        self,
        database: PostgresDatabase,
        project: str,
        cipher: RowCipher,
        redact: Callable[[RunEntry], RunEntry] = lambda entry: entry,
        fence: Fence | None = None,
    ) -> None:
        """``project`` is the id of the vault; ``redact`` as in ``LocalJournal``."""
        assert cipher.seals, "a database that machines share holds only sealed cells"
        self._database, self._project, self._cipher = database, project, cipher
        self._runs = PostgresRuns(database, project, cipher, fence or NoFence())
        super().__init__(self._runs, redact)

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def create_run(self, head: RunHead, phase: RunPhase = RunPhase.RUNNING) -> None:
        """Create the run. Durable on return. Raises UsageError if the id is taken."""
        text = strict_json.dump_json(documents.head_to_json(head))
        seal = seal_head(self._cipher, head.id, text)
        sql = """INSERT INTO run (project, id, head, seal, phase) VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT DO NOTHING"""
        with self._database.open_for_writing():
            if not self._database.execute(sql, self._project, head.id, text, seal, phase.value):
                hint = "Give the new run another id."
                raise UsageError(f"run {head.id} already exists", hint=hint)

    def reopen(self, run_id: str) -> Run:
        return self._read_run(run_id)

    def save_plan(self, run_id: str, target: Path) -> None:
        """Copy a run that has not started to a file. Raises UsageError if it cannot be written."""
        save_run(self._runs.open_run(run_id), target)

    def take_plan(self, source: Path) -> str:
        with (
            TemporaryDirectory() as folder,
            copy_plan(source, Path(folder), self._cipher) as (draft, run_id),
        ):
            path = Path(folder) / f"{run_id}.db"  # cells are sealed for a place with this id
            draft.rename(path)
            run = RunDatabase.existing(path, self._cipher)
            assert run, "it was put there"
            with closing(run):
                self.take_run(run, run_id)
        return run_id

    def take_run(self, run: RunDatabase, run_id: str) -> None:
        """Take a run from its file, with all that it holds. Raises UsageError if it is there."""
        load_run(run, run_id, self._database, self._project)

    def get_disk_space(self) -> DiskSpace:
        """The room at the server is not known."""
        return DiskSpace(str(self._database), _UNKNOWN_ROOM, seals=True)

    def open_rows(self, run_id: str) -> PostgresRows:
        return PostgresRows(self._runs.open_run(run_id))

    def list_running(self) -> frozenset[str]:
        """The ids of the runs that processes write now, or that the cluster carries out."""
        cluster = ClusterStore(self._database, self._project, self._cipher).list_runs()
        carried_out = {run.run_id for run in cluster if run.is_carried_out}
        return list_running(self._database) | carried_out

    @property
    def begun(self) -> bool:
        """Whether there is any run."""
        return bool(self._runs.list_ids())

    def drop_index(self) -> None:
        """There is none beside the tables."""

    def get_last_applied(self, person_id: str) -> Mapping[str, Value]:
        """By attribute, the value that a run applied last and that was not undone."""
        return self.list_last_applied([person_id]).get(person_id, {})

    def list_last_applied(self, person_ids: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        found = [
            text for person in person_ids for text in self._cipher.list_person_pseudonyms(person)
        ]
        last: dict[str, dict[str, Value]] = {}
        opened: dict[str, PostgresRun | None] = {}
        for run_id, *row in self._database.query_rows(_STANDING, found, self._project):
            if run_id not in opened:
                run = self._runs.open_run(run_id)
                is_applied = run.read_head()[0].kind is RunKind.APPLY and run.is_authentic()
                opened[run_id] = run if is_applied else None
            if applied_by := opened[run_id]:
                entry = applied_by.cells.read_entry(tuple(row))
                held = last.setdefault(entry.plan.subject.person_id, {})
                held |= {change.attribute: change.after for change in entry.plan.effective}
        return last

    def discard(self, run_id: str) -> None:
        """Delete the run with everything in it."""
        run = self._runs.open_run(run_id)
        with self._database.open_for_writing():
            head, finished, phase = run.read_head()
            is_recent = head.started > time.time() - KEPT_SECONDS
            if (finished or phase is RunPhase.RUNNING) and is_recent:
                sql = "INSERT INTO taken (project, id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
                self._database.execute(sql, self._project, run_id)
            self._database.execute("DELETE FROM run WHERE number = %s", run.key)
        self._runs.drop(run_id)

    def forget(
        self,
        person_id: str,
        keys: Collection[PersonQuery] = (),
        follow: Follow = follow_silently,
    ) -> int:
        """Erase the person from every run; ``erase_person`` says what the server keeps."""
        found = follow(self._runs.list_ids(), "Erasing", "runs")
        return sum(erase_person(self._runs.open_run(run_id), person_id, keys) for run_id in found)
