"""What planning for many people needs of the journal, as protocols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from cactions.model import JobRow, Json, PlannedEntry, RunPhase, Value


class AppliedValues(Protocol):
    """Knows what runs have written to a person."""

    def get_last_applied(self, person_id: str) -> Mapping[str, Value]:
        """By attribute, the value that a run applied last and that was not undone."""

    def list_last_applied(self, person_ids: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        """What ``get_last_applied`` says of each; those with nothing are left out."""


class PlanningRows(Protocol):
    """The rows of a run that is being planned, and the plans that take their place.

    What is not durable is lost with the power; nothing was written to a person then.
    """

    def add(self, rows: Sequence[tuple[int, JobRow]], settled: Iterable[PlannedEntry]) -> None:
        """Store rows that wait for their plans, and entries that need none."""

    def read_waiting(self, after: int, most: int = ...) -> Sequence[tuple[int, JobRow]]:
        """The next rows without a plan, by number."""

    def place(self, entries: Iterable[PlannedEntry], *, durable: bool = False) -> None:
        """Store plans in the place of their rows, or of pending plans, with their marks."""

    def list_evidence(self) -> Iterable[tuple[int, Json]]:
        """What calls have shown, by the number of their entry, until everyone is planned."""

    def put_back(self, rows: Iterable[tuple[int, JobRow]]) -> None:
        """Let rows wait again whose call was pending, and was certainly not begun."""

    def mark(self, marks: Iterable[tuple[str, int]]) -> None:
        """Store texts that should not repeat (``kind:value``), with the number of their entry."""

    def hold(self, held: Iterable[tuple[int, str]]) -> Sequence[tuple[PlannedEntry, str]]:
        """Hold entries for a reason; those that would have been written, as they were."""

    def list_repeated(self, kind: str) -> Iterable[Sequence[int]]:
        """For each text of this kind that entries share, their numbers."""

    def advance(self, phase: RunPhase, summary: str) -> None:
        """Enter the next phase; durable on return, with everything before it."""

    def read_summary(self) -> str:
        """What was stored with the phase; empty for nothing."""
