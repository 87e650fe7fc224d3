"""The part of a run's file that plans many people: rows that wait, and plans in their place.

What ``durable`` does not say is lost with the power, and nothing was written to anyone then.
``advance`` makes everything durable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from cactions.edges.store import run_schema
from cactions.edges.store.run_cells import choose_state
from cactions.edges.store.run_evidence import RunEvidence
from cactions.edges.store.run_file import RunDatabase
from cactions.edges.store.run_writer import hold_planned
from cactions.edges.store.sqlite import Cell, Row
from cactions.edges.store.stored_entries import PAGE
from cactions.logic import strict_json
from cactions.model import JobRow, Json, PlannedEntry, RunPhase


class RunRows:
    """Rows and plans of a run that is being planned. Every method raises StoreError."""

    def __init__(self, run: RunDatabase) -> None:
        self._run = run
        self._database, self._cells = run.database, run.cells
        self._evidence = RunEvidence(run.database, run.cells)

    def add(self, rows: Sequence[tuple[int, JobRow]], settled: Iterable[PlannedEntry]) -> None:
        """Store rows that wait for their plans, and entries that need none."""
        with self._database.open_for_writing(durable=False):
            waiting = ((number, self._cells.write_row(number, row)) for number, row in rows)
            self._database.execute_all(run_schema.WAIT, waiting)
            self._database.execute_all(run_schema.PLACE, map(self._write, settled))

    def read_waiting(self, after: int, most: int = PAGE) -> list[tuple[int, JobRow]]:
        """The next rows without a plan, by number."""
        rows = self._database.query_rows(run_schema.WAITING, after, most)
        return [(int(number or 0), self._cells.read_row(number, cell)) for number, cell in rows]

    def place(self, entries: Iterable[PlannedEntry], *, durable: bool = False) -> None:
        """Store plans in the place of their rows, or of pending plans."""
        with self._database.open_for_writing(durable=durable):
            placed = [*entries]
            self._database.execute_all(run_schema.PLACE, map(self._write, placed))
            numbers = strict_json.dump_json([each.number for each in placed])
            self._database.execute(run_schema.END_WAIT, numbers)
            self._add_marks((text, each.number) for each in placed for text in each.marks)
            self._evidence.add(placed)

    def list_evidence(self) -> Iterator[tuple[int, Json]]:
        """What the calls have shown, by the number of their entry."""
        return self._evidence.list_all()

    def put_back(self, rows: Iterable[tuple[int, JobRow]]) -> None:
        """Let rows wait again whose call was pending, and was certainly not begun."""
        with self._database.open_for_writing():
            for number, row in rows:
                if self._database.execute(run_schema.WITHDRAW, number):
                    cell = self._cells.write_row(number, row)
                    self._database.execute(run_schema.WAIT, number, cell)

    def mark(self, marks: Iterable[tuple[str, int]]) -> None:
        """Store texts that should not repeat, with the number of their entry."""
        with self._database.open_for_writing(durable=False):
            self._add_marks(marks)

    def hold(self, held: Iterable[tuple[int, str]]) -> list[tuple[PlannedEntry, str]]:
        """Hold entries for a reason; those that would have been written, as they were."""
        return hold_planned(self._run, held)

    def list_repeated(self, prefix: str) -> Iterator[list[int]]:
        """For each text of this beginning that entries share, their numbers; page by page."""
        last: Cell = f"{prefix}:"
        while page := self._database.query_rows(run_schema.REPEATED, last, f"{prefix};", PAGE):
            texts = strict_json.dump_json([str(text) for (text,) in page])
            rows = self._database.query_rows(run_schema.NUMBERS, texts)
            for _, group in groupby(rows, key=lambda row: row[0]):
                yield [int(number or 0) for _, number in group]
            [last] = page[-1]

    def advance(self, phase: RunPhase, summary: str) -> None:
        """Enter the next phase; durable on return, with everything before it."""
        with self._database.open_for_writing():
            self._database.execute(run_schema.DROP_MARKS)
            self._database.execute(run_schema.DROP_EVIDENCE)
            self._database.execute(
                run_schema.SET_PHASE, phase.value, self._cells.write_summary(summary)
            )

    def read_summary(self) -> str:
        """What was stored with the phase; empty for nothing."""
        [(stored,)] = self._database.query_rows("SELECT summary FROM run")
        return self._cells.read_summary(stored)

    def _write(self, entry: PlannedEntry) -> Row:
        person, plan = self._cells.write_plan(entry.number, entry.plan)
        receipt = None
        if entry.receipt:
            receipt = self._cells.write_receipt(entry.number, entry.receipt)
        state = choose_state(entry.plan, entry.receipt, started=False)
        return entry.number, person, plan, receipt, state

    def _add_marks(self, marks: Iterable[tuple[str, int]]) -> None:
        self._database.execute_all(run_schema.ADD_MARK, map(self._write_mark, marks))

    def _write_mark(self, mark: tuple[str, int]) -> Row:
        kind, _, value = mark[0].partition(":")
        return f"{kind}:{self._cells.write_pseudonym(value)}", mark[1]
