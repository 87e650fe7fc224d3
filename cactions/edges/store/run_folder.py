"""The folder of runs: one file each, by id; the files that are in use stay open.

- A run id can never name a path outside the folder.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import OrderedDict
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from cactions.edges.files.file_io import store_errors
from cactions.edges.files.private_files import has_private_folder, make_private_folder
from cactions.edges.store.open_databases import read_database_mark
from cactions.edges.store.row_encryption import RowCipher
from cactions.edges.store.run_file import RunDatabase
from cactions.edges.store.state_folder import StateFolder
from cactions.model import CactionsError, DiskSpace, RunHead, StoreError, UsageError

FOLDER_NAME: Final = "runs"

_SUFFIX: Final = ".db"
_RUN_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
_LIST: Final = "`cactions runs list` shows what there is."
_LAST_NUMBER: Final = 2**31 - 1
"""Of a forged run; those after it are in the order of their times."""
MAX_LISTED_IDS: Final = 10
MAX_OPEN_RUNS: Final = 16
"""Each open run holds up to three files, and a process may have as few as 256."""


class RunFolder:
    """The runs in the state folder ``folder``."""

    def __init__(self, folder: Path, cipher: RowCipher) -> None:
        self._state = StateFolder(folder)
        self.path = folder / FOLDER_NAME
        self._cipher = cipher
        self._open_runs: OrderedDict[str, RunDatabase] = OrderedDict()
        self._heads_by_id: dict[str, RunHead] = {}
        self._numbers: dict[str, int] = {}
        self._finished: set[str] = set()

    def close(self) -> None:
        """Close all files."""
        while self._open_runs:
            self._open_runs.popitem()[1].close()

    def make(self) -> None:
        """Make the folder where it is missing."""
        self._state.make()
        make_private_folder(self.path)

    def get_disk_space(self) -> DiskSpace:
        """The room on the disk of the folder, which must be there."""
        with store_errors(self.path):
            free = shutil.disk_usage(self.path).free
        return DiskSpace(str(self.path.parent), free, self._cipher.seals)

    def drop(self, run_id: str) -> None:
        """Close the file of a run, and know nothing of it any more."""
        if run := self._open_runs.pop(run_id, None):
            run.close()
        self._heads_by_id.pop(run_id, None)
        self._finished.discard(run_id)

    def list_heads(self, *, strict: bool = False) -> list[RunHead]:
        """The heads of all runs, the last begun first, whatever the clock said.

        Those of before the runs were counted come last, by their time. ``strict``: raises
        StoreError for one that cannot be read; else it is left out.
        """
        ids = self.list_ids()
        for run_id in ids:
            if run_id not in self._heads_by_id:
                try:
                    run = self.open_run(run_id)
                    self._numbers[run_id] = run.database.read_mark()
                    self._heads_by_id[run_id] = run.read_head()[0]
                except CactionsError as error:
                    if strict and self.has(run_id):
                        raise build_unreadable_error(run_id, error) from error
        heads = (self._heads_by_id[run_id] for run_id in ids if run_id in self._heads_by_id)
        numbers = self._numbers
        return sorted(
            heads, key=lambda head: (numbers[head.id], head.started, head.id), reverse=True
        )

    def find_next_number(self) -> int:
        """The number of the run that begins now; no other may begin meanwhile."""
        paths = map(self.build_path, self.list_ids())
        return min(max([0, *map(read_database_mark, paths)]) + 1, _LAST_NUMBER)

    def list_recent(self, since: float) -> list[RunHead]:
        """The heads of runs that began since then, and of those that are not finished."""
        return [head for head in self.list_heads() if head.started >= since or self._is_open(head)]

    def _is_open(self, head: RunHead) -> bool:
        """Whether a run that can be read is not finished; a finished one is not read again."""
        if head.id in self._finished:
            return False
        try:
            finished = self.open_run(head.id).read_head()[1]
        except CactionsError:
            return False
        if finished:
            self._finished.add(head.id)
        return not finished

    def find_full_id(self, prefix: str) -> str:
        """The id that begins so. Raises UsageError for none and for several."""
        return complete_id(prefix, self.list_ids())

    def list_ids(self) -> list[str]:
        """The ids of all runs, in their order."""
        if not self.is_there():
            return []
        with store_errors(self.path):
            files = [path for path in self.path.iterdir() if path.suffix == _SUFFIX]
        return sorted(path.stem for path in files if _RUN_ID.fullmatch(path.stem))

    def open_run(self, run_id: str) -> RunDatabase:
        """The open file of a run; the least recently used one may be closed."""
        run = self._open_runs.pop(run_id, None)
        if not run:
            path = self.build_path(run_id)
            run = RunDatabase.existing(path, self._cipher) if self.is_there() else None
        if not run:
            raise build_unknown_error(run_id, self.list_ids())
        self._open_runs[run_id] = run
        if len(self._open_runs) > MAX_OPEN_RUNS:
            self._open_runs.popitem(last=False)[1].close()
        return run

    def has(self, run_id: str) -> bool:
        """Whether the run is there, in whatever state; another process may have deleted it."""
        return os.path.lexists(self.build_path(run_id))

    def is_there(self) -> bool:
        """Whether there is a folder of runs."""
        return self._state.is_there() and has_private_folder(self.path)

    def build_path(self, run_id: str) -> Path:
        """The file of a run. Raises UsageError for what cannot be an id."""
        check_run_id(run_id)
        return self.path / f"{run_id}{_SUFFIX}"


def check_run_id(text: str) -> None:
    """Raises UsageError for what cannot be an id."""
    if not _RUN_ID.fullmatch(text):
        raise UsageError(
            f'"{text[:64]}" is no run id', hint="A run id is 1 to 64 letters, digits and -."
        )


def complete_id(prefix: str, ids: list[str]) -> str:
    """The id of these that begins so. Raises UsageError for none and for several."""
    check_run_id(prefix)
    matches = [run_id for run_id in ids if run_id.startswith(prefix)]
    if prefix in ids:
        return prefix
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise build_unknown_error(prefix, ids)
    raise UsageError(
        f"{len(matches)} runs begin with {prefix}: {', '.join(matches[:MAX_LISTED_IDS])}"
        + (" …" if len(matches) > MAX_LISTED_IDS else ""),
        hint="Type more of the id.",
    )


def build_unreadable_error(run_id: str, why: CactionsError) -> StoreError:
    """The error for a run that cannot be read, where it may be the one that is looked for."""
    return StoreError(
        f"the run {run_id} cannot be read, and may be one that is needed here: {why}",
        hint=f"{why.hint} Another run can be named by its id: {_LIST}",
    )


def build_unknown_error(run_id: str, ids: list[str]) -> UsageError:
    """The error for an id that no run has, with the nearest one."""
    close = get_close_matches(run_id, ids, n=1)
    near = f"Did you mean {close[0]}? " if close else ""
    return UsageError(f"there is no run {run_id}", hint=f"{near}{_LIST}")
