"""What happened to whom, and what was there before: a folder of runs, one file each.

- ``begin`` and ``intend`` are durable when they return, so that no write happens without a
  before-image that survives a power cut. A power cut may lose the last receipts, never a plan.
- A run that cannot be read hides no other: ``runs`` and ``last_applied`` leave it out, and
  ``damaged`` names it, with the reason.
- Reading makes no file but the index of what was applied, which is never believed over the runs.
- A run id never leaves the folder, whatever it looks like.
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
from cactions.edges.files.private_files import has_private_folder, make_private_folder
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
_RUN_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
_LIST: Final = "`cactions runs list` shows what there is."
_MOST_LISTED: Final = 10
_MOST_OPEN: Final = 16
"""Each open run holds up to three files, and a process may have as few as 256."""


class LocalJournal:
    """The journal, as ``app/ports.py`` wants it; ``folder`` is the state folder.

    Every method raises StoreError where a file cannot be read or written, and UsageError for
    a run that is not there.
    """

    def __init__(self, folder: Path, cipher: RowCipher | None = None) -> None:
        self._state = StateFolder(folder)
        self._folder = folder / FOLDER_NAME
        self._open: OrderedDict[str, RunDatabase] = OrderedDict()
        self._known: dict[str, RunHead] = {}
        self._cipher = cipher or PlainRows()
        self._index = LastAppliedIndex(folder, self._run, self._cipher)

    def close(self) -> None:
        """Let go of all files."""
        self._index.close()
        while self._open:
            self._open.popitem()[1].close()

    def create_run(self, head: RunHead) -> None:
        """Create the run. Durable on return. Raises UsageError where the id is taken."""
        path = self._path(head.id)
        self._cipher.seal("", (head.id,))  # a run whose plans could not be kept is not begun
        self._state.make()
        make_private_folder(self._folder)
        try:
            RunDatabase.begin(path, head, self._cipher)
        except FileExistsError:
            raise UsageError(
                f"there is a run {head.id} already", hint="Give the new run another id."
            ) from None

    def reopen(self, run_id: str) -> Run:
        """The run, to go on with it: all that it holds is durable on return."""
        run = self._run(run_id)
        run.settle_log()
        return run.whole()

    def record_plans(self, run_id: str, plans: Sequence[Plan]) -> Sequence[int]:
        """Keep the plans, with their before-images, all or none; durable on return.

        The numbers of the entries, from 1.
        """
        return self._run(run_id).record_plans(plans)

    def replace_pending_plan(self, run_id: str, entry: int, plan: Plan) -> None:
        """Put the plan that a call's answer gave in the place of the pending one; durable."""
        self._run(run_id).replace_pending_plan(entry, plan)

    def record_outcome(self, run_id: str, entry: int, receipt: Receipt) -> None:
        """Keep what became of it; the last word counts."""
        self._run(run_id).record_outcome(entry, receipt)

    def finish(self, run_id: str) -> None:
        """Mark the run as complete; durable on return, with all that came before."""
        self._run(run_id).finish()

    def mark_undone(self, run_id: str, person_id: str, by_run: str) -> None:
        """Note in the run that its changes to this person were taken back by ``by_run``."""
        self._run(run_id).mark_undone(person_id, by_run)

    def read(self, run_id: str) -> Run:
        """The run with its entries. A beginning of the id is enough where only one run has it."""
        return self._run(self._full_id(run_id)).whole()

    def runs(self) -> Iterator[Run]:
        """Every run that can be read, newest first; the others are in ``damaged``.

        Raises Locked where one is sealed and does not open: the next one is not "the last".
        """
        for head in self._heads():
            try:
                run = self._run(head.id).whole()
            except VaultLocked:
                raise
            except CactionsError:
                continue
            yield run

    def unlocked(self) -> Iterator[Run]:
        """``runs`` without those that are in ``locked``."""
        for head in self._heads():
            with suppress(CactionsError):
                yield self._run(head.id).whole()

    def damaged(self) -> list[tuple[str, str]]:
        """By run id, why a run cannot be read."""
        reasons: list[tuple[str, str]] = []
        for run_id in self._ids():
            try:
                self._run(run_id).whole()
            except VaultLocked:
                continue
            except CactionsError as error:
                reasons.append((run_id, str(error)))
        return reasons

    def locked(self) -> tuple[list[RunHead], str]:
        """The runs that are sealed and do not open, newest first; and why, with the next step."""
        found, why = [], ""
        for head in self._heads():
            try:
                self._run(head.id).whole()
            except VaultLocked as error:
                found.append(head)
                why = f"{error}. {error.hint}"
            except CactionsError:
                continue
        return found, why

    @property
    def seals(self) -> bool:
        """Whether old values are kept sealed."""
        return self._cipher.seals

    @property
    def begun(self) -> bool:
        """Whether there is any run."""
        return bool(self._ids())

    def drop_index(self) -> None:
        """Delete what is only there to be faster."""
        if self._is_there():
            self._index.delete()

    def last_applied(self, person_id: str) -> Mapping[str, Value]:
        """By attribute, the value that a run applied last and that was not undone since.

        An entry without a receipt vouches for nothing, nor does a run that cannot be read.
        """
        return self._index.last(person_id, {run_id: self._path(run_id) for run_id in self._ids()})

    def discard(self, run_id: str) -> None:
        """Delete the run with all that it holds, or what another process has left of it."""
        run, path = self._run(run_id), self._path(run_id)
        try:
            run.settle_log()
        except StoreError:
            if os.path.lexists(path):
                raise
        self._open.pop(run_id).close()
        self._known.pop(run_id, None)
        delete_database(path)
        self._index.delete()

    def forget(self, person_id: str) -> int:
        """Erase the person from every run but for the outcomes; how many entries those were.

        Raises StoreError where a run could not be cleaned; the others are.
        """
        number, failed = 0, []
        for run_id in self._ids():
            try:
                number += self._run(run_id).forget(person_id)
            except StoreError as error:
                failed.append(str(error))
        self._index.delete()
        if failed:
            raise StoreError(
                f"{number} entries were erased, but not every run could be cleaned: {failed[0]}",
                hint="Mend or delete that run, then say it again.",
            )
        return number

    def _heads(self) -> list[RunHead]:
        """Newest first; of the same moment, by id."""
        ids = self._ids()
        for run_id in ids:
            if run_id not in self._known:
                with suppress(CactionsError):
                    self._known[run_id] = self._run(run_id).head()
        heads = (self._known[run_id] for run_id in ids if run_id in self._known)
        return sorted(heads, key=lambda head: (head.started, head.id), reverse=True)

    def _full_id(self, given: str) -> str:
        self._path(given)
        ids = self._ids()
        fitting = [given] if given in ids else [each for each in ids if each.startswith(given)]
        if len(fitting) == 1:
            return fitting[0]
        if not fitting:
            raise _unknown(given, ids)
        raise UsageError(
            f"{len(fitting)} runs begin with {given}: {', '.join(fitting[:_MOST_LISTED])}"
            + (" …" if len(fitting) > _MOST_LISTED else ""),
            hint="Give more of the id.",
        )

    def _ids(self) -> list[str]:
        if not self._is_there():
            return []
        with store_errors(self._folder):
            files = [path for path in self._folder.iterdir() if path.suffix == _SUFFIX]
        return sorted(path.stem for path in files if _RUN_ID.fullmatch(path.stem))

    def _run(self, run_id: str) -> RunDatabase:
        """The open file of a run; for it, the one used longest ago may be closed."""
        run = self._open.pop(run_id, None)
        if not run:
            path = self._path(run_id)
            run = RunDatabase.existing(path, self._cipher) if self._is_there() else None
        if not run:
            raise _unknown(run_id, self._ids())
        self._open[run_id] = run
        if len(self._open) > _MOST_OPEN:
            self._open.popitem(last=False)[1].close()
        return run

    def _is_there(self) -> bool:
        return self._state.is_there() and has_private_folder(self._folder)

    def _path(self, run_id: str) -> Path:
        if not _RUN_ID.fullmatch(run_id):
            raise UsageError(
                f'"{run_id[:64]}" is no run id', hint="A run id is 1 to 64 letters, digits and -."
            )
        return self._folder / f"{run_id}{_SUFFIX}"


def _unknown(run_id: str, ids: list[str]) -> UsageError:
    close = get_close_matches(run_id, ids, n=1)
    near = f"Did you mean {close[0]}? " if close else ""
    return UsageError(f"there is no run {run_id}", hint=f"{near}{_LIST}")
