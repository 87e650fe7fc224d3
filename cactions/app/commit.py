"""Writes the entries of a run window by window; every write is in the journal before it happens.

- A whole window is durable as started, in one transaction, before its first write.
- Outcomes go into the journal together with the next window: a lost one is found again by reading
  the person.
- Writes that a store can make together share a transaction; each person is compared on their own.
- When a store fails, nothing more is begun; what is under way comes to its end, and is recorded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from math import inf
from typing import Final, Protocol, TypeAlias

from msgspec import Struct

from cactions.app.commit_counts import CommitCounts, abort_on_store_error
from cactions.app.ports import Journal, People
from cactions.app.run_lock_port import RunLock
from cactions.app.workers import Pool, Workers, open_pool, split_windows
from cactions.logic.project.stored_run import redact_receipt
from cactions.logic.shell import join_command
from cactions.logic.workspace_name import describe_workspace
from cactions.model import (
    OutcomeUnknown,
    Project,
    Receipt,
    Run,
    RunEntry,
    StoreError,
    UsageError,
    WorkspaceError,
    WorkspaceName,
)

WINDOW: Final = 100
"""Plans that share one wait for the disk; more would hardly be faster."""

FIRST_WINDOWS: Final = (10, 90)
"""The first windows of a run are smaller, and come to their end before the next one begins."""

_CANARIES: Final = sum(FIRST_WINDOWS)
_RECENT: Final = 50
_MOST_FAILING: Final = 10
"""So many writes of the last ones that a remote workspace did not take end the run."""


class RunObserver(Protocol):
    """Follows a run; raises RunAborted to stop it."""

    def observe(self, entry: RunEntry, receipt: Receipt) -> None:
        """An entry has its outcome."""


class RunStores(Struct, frozen=True):
    """What a run works with: people, the journal, and the lock of the action.

    ``project`` declares types and redaction, if its files can be read. ``workspace`` is where the
    people are, as the heads of runs keep it. ``unsealed``: a run that is not authentic is
    accepted, because the operator said so, if it was begun before ``get_sealing_start``: since then
    every run is sealed. ``threads`` write at the same time; without any, this
    one does. ``observers`` follow the run. ``held``: entries that are never written, whatever their
    state says now.
    """

    people: People
    journal: Journal
    turns: RunLock
    project: Project | None = None
    workspace: WorkspaceName = WorkspaceName()
    unsealed: bool = False
    threads: int = 0
    observers: tuple[RunObserver, ...] = ()
    held: frozenset[int] = frozenset()
    get_sealing_start: Callable[[], float] = lambda: inf

    def check_run(self, kept: Run) -> None:
        """Raises UsageError if it may be forged, or if its people are in another workspace."""
        made, here = kept.head.workspace, self.workspace
        if made.key != here.key:
            raise UsageError(
                f"the run {kept.head.id} was made in the {describe_workspace(made)}, and these"
                f" files are of the {describe_workspace(here)}; nothing was written",
                hint="Use the action files of that workspace (-f), and fix errors in them first.",
            )
        check_sealed(kept, self.get_sealing_start, unsealed=self.unsealed)


def check_sealed(
    kept: Run, get_sealing_start: Callable[[], float], *, unsealed: bool = False
) -> None:
    """Raises UsageError if the run may be forged. ``unsealed`` is as ``RunStores`` has it."""
    if not kept.authentic and kept.head.started >= get_sealing_start():
        show = join_command(("runs", "show"), kept.head.id)
        raise UsageError(
            f"the run {kept.head.id} is not completely sealed by the vault, though it was begun"
            " after the vault was made: any program that can write its file could have made it;"
            " nothing was written",
            hint=f"Inspect it: `{show}`. --unsealed does not accept it. If it is yours, from a"
            " time when the vault was away, use it while the vault is away again.",
        )
    if not (kept.authentic or unsealed):
        show = join_command(("runs", "show"), kept.head.id)
        raise UsageError(
            f"the run {kept.head.id} is not completely sealed by the vault: any program that"
            " can write its file could have made or changed it; nothing was written",
            hint=f"Inspect it: `{show}`. If it is yours, from before the vault or from an older"
            " cactions, run the same command with --unsealed.",
        )


def check_unfinished(run: Run) -> None:
    """Raises UsageError for a run that came to its end, or was closed."""
    if run.finished:
        raise UsageError(
            f"the run {run.head.id} is finished: nothing is left to resume",
            hint="`cactions runs list` shows the interrupted runs.",
        )


Write: TypeAlias = Callable[[RunEntry, RunStores], Receipt]
Outcomes: TypeAlias = "Sequence[tuple[int, Receipt]]"
TakeWindow: TypeAlias = Callable[[Outcomes], Sequence[RunEntry]]
"""Stores outcomes, and makes the next entries durable as started; none at the end."""


def commit_windows(
    counts: CommitCounts,
    take: TakeWindow,
    write: Write,
    stores: RunStores,
    *,
    canaries: bool = True,
) -> Iterator[tuple[RunEntry, Receipt]]:
    """Write every entry; each comes with its receipt, which is recorded with the next window.

    ``canaries``: the first ones come to their end before the next are begun.

    Raises StoreError, and OutcomeUnknown where something may have been written; entries without an
    outcome stay in the journal without a receipt. ``explain_progress`` says how far the run came.
    """
    with open_pool(stores.threads) as pool:
        commit = _Commit(counts, take, write, stores, pool)
        yield from commit.run(_CANARIES if canaries else 0)


class _BatchFailed(Exception):
    """The store failed while it wrote a batch."""

    def __init__(self, error: StoreError, people: int) -> None:
        super().__init__(str(error))
        self.error = error
        self.unknown = people if isinstance(error, OutcomeUnknown) else 0


class _Commit:
    """One pass over the entries of a run.

    Where a remote workspace does not take a write, the entry stays open for ``runs resume``, and
    the others go on, unless that happens too often.
    """

    def __init__(
        self,
        counts: CommitCounts,
        take: TakeWindow,
        write: Write,
        stores: RunStores,
        pool: Pool | None,
    ) -> None:
        self._counts, self._take, self._stores = counts, take, stores
        size = stores.people.batch_size
        self._workers = Workers(partial(_try_write, write, stores), pool, max(1, WINDOW // size))
        self._unrecorded: list[tuple[int, Receipt]] = []
        self._error: StoreError | None = None
        self._recent: deque[bool] = deque(maxlen=_RECENT)

    def run(self, canaries: int) -> Iterator[tuple[RunEntry, Receipt]]:
        try:
            while window := self._take_window():
                for batch in split_windows(window, self._stores.people.batch_size):
                    for done in self._workers.put(batch):
                        yield from self._settle(*done)
                if self._counts.settled < canaries:
                    yield from self._settle_all()
            yield from self._settle_all()
            self._take_window()
        except _BatchFailed as failed:
            self._counts.unknown += failed.unknown
            self._record_rest()
            raise failed.error from None
        except BaseException:
            self._record_rest()
            raise
        if self._error:
            raise self._error

    def _take_window(self) -> Sequence[RunEntry]:
        with abort_on_store_error():
            window = self._take(tuple(self._unrecorded))
        self._unrecorded.clear()
        self._counts.taken += len(window)
        return window

    def _settle_all(self) -> Iterator[tuple[RunEntry, Receipt]]:
        for done in self._workers.end():
            yield from self._settle(*done)

    def _settle(
        self, batch: list[RunEntry], result: list[Receipt] | _BatchFailed
    ) -> Iterator[tuple[RunEntry, Receipt]]:
        self._recent += [isinstance(result, _BatchFailed)] * len(batch)
        if isinstance(result, _BatchFailed):
            self._counts.unknown += result.unknown
            self._error = self._error or result.error
            if sum(self._recent) >= _MOST_FAILING:
                raise self._error
            return
        settled = [*zip(batch, result, strict=True)]
        for entry, receipt in settled:
            self._unrecorded.append((entry.number, receipt))
            self._counts.add(receipt)
        for entry, receipt in settled:
            for observer in self._stores.observers:
                observer.observe(entry, receipt)
            yield entry, receipt

    def _record_rest(self) -> None:
        """Record what is known after an error. What is lost is found again by reading."""
        for batch, result in self._workers.abandon()[0]:
            if isinstance(result, list):
                for entry, receipt in zip(batch, result, strict=True):
                    self._unrecorded.append((entry.number, receipt))
                    self._counts.add(receipt)
            elif isinstance(result, _BatchFailed):
                self._counts.unknown += result.unknown
            else:  # None: it has not come to its end
                self._counts.unknown += len(batch) if result is None else 0
        with suppress(StoreError):
            self._stores.journal.record_outcomes(self._counts.head.id, self._unrecorded)


def _try_write(
    write: Write, stores: RunStores, batch: list[RunEntry]
) -> list[Receipt] | _BatchFailed:
    """The receipts; the error of a remote workspace is the end of this batch only.

    No method: in a circle of references, the stores would stay open after the run.
    """
    try:
        with stores.people.open_batch([entry.plan.subject.person_id for entry in batch]):
            receipts = [write(entry, stores) for entry in batch]
    except StoreError as error:
        failed = _BatchFailed(error, len(batch))
        if stores.workspace.is_local or not isinstance(error, WorkspaceError | OutcomeUnknown):
            raise failed from error
        return failed
    return [redact_receipt(receipt, stores.project) for receipt in receipts]
