"""One run in one SQLite file: its head, and for each person the plan and the outcome.

- The file appears with its head or not at all.
- What ``durable`` does not say survives a power cut after the next durable write.
- With a vault, plans, receipts and the head are sealed, each for its place; ids become pseudonyms.
  A run that is not completely sealed is not authentic: any program could forge it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from cactions.edges.store import run_schema
from cactions.edges.store.row_encryption import PlainRows, RowCipher
from cactions.edges.store.run_cells import RunCells, choose_state
from cactions.edges.store.run_counts import count_entries
from cactions.edges.store.run_seals import has_all_seals, seal_head
from cactions.edges.store.sqlite import Cell, Database
from cactions.edges.store.sqlite_free_pages import release_free_pages
from cactions.edges.store.stored_entries import PAGE, ReadPage, StoredEntries
from cactions.logic import documents, strict_json
from cactions.model import (
    EntryState,
    Json,
    OpenState,
    Plan,
    Receipt,
    Run,
    RunCounts,
    RunEntry,
    RunHead,
    RunPhase,
    UsageError,
)

_PLAIN: Final = PlainRows()
_SHOW: Final = "`cactions runs list` shows what there is."


class RunDatabase:
    """The open file of one run. Every method raises StoreError if the disk or the file fails."""

    def __init__(self, database: Database, cipher: RowCipher = _PLAIN) -> None:
        self.database = database
        self._cipher = cipher
        self._id = database.path.stem
        is_present = database.layout.version == run_schema.LAYOUT.version
        self.cells = RunCells(database, cipher, self._id, has_states=is_present)
        self.sql = run_schema.NEW if is_present else run_schema.OLD
        self._checked: tuple[Cell, bool] | None = None
        self._large: Cell = None

    @classmethod
    def begin(
        cls,
        path: Path,
        head: RunHead,
        cipher: RowCipher = _PLAIN,
        phase: RunPhase = RunPhase.RUNNING,
        *,
        number: int,
    ) -> None:
        """Make the file; durable on return. Raises FileExistsError if it exists.

        ``number``: which run of its folder it is.
        """
        text = strict_json.dump_json(documents.head_to_json(head))
        seal = seal_head(cipher, head.id, text) if cipher.seals else None

        def fill(database: Database) -> None:
            database.execute(run_schema.BEGIN, text, seal, phase.value)
            database.execute(run_schema.SET_NUMBER.format(number))

        Database.create(path, run_schema.LAYOUT, fill)

    @classmethod
    def existing(cls, path: Path, cipher: RowCipher = _PLAIN) -> RunDatabase | None:
        """Open the run of this file, if it exists."""
        database = Database.existing(path, *run_schema.LAYOUTS)
        return cls(database, cipher) if database else None

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def settle_log(self) -> None:
        """Make the content of the file durable, however its last writer ended."""
        self.database.settle()

    def set_number(self, number: int) -> None:
        """Say which run of its folder it is; durable on return."""
        with self.database.open_for_writing():
            self.database.execute(run_schema.SET_NUMBER.format(number))
        self.database.settle()

    # Writing

    def record_plans(self, plans: Sequence[Plan]) -> range:
        """Store plans that are written at once, all or none; durable. Returns their numbers."""
        with self.database.open_for_writing():
            first = self.get_last_number() + 1
            for number, plan in enumerate(plans, first):
                pseudonym, stored = self.cells.write_plan(number, plan)
                state = choose_state(plan, None, started=True)
                self.database.execute(self.sql.add_plan, number, pseudonym, stored, None, state)
        return range(first, first + len(plans))

    def replace_pending_plan(self, entry: int, plan: Plan) -> None:
        """Replace a pending plan of the same person; durable on return."""
        pseudonym, stored = self.cells.write_plan(entry, plan)
        with self.database.open_for_writing():
            if not self.database.execute(self.sql.answer, stored, entry, pseudonym):
                raise UsageError(f"the run has no entry {entry} for this person", hint=_SHOW)

    def start_entries(
        self, numbers: Iterable[int], outcomes: Iterable[tuple[int, Receipt]] = ()
    ) -> None:
        """Store that these plans are written now, and earlier outcomes; durable on return."""
        with self.database.open_for_writing():
            self._settle_all(outcomes)
            if self.sql is run_schema.NEW:
                wanted: list[Json] = [*numbers]
                listed = strict_json.dump_json(wanted)
                if self.database.execute(run_schema.START, listed) != len(wanted):
                    [*_, (number,)] = self.database.query_rows(run_schema.NOT_STARTED, listed)
                    raise UsageError(f"the run has no entry {number!r} to start", hint=_SHOW)

    def record_outcomes(self, outcomes: Iterable[tuple[int, Receipt]]) -> None:
        """Store the outcomes of entries; a later one replaces an earlier one."""
        with self.database.open_for_writing(durable=False):
            self._settle_all(outcomes)

    def _settle_all(self, outcomes: Iterable[tuple[int, Receipt]]) -> None:
        settled = dict(outcomes)
        rows = (
            (self.cells.write_receipt(entry, receipt), receipt.outcome.value, entry)
            for entry, receipt in settled.items()
        )
        if self.database.execute_all(self.sql.settle, rows) != len(settled):
            listed = strict_json.dump_json([*settled])
            [*_, (number,)] = self.database.query_rows(run_schema.NO_ENTRY, listed)
            raise UsageError(f"the run has no entry {number!r}", hint=_SHOW)

    def finish(self) -> None:
        """Mark the run as complete; durable on return, with everything before it.

        Of rows that never got a plan, only their number is left, and no mark of anyone. The room of
        what was deleted is given back before: whatever interrupts that, the run can be resumed.
        """
        release_free_pages(self.database)
        with self.database.open_for_writing():
            if self.sql is run_schema.NEW:
                self.database.execute(run_schema.EMPTY_WAITING)
                self.database.execute(run_schema.DROP_MARKS)
                self.database.execute(run_schema.DROP_EVIDENCE)
            self.database.execute("UPDATE run SET finished = 1")

    def mark_undone(self, person_ids: Iterable[str], by_run: str) -> None:
        """Note that the changes of these people were undone."""
        with self.database.open_for_writing():
            for person_id in person_ids:
                if not self.database.execute(
                    run_schema.UNDONE, by_run, self.cells.dump_pseudonyms(person_id)
                ):
                    raise UsageError(f"the run has no entry for the person {person_id}", hint=_SHOW)

    # Reading

    def is_authentic(self) -> bool:
        """Whether head, summary, plans and receipts are all sealed; always true without a vault.

        Deletions, states and the marks "finished" and "undone" are not covered. Raises VaultLocked.
        """
        if not self._cipher.seals:
            return True
        version = self._read_version()
        if self._checked is None or self._checked[0] != version:
            self._checked = (version, has_all_seals(self.database, self.cells, self._id))
        return self._checked[1]

    def _read_version(self) -> Cell:
        """Another number after others have written."""
        [(version,)] = self.database.query_rows("PRAGMA data_version")
        return version

    def read_head(self) -> tuple[RunHead, bool, RunPhase]:
        """The head of the run, whether it is finished, and its phase."""
        head, finished, phase = self._read_head()
        if head.id != self._id:
            raise self.database.build_damaged_error(f"it holds the run {head.id}")
        if phase not in {known.value for known in RunPhase}:
            raise self.database.build_damaged_error("its phase is unknown")
        return head, bool(finished), RunPhase(phase)

    def read_plan_id(self) -> str:
        """The id of a run that waits to be written, whatever the name of the file is.

        Raises UsageError for a run that was begun or closed: it is no plan, and would be resumed
        without a look at what it rests on.
        """
        head, finished, phase = self._read_head()
        if finished or phase != RunPhase.PLANNED.value:
            raise UsageError(
                f"the run {head.id} in this file is not complete, or was started before",
                hint="A plan is made by `cactions diff ACTION --people FILE --out PLAN`.",
            )
        return head.id

    def _read_head(self) -> tuple[RunHead, Cell, Cell]:
        rows = self.database.query_rows(self.sql.head)
        if len(rows) != 1:
            raise self.database.build_damaged_error("it should hold one run")
        [(text, finished, phase)] = rows
        return self.cells.parse(text, documents.head_from_json), finished, phase

    def read_run(self, read_page: ReadPage) -> Run:
        """The run; of a small one, all is read in one transaction.

        ``read_page`` reads the entries of a large one later, when this file may be closed; here, a
        page of them shows damage. It is not read again while only this process has written.
        """
        with self.database.open_for_reading():
            head, finished, phase = self.read_head()
            entries: tuple[RunEntry, ...] | StoredEntries = ()
            if (version := self._read_version()) != self._large:
                entries = tuple(self.read_page(0))
                self._large = version if len(entries) == PAGE else None
            counts, authentic = self._count_entries(), self.is_authentic()
        if self._large is not None:
            entries = StoredEntries(read_page, counts, has_states=self.sql is run_schema.NEW)
        return Run(head, entries, finished, authentic, phase, counts)

    def _count_entries(self) -> RunCounts:
        """All entries, counted."""
        if self.sql is run_schema.OLD:
            return RunCounts.of(StoredEntries(self.read_page, RunCounts(), has_states=False))
        return count_entries(self.database)

    def read_page(
        self, after: int, state: EntryState | None = None, most: int = PAGE
    ) -> list[RunEntry]:
        """The next entries with a plan, or those in a state; an older layout has only open ones."""
        if state is None:
            sql, values = f"{self.sql.columns} {run_schema.PAGE}", (after, most)
            return self.read_entries(sql, *values)
        is_open = "receipt IS NULL AND " if isinstance(state, OpenState) else ""
        sql = f"{self.sql.columns} {is_open}{run_schema.IN_STATE}"
        return self.read_entries(sql, state.value, after, most)

    def read_range(self, first: int, last: int) -> list[RunEntry]:
        """The entries of these numbers that have a plan."""
        return self.read_entries(f"{self.sql.columns} {run_schema.RANGE}", first, last)

    def read_standing(self, after: int) -> list[RunEntry]:
        """The next entries that may have left something."""
        return self.read_entries(f"{self.sql.columns} {run_schema.WRITTEN}", after, PAGE)

    def get_last_number(self) -> int:
        """The number of the last entry; 0 for none."""
        [(last,)] = self.database.query_rows("SELECT ifnull(max(number), 0) FROM entry")
        assert isinstance(last, int), "an entry's number is a whole number"
        return last

    def list_of_people(self, person_ids: Iterable[str]) -> list[RunEntry]:
        """The entries of these people."""
        sql = f"{self.sql.columns} {run_schema.PERSON} ORDER BY number"
        return self.read_entries(sql, self.cells.dump_pseudonyms(*person_ids))

    def read_entries(self, sql: str, *values: Cell) -> list[RunEntry]:
        """The entries of a query with ``sql.columns``."""
        return [*map(self.cells.read_entry, self.database.query_rows(sql, *values))]
