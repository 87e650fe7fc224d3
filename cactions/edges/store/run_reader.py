"""Reads runs: one by its id, or all of them, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from msgspec.structs import replace

from cactions.edges.store.run_folder import build_unreadable_error
from cactions.edges.store.stored_entries import ReadPage
from cactions.model import CactionsError, EntryState, Run, RunEntry, RunHead
from cactions.model.vault import VaultLocked


class StoredRun(Protocol):
    """One run, for reading."""

    def read_run(self, read_page: ReadPage) -> Run:
        """The run; the entries of a large one are read with ``read_page`` later."""

    def read_page(self, after: int, state: EntryState | None = None) -> list[RunEntry]:
        """The next entries by number, or those of them in a state."""


class RunCollection(Protocol):
    """The runs of a folder, or of a project in a database."""

    def open_run(self, run_id: str) -> StoredRun:
        """The run. Raises UsageError for an unknown id."""

    def find_full_id(self, prefix: str) -> str:
        """The id that begins so. Raises UsageError for none and for several."""

    def list_ids(self) -> Sequence[str]:
        """The ids of all runs."""

    def list_heads(self, *, strict: bool = False) -> Sequence[RunHead]:
        """The heads of all runs, the last begun first; ``strict``: raises for an unreadable one."""

    def list_recent(self, since: float) -> list[RunHead]:
        """The heads of runs that began since then, and of those that are not finished."""

    def has(self, run_id: str) -> bool:
        """Whether the run is there."""


class RunReader:
    """The runs of a collection, for reading. Every method raises StoreError.

    ``redact`` makes of each entry of a run what may be shown of it.
    """

    def __init__(self, runs: RunCollection, redact: Callable[[RunEntry], RunEntry]) -> None:
        self._collection = runs
        self._redact = redact

    def read(self, run_id: str) -> Run:
        """The run with its entries. A unique beginning of the id is enough."""
        return self._read_run(self._collection.find_full_id(run_id))

    def list_runs(self) -> Iterator[Run]:
        """Every run, newest first.

        Raises StoreError for one that cannot be read, VaultLocked for a sealed one that does not
        open: an older run must not look like the last, and what it holds not like nothing.
        """
        for head in self._collection.list_heads(strict=True):
            run = self._try_run(head.id)
            if isinstance(run, Run):
                yield run
            elif isinstance(run, VaultLocked):
                raise run
            elif self._collection.has(head.id):
                raise build_unreadable_error(head.id, run) from run

    def list_recent(self, since: float) -> list[RunHead]:
        return self._collection.list_recent(since)

    def list_unlocked(self) -> Iterator[Run]:
        """Every run that can be read, newest first."""
        yield from (run for _, run in self._try_runs() if isinstance(run, Run))

    def list_damaged(self) -> list[tuple[str, str]]:
        """The runs that cannot be read, each with the reason."""
        runs = ((run_id, self._try_run(run_id)) for run_id in self._collection.list_ids())
        return [
            (run_id, str(run))
            for run_id, run in runs
            if not isinstance(run, Run | VaultLocked) and self._collection.has(run_id)
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
        yield from ((head, self._try_run(head.id)) for head in self._collection.list_heads())

    def _try_run(self, run_id: str) -> Run | CactionsError:
        try:
            return self._read_run(run_id)
        except CactionsError as error:
            return error

    def _read_run(self, run_id: str) -> Run:
        """The run; its file may be closed and opened again between two pages."""

        def read_page(after: int, state: EntryState | None = None) -> list[RunEntry]:
            page = self._collection.open_run(run_id).read_page(after, state)
            return [*map(self._redact, page)]

        run = self._collection.open_run(run_id).read_run(read_page)
        if isinstance(run.entries, tuple):
            return replace(run, entries=tuple(map(self._redact, run.entries)))
        return run
