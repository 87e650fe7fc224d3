"""The journal: a folder of runs, one file each, with every change and the old values.

- ``create_run`` and ``record_plans`` are durable on return, so every write has a before-image that
  survives a power cut. A power cut may lose the last receipts, never a plan.
- A run that cannot be read hides no other, and is not passed over in silence: who looks for a run
  among all gets an error that names it; ``list_unlocked`` leaves it out, and ``list_damaged`` names
  it with the reason.
- Reading makes no file except the index of applied values, which never overrides the runs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from cactions.edges.files.private_files import lock_folder
from cactions.edges.store.last_applied_index import LastAppliedIndex, UnreadableRun
from cactions.edges.store.plan_file import (
    copy_plan,
    save_plan,
    start_plan,
)
from cactions.edges.store.row_encryption import PlainRows, RowCipher
from cactions.edges.store.run_erasure import erase_person, scrub_erased
from cactions.edges.store.run_file import RunDatabase
from cactions.edges.store.run_folder import RunFolder, build_unknown_error
from cactions.edges.store.run_lock import list_running
from cactions.edges.store.run_rows import RunRows
from cactions.edges.store.run_writer import RunWriter
from cactions.edges.store.sqlite_files import delete_database
from cactions.edges.store.taken_plans import (
    KEPT_SECONDS,
    drop_old_marks,
    mark_taken,
    refuse_taken,
)
from cactions.logic.follow import Follow, follow_silently
from cactions.model import (
    DiskSpace,
    PersonQuery,
    Run,
    RunAborted,
    RunEntry,
    RunHead,
    RunPhase,
    StoreError,
    UsageError,
    Value,
)

_LOCK_SECONDS: Final = 30.0
"""One process begins or deletes runs at a time: two that delete one would disturb each other."""


class LocalJournal(RunWriter):
    """The journal in the state folder ``folder``; implements ``Journal`` of ``app/ports.py``.

    Every method raises StoreError if a file cannot be read or written, and UsageError for an
    unknown run.
    """

    def __init__(
        self,
        folder: Path,
        cipher: RowCipher | None = None,
        on_unreadable: UnreadableRun = lambda _run_id, _error: None,
        redact: Callable[[RunEntry], RunEntry] = lambda entry: entry,
    ) -> None:
        """``on_unreadable`` gets each run whose applied values are not known, and why.

        ``redact`` is for the entries of runs that are read as a whole.
        """
        self._folder, self._cipher = folder, cipher or PlainRows()
        self._runs = RunFolder(folder, self._cipher)
        super().__init__(self._runs, redact)
        open_run = self._runs.open_run
        self._index = LastAppliedIndex(folder, open_run, self._cipher, on_unreadable)

    def close(self) -> None:
        """Close all files."""
        self._index.close()
        self._runs.close()

    def create_run(self, head: RunHead, phase: RunPhase = RunPhase.RUNNING) -> None:
        """Create the run. Durable on return. Raises UsageError if the id is taken."""
        path = self._runs.build_path(head.id)
        self._cipher.seal("", (head.id,))  # fails now if plans cannot be sealed
        self._runs.make()
        try:
            with lock_folder(self._runs.path, _LOCK_SECONDS):
                number = self._runs.find_next_number()
                RunDatabase.begin(path, head, self._cipher, phase, number=number)
        except FileExistsError:
            raise UsageError(
                f"run {head.id} already exists", hint="Give the new run another id."
            ) from None

    def open_file(self, run_id: str) -> RunDatabase:
        """The file of a run, for a copy of it. Everything in it is durable on return."""
        run = self._runs.open_run(run_id)
        run.settle_log()
        return run

    def reopen(self, run_id: str) -> Run:
        self._runs.open_run(run_id).settle_log()
        return self._read_run(run_id)

    def save_plan(self, run_id: str, target: Path) -> None:
        """Copy a run that has not started to a file. Raises UsageError if it cannot be written."""
        self._runs.open_run(run_id).settle_log()
        save_plan(self._runs.build_path(run_id), target)

    def take_plan(self, source: Path) -> str:
        self._runs.make()
        with copy_plan(source, self._runs.path, self._cipher) as (draft, run_id):
            path = self._runs.build_path(run_id)
            with lock_folder(self._runs.path, _LOCK_SECONDS):  # no run is deleted meanwhile
                refuse_taken(self._runs.path, run_id)
                start_plan(draft, path, self._runs.find_next_number())
        return run_id

    def get_disk_space(self) -> DiskSpace:
        """The room on the disk of the runs, whose folder is there once a run is."""
        return self._runs.get_disk_space()

    def open_rows(self, run_id: str) -> RunRows:
        return RunRows(self._runs.open_run(run_id))

    def list_running(self) -> frozenset[str]:
        """The ids of the runs that processes of this machine are writing now."""
        return list_running(self._folder)

    @property
    def seals(self) -> bool:
        """Whether old values are stored sealed."""
        return self._cipher.seals

    @property
    def begun(self) -> bool:
        """Whether there is any run."""
        return bool(self._runs.list_ids())

    def drop_index(self) -> None:
        """Delete the index, which only makes look-ups faster."""
        if self._runs.is_there():
            self._index.delete()

    def get_last_applied(self, person_id: str) -> Mapping[str, Value]:
        """By attribute, the value that a readable run applied last and that was not undone."""
        return self.list_last_applied([person_id]).get(person_id, {})

    def list_last_applied(self, person_ids: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        return self._index.list_last(
            person_ids, {run_id: self._runs.build_path(run_id) for run_id in self._runs.list_ids()}
        )

    def discard(self, run_id: str) -> None:
        """Delete the run with everything in it, or what another process has left of it."""
        path = self._runs.build_path(run_id)
        if not self._runs.is_there():
            raise build_unknown_error(run_id, [])
        with lock_folder(self._runs.path, _LOCK_SECONDS):
            try:
                run = self._runs.open_run(run_id)
                run.settle_log()
                self._keep_mark(run)
            except StoreError:
                if os.path.lexists(path):
                    raise
            self._runs.drop(run_id)
            self._index.delete()  # first: an error of it leaves the run
            try:
                delete_database(path)
            except StoreError:
                if os.path.lexists(path):  # else it is gone, and only a power cut brings it back
                    raise
        with suppress(StoreError):  # another process may have built one meanwhile
            self._index.delete()

    def _keep_mark(self, run: RunDatabase) -> None:
        """A run that was carried out may come from a plan, which must not be taken again."""
        drop_old_marks(self._runs.path)
        try:
            head, finished, phase = run.read_head()
        except StoreError:  # a plan that cannot be read was not carried out
            return
        if (finished or phase is RunPhase.RUNNING) and head.started > time.time() - KEPT_SECONDS:
            mark_taken(self._runs.path, head.id)

    def forget(
        self,
        person_id: str,
        keys: Collection[PersonQuery] = (),
        follow: Follow = follow_silently,
    ) -> int:
        """Erase the person from every run. Raises StoreError after all if one cannot be cleaned."""
        number, failed = 0, []
        for run_id in follow(self._runs.list_ids(), "Erasing", "runs"):
            try:
                run = self._runs.open_run(run_id)
                number += erase_person(run, person_id, keys)
                scrub_erased(run)
            except StoreError as error:
                failed.append(str(error))
        self._index.delete()
        if failed:
            stopped = RunAborted(
                f"{number} entries were erased, but not every run could be cleaned: {failed[0]}",
                hint="Repair or delete that run, then retry.",
            )
            stopped.written = number > 0
            raise stopped
        return number
