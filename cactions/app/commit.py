"""Writes the entries of a run window by window; every write is in the journal before it happens.

- A whole window is durable as started, in one transaction, before its first write.
- Outcomes go into the journal together with the next window: a lost one is found again by reading
  the person.
- When a store fails, nothing more is begun; what is under way comes to its end, and is recorded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Final, Protocol, TypeAlias

from msgspec import Struct, field

from cactions.app.ports import Journal, People, RunLock
from cactions.app.workers import Pool, Workers, open_pool
from cactions.logic.project.stored_run import redact_receipt
from cactions.logic.shell import join_command
from cactions.model import (
    LOCAL,
    Outcome,
    OutcomeUnknown,
    Project,
    Receipt,
    Run,
    RunAborted,
    RunCounts,
    RunEntry,
    RunHead,
    StoreError,
    UsageError,
    WorkspaceError,
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

    ``project`` declares types and redaction, if its files can be read. ``workspace`` is the name
    of the people's home in the heads of runs. ``unsealed``: a run that is not authentic is
    accepted, because the operator said so. ``threads`` write at the same time; without any, this
    one does. ``observers`` follow the run.
    """

    people: People
    journal: Journal
    turns: RunLock
    project: Project | None = None
    workspace: str = LOCAL
    unsealed: bool = False
    threads: int = 0
    observers: tuple[RunObserver, ...] = ()

    def check_run(self, kept: Run) -> None:
        """Raises UsageError if it may be forged, or if its people are in another workspace."""
        if kept.head.workspace != self.workspace:
            raise UsageError(
                f"the run {kept.head.id} was made in the workspace {kept.head.workspace}, and these"
                f" files are of {self.workspace}; nothing was written",
                hint="Use the action files of that workspace (-f), and fix errors in them first.",
            )
        if not (kept.authentic or self.unsealed):
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


class CommitCounts(Struct):
    """How far a run has come; ``before``: what was settled when the command began.

    ``taken`` entries were to be written since then; how many follow may be unknown. For ``unknown``
    people a write may have been stored or not.
    """

    head: RunHead
    before: RunCounts = field(default_factory=RunCounts)
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    unknown: int = 0
    taken: int = 0

    def add(self, receipt: Receipt) -> None:
        self.outcomes[receipt.outcome] = self.outcomes.get(receipt.outcome, 0) + 1

    @property
    def settled(self) -> int:
        """How many have an outcome since the command began."""
        return sum(self.outcomes.values())

    def describe(self) -> str:
        """What the run has done, in words."""
        counts = dict(self.before.outcomes)
        for outcome, number in self.outcomes.items():
            counts[outcome] = counts.get(outcome, 0) + number
        known = [f"{number:,} {outcome.value}" for outcome, number in counts.items()]
        known_people = self.taken + sum(self.before.outcomes.values())
        people = max(self.head.people or 0, self.before.total, known_people)
        left = people - sum(counts.values())
        message = f"the run {self.head.id} was interrupted: {', '.join([*known, f'{left:,} open'])}"
        if self.unknown:
            them = "one of these" if self.unknown == 1 else f"{self.unknown:,} of these"
            return f"{message}. For {them}, the outcome of the write is unknown"
        return f"{message}. Nothing was written to those"


def commit_windows(
    counts: CommitCounts, take: TakeWindow, write: Write, stores: RunStores
) -> Iterator[tuple[RunEntry, Receipt]]:
    """Write every entry; each comes with its receipt, which is recorded with the next window.

    Raises StoreError, and OutcomeUnknown where something may have been written; entries without an
    outcome stay in the journal without a receipt. ``explain_progress`` says how far the run came.
    """
    with open_pool(stores.threads) as pool:
        yield from _Commit(counts, take, write, stores, pool).run()


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
        self._workers = Workers(partial(_try_write, write, stores), pool, WINDOW)
        self._unrecorded: list[tuple[int, Receipt]] = []
        self._error: StoreError | None = None
        self._recent: deque[bool] = deque(maxlen=_RECENT)

    def run(self) -> Iterator[tuple[RunEntry, Receipt]]:
        try:
            while window := self._take_window():
                for entry in window:
                    for done in self._workers.put(entry):
                        yield from self._settle(*done)
                if self._counts.settled < _CANARIES:
                    yield from self._settle_all()
            yield from self._settle_all()
            self._take_window()
        except BaseException as error:
            self._record_rest(error)
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
        self, entry: RunEntry, result: Receipt | StoreError
    ) -> Iterator[tuple[RunEntry, Receipt]]:
        self._recent.append(not isinstance(result, Receipt))
        if not isinstance(result, Receipt):
            self._counts.unknown += isinstance(result, OutcomeUnknown)
            self._error = self._error or result
            if sum(self._recent) >= _MOST_FAILING:
                raise self._error
            return
        self._unrecorded.append((entry.number, result))
        self._counts.add(result)
        for observer in self._stores.observers:
            observer.observe(entry, result)
        yield entry, result

    def _record_rest(self, error: BaseException) -> None:
        """Record what is known after an error. What is lost is found again by reading."""
        if error is not self._error:  # that one is counted already
            self._counts.unknown += isinstance(error, OutcomeUnknown)
        for entry, result in self._workers.abandon():
            if isinstance(result, Receipt):
                self._unrecorded.append((entry.number, result))
                self._counts.add(result)
            else:  # None: it has not come to its end
                self._counts.unknown += result is None or isinstance(result, OutcomeUnknown)
        with suppress(StoreError):
            self._stores.journal.record_outcomes(self._counts.head.id, self._unrecorded)


def _try_write(write: Write, stores: RunStores, entry: RunEntry) -> Receipt | StoreError:
    """The receipt; the error of a remote workspace is the end of this entry only.

    No method: in a circle of references, the stores would stay open after the run.
    """
    try:
        return redact_receipt(write(entry, stores), stores.project)
    except (WorkspaceError, OutcomeUnknown) as error:
        if stores.workspace == LOCAL:
            raise
        return error


@contextmanager
def abort_on_store_error() -> Iterator[None]:
    """A journal that fails between two people leaves no outcome unknown."""
    try:
        yield
    except StoreError as error:
        raise RunAborted(str(error), hint=error.hint) from error


@contextmanager
def explain_progress(counts: CommitCounts) -> Iterator[None]:
    """Add to a store's error what the run has done so far, and how to go on."""
    try:
        yield
    except StoreError as error:
        message = f"{error}; {counts.describe()}"
        finish, steps = (
            join_command(("runs", verb), counts.head.id) for verb in ("resume", "undo")
        )
        hint = f"{error.hint} Then finish it with `{finish}`, or undo it with `{steps}`."
        if counts.unknown:
            raise OutcomeUnknown(message, hint=hint) from error
        stopped = RunAborted(message, hint=hint)
        stopped.written = Outcome.APPLIED in counts.outcomes
        raise stopped from error
