"""Maps the columns of a people file to contact fields and custom attributes.

A column is a contact field (or its alias), ``test``, ``attributes.tier``, or just ``tier`` where
that attribute is declared. Each field or attribute has one key (``email``, ``attributes.tier``),
whatever the column is called, so that no value can be given twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from cactions.logic.people.declared_type import InvalidValue, parse_cell, parse_declared_value
from cactions.logic.people.from_record import (
    ATTRIBUTES,
    FIELD_TYPES,
    InvalidPerson,
    RecordFault,
    describe_unknown_name,
    parse_person,
)
from cactions.logic.source_mask import mask_text
from cactions.model import CUSTOM_ATTRIBUTES, Attribute, DataType, Json, Person

TEST: Final = "test"


class ColumnMap:
    """Turns rows into people, for one set of declared attributes."""

    def __init__(self, declared: Mapping[str, Attribute]) -> None:
        self._declared = declared
        self.recognized = False
        """Whether any key so far is known; otherwise its texts are only shown masked."""
        custom = {ATTRIBUTES + name: attribute.data_type for name, attribute in declared.items()}
        self._types = {**FIELD_TYPES, TEST: DataType.BOOLEAN, **custom}

    def to_key(self, name: str) -> str:
        """The key of a column name; of an unknown one, the name itself."""
        key = name
        if name.startswith(CUSTOM_ATTRIBUTES):
            key = ATTRIBUTES + name.removeprefix(CUSTOM_ATTRIBUTES)
        elif name not in self._types and ATTRIBUTES + name in self._types:
            key = ATTRIBUTES + name
        self.recognized = self.recognized or key in self._types
        return key

    def mask_key(self, key: str) -> str:
        """The key for a message; masked unless the file has a known column."""
        return key if self.recognized else mask_text(key)

    def find_fault(self, key: str) -> RecordFault | None:
        """The fault of a key; None for a known one."""
        if key in self._types:
            return None
        return describe_unknown_name(
            self.mask_key(key), [known.removeprefix(ATTRIBUTES) for known in self._types]
        )

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
            else:
                values[key] = value
        return values, faults


def _read_test_flag(value: Json, faults: list[RecordFault]) -> bool:
    try:
        return bool(parse_declared_value(value, DataType.BOOLEAN))
    except InvalidValue as error:
        faults.append(RecordFault(TEST, error.message, error.hint))
        return False
