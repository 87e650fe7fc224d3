"""Turns the rows of a people file into people, column by column.

Dates without a zone are read where the zone is known: by the name of their column, or by what the
import was told. All else is read as in ``from_record``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec.structs import replace

from cactions.logic.people.column_keys import TEST, ColumnKeys, ImportRules
from cactions.logic.people.declared_type import InvalidValue, parse_cell, parse_declared_value
from cactions.logic.people.from_record import (
    ATTRIBUTES,
    FIELD_TYPES,
    InvalidPerson,
    RecordFault,
    describe_unknown_name,
    parse_person,
)
from cactions.logic.shell import quote_word
from cactions.logic.source_mask import mask_text
from cactions.logic.suggest import join_names
from cactions.logic.values.dates import DateError, DayError, parse_date_text
from cactions.model import Attribute, DataType, Json, KeepReason, Person, UsageError

_UTC_END: Final = " UTC"
"""How Intercom's export ends the dates of custom attributes."""
_NO_ZONE_HINT: Final = "Write 2026-01-31T09:30:00Z, or say the zone of all: --zone Europe/Berlin."
_ZONE_HINT: Final = "Write the offset that the clocks had, as in 2026-01-31T09:30:00+01:00."


class ColumnMap:
    """Turns rows into people, for one set of declared attributes.

    ``rules`` are those of an import; without them, there are no options to advise. Raises
    UsageError for rules that name what is not known.
    """

    def __init__(self, declared: Mapping[str, Attribute], rules: ImportRules | None = None) -> None:
        self._declared = declared
        self._is_import = rules is not None
        self.recognized = False
        """Whether any key so far is known; otherwise its texts are only shown masked."""
        custom = {ATTRIBUTES + name: attribute.data_type for name, attribute in declared.items()}
        self._types = {**FIELD_TYPES, TEST: DataType.BOOLEAN, **custom}
        self.keys = ColumnKeys(self._types, rules or ImportRules())

    @property
    def has_redacted(self) -> bool:
        """Whether a value of the file may have to be hidden."""
        return any(attribute.redacted for attribute in self._declared.values())

    def to_key(self, name: str) -> str:
        """The key of a column name; of an unknown one, the name itself, or LEFT_OUT."""
        key = self.keys.find(name)
        self.recognized = self.recognized or key in self._types
        return key

    def check_rules(self) -> None:
        """Raises UsageError where a column that the rules name was not in the file."""
        for name in self.keys.unmet:
            raise UsageError(
                f'--map names the column "{name}", which the file does not have',
                hint=f"Its columns: {join_names(map(self.mask_key, self.keys.names))}.",
            )

    def mask_key(self, key: str) -> str:
        """The key for a message; masked unless the file has a known column."""
        return key if self.recognized else mask_text(key)

    def find_fault(self, key: str) -> RecordFault | None:
        """The fault of a key; None for a known one."""
        if key in self._types:
            return None
        fault = describe_unknown_name(
            self.mask_key(key), [known.removeprefix(ATTRIBUTES) for known in self._types]
        )
        more = " Or leave out such columns: --skip-unknown." if self._is_import else ""
        return replace(fault, hint=fault.hint + more)

    def describe_second(self, key: str, name: str) -> RecordFault:
        """The fault of a second column, of this name, with the same key."""
        hint = "Keep one of them."
        if self._is_import and self.keys.has_two_names(key):
            hint += f" Or leave one out: --map {quote_word([f'{self.mask_key(name)}='])}."
        return RecordFault(self.mask_key(key), "is a column already", hint)

    def describe_keyless(self, message: str) -> RecordFault:
        """The fault of a table in which nothing says who a row is."""
        more = ", or say which column it is: --map 'COLUMN=user_id'" if self._is_import else ""
        return RecordFault("", message, f"Add at least one of them{more}.")

    def parse_cell(self, key: str, text: str) -> Json:
        """The value of a cell, by the data type of its column."""
        return parse_cell(text, self._types[key])

    def build_person(self, row: Iterable[tuple[str, Json]]) -> Person:
        """The person of a row of keys and values. Raises InvalidPerson with all faults."""
        values, faults = self._sort_values(row)
        test = _read_test_flag(values.pop(TEST, None), faults)
        fields = {key: value for key, value in values.items() if not key.startswith(ATTRIBUTES)}
        custom = {k.removeprefix(ATTRIBUTES): v for k, v in values.items() if k not in fields}
        try:
            person = parse_person(fields, custom, test, self._declared)
        except InvalidPerson as error:
            raise InvalidPerson((*faults, *error.faults)) from None
        if faults:
            raise InvalidPerson(tuple(faults))
        return person

    def _sort_values(
        self, row: Iterable[tuple[str, Json]]
    ) -> tuple[dict[str, Json], list[RecordFault]]:
        values: dict[str, Json] = {}
        faults: list[RecordFault] = []
        for key, value in row:
            if fault := self.find_fault(key):
                faults.append(fault)
            elif key in values:
                faults.append(RecordFault(self.mask_key(key), "is given twice", "Keep one."))
            elif isinstance(value, str) and self._types[key] is DataType.DATE:
                values[key] = self._read_date(key, value, faults)
            else:
                values[key] = value
        return values, faults

    def _read_date(self, key: str, text: str, faults: list[RecordFault]) -> Json:
        """Unix seconds where the zone is known; what is no date is left to be refused."""
        bare = text.removesuffix(_UTC_END)
        try:
            return parse_date_text(bare, "UTC" if bare != text else self.keys.get_zone(key))
        except DateError as error:
            is_naive = error.reason is KeepReason.NAIVE_TIME and not isinstance(error, DayError)
            if not (is_naive and self._is_import):
                return text
            hint = _ZONE_HINT if self.keys.get_zone(key) else _NO_ZONE_HINT
            faults.append(RecordFault(key, f"is not a date: {error.detail}", hint))
            return None


def _read_test_flag(value: Json, faults: list[RecordFault]) -> bool:
    try:
        return bool(parse_declared_value(value, DataType.BOOLEAN))
    except InvalidValue as error:
        faults.append(RecordFault(TEST, error.message, error.hint))
        return False
