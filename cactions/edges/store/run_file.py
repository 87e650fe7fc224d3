"""One run in one SQLite file: its head, and for each person the plan and what became of it.

- The file appears with its head or not at all.
- ``intend`` is durable when it returns. ``settle`` survives the death of the process, and a power
  cut once something durable was written after it.
- Plans, receipts and the head stand in it as the JSON treaty has them, redacted values included.
- Where there is a vault, plans and receipts are sealed, each for its place, and a person's id is a
  mark that only a holder of the key can make. The head stays readable, and has a seal beside it.
- A run that is not sealed throughout, although there is a vault, is not authentic: whoever can
  write the file can have made it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from cactions.edges.store import run_schema
from cactions.edges.store.row_encryption import BEGINNING, Place, PlainRows, RowCipher
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

_NOBODY: Final = strict_json.dump_json(
    documents.plan_to_json(Plan("", Subject("", PersonQuery("id", "")), SentCall("")), redact=False)
)
"""What is left of a plan whose person was forgotten."""

_HEAD: Final = "head"
_PLAN: Final = "plan"
_RECEIPT: Final = "receipt"
_FORGOTTEN: Final = '[""]'
_PLAIN: Final = PlainRows()
_SHOW: Final = "`cactions runs show` lists its entries."


class RunDatabase:
    """The open file of one run. Every method raises StoreError where the disk or the file fails."""

    def __init__(self, database: Database, cipher: RowCipher = _PLAIN) -> None:
        self._database = database
        self._cipher = cipher

    @classmethod
    def begin(cls, path: Path, head: RunHead, cipher: RowCipher = _PLAIN) -> None:
        """Make the file; durable on return. Raises FileExistsError where it is there already."""
        text = strict_json.dump_json(documents.head_to_json(head))
        seal = cipher.seal("", (head.id, _HEAD, text)) if cipher.seals else None
        Database.create(
            path, run_schema.LAYOUT, lambda database: database.execute(run_schema.BEGIN, text, seal)
        )

    @classmethod
    def existing(cls, path: Path, cipher: RowCipher = _PLAIN) -> RunDatabase | None:
        """The run of this file, if it is there."""
        database = Database.existing(path, run_schema.LAYOUT, run_schema.OLD_LAYOUT)
        return cls(database, cipher) if database else None

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def settle_log(self) -> None:
        """What the file holds is durable on return, however the process ended that wrote it."""
        self._database.settle()

    def record_plans(self, plans: Sequence[Plan]) -> range:
        """Keep the plans, all or none; durable on return. The entries' numbers, from 1."""
        texts = [
            strict_json.dump_json(documents.plan_to_json(plan, redact=False)) for plan in plans
        ]
        with self._database.writing():
            [(last,)] = self._database.rows("SELECT ifnull(max(number), 0) FROM entry")
            assert isinstance(last, int), "an entry's number is a whole number"
            for number, (plan, text) in enumerate(zip(plans, texts, strict=True), last + 1):
                mark = self._cipher.person_pseudonyms(plan.subject.person_id)[0]
                kept = self._cipher.seal(text, self._place(number, _PLAN))
                self._database.execute(run_schema.INTEND, number, mark, kept)
        return range(last + 1, last + 1 + len(plans))

    def replace_pending_plan(self, entry: int, plan: Plan) -> None:
        """Put the plan in the place of a pending one of the same person; durable on return."""
        text = strict_json.dump_json(documents.plan_to_json(plan, redact=False))
        mark = self._cipher.person_pseudonyms(plan.subject.person_id)[0]
        kept = self._cipher.seal(text, self._place(entry, _PLAN))
        with self._database.writing():
            if not self._database.execute(run_schema.ANSWER, kept, entry, mark):
                raise UsageError(f"the run has no entry {entry} for this person", hint=_SHOW)

    def record_outcome(self, entry: int, receipt: Receipt) -> None:
        """Keep what became of an entry; the last word counts."""
        text = strict_json.dump_json(documents.receipt_to_json(receipt, redact=False))
        kept = self._cipher.seal(text, self._place(entry, _RECEIPT))
        with self._database.writing(durable=False):
            if not self._database.execute(run_schema.SETTLE, kept, entry):
                raise UsageError(f"the run has no entry {entry}", hint=_SHOW)

    def finish(self) -> None:
        """Mark the run as complete; durable on return, with all that came before."""
        with self._database.writing():
            self._database.execute("UPDATE run SET finished = 1")

    def mark_undone(self, person_id: str, by_run: str) -> None:
        """Note that this person's changes were taken back."""
        with self._database.writing():
            if not self._database.execute(run_schema.MARK, by_run, self._marks(person_id)):
                raise UsageError(f"the run has no entry for the person {person_id}", hint=_SHOW)

    def forget(self, person_id: str) -> int:
        """Erase the person but for the outcomes; how many entries those were.

        On return no byte of anybody who was ever forgotten here is left in the files.
        """
        with self._database.writing():
            entries = self._database.rows(run_schema.OF_PERSON, self._marks(person_id))
            for number, plan, receipt in entries:
                seals = isinstance(plan, bytes)
                bare = self._bare(number, receipt)
                self._database.execute(
                    run_schema.FORGET,
                    self._kept(_NOBODY, number, _PLAN, seals=seals),
                    None if bare is None else self._kept(bare, number, _RECEIPT, seals=seals),
                    number,
                )
        if entries or self._database.rows(run_schema.OF_PERSON, _FORGOTTEN):
            self._database.scrub()
        return len(entries)

    def _bare(self, number: Cell, kept: Cell) -> str | None:
        """The outcome of a receipt, and nothing else of it."""
        if kept is None:
            return None
        text = self._text(kept, number, _RECEIPT)
        receipt = Receipt("", self._read(text, documents.receipt_from_json).outcome)
        return strict_json.dump_json(documents.receipt_to_json(receipt, redact=False))

    def _kept(self, text: str, number: Cell, column: str, *, seals: bool) -> Cell:
        """The text as its entry keeps it; one that was sealed stays sealed."""
        assert isinstance(number, int), "an entry's number is a whole number"
        return self._cipher.seal(text, self._place(number, column)) if seals else text

    def is_authentic(self) -> bool:
        """Whether the head, and each plan and receipt, is sealed; true where there is no vault.

        Not covered: that an entry or a receipt was deleted, and the marks "finished" and "undone".
        Raises Locked, and StoreError where the head is not the one that was sealed.
        """
        if not self._cipher.seals:
            return True
        if self._database.layout is run_schema.OLD_LAYOUT:
            return False
        [(text, seal)] = self._database.rows("SELECT head, seal FROM run")
        if seal is None or self._database.rows(run_schema.PLAIN_CELLS):
            return False
        if not isinstance(seal, bytes):
            raise self._database.damaged("the seal of its head is none")
        self._unsealed(seal, (self._database.path.stem, _HEAD, str(text)))
        return True

    def head(self) -> RunHead:
        """What the run is."""
        return self._head()[0]

    def whole(self) -> Run:
        """The run with its entries, in their order, as of one moment."""
        with self._database.reading():
            head, finished = self._head()
            entries = tuple(self._entry(row) for row in self._database.rows(run_schema.ENTRIES))
            authentic = self.is_authentic()
        return Run(head, entries, finished, authentic)

    def applied(self, person_id: str) -> Mapping[str, Value]:
        """By attribute, what the run applied last to the person and what was not undone.

        Nothing, where it is not authentic.
        """
        values: dict[str, Value] = {}
        if not self.is_authentic():
            return values
        for entry in map(
            self._entry, self._database.rows(run_schema.STANDING, self._marks(person_id))
        ):
            for attribute, value in _values(entry):
                values.setdefault(attribute, value)
        return values

    def all_applied(self) -> Iterator[tuple[str, str, Value]]:
        """Person, attribute and value of all that ``applied`` would give for anybody."""
        seen: set[tuple[str, str]] = set()
        if not self.is_authentic():
            return
        for entry in map(self._entry, self._database.rows(run_schema.ALL_STANDING)):
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
        head = self._read(text, documents.head_from_json)
        if head.id != self._database.path.stem:
            raise self._database.damaged(f"it holds the run {head.id}")
        return head, bool(finished)

    def _entry(self, row: Row) -> RunEntry:
        number, mark, plan_kept, receipt_kept, undone_by = row
        plan = self._read(self._text(plan_kept, number, _PLAN), documents.plan_from_json)
        receipt = None
        if receipt_kept is not None:
            text = self._text(receipt_kept, number, _RECEIPT)
            receipt = self._read(text, documents.receipt_from_json)
        if not (self._is_mark(mark, plan) and isinstance(undone_by, str)):
            raise self._database.damaged("an entry contradicts itself")
        return RunEntry(plan, receipt, undone_by)

    def _is_mark(self, mark: Cell, plan: Plan) -> bool:
        person_id = plan.subject.person_id
        return mark == person_id or mark in self._cipher.person_pseudonyms(person_id)

    def _marks(self, person_id: str) -> str:
        return strict_json.dump_json([*self._cipher.person_pseudonyms(person_id)])

    def _place(self, number: int, column: str) -> Place:
        return self._database.path.stem, number, column

    def _text(self, kept: Cell, number: Cell, column: str) -> str:
        """What was kept; the error names the file, and is Locked for want of a key."""
        ours = isinstance(kept, str) or (isinstance(kept, bytes) and kept.startswith(BEGINNING))
        if not (ours and isinstance(kept, str | bytes) and isinstance(number, int)):
            raise self._database.damaged("an entry is neither a text nor sealed")
        return self._unsealed(kept, self._place(number, column))

    def _unsealed(self, kept: str | bytes, place: Place) -> str:
        try:
            return self._cipher.unseal(kept, place)
        except StoreError as error:
            raise type(error)(f"{self._database}: {error}", hint=error.hint) from None

    def _read(self, text: Cell, build: Callable[[Json], T]) -> T:
        """What a document stands for; the error names the file that it is in."""
        try:
            return build(strict_json.parse_json(text if isinstance(text, str) else ""))
        except strict_json.StrictJsonError as error:
            raise self._database.damaged(str(error)) from error
        except StoreError as error:
            raise StoreError(f"{self._database}: {error}", hint=error.hint) from error


def _values(entry: RunEntry) -> Iterator[tuple[str, Value]]:
    """What the entry has surely written."""
    if entry.receipt and entry.receipt.outcome is Outcome.APPLIED:
        for change in entry.plan.effective:
            yield change.attribute, change.after
