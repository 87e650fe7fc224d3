"""Writes runs, each through its own store: a file, or rows of a database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from cactions.edges.store.run_reader import RunCollection, RunReader, StoredRun
from cactions.edges.store.stored_entries import PAGE
from cactions.model import (
    EntryState,
    OpenState,
    Outcome,
    Plan,
    PlannedEntry,
    Receipt,
    RunEntry,
)


class WritableRun(StoredRun, Protocol):
    """One run; each method is the one of ``Journal`` in ``app/ports.py`` for it."""

    def record_plans(self, plans: Sequence[Plan]) -> Sequence[int]:
        """Store plans that are written at once, all or none; durable. Returns their numbers."""

    def replace_pending_plan(self, entry: int, plan: Plan) -> None:
        """Replace a pending plan of the same person; durable on return."""

    def start_entries(
        self, numbers: Iterable[int], outcomes: Iterable[tuple[int, Receipt]] = ()
    ) -> None:
        """Store that these plans are written now, and earlier outcomes; durable on return."""

    def record_outcomes(self, outcomes: Iterable[tuple[int, Receipt]]) -> None:
        """Store the outcomes of entries; a later one replaces an earlier one."""

    def read_page(
        self, after: int, state: EntryState | None = None, most: int = ...
    ) -> list[RunEntry]:
        """The next entries by number, or those of them in a state."""

    def read_range(self, first: int, last: int) -> list[RunEntry]:
        """The entries of these numbers that have a plan."""

    def read_standing(self, after: int) -> list[RunEntry]:
        """The next entries that may have left something."""

    def list_of_people(self, person_ids: Iterable[str]) -> list[RunEntry]:
        """The entries of these people."""

    def finish(self) -> None:
        """Mark the run as complete."""

    def mark_undone(self, person_ids: Iterable[str], by_run: str) -> None:
        """Note that the changes of these people were undone."""


class WritableRuns(RunCollection, Protocol):
    """The runs of a folder, or of a project in a database."""

    def open_run(self, run_id: str) -> WritableRun:
        """The run. Raises UsageError for an unknown id."""


class RunWriter(RunReader):
    """The part of ``Journal`` that is the same wherever runs are kept."""

    def __init__(self, runs: WritableRuns, redact: Callable[[RunEntry], RunEntry]) -> None:
        super().__init__(runs, redact)
        self._writable = runs

    def record_plans(self, run_id: str, plans: Sequence[Plan]) -> Sequence[int]:
        return self._writable.open_run(run_id).record_plans(plans)

    def replace_pending_plan(self, run_id: str, entry: int, plan: Plan) -> None:
        self._writable.open_run(run_id).replace_pending_plan(entry, plan)

    def start_entries(
        self, run_id: str, numbers: Iterable[int], outcomes: Iterable[tuple[int, Receipt]] = ()
    ) -> None:
        self._writable.open_run(run_id).start_entries(numbers, outcomes)

    def record_outcomes(self, run_id: str, outcomes: Iterable[tuple[int, Receipt]]) -> None:
        self._writable.open_run(run_id).record_outcomes(outcomes)

    def read_open(
        self, run_id: str, after: int, most: int = PAGE, *, started: bool
    ) -> list[RunEntry]:
        run = self._writable.open_run(run_id)
        states = (OpenState.STARTED, OpenState.CALLING) if started else (OpenState.PLANNED,)
        found = [entry for state in states for entry in run.read_page(after, state, most)]
        return sorted(found, key=lambda entry: entry.number)[:most]

    def read_range(self, run_id: str, first: int, last: int) -> list[RunEntry]:
        return self._writable.open_run(run_id).read_range(first, last)

    def read_standing(self, run_id: str, after: int) -> list[RunEntry]:
        return self._writable.open_run(run_id).read_standing(after)

    def list_of_people(self, run_id: str, person_ids: Iterable[str]) -> list[RunEntry]:
        return self._writable.open_run(run_id).list_of_people(person_ids)

    def finish(self, run_id: str) -> None:
        self._writable.open_run(run_id).finish()

    def mark_undone(self, run_id: str, person_ids: Iterable[str], by_run: str) -> None:
        self._writable.open_run(run_id).mark_undone(person_ids, by_run)


def hold_planned(
    run: WritableRun, held: Iterable[tuple[int, str]]
) -> list[tuple[PlannedEntry, str]]:
    """Hold entries for a reason; those that would have been written, as they were."""
    found: list[tuple[PlannedEntry, str]] = []
    for number, why in dict(held).items():
        page = run.read_page(number - 1, OpenState.PLANNED, 1)
        if page and page[0].number == number:
            found.append((PlannedEntry(number, page[0].plan), why))
    run.record_outcomes(
        (entry.number, Receipt(entry.plan.subject.person_id, Outcome.HELD, why))
        for entry, why in found
    )
    return found
