"""A record from YAML, JSON or CSV becomes a Person, by one set of rules.

- Every value has the type that is declared for its place, and no name is unknown.
- A field that is null or ``""`` is not set. An attribute keeps null and ``""`` as values.
- Whoever comes without an ``id`` gets one that is the same tomorrow and on every machine.
- All faults of a record are told at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

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
"""What stands before a custom attribute's name in a key."""

_ID_DIGITS: Final = 24
FIELD_TYPES: Final[Mapping[str, DataType]] = MappingProxyType(
    {**CONTACT_FIELDS, **{alias: CONTACT_FIELDS[name] for alias, name in ALIASES.items()}}
)
"""The contact fields under all their names."""

KEY_NAMES: Final = (*MATCH_FIELDS, *ALIASES)
"""Of these, a record needs at least one."""


class RecordFault(NamedTuple):
    """One thing that is wrong with a record.

    ``key`` is ``email`` or ``attributes.tier``; empty where the record as a whole is meant. The
    message completes ``it …`` about the value; where ``key`` is empty, or a name that is
    ``unknown``, it is a sentence of its own.
    """

    key: str
    message: str
    hint: str = ""
    unknown: bool = False

    def __str__(self) -> str:
        whole = self.unknown or not self.key
        return self.message if whole else f"{self.key} {self.message}"


class InvalidPerson(ValueError):
    """Why a record is no person: every Fault of it."""

    def __init__(self, faults: tuple[RecordFault, ...]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


def derive_person_id(fields: Mapping[str, Json]) -> str:
    """The id of somebody without one: 24 hex digits of SHA-256.

    Over ``user_id:<value>``, else ``email:<value>``. Raises KeyError where neither is set.
    """
    name = "email" if is_empty(fields.get("user_id")) else "user_id"
    digest = hashlib.sha256(f"{name}:{fields[name]}".encode())
    return digest.hexdigest()[:_ID_DIGITS]


def parse_person(
    fields: Mapping[str, Json],
    attributes: Mapping[str, Json],
    test: bool,
    declared: Mapping[str, Attribute],
) -> Person:
    """The person of a record. Raises PersonFault with every fault of it."""
    faults = list(_identity_faults(fields))
    contact = _declared_values("", fields, FIELD_TYPES, faults)
    own = {name: declared[name].data_type for name in attributes if name in declared}
    values = _declared_values(ATTRIBUTES, attributes, own, faults)
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


def _declared_values(
    prefix: str,
    record: Mapping[str, Json],
    types: Mapping[str, DataType],
    faults: list[RecordFault],
) -> dict[str, Json]:
    """What has a type and fits it; what does not fit is added to the faults."""
    fit: dict[str, Json] = {}
    for name, value in record.items():
        try:
            if name in types:
                fit[name] = parse_declared_value(value, types[name])
        except InvalidValue as unfit:
            faults.append(RecordFault(prefix + name, unfit.message, unfit.hint))
    return fit


def _identity_faults(fields: Mapping[str, Json]) -> Iterator[RecordFault]:
    for alias, name in ALIASES.items():
        if alias in fields and name in fields:
            yield RecordFault(alias, f"is another name of {name}, and both are given", "Keep one.")
    for name in KEY_NAMES:
        if problem := _key_problem(fields.get(name)):
            yield RecordFault(
                name, problem, "Remove it: nobody could type it, and nothing would match."
            )
    role = fields.get("role")
    if isinstance(role, str) and role not in ("", *(each.value for each in Role)):
        yield RecordFault("role", "must be user or lead")
    if all(is_empty(fields.get(name)) for name in KEY_NAMES):
        yield RecordFault("", f"there is no {' or '.join(MATCH_FIELDS)}", "Give at least one.")


def _key_problem(value: Json) -> str:
    """What keeps a text from being a key that people can read, type and compare."""
    if not isinstance(value, str):
        return ""
    if value != value.strip():
        return "begins or ends with a space"
    return "" if value.isprintable() else "holds a character that cannot be seen"
