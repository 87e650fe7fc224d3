"""One run in one SQLite file: its head, and for each person the plan and what became of it.

- The file appears with its head or not at all.
- ``intend`` is durable when it returns. ``settle`` survives the death of the process, and a power
  cut once something durable was written after it.
- Plans, receipts and the head stand in it as the JSON treaty has them, redacted values included.
- Where there is a vault, plans and receipts are sealed, each for its place, and a person's id is a
  mark that only a holder of the key can make. The head stays readable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from cactions.edges.cover import BEGINNING, Cover, Place, Uncovered
from cactions.edges.sqlite import Cell, Database, Layout, Row
from cactions.logic import strict_json, wire
from cactions.model import (
    Call,
    Json,
    OperatorError,
    Outcome,
    PersonQuery,
    Plan,
    Receipt,
    Run,
    RunEntry,
    RunHead,
    StoreError,
    Subject,
    Value,
)

T = TypeVar("T")

_LAYOUT: Final = Layout(
    "the journal",
    1,
    (
        "CREATE TABLE run (head TEXT NOT NULL, finished INTEGER NOT NULL)",
        """CREATE TABLE entry (
            number INTEGER PRIMARY KEY, person_id TEXT NOT NULL, plan TEXT NOT NULL,
            receipt TEXT, undone_by TEXT NOT NULL
        )""",
        "CREATE INDEX entry_person ON entry (person_id)",
    ),
)

_BEGIN: Final = "INSERT INTO run VALUES (?, 0)"
_INTEND: Final = "INSERT INTO entry (number, person_id, plan, undone_by) VALUES (?, ?, ?, '')"
_ANSWER: Final = "UPDATE entry SET plan = ? WHERE number = ? AND person_id = ?"
_SETTLE: Final = "UPDATE entry SET receipt = ? WHERE number = ?"
_MARKED: Final = "person_id IN (SELECT value FROM json_each(?))"
_MARK: Final = "UPDATE entry SET undone_by = ? WHERE person_id IN (SELECT value FROM json_each(?))"
_COLUMNS: Final = "SELECT number, person_id, plan, receipt, undone_by FROM entry"
_ENTRIES: Final = f"{_COLUMNS} ORDER BY number"
_STANDING: Final = f"{_COLUMNS} WHERE {_MARKED} AND undone_by = '' ORDER BY number DESC"

_ALL_STANDING: Final = f"{_COLUMNS} WHERE undone_by = '' ORDER BY number DESC"
_OF_PERSON: Final = (
    "SELECT number, receipt FROM entry WHERE person_id IN (SELECT value FROM json_each(?))"
)
_FORGET: Final = "UPDATE entry SET person_id = '', plan = ?, receipt = ? WHERE number = ?"

_NOBODY: Final = strict_json.dumps(
    wire.plan_to_json(Plan("", Subject("", PersonQuery("id", "")), Call("")), redact=False)
)
"""What is left of a plan whose person was forgotten."""

_PLAN: Final = "plan"
_RECEIPT: Final = "receipt"
_FORGOTTEN: Final = '[""]'
_PLAIN: Final = Uncovered()
_SHOW: Final = "`cactions runs show` lists its entries."


class RunFile:
    """The open file of one run. Every method raises StoreError where the disk or the file fails."""

    def __init__(self, database: Database, cover: Cover = _PLAIN) -> None:
        self._database = database
        self._cover = cover

    @classmethod
    def begin(cls, path: Path, head: RunHead) -> None:
        """Make the file; durable on return. Raises FileExistsError where it is there already."""
        text = strict_json.dumps(wire.head_to_json(head))
        Database.create(path, _LAYOUT, lambda database: database.execute(_BEGIN, text))

    @classmethod
    def existing(cls, path: Path, cover: Cover = _PLAIN) -> RunFile | None:
        """The run of this file, if it is there."""
        database = Database.existing(path, _LAYOUT)
        return cls(database, cover) if database else None

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def settle_log(self) -> None:
        """What the file holds is durable on return, however the process ended that wrote it."""
        self._database.settle()

    def intend(self, plans: Sequence[Plan]) -> range:
        """Keep the plans, all or none; durable on return. The entries' numbers, from 1."""
        texts = [strict_json.dumps(wire.plan_to_json(plan, redact=False)) for plan in plans]
        with self._database.writing():
            [(last,)] = self._database.rows("SELECT ifnull(max(number), 0) FROM entry")
            assert isinstance(last, int), "an entry's number is a whole number"
            for number, (plan, text) in enumerate(zip(plans, texts, strict=True), last + 1):
                mark = self._cover.marks(plan.subject.person_id)[0]
                kept = self._cover.seal(text, self._place(number, _PLAN))
                self._database.execute(_INTEND, number, mark, kept)
        return range(last + 1, last + 1 + len(plans))

    def answered(self, entry: int, plan: Plan) -> None:
        """Put the plan in the place of a pending one of the same person; durable on return."""
        text = strict_json.dumps(wire.plan_to_json(plan, redact=False))
        mark = self._cover.marks(plan.subject.person_id)[0]
        kept = self._cover.seal(text, self._place(entry, _PLAN))
        with self._database.writing():
            if not self._database.execute(_ANSWER, kept, entry, mark):
                raise OperatorError(f"the run has no entry {entry} for this person", hint=_SHOW)

    def settle(self, entry: int, receipt: Receipt) -> None:
        """Keep what became of an entry; the last word counts."""
        text = strict_json.dumps(wire.receipt_to_json(receipt, redact=False))
        kept = self._cover.seal(text, self._place(entry, _RECEIPT))
        with self._database.writing(durable=False):
            if not self._database.execute(_SETTLE, kept, entry):
                raise OperatorError(f"the run has no entry {entry}", hint=_SHOW)

    def finish(self) -> None:
        """Mark the run as complete; durable on return, with all that came before."""
        with self._database.writing():
            self._database.execute("UPDATE run SET finished = 1")

    def mark_undone(self, person_id: str, by_run: str) -> None:
        """Note that this person's changes were taken back."""
        with self._database.writing():
            if not self._database.execute(_MARK, by_run, self._marks(person_id)):
                raise OperatorError(f"the run has no entry for the person {person_id}", hint=_SHOW)

    def forget(self, person_id: str) -> int:
        """Erase the person but for the outcomes; how many entries those were.

        On return no byte of anybody who was ever forgotten here is left in the files.
        """
        with self._database.writing():
            entries = self._database.rows(_OF_PERSON, self._marks(person_id))
            for number, kept in entries:
                self._database.execute(_FORGET, _NOBODY, self._bare(number, kept), number)
        if entries or self._database.rows(_OF_PERSON, _FORGOTTEN):
            self._database.scrub()
        return len(entries)

    def _bare(self, number: Cell, kept: Cell) -> Cell:
        """The outcome of a receipt, and nothing else of it."""
        if kept is None:
            return None
        text = self._text(kept, number, _RECEIPT)
        receipt = Receipt("", self._read(text, wire.receipt_from_json).outcome)
        return strict_json.dumps(wire.receipt_to_json(receipt, redact=False))

    def head(self) -> RunHead:
        """What the run is."""
        return self._head()[0]

    def whole(self) -> Run:
        """The run with its entries, in their order, as of one moment."""
        with self._database.reading():
            head, finished = self._head()
            entries = tuple(self._entry(row) for row in self._database.rows(_ENTRIES))
        return Run(head, entries, finished)

    def applied(self, person_id: str) -> Mapping[str, Value]:
        """By attribute, what the run applied last to the person and what was not undone."""
        values: dict[str, Value] = {}
        for entry in map(self._entry, self._database.rows(_STANDING, self._marks(person_id))):
            for attribute, value in _values(entry):
                values.setdefault(attribute, value)
        return values

    def all_applied(self) -> Iterator[tuple[str, str, Value]]:
        """Person, attribute and value of all that ``applied`` would give for anybody."""
        seen: set[tuple[str, str]] = set()
        for entry in map(self._entry, self._database.rows(_ALL_STANDING)):
            for attribute, value in _values(entry):
                key = (entry.plan.subject.person_id, attribute)
                if key not in seen:
                    seen.add(key)
                    yield *key, value

    def _head(self) -> tuple[RunHead, bool]:
        rows = self._database.rows("SELECT head, finished FROM run")
        if len(rows) != 1:
            raise self._database.damaged("it should hold one run")
        [(text, finished)] = rows
        head = self._read(text, wire.head_from_json)
        if head.id != self._database.path.stem:
            raise self._database.damaged(f"it holds the run {head.id}")
        return head, bool(finished)

    def _entry(self, row: Row) -> RunEntry:
        number, mark, plan_kept, receipt_kept, undone_by = row
        plan = self._read(self._text(plan_kept, number, _PLAN), wire.plan_from_json)
        receipt = None
        if receipt_kept is not None:
            text = self._text(receipt_kept, number, _RECEIPT)
            receipt = self._read(text, wire.receipt_from_json)
        if not (self._is_mark(mark, plan) and isinstance(undone_by, str)):
            raise self._database.damaged("an entry contradicts itself")
        return RunEntry(plan, receipt, undone_by)

    def _is_mark(self, mark: Cell, plan: Plan) -> bool:
        person_id = plan.subject.person_id
        return mark == person_id or mark in self._cover.marks(person_id)

    def _marks(self, person_id: str) -> str:
        return strict_json.dumps([*self._cover.marks(person_id)])

    def _place(self, number: int, column: str) -> Place:
        return self._database.path.stem, number, column

    def _text(self, kept: Cell, number: Cell, column: str) -> str:
        """What was kept; the error names the file, and is Locked for want of a key."""
        ours = isinstance(kept, str) or (isinstance(kept, bytes) and kept.startswith(BEGINNING))
        if not (ours and isinstance(kept, str | bytes) and isinstance(number, int)):
            raise self._database.damaged("an entry is neither a text nor sealed")
        try:
            return self._cover.unseal(kept, self._place(number, column))
        except StoreError as error:
            raise type(error)(f"{self._database}: {error}", hint=error.hint) from None

    def _read(self, text: Cell, build: Callable[[Json], T]) -> T:
        """What a document stands for; the error names the file that it is in."""
        try:
            return build(strict_json.parse(text if isinstance(text, str) else ""))
        except strict_json.StrictJsonError as error:
            raise self._database.damaged(str(error)) from error
        except StoreError as error:
            raise StoreError(f"{self._database}: {error}", hint=error.hint) from error


def _values(entry: RunEntry) -> Iterator[tuple[str, Value]]:
    """What the entry has surely written."""
    if entry.receipt and entry.receipt.outcome is Outcome.APPLIED:
        for change in entry.plan.effective:
            yield change.attribute, change.after
