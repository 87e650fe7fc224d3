"""The journal: a folder of runs, one file each, with every change and the old values.

- ``create_run`` and ``record_plans`` are durable on return, so every write has a before-image that
  survives a power cut. A power cut may lose the last receipts, never a plan.
- A run that cannot be read does not hide others: ``runs`` and ``last_applied`` leave it out, and
  ``damaged`` names it with the reason.
- Reading makes no file except the index of applied values, which never overrides the runs.
- A run id can never name a path outside the folder.
"""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from cactions.edges.files.file_io import store_errors
from cactions.edges.files.private_files import (
    has_private_folder,
    lock_folder,
    make_private_folder,
)
from cactions.edges.store.last_applied_index import LastAppliedIndex
from cactions.edges.store.row_encryption import PlainRows, RowCipher
from cactions.edges.store.run_file import RunDatabase
from cactions.edges.store.sqlite_files import delete_database
from cactions.edges.store.state_folder import StateFolder
from cactions.model import (
    CactionsError,
    Plan,
    Receipt,
    Run,
    RunHead,
    StoreError,
    UsageError,
    Value,
)
from cactions.model.vault import VaultLocked

FOLDER_NAME: Final = "runs"

_SUFFIX: Final = ".db"
_LOCK_SECONDS: Final = 30.0
"""One process deletes runs at a time: two that delete the same one would disturb each other."""
_RUN_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
_LIST: Final = "`cactions runs list` shows what there is."
MAX_LISTED_IDS: Final = 10
MAX_OPEN_RUNS: Final = 16
"""Each open run holds up to three files, and a process may have as few as 256."""


