"""The cells of a run's file: plans, receipts and rows as documents, sealed for their places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final, Protocol, TypeVar

from cactions.edges.store.row_encryption import SEALED_PREFIX, Place, RowCipher
from cactions.edges.store.sqlite import Cell, Row
from cactions.logic import documents, strict_json
from cactions.model import (
    JobRow,
    Json,
    OpenState,
    PersonQuery,
    Plan,
    Receipt,
    RunEntry,
    SentCall,
    StoreError,
    Subject,
)

T = TypeVar("T")

_RECENT: Final = 1_000
"""People whose pseudonyms are kept: an entry and its marks are stored together."""

PLAN, RECEIPT, ROW, SUMMARY, EVIDENCE = "plan", "receipt", "row", "summary", "evidence"
_EMPTY_PLAN: Final = documents.write_plan(
    Plan("", Subject("", PersonQuery("id", "")), SentCall(""))
)
"""What remains of a plan after its person was forgotten."""


class CellSource(Protocol):
    """The database that cells come from; as a text, it is its name."""

    def build_damaged_error(self, why: str) -> StoreError:
        """The error for content that was not written here."""


class RunCells:
    """Writes and reads the cells of one run. Reading raises StoreError, or VaultLocked."""

    def __init__(
        self, database: CellSource, cipher: RowCipher, run_id: str, *, has_states: bool = True
    ) -> None:
        """``has_states``: whether an entry is stored with its state, as in the present layout."""
        self._database, self._has_states = database, has_states
        self._cipher = cipher
        self._run_id = run_id
        self._list_pseudonyms = lru_cache(_RECENT)(cipher.list_person_pseudonyms)

    def write_plan(self, number: int, plan: Plan) -> tuple[str, str | bytes]:
        """The person's pseudonym, and the plan in the form to be stored."""
        text = documents.write_plan(plan)
        return self.write_pseudonym(plan.subject.person_id), self._seal(text, number, PLAN)

    def write_receipt(self, number: int, receipt: Receipt) -> str | bytes:
        text = strict_json.dump_json(documents.receipt_to_json(receipt, redact=False))
        return self._seal(text, number, RECEIPT)

    def write_row(self, number: int, row: JobRow) -> str | bytes:
        return self._seal(documents.write_row(row), number, ROW)

    def write_evidence(self, first: int, shown: Mapping[int, Json]) -> str | bytes:
        """A block of evidence, each a document by the number of its entry, as it is stored."""
        block: Json = {str(number): document for number, document in shown.items()}
        return self._seal(strict_json.dump_json(block), first, EVIDENCE)

    def read_evidence(self, first: int, stored: Cell) -> dict[int, Json]:
        return self.parse(self._decode(stored, first, EVIDENCE), _read_block)

    def write_summary(self, text: str) -> str | bytes:
        return self._cipher.seal(text, (self._run_id, SUMMARY))

    def read_summary(self, stored: Cell) -> str:
        """The stored text; empty for nothing."""
        if stored is None:
            return ""
        if not isinstance(stored, str | bytes):
            raise self._database.build_damaged_error("its summary is neither a text nor sealed")
        return self.unseal(stored, (self._run_id, SUMMARY))

    def write_pseudonym(self, text: str) -> str:
        """What stands for a person, or for a value that must not repeat."""
        pseudonyms = self._list_pseudonyms(text)
        return pseudonyms[0] if text else ""

    def list_pseudonyms(self, *person_ids: str) -> list[str]:
        """Everything that stands for these people."""
        return [text for each in person_ids for text in self._cipher.list_person_pseudonyms(each)]

    def dump_pseudonyms(self, *person_ids: str) -> str:
        """The same as a JSON array, for a query of SQLite."""
        return strict_json.dump_json([*self.list_pseudonyms(*person_ids)])

    def write_empty_plan(self, number: int, *, seals: bool) -> str | bytes:
        """The plan of a forgotten person, in the form of its entry: sealed if it was before."""
        return self._seal(_EMPTY_PLAN, number, PLAN) if seals else _EMPTY_PLAN

    def minimize_receipt(self, number: Cell, stored: Cell, *, seals: bool) -> Cell:
        """The receipt reduced to its outcome."""
        if stored is None:
            return None
        assert isinstance(number, int), "an entry's number is a whole number"
        outcome = self._read_receipt(number, stored).outcome
        text = strict_json.dump_json(documents.receipt_to_json(Receipt("", outcome), redact=False))
        return self._seal(text, number, RECEIPT) if seals else text

    def read_row(self, number: Cell, stored: Cell) -> JobRow:
        return self.parse(self._decode(stored, number, ROW), documents.row_from_json)

    def read_entry(self, row: Row) -> RunEntry:
        """An entry of the columns number, person, plan, receipt, undone_by and state."""
        number, pseudonym, stored_plan, stored_receipt, undone_by, state = row
        plan = self.read_plan(number, stored_plan)
        receipt = None if stored_receipt is None else self._read_receipt(number, stored_receipt)
        started = state != OpenState.PLANNED.value
        if not (
            isinstance(undone_by, str)
            and isinstance(number, int)
            and self._is_pseudonym_of(pseudonym, plan)
            and self._is_state_of(state, plan, receipt)
        ):
            raise self._database.build_damaged_error("an entry contradicts itself")
        return RunEntry(plan, receipt, undone_by, number, started)

    def read_plan(self, number: Cell, stored: Cell) -> Plan:
        return self.parse(self._decode(stored, number, PLAN), documents.plan_from_cell)

    def unseal(self, stored: str | bytes, place: Place) -> str:
        """The text of a cell. Errors name the file."""
        try:
            return self._cipher.unseal(stored, place)
        except StoreError as error:
            raise type(error)(f"{self._database}: {error}", hint=error.hint) from None

    def parse(self, text: Cell, build: Callable[[Json], T]) -> T:
        """Parse a document; errors name its file."""
        try:
            return build(strict_json.parse_json(text if isinstance(text, str) else ""))
        except strict_json.StrictJsonError as error:
            raise self._database.build_damaged_error(str(error)) from error
        except StoreError as error:
            raise StoreError(f"{self._database}: {error}", hint=error.hint) from error

    def _read_receipt(self, number: Cell, stored: Cell) -> Receipt:
        return self.parse(self._decode(stored, number, RECEIPT), documents.receipt_from_json)

    def _is_pseudonym_of(self, pseudonym: Cell, plan: Plan) -> bool:
        person_id = plan.subject.person_id
        return pseudonym == person_id or pseudonym in self._list_pseudonyms(person_id)

    def _is_state_of(self, state: Cell, plan: Plan, receipt: Receipt | None) -> bool:
        """Whether a stored state says what plan and receipt say; an older layout has none."""
        started = state == OpenState.STARTED.value
        return not self._has_states or state == choose_state(plan, receipt, started=started)

    def _seal(self, text: str, number: int, column: str) -> str | bytes:
        return self._cipher.seal(text, (self._run_id, number, column))

    def _decode(self, stored: Cell, number: Cell, column: str) -> str:
        """The stored text; errors name the file, and are VaultLocked if the key is missing."""
        is_cell = isinstance(stored, str) or (
            isinstance(stored, bytes) and stored.startswith(SEALED_PREFIX)
        )
        if not (is_cell and isinstance(stored, str | bytes) and isinstance(number, int)):
            raise self._database.build_damaged_error("an entry is neither a text nor sealed")
        return self.unseal(stored, (self._run_id, number, column))


def _read_block(document: Json) -> dict[int, Json]:
    if not (isinstance(document, dict) and all(map(str.isdecimal, document))):
        raise StoreError("a block of evidence in it holds something else", hint=documents.DAMAGED)
    return {int(number): shown for number, shown in document.items()}


def choose_state(plan: Plan, receipt: Receipt | None, *, started: bool) -> str:
    """The state to be stored with an entry."""
    return str(RunEntry(plan, receipt, started=started).state.value)
