"""One run in one SQLite file: its head, and for each person the plan and the outcome.

- The file appears with its head or not at all.
- ``record_outcome`` survives a power cut after the next durable write.
- With a vault, plans, receipts and the head are sealed, each for its place; ids become pseudonyms.
  A run that is not completely sealed is not authentic: any program could forge it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from cactions.edges.store import run_schema
from cactions.edges.store.row_encryption import SEALED_PREFIX, Place, PlainRows, RowCipher
from cactions.edges.store.sqlite import Cell, Database, Row
from cactions.logic import documents, strict_json
from cactions.model import (
    Json,
    Outcome,
    PersonQuery,
    Plan,
    Receipt,
    Run,
    RunEntry,
    RunHead,
    SentCall,
    StoreError,
    Subject,
    UsageError,
    Value,
)

T = TypeVar("T")

_EMPTY_PLAN: Final = strict_json.dump_json(
    documents.plan_to_json(Plan("", Subject("", PersonQuery("id", "")), SentCall("")), redact=False)
)
"""What remains of a plan after its person was forgotten."""

_HEAD, _PLAN, _RECEIPT = "head", "plan", "receipt"
_FORGOTTEN: Final = '[""]'
_PLAIN: Final = PlainRows()
_SHOW: Final = "`cactions runs show` lists its entries."


class RunDatabase:
    """The open file of one run. Every method raises StoreError if the disk or the file fails."""

    def __init__(self, database: Database, cipher: RowCipher = _PLAIN) -> None:
        self._database = database
        self._cipher = cipher

    @classmethod
    def begin(cls, path: Path, head: RunHead, cipher: RowCipher = _PLAIN) -> None:
        """Make the file; durable on return. Raises FileExistsError if it exists."""
        text = strict_json.dump_json(documents.head_to_json(head))
        seal = cipher.seal("", (head.id, _HEAD, text)) if cipher.seals else None
        Database.create(
            path, run_schema.LAYOUT, lambda database: database.execute(run_schema.BEGIN, text, seal)
        )

    @classmethod
    def existing(cls, path: Path, cipher: RowCipher = _PLAIN) -> RunDatabase | None:
        """Open the run of this file, if it exists."""
        database = Database.existing(path, run_schema.LAYOUT, run_schema.OLD_LAYOUT)
        return cls(database, cipher) if database else None

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def settle_log(self) -> None:
        """Make the content of the file durable, however its last writer ended."""
        self._database.settle()

    def record_plans(self, plans: Sequence[Plan]) -> range:
        """Store the plans, all or none; durable on return. Returns the entry numbers, from 1."""
        with self._database.open_for_writing():
            [(last,)] = self._database.query_rows("SELECT ifnull(max(number), 0) FROM entry")
            assert isinstance(last, int), "an entry's number is a whole number"
            for number, plan in enumerate(plans, last + 1):
                self._database.execute(run_schema.INTEND, number, *self._seal_plan(number, plan))
        return range(last + 1, last + 1 + len(plans))

    def replace_pending_plan(self, entry: int, plan: Plan) -> None:
        """Replace a pending plan of the same person; durable on return."""
        pseudonym, stored = self._seal_plan(entry, plan)
        with self._database.open_for_writing():
            if not self._database.execute(run_schema.ANSWER, stored, entry, pseudonym):
                raise UsageError(f"the run has no entry {entry} for this person", hint=_SHOW)

    def _seal_plan(self, number: int, plan: Plan) -> tuple[str, str | bytes]:
        """The person's pseudonym, and the plan in the form to be stored."""
        text = strict_json.dump_json(documents.plan_to_json(plan, redact=False))
        pseudonym = self._cipher.list_person_pseudonyms(plan.subject.person_id)[0]
        return pseudonym, self._cipher.seal(text, self._build_place(number, _PLAN))

    def record_outcome(self, entry: int, receipt: Receipt) -> None:
        """Store the outcome of an entry; a later one replaces it."""
        text = strict_json.dump_json(documents.receipt_to_json(receipt, redact=False))
        stored = self._cipher.seal(text, self._build_place(entry, _RECEIPT))
        with self._database.open_for_writing(durable=False):
            if not self._database.execute(run_schema.SETTLE, stored, entry):
                raise UsageError(f"the run has no entry {entry}", hint=_SHOW)

    def finish(self) -> None:
        """Mark the run as complete; durable on return, with everything before it."""
        with self._database.open_for_writing():
            self._database.execute("UPDATE run SET finished = 1")

    def mark_undone(self, person_id: str, by_run: str) -> None:
        """Note that this person's changes were undone."""
        with self._database.open_for_writing():
            if not self._database.execute(
                run_schema.MARK, by_run, self._list_pseudonyms(person_id)
            ):
                raise UsageError(f"the run has no entry for the person {person_id}", hint=_SHOW)

    def forget(self, person_id: str) -> int:
        """Erase every byte of the person except for the outcomes; returns the number of entries."""
        with self._database.open_for_writing():
            entries = self._database.query_rows(
                run_schema.OF_PERSON, self._list_pseudonyms(person_id)
            )
            for number, plan, receipt in entries:
                seals = isinstance(plan, bytes)
                empty = self._encode(_EMPTY_PLAN, number, _PLAN, seals=seals)
                reduced = self._minimize_receipt(number, receipt, seals=seals)
                self._database.execute(run_schema.FORGET, empty, reduced, number)
        if entries or self._database.query_rows(run_schema.OF_PERSON, _FORGOTTEN):
            self._database.scrub()
        return len(entries)

    def _minimize_receipt(self, number: Cell, stored: Cell, *, seals: bool) -> Cell:
        """The receipt reduced to its outcome."""
        if stored is None:
            return None
        text = self._decode(stored, number, _RECEIPT)
        receipt = Receipt("", self._parse(text, documents.receipt_from_json).outcome)
        text = strict_json.dump_json(documents.receipt_to_json(receipt, redact=False))
        return self._encode(text, number, _RECEIPT, seals=seals)

    def _encode(self, text: str, number: Cell, column: str, *, seals: bool) -> Cell:
        """The text in the form of its entry: sealed if it was sealed before."""
        assert isinstance(number, int), "an entry's number is a whole number"
        return self._cipher.seal(text, self._build_place(number, column)) if seals else text

    def is_authentic(self) -> bool:
        """Whether the head and each plan and receipt are sealed; always true without a vault.

        Deletions and the marks "finished" and "undone" are not covered. Raises VaultLocked.
        """
        if not self._cipher.seals:
            return True
        if self._database.layout is run_schema.OLD_LAYOUT:
            return False
        [(text, seal)] = self._database.query_rows("SELECT head, seal FROM run")
        if seal is None or self._database.query_rows(run_schema.PLAIN_CELLS):
            return False
        if not isinstance(seal, bytes):
            raise self._database.build_damaged_error("the seal of its head is none")
        self._unseal(seal, (self._database.path.stem, _HEAD, str(text)))
        return True

    def read_head(self) -> RunHead:
        """The head of the run."""
        return self._read_head()[0]

    def read_run(self) -> Run:
        """The run with its entries in order, read in one transaction."""
        with self._database.open_for_reading():
            head, finished = self._read_head()
            entries = tuple(
                self._read_entry(row) for row in self._database.query_rows(run_schema.ENTRIES)
            )
            authentic = self.is_authentic()
        return Run(head, entries, finished, authentic)

    def list_applied(self, person_id: str) -> Mapping[str, Value]:
        """By attribute, the last applied value that was not undone; empty if not authentic."""
        pseudonyms = self._list_pseudonyms(person_id)
        return {
            attribute: value
            for _, attribute, value in self._list_newest(run_schema.STANDING, pseudonyms)
        }

    def list_all_applied(self) -> Iterator[tuple[str, str, Value]]:
        """Person, attribute and value of everything that ``list_applied`` would return."""
        return self._list_newest(run_schema.ALL_STANDING)

    def _list_newest(self, sql: str, *values: Cell) -> Iterator[tuple[str, str, Value]]:
        seen: set[tuple[str, str]] = set()
        if not self.is_authentic():
            return
        for entry in map(self._read_entry, self._database.query_rows(sql, *values)):
            for attribute, value in _list_applied(entry):
                key = (entry.plan.subject.person_id, attribute)
                if key not in seen:
                    seen.add(key)
                    yield *key, value

    def _read_head(self) -> tuple[RunHead, bool]:
        rows = self._database.query_rows("SELECT head, finished FROM run")
        if len(rows) != 1:
            raise self._database.build_damaged_error("it should hold one run")
        [(text, finished)] = rows
        head = self._parse(text, documents.head_from_json)
        if head.id != self._database.path.stem:
            raise self._database.build_damaged_error(f"it holds the run {head.id}")
        return head, bool(finished)

    def _read_entry(self, row: Row) -> RunEntry:
        number, pseudonym, stored_plan, stored_receipt, undone_by = row
        plan = self._parse(self._decode(stored_plan, number, _PLAN), documents.plan_from_json)
        receipt = None
        if stored_receipt is not None:
            text = self._decode(stored_receipt, number, _RECEIPT)
            receipt = self._parse(text, documents.receipt_from_json)
        if not (self._is_pseudonym_of(pseudonym, plan) and isinstance(undone_by, str)):
            raise self._database.build_damaged_error("an entry contradicts itself")
        return RunEntry(plan, receipt, undone_by)

    def _is_pseudonym_of(self, pseudonym: Cell, plan: Plan) -> bool:
        person_id = plan.subject.person_id
        return pseudonym == person_id or pseudonym in self._cipher.list_person_pseudonyms(person_id)

    def _list_pseudonyms(self, person_id: str) -> str:
        return strict_json.dump_json([*self._cipher.list_person_pseudonyms(person_id)])

    def _build_place(self, number: int, column: str) -> Place:
        return self._database.path.stem, number, column

    def _decode(self, stored: Cell, number: Cell, column: str) -> str:
        """The stored text; errors name the file, and are VaultLocked if the key is missing."""
        is_cell = isinstance(stored, str) or (
            isinstance(stored, bytes) and stored.startswith(SEALED_PREFIX)
        )
        if not (is_cell and isinstance(stored, str | bytes) and isinstance(number, int)):
            raise self._database.build_damaged_error("an entry is neither a text nor sealed")
        return self._unseal(stored, self._build_place(number, column))

    def _unseal(self, stored: str | bytes, place: Place) -> str:
        try:
            return self._cipher.unseal(stored, place)
        except StoreError as error:
            raise type(error)(f"{self._database}: {error}", hint=error.hint) from None

    def _parse(self, text: Cell, build: Callable[[Json], T]) -> T:
        """Parse a document; errors name its file."""
        try:
            return build(strict_json.parse_json(text if isinstance(text, str) else ""))
        except strict_json.StrictJsonError as error:
            raise self._database.build_damaged_error(str(error)) from error
        except StoreError as error:
            raise StoreError(f"{self._database}: {error}", hint=error.hint) from error


def _list_applied(entry: RunEntry) -> Iterator[tuple[str, Value]]:
    """The values that the entry has certainly written."""
    if entry.receipt and entry.receipt.outcome is Outcome.APPLIED:
        for change in entry.plan.effective:
            yield change.attribute, change.after