class LocalJournal:
    """The journal in the state folder ``folder``; implements ``Journal`` of ``app/ports.py``.

    Every method raises StoreError if a file cannot be read or written, and UsageError for an
    unknown run.
    """

    def __init__(self, folder: Path, cipher: RowCipher | None = None) -> None:
        self._state = StateFolder(folder)
        self._folder = folder / FOLDER_NAME
        self._open_runs: OrderedDict[str, RunDatabase] = OrderedDict()
        self._heads_by_id: dict[str, RunHead] = {}
        self._cipher = cipher or PlainRows()
        self._index = LastAppliedIndex(folder, self._open_run, self._cipher)

    def close(self) -> None:
        """Close all files."""
        self._index.close()
        while self._open_runs:
            self._open_runs.popitem()[1].close()

    def create_run(self, head: RunHead) -> None:
        """Create the run. Durable on return. Raises UsageError if the id is taken."""
        path = self._build_path(head.id)
        self._cipher.seal("", (head.id,))  # fails now if plans cannot be sealed
        self._state.make()
        make_private_folder(self._folder)
        try:
            RunDatabase.begin(path, head, self._cipher)
        except FileExistsError:
            raise UsageError(
                f"run {head.id} already exists", hint="Give the new run another id."
            ) from None

    def reopen(self, run_id: str) -> Run:
        run = self._open_run(run_id)
        run.settle_log()
        return run.read_run()

    def record_plans(self, run_id: str, plans: Sequence[Plan]) -> Sequence[int]:
        return self._open_run(run_id).record_plans(plans)

    def replace_pending_plan(self, run_id: str, entry: int, plan: Plan) -> None:
        self._open_run(run_id).replace_pending_plan(entry, plan)

    def record_outcome(self, run_id: str, entry: int, receipt: Receipt) -> None:
        self._open_run(run_id).record_outcome(entry, receipt)

    def finish(self, run_id: str) -> None:
        self._open_run(run_id).finish()

    def mark_undone(self, run_id: str, person_id: str, by_run: str) -> None:
        self._open_run(run_id).mark_undone(person_id, by_run)

    def read(self, run_id: str) -> Run:
        """The run with its entries. A unique beginning of the id is enough."""
        return self._open_run(self._find_full_id(run_id)).read_run()

    def list_runs(self) -> Iterator[Run]:
        """Every readable run, newest first; the others are in ``damaged``.

        Raises VaultLocked if a sealed run does not open: an older run must not look like the last.
        """
        for _, run in self._try_runs():
            if isinstance(run, VaultLocked):
                raise run
            if isinstance(run, Run):
                yield run

    def list_unlocked(self) -> Iterator[Run]:
        """Every readable run, newest first, without those in ``locked``."""
        yield from (run for _, run in self._try_runs() if isinstance(run, Run))

    def list_damaged(self) -> list[tuple[str, str]]:
        """The runs that cannot be read, each with the reason."""
        runs = ((run_id, self._try_run(run_id)) for run_id in self._list_ids())
        return [
            (run_id, str(run)) for run_id, run in runs if not isinstance(run, Run | VaultLocked)
        ]

    def list_locked(self) -> tuple[list[RunHead], str]:
        """The sealed runs that do not open, newest first, and the reason with the next step."""
        heads, why = [], ""
        for head, run in self._try_runs():
            if isinstance(run, VaultLocked):
                heads.append(head)
                why = f"{run}. {run.hint}"
        return heads, why

    def _try_runs(self) -> Iterator[tuple[RunHead, Run | CactionsError]]:
        """Every run whose head can be read, newest first, or why it cannot be read."""
        yield from ((head, self._try_run(head.id)) for head in self._list_heads())

    def _try_run(self, run_id: str) -> Run | CactionsError:
        try:
            return self._open_run(run_id).read_run()
        except CactionsError as error:
            return error

    @property
    def seals(self) -> bool:
        """Whether old values are stored sealed."""
        return self._cipher.seals

    @property
    def begun(self) -> bool:
        """Whether there is any run."""
        return bool(self._list_ids())

    def drop_index(self) -> None:
        """Delete the index, which only makes look-ups faster."""
        if self._has_folder():
            self._index.delete()

    def get_last_applied(self, person_id: str) -> Mapping[str, Value]:
        """By attribute, the value that a readable run applied last and that was not undone."""
        return self._index.get_last(
            person_id, {run_id: self._build_path(run_id) for run_id in self._list_ids()}
        )

    def discard(self, run_id: str) -> None:
        """Delete the run with everything in it, or what another process has left of it."""
        path = self._build_path(run_id)
        if not self._has_folder():
            raise _build_unknown_error(run_id, [])
        with lock_folder(self._folder, _LOCK_SECONDS):
            try:
                self._open_run(run_id).settle_log()
            except StoreError:
                if os.path.lexists(path):
                    raise
            self._open_runs.pop(run_id).close()
            self._heads_by_id.pop(run_id, None)
            delete_database(path)
        self._index.delete()

    def forget(self, person_id: str) -> int:
        """Erase the person from every run. Raises StoreError after all if one cannot be cleaned."""
        number, failed = 0, []
        for run_id in self._list_ids():
            try:
                number += self._open_run(run_id).forget(person_id)
            except StoreError as error:
                failed.append(str(error))
        self._index.delete()
        if failed:
            raise StoreError(
                f"{number} entries were erased, but not every run could be cleaned: {failed[0]}",
                hint="Repair or delete that run, then retry.",
            )
        return number

    def _list_heads(self) -> list[RunHead]:
        """The heads of all runs, newest first; at the same time, by id."""
        ids = self._list_ids()
        for run_id in ids:
            if run_id not in self._heads_by_id:
                with suppress(CactionsError):
                    self._heads_by_id[run_id] = self._open_run(run_id).read_head()
        heads = (self._heads_by_id[run_id] for run_id in ids if run_id in self._heads_by_id)
        return sorted(heads, key=lambda head: (head.started, head.id), reverse=True)

    def _find_full_id(self, prefix: str) -> str:
        self._build_path(prefix)
        ids = self._list_ids()
        matches = [run_id for run_id in ids if run_id.startswith(prefix)]
        if prefix in ids:
            return prefix
        if len(matches) == 1:
            return matches[0]
        if not matches:
            raise _build_unknown_error(prefix, ids)
        raise UsageError(
            f"{len(matches)} runs begin with {prefix}: {', '.join(matches[:MAX_LISTED_IDS])}"
            + (" …" if len(matches) > MAX_LISTED_IDS else ""),
            hint="Type more of the id.",
        )

    def _list_ids(self) -> list[str]:
        if not self._has_folder():
            return []
        with store_errors(self._folder):
            files = [path for path in self._folder.iterdir() if path.suffix == _SUFFIX]
        return sorted(path.stem for path in files if _RUN_ID.fullmatch(path.stem))

    def _open_run(self, run_id: str) -> RunDatabase:
        """The open file of a run; the least recently used one may be closed."""
        run = self._open_runs.pop(run_id, None)
        if not run:
            path = self._build_path(run_id)
            run = RunDatabase.existing(path, self._cipher) if self._has_folder() else None
        if not run:
            raise _build_unknown_error(run_id, self._list_ids())
        self._open_runs[run_id] = run
        if len(self._open_runs) > MAX_OPEN_RUNS:
            self._open_runs.popitem(last=False)[1].close()
        return run

    def _has_folder(self) -> bool:
        return self._state.is_there() and has_private_folder(self._folder)

    def _build_path(self, run_id: str) -> Path:
        if not _RUN_ID.fullmatch(run_id):
            raise UsageError(
                f'"{run_id[:64]}" is no run id', hint="A run id is 1 to 64 letters, digits and -."
            )
        return self._folder / f"{run_id}{_SUFFIX}"


def _build_unknown_error(run_id: str, ids: list[str]) -> UsageError:
    close = get_close_matches(run_id, ids, n=1)
    near = f"Did you mean {close[0]}? " if close else ""
    return UsageError(f"there is no run {run_id}", hint=f"{near}{_LIST}")
