"""Builds a Person from a record of YAML, JSON or CSV, by one set of rules.

- Every value has the declared type, and every name is known.
- A field that is null or ``""`` is not set. An attribute keeps null and ``""`` as values.
- A record without an ``id`` gets one that is the same at every time and on every machine.
- All faults of a record are reported at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from cactions.logic.people.cut_numbers import CUT_HINT, is_cut_number
from cactions.logic.people.declared_type import InvalidValue, parse_declared_value
from cactions.logic.suggest import find_closest
from cactions.logic.yaml.diagnostics import MOST_HINTS
from cactions.model import (
    CONTACT_FIELDS,
    MATCH_FIELDS,
    Attribute,
    DataType,
    Json,
    Person,
    Role,
    is_empty,
)

ALIASES: Final[Mapping[str, str]] = MappingProxyType({"external_id": "user_id"})
"""Other names of contact fields: Intercom's newer API says ``external_id``."""

ATTRIBUTES: Final = "attributes."
"""The prefix of a custom attribute in a key."""

ID_DIGITS: Final = 24
FIELD_TYPES: Final[Mapping[str, DataType]] = MappingProxyType(
    {**CONTACT_FIELDS, **{alias: CONTACT_FIELDS[name] for alias, name in ALIASES.items()}}
)
"""The contact fields under all their names."""

KEY_NAMES: Final = (*MATCH_FIELDS, *ALIASES)
"""A record needs at least one of these."""


class RecordFault(Struct, frozen=True):
    """One fault of a record.

    ``key`` is ``email`` or ``attributes.tier``; empty for the record as a whole. The message
    completes ``email …``; if ``key`` is empty or ``unknown``, it is a complete sentence.
    """

    key: str
    message: str
    hint: str = ""
    unknown: bool = False

    def __str__(self) -> str:
        whole = self.unknown or not self.key
        return self.message if whole else f"{self.key} {self.message}"


class KeyProblem(Struct, frozen=True):
    """Why a value is no key; the message completes ``email …``."""

    message: str
    hint: str = "Remove it: it cannot be typed, and nothing would match it."


class InvalidPerson(ValueError):
    """A record that is not a valid person, with every fault of it."""

    def __init__(self, faults: tuple[RecordFault, ...]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


def derive_person_id(fields: Mapping[str, Json]) -> str:
    """The id of a person without one: 24 hexadecimal digits of SHA-256.

    Of ``user_id:<value>``, else of ``email:<value>``. Raises KeyError where neither is set.
    """
    name = "email" if is_empty(fields.get("user_id")) else "user_id"
    digest = hashlib.sha256(f"{name}:{fields[name]}".encode())
    return digest.hexdigest()[:ID_DIGITS]


def parse_person(
    fields: Mapping[str, Json],
    attributes: Mapping[str, Json],
    test: bool,
    declared: Mapping[str, Attribute],
) -> Person:
    """The person of a record. Raises InvalidPerson with every fault of it."""
    faults = list(_list_identity_faults(fields))
    contact = _parse_declared_values("", fields, FIELD_TYPES, faults)
    own = {name: declared[name].data_type for name in attributes if name in declared}
    values = _parse_declared_values(ATTRIBUTES, attributes, own, faults)
    faults += [describe_unknown_name(n, FIELD_TYPES) for n in fields if n not in FIELD_TYPES]
    unknown = [ATTRIBUTES + n for n in attributes if n not in declared]
    faults += [
        describe_unknown_name(n, declared if place < MOST_HINTS else ())
        for place, n in enumerate(unknown)
    ]
    if faults:
        raise InvalidPerson(tuple(faults))
    held = {
        ALIASES.get(name, name): value for name, value in contact.items() if not is_empty(value)
    }
    person_id = held.pop("id", None) or derive_person_id(held)
    return Person(str(person_id), held, values, test)


def update_person(old: Person, new: Person) -> Person:
    """The old person with what the new record says; whatever it does not name stays."""
    return Person(
        old.id,
        {**old.fields, **new.fields},
        {**old.attributes, **new.attributes},
        old.test or new.test,
    )


def describe_unknown_name(key: str, known: Collection[str]) -> RecordFault:
    """The fault of a key whose last part is none of the known names."""
    name = key.removeprefix(ATTRIBUTES)
    close = find_closest(name, known)
    hint = f'Did you mean "{close}"?' if close else "Declare it under `attributes:`."
    return RecordFault(key, f'"{name}" is not known', hint, unknown=True)


def _parse_declared_values(
    prefix: str,
    record: Mapping[str, Json],
    types: Mapping[str, DataType],
    faults: list[RecordFault],
) -> dict[str, Json]:
    """What has a type and fits it; what does not fit is added to the faults."""
    values: dict[str, Json] = {}
    for name, value in record.items():
        try:
            if name in types:
                values[name] = parse_declared_value(value, types[name])
        except InvalidValue as error:
            faults.append(RecordFault(prefix + name, error.message, error.hint))
    return values


def _list_identity_faults(fields: Mapping[str, Json]) -> Iterator[RecordFault]:
    for alias, name in ALIASES.items():
        if alias in fields and name in fields:
            yield RecordFault(alias, f"is another name of {name}, and both are given", "Keep one.")
    for name in KEY_NAMES:
        if problem := find_key_problem(fields.get(name)):
            yield RecordFault(name, problem.message, problem.hint)
    role = fields.get("role")
    if isinstance(role, str) and role not in ("", *(role.value for role in Role)):
        yield RecordFault("role", "must be user or lead")
    if all(is_empty(fields.get(name)) for name in KEY_NAMES):
        yield RecordFault("", f"there is no {' or '.join(MATCH_FIELDS)}", "Give at least one.")


def find_key_problem(value: Json) -> KeyProblem | None:
    """Why a text cannot be a key that an operator can read, type and compare; None if it can."""
    if not isinstance(value, str):
        return None
    if is_cut_number(value):
        return KeyProblem("is a number that a spreadsheet has cut", CUT_HINT)
    if value != value.strip():
        return KeyProblem("begins or ends with a space")
    return None if value.isprintable() else KeyProblem("contains an invisible character")
