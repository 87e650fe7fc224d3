"""A row of named values, from a table or a JSON object, becomes a Person.

A name is a contact field (or its alias), ``test``, ``attributes.tier``, or just ``tier`` where
that attribute is declared. Every place has one key (``email``, ``attributes.tier``), whichever
way it was named, so that no value can stand there twice.
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
from cactions.model import Attribute, DataType, Json, Person

TEST: Final = "test"
CUSTOM_ATTRIBUTES: Final = "custom_attributes."
"""Intercom's own word for what is ``attributes.`` here."""


class ColumnMap:
    """How rows become people, for one set of declared attributes."""

    def __init__(self, declared: Mapping[str, Attribute]) -> None:
        self._declared = declared
        self.recognized = False
        """Whether any key so far is one of ours; the texts of any other file are never shown."""
        custom = {ATTRIBUTES + name: attribute.data_type for name, attribute in declared.items()}
        self._types = {**FIELD_TYPES, TEST: DataType.BOOLEAN, **custom}

    def key(self, name: str) -> str:
        """The key of a name as its author wrote it; for an unknown one, much the name itself."""
        key = name
        if name.startswith(CUSTOM_ATTRIBUTES):
            key = ATTRIBUTES + name.removeprefix(CUSTOM_ATTRIBUTES)
        elif name not in self._types and ATTRIBUTES + name in self._types:
            key = ATTRIBUTES + name
        self.recognized = self.recognized or key in self._types
        return key

    def shown(self, key: str) -> str:
        """The key as a message may hold it: dots where nothing says that the file is ours."""
        return key if self.recognized else mask_text(key)

    def fault(self, key: str) -> RecordFault | None:
        """What is wrong with a key, if anything is."""
        if key in self._types:
            return None
        return describe_unknown_name(
            self.shown(key), [known.removeprefix(ATTRIBUTES) for known in self._types]
        )

    def cell(self, key: str, text: str) -> Json:
        """The value of a table's cell, by the type of its place."""
        return parse_cell(text, self._types[key])

    def person(self, row: Iterable[tuple[str, Json]]) -> Person:
        """The person of a row of keys and values. Raises PersonFault with all that is wrong."""
        values, faults = self._sorted_out(row)
        test = _test(values.pop(TEST, None), faults)
        fields = {key: value for key, value in values.items() if not key.startswith(ATTRIBUTES)}
        custom = {k.removeprefix(ATTRIBUTES): v for k, v in values.items() if k not in fields}
        try:
            person = parse_person(fields, custom, test, self._declared)
        except InvalidPerson as error:
            raise InvalidPerson((*faults, *error.faults)) from None
        if faults:
            raise InvalidPerson(tuple(faults))
        return person

    def _sorted_out(
        self, row: Iterable[tuple[str, Json]]
    ) -> tuple[dict[str, Json], list[RecordFault]]:
        values: dict[str, Json] = {}
        faults: list[RecordFault] = []
        for key, value in row:
            if fault := self.fault(key):
                faults.append(fault)
            elif key in values:
                faults.append(RecordFault(self.shown(key), "stands here twice", "Keep one."))
            else:
                values[key] = value
        return values, faults


def _test(value: Json, faults: list[RecordFault]) -> bool:
    try:
        return bool(parse_declared_value(value, DataType.BOOLEAN))
    except InvalidValue as unfit:
        faults.append(RecordFault(TEST, unfit.message, unfit.hint))
        return False
