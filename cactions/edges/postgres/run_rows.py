"""The part of a run in the database that plans many people; as ``edges/store/run_rows.py``.

Several workers may plan one run: each places other rows, and evidence in blocks of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from cactions.edges.postgres.connection import Cell
from cactions.edges.postgres.run_store import PLACE_PLANS, PostgresRun
from cactions.edges.store.run_cells import choose_state
from cactions.edges.store.run_writer import hold_planned
from cactions.edges.store.stored_entries import PAGE
from cactions.model import JobRow, Json, PlannedEntry, RunPhase

_BLOCKS = 20
"""Blocks of evidence that are read at once."""
WAIT = "INSERT INTO waiting (run, number, row) SELECT %s, * FROM unnest(%s::int[], %b::bytea[])"
_PLACE = """INSERT INTO entry (run, number, person, receipt, state)
    SELECT %s, * FROM unnest(%s::int[], %s::text[], %b::bytea[], %s::text[])
    ON CONFLICT (run, number) DO UPDATE SET person = excluded.person, receipt = excluded.receipt,
    undone_by = '', state = excluded.state"""
_MARK = """INSERT INTO mark (run, value, number)
    SELECT %s, * FROM unnest(%s::text[], %s::int[]) ON CONFLICT DO NOTHING"""
_SHOW = """INSERT INTO evidence (run, number, shown) VALUES (%s, %s, %s)
    ON CONFLICT (run, number) DO UPDATE SET shown = excluded.shown"""
_REPEATED = """SELECT value FROM mark WHERE run = %s AND value > %s
    AND value < %s GROUP BY value HAVING count(*) > 1
    ORDER BY value LIMIT %s"""


class PostgresRows:
    """Implements ``PlanningRows`` of ``app/planning_ports.py``. Every method raises StoreError."""

    def __init__(self, run: PostgresRun) -> None:
        self._run = run
        self._database, self._cells = run.database, run.cells

    def add(self, rows: Sequence[tuple[int, JobRow]], settled: Iterable[PlannedEntry]) -> None:
        """Store rows that wait for their plans, and entries that need none."""
        waiting = [(at, self._cells.write_row(at, row)) for at, row in rows]
        with self._run.open_for_writing(durable=False):
            self._database.execute_all(WAIT, waiting, self._run.key)
            self._place(settled)

    def read_waiting(self, after: int, most: int = PAGE) -> list[tuple[int, JobRow]]:
        """The next rows without a plan, by number."""
        sql = """SELECT number, row FROM waiting WHERE run = %s AND number > %s
            ORDER BY number LIMIT %s"""
        rows = self._database.query_rows(sql, self._run.key, after, most)
        return [(number, self._cells.read_row(number, cell)) for number, cell in rows]

    def place(self, entries: Iterable[PlannedEntry], *, durable: bool = False) -> None:
        """Store plans in the place of their rows, or of pending plans."""
        placed = [*entries]
        marks = [(text, each.number) for each in placed for text in each.marks]
        with self._run.open_for_writing(durable=durable):
            self._place(placed)
            self._database.execute(
                "DELETE FROM waiting WHERE run = %s AND number = ANY(%s)",
                self._run.key,
                [each.number for each in placed],
            )
            self._add_marks(marks)
            self._add_evidence(placed)

    def list_evidence(self) -> Iterator[tuple[int, Json]]:
        """What the calls have shown, by the number of their entry, in order."""
        shown: dict[int, Json] = {}
        for first, block in self._read_blocks():
            yield from ((number, shown.pop(number)) for number in sorted(shown) if number < first)
            shown |= block
        yield from sorted(shown.items())

    def put_back(self, rows: Iterable[tuple[int, JobRow]]) -> None:
        """Let rows wait again whose call was pending, and was certainly not begun."""
        sql = "DELETE FROM entry WHERE run = %s AND number = %s AND state = 'calling'"
        drop = "DELETE FROM plan WHERE run = %s AND number = %s"
        with self._run.open_for_writing():
            for number, row in rows:
                if self._database.execute(sql, self._run.key, number):
                    self._database.execute(drop, self._run.key, number)
                    cell = self._cells.write_row(number, row)
                    self._database.execute_all(WAIT, [(number, cell)], self._run.key)

    def mark(self, marks: Iterable[tuple[str, int]]) -> None:
        """Store texts that should not repeat, with the number of their entry."""
        with self._run.open_for_writing(durable=False):
            self._add_marks(marks)

    def hold(self, held: Iterable[tuple[int, str]]) -> list[tuple[PlannedEntry, str]]:
        """Hold entries for a reason; those that would have been written, as they were."""
        return hold_planned(self._run, held)

    def list_repeated(self, prefix: str) -> Iterator[list[int]]:
        """For each text of this beginning that entries share, their numbers; page by page."""
        last, key = f"{prefix}:", self._run.key
        while page := self._database.query_rows(_REPEATED, key, last, f"{prefix};", PAGE):
            texts: list[str] = [text for (text,) in page]
            sql = """SELECT value, number FROM mark WHERE run = %s AND value = ANY(%s)
                ORDER BY value, number"""
            for _, group in groupby(self._database.query_rows(sql, key, texts), lambda row: row[0]):
                yield [number for _, number in group]
            last = texts[-1]

    def advance(self, phase: RunPhase, summary: str) -> None:
        """Enter the next phase; durable on return, with everything before it."""
        stored = self._cells.write_summary(summary)
        with self._run.open_for_writing():
            self._run.drop_planning()
            sql = "UPDATE run SET phase = %s, summary = %s WHERE number = %s"
            self._database.execute(sql, phase.value, stored, self._run.key)

    def read_summary(self) -> str:
        """What was stored with the phase; empty for nothing."""
        sql = "SELECT summary FROM run WHERE number = %s"
        [(stored,)] = self._database.query_rows(sql, self._run.key)
        return self._cells.read_summary(stored)

    def forget_evidence(self, numbers: Iterable[int]) -> None:
        """Erase the evidence of entries."""
        gone = frozenset(numbers)
        for first, block in [*self._read_blocks()]:
            if not gone.isdisjoint(block):
                kept = {at: shown for at, shown in block.items() if at not in gone}
                cell = self._cells.write_evidence(first, kept)
                self._database.execute(_SHOW, self._run.key, first, cell)

    def _read_blocks(self) -> Iterator[tuple[int, dict[int, Json]]]:
        sql = """SELECT number, shown FROM evidence WHERE run = %s AND number > %s
            ORDER BY number LIMIT %s"""
        last = 0
        while rows := self._database.query_rows(sql, self._run.key, last, _BLOCKS):
            for first, stored in rows:
                yield first, self._cells.read_evidence(first, stored)
                last = first

    def _place(self, placed: Iterable[PlannedEntry]) -> None:
        entries: list[Sequence[Cell]] = []
        plans: list[Sequence[Cell]] = []
        for entry in placed:
            person, plan = self._cells.write_plan(entry.number, entry.plan)
            receipt = None
            if entry.receipt:
                receipt = self._cells.write_receipt(entry.number, entry.receipt)
            state = choose_state(entry.plan, entry.receipt, started=False)
            entries.append((entry.number, person, receipt, state))
            plans.append((entry.number, plan))
        self._database.execute_all(_PLACE, entries, self._run.key)
        self._database.execute_all(PLACE_PLANS, plans, self._run.key)

    def _add_marks(self, marks: Iterable[tuple[str, int]]) -> None:
        rows = ((self._write_mark(text), number) for text, number in marks)
        self._database.execute_all(_MARK, rows, self._run.key)

    def _write_mark(self, text: str) -> str:
        kind, _, value = text.partition(":")
        return f"{kind}:{self._cells.write_pseudonym(value)}"

    def _add_evidence(self, placed: Iterable[PlannedEntry]) -> None:
        """A block for the entries that are placed together."""
        shown = {each.number: each.evidence for each in placed if each.evidence is not None}
        if shown:
            first = min(shown)
            cell = self._cells.write_evidence(first, shown)
            self._database.execute(_SHOW, self._run.key, first, cell)
