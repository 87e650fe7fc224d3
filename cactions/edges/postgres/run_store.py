"""One run in the database: its head, and for each person the plan and the outcome.

As ``edges/store/run_file.py``, with the same cells; everything in it is sealed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol

from cactions.edges.postgres.connection import Cell, PostgresDatabase, Row
from cactions.edges.store.row_encryption import RowCipher
from cactions.edges.store.run_cells import RunCells, choose_state
from cactions.edges.store.run_counts import sum_states
from cactions.edges.store.run_seals import HEAD
from cactions.edges.store.stored_entries import PAGE, ReadPage, StoredEntries
from cactions.logic import documents
from cactions.model import (
    EntryState,
    OpenState,
    Plan,
    Receipt,
    Run,
    RunCounts,
    RunEntry,
    RunHead,
    RunPhase,
    StoreError,
    UsageError,
)

_SHOW: Final = "`cactions runs list` shows what there is."
_COLUMNS: Final = """SELECT number, person, plan, receipt, undone_by, state
    FROM entry JOIN plan USING (run, number) WHERE run = %s"""
_ADD: Final = """INSERT INTO entry (run, number, person, state)
    SELECT %s, * FROM unnest(%s::int[], %s::text[], %s::text[])"""
PLACE_PLANS: Final = """INSERT INTO plan (run, number, plan)
    SELECT %s, * FROM unnest(%s::int[], %b::bytea[])
    ON CONFLICT (run, number) DO UPDATE SET plan = excluded.plan"""
_SETTLE: Final = """UPDATE entry SET receipt = u.receipt, state = u.state
    FROM (SELECT %s AS run, * FROM unnest(%s::int[], %b::bytea[], %s::text[])
        AS v (number, receipt, state)) AS u
    WHERE entry.run = u.run AND entry.number = u.number"""
_STANDS: Final = "state IN ('started', 'applied') AND undone_by = ''"
_COUNT: Final = """SELECT state, undone_by = '' AND person != '', undone_by = '', count(*)
    FROM entry WHERE run = %s GROUP BY 1, 2, 3
    UNION ALL SELECT 'waiting', false, true, count(*) FROM waiting WHERE run = %s"""


class Fence(Protocol):
    """What allows a process to write a run."""

    def check(self, database: PostgresDatabase) -> None:
        """In each transaction that writes. Raises StoreError where the right is lost."""


class NoFence:
    """For a process that holds the lock of the run."""

    def check(self, _database: PostgresDatabase) -> None:
        """Nothing is needed."""


class PostgresRun:
    """One run. Every method raises StoreError if the database fails."""

    def __init__(
        self, database: PostgresDatabase, cipher: RowCipher, key: int, run_id: str, fence: Fence
    ) -> None:
        """``key`` is the number of the run in the database."""
        self.database, self.key = database, key
        self._id, self._fence = run_id, fence
        self.cells = RunCells(self, cipher, run_id)
        self._cipher = cipher

    def __str__(self) -> str:
        return f"the run {self._id} in {self.database}"

    def build_damaged_error(self, why: str) -> StoreError:
        """The error for content that was not written here."""
        return StoreError(f"{self} is damaged: {why}", hint="Restore it from a backup.")

    @contextmanager
    def open_for_writing(self, *, durable: bool = True) -> Iterator[None]:
        """A transaction that writes the run, if this process still may."""
        with self.database.open_for_writing(durable=durable):
            self._fence.check(self.database)
            yield

    # Writing

    def record_plans(self, plans: Sequence[Plan]) -> range:
        """Store plans that are written at once, all or none; durable. Returns their numbers."""
        with self.open_for_writing():
            [(last,)] = self._query("SELECT coalesce(max(number), 0) FROM entry WHERE run = %s")
            numbers = range(last + 1, last + 1 + len(plans))
            entries, stored = [], []
            for number, plan in zip(numbers, plans, strict=True):
                person, cell = self.cells.write_plan(number, plan)
                entries.append((number, person, choose_state(plan, None, started=True)))
                stored.append((number, cell))
            self.database.execute_all(_ADD, entries, self.key)
            self.database.execute_all(PLACE_PLANS, stored, self.key)
        return numbers

    def replace_pending_plan(self, entry: int, plan: Plan) -> None:
        """Replace a pending plan of the same person; durable on return."""
        person, stored = self.cells.write_plan(entry, plan)
        sql = """UPDATE entry SET state = 'started'
            WHERE run = %s AND number = %s AND person = %s"""
        with self.open_for_writing():
            if not self.database.execute(sql, self.key, entry, person):
                raise UsageError(f"the run has no entry {entry} for this person", hint=_SHOW)
            self.database.execute_all(PLACE_PLANS, [(entry, stored)], self.key)

    def start_entries(
        self, numbers: Iterable[int], outcomes: Iterable[tuple[int, Receipt]] = ()
    ) -> None:
        """Store that these plans are written now, and earlier outcomes; durable on return."""
        wanted = [*numbers]
        sql = """UPDATE entry SET state = 'started'
            WHERE run = %s AND number = ANY(%s) AND state IN ('planned', 'started')"""
        with self.open_for_writing():
            self._settle_all(outcomes)
            if self.database.execute(sql, self.key, wanted) != len(wanted):
                missing = set(wanted) - self._list_numbers(wanted, "AND state = 'started'")
                raise UsageError(f"the run has no entry {max(missing)} to start", hint=_SHOW)

    def record_outcomes(self, outcomes: Iterable[tuple[int, Receipt]]) -> None:
        """Store the outcomes of entries; a later one replaces an earlier one."""
        with self.open_for_writing(durable=False):
            self._settle_all(outcomes)

    def _settle_all(self, outcomes: Iterable[tuple[int, Receipt]]) -> None:
        settled = dict(outcomes)
        rows = [
            (entry, self.cells.write_receipt(entry, receipt), receipt.outcome.value)
            for entry, receipt in settled.items()
        ]
        if self.database.execute_all(_SETTLE, rows, self.key) != len(settled):
            missing = settled.keys() - self._list_numbers([*settled])
            raise UsageError(f"the run has no entry {max(missing)}", hint=_SHOW)

    def _list_numbers(self, numbers: list[int], condition: str = "") -> set[int]:
        sql = f"SELECT number FROM entry WHERE run = %s AND number = ANY(%s) {condition}"  # noqa: S608 - it is ours
        return {number for (number,) in self.database.query_rows(sql, self.key, numbers)}

    def finish(self) -> None:
        """Mark the run as complete; of rows without a plan, only their number is left."""
        with self.open_for_writing():
            self.drop_planning()
            self._execute("UPDATE waiting SET row = '' WHERE run = %s")
            self._execute("UPDATE run SET finished = true WHERE number = %s")

    def drop_planning(self) -> None:
        """Delete what is only needed until everyone is planned."""
        self._execute("DELETE FROM mark WHERE run = %s")
        self._execute("DELETE FROM evidence WHERE run = %s")

    def mark_undone(self, person_ids: Iterable[str], by_run: str) -> None:
        """Note that the changes of these people were undone."""
        sql = "UPDATE entry SET undone_by = %s WHERE run = %s AND person = ANY(%s)"
        with self.open_for_writing():
            for person_id in person_ids:
                found = self.cells.list_pseudonyms(person_id)
                if not self.database.execute(sql, by_run, self.key, found):
                    raise UsageError(f"the run has no entry for the person {person_id}", hint=_SHOW)

    # Reading

    def is_authentic(self) -> bool:
        """Whether the head is sealed; no cell can be stored otherwise. Raises VaultLocked."""
        [(text, seal)] = self._query("SELECT head, seal FROM run WHERE number = %s")
        self.cells.unseal(seal, (self._id, HEAD, text))
        return True

    def read_head(self) -> tuple[RunHead, bool, RunPhase]:
        """The head of the run, whether it is finished, and its phase."""
        rows = self._query("SELECT head, finished, phase FROM run WHERE number = %s")
        if not rows:
            raise StoreError(f"{self} was deleted", hint=_SHOW)
        [(text, finished, phase)] = rows
        head = self.cells.parse(text, documents.head_from_json)
        if head.id != self._id or phase not in {known.value for known in RunPhase}:
            raise self.build_damaged_error("its head is of another run, or its phase is unknown")
        return head, finished, RunPhase(phase)

    def read_run(self, read_page: ReadPage) -> Run:
        """The run; the entries of a large one are read with ``read_page`` when they are needed."""
        with self.database.open_for_reading():
            head, finished, phase = self.read_head()
            counts, authentic = self.count_entries(), self.is_authentic()
            page = self.read_page(0)
        entries: Sequence[RunEntry] | StoredEntries = tuple(page)
        if len(page) == PAGE:
            entries = StoredEntries(read_page, counts, has_states=True)
        return Run(head, entries, finished, authentic, phase, counts)

    def count_entries(self) -> RunCounts:
        """All entries, counted by the database."""
        return sum_states(self.database.query_rows(_COUNT, self.key, self.key), self)

    def read_page(
        self, after: int, state: EntryState | None = None, most: int = PAGE
    ) -> list[RunEntry]:
        """The next entries with a plan, or those in a state."""
        if state is None:
            return self._read("AND number > %s ORDER BY number LIMIT %s", after, most)
        is_open = "AND receipt IS NULL" if isinstance(state, OpenState) else ""
        rest = f"{is_open} AND state = %s AND number > %s ORDER BY number LIMIT %s"
        return self._read(rest, state.value, after, most)

    def read_range(self, first: int, last: int) -> list[RunEntry]:
        """The entries of these numbers that have a plan."""
        return self._read("AND number BETWEEN %s AND %s ORDER BY number", first, last)

    def read_standing(self, after: int) -> list[RunEntry]:
        """The next entries that may have left something."""
        return self._read(f"AND {_STANDS} AND number > %s ORDER BY number LIMIT %s", after, PAGE)

    def list_of_people(self, person_ids: Iterable[str]) -> list[RunEntry]:
        """The entries of these people."""
        found = self.cells.list_pseudonyms(*person_ids)
        return self._read("AND person = ANY(%s) ORDER BY number", found)

    def _read(self, rest: str, *values: Cell) -> list[RunEntry]:
        rows = self.database.query_rows(f"{_COLUMNS} {rest}", self.key, *values)
        return [self.cells.read_entry(tuple(row)) for row in rows]

    def _query(self, sql: str) -> list[Row]:
        return self.database.query_rows(sql, self.key)

    def _execute(self, sql: str) -> None:
        self.database.execute(sql, self.key)
