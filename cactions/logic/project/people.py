"""Shapes people in place, and the attributes of people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from cactions.logic.people.from_record import InvalidPerson, RecordFault, parse_person
from cactions.logic.project.attribute_values import build_scalars
from cactions.logic.project.scope import Scope
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import CONTRADICTION, PERSON, TWICE
from cactions.model import (
    CONTACT_FIELDS,
    MATCH_FIELDS,
    Attribute,
    DataType,
    Person,
    PersonAttribute,
)


def build_attribute(name: str, at: LocatedValue, scope: Scope) -> Attribute | None:
    """A custom attribute."""
    if name in CONTACT_FIELDS:
        message = f'"{name}" is a contact field and no custom attribute'
        scope.faults.add(CONTRADICTION, at.key, message, hint="rename it", route=at.route)
    kind = at.scalar("data_type")
    if kind is None:
        return None
    bare = Attribute(
        name,
        DataType(kind),
        messenger_writable=at.scalar("messenger_writable"),
        redacted=PersonAttribute(name) in scope.redacted,
    )
    return replace(bare, options=build_scalars(at.get("options"), bare, scope))


def merge_snapshot(people: tuple[Person, ...]) -> dict[str, frozenset[str]]:
    """What tells each person, in lower case, by the field that it stands in."""
    return {
        field: frozenset(str(person.get_field(field)).lower() for person in people)
        for field in (MATCH_FIELDS if people else ())
    }


def build_people(items: Iterable[LocatedValue], scope: Scope) -> Iterable[Person]:
    """The people in place; broken ones are left out."""
    taken: dict[tuple[str, str], tuple[int, int]] = {}
    declared = {
        name: attribute for name, attribute in scope.attributes.items() if attribute is not None
    }
    for number, item in enumerate(items):
        person = _build_person(item, declared, scope)
        if person is None:
            continue
        for field in ("id", "user_id"):
            value = person.get_field(field)
            first, line = taken.setdefault((field, str(value)), (number, item.span.line + 1))
            if isinstance(value, str) and first != number:
                message = f'{field} "{value}" belongs to the person in line {line} already'
                scope.faults.add(TWICE, item.key, message, route=item.route)
        yield person


def _build_person(
    at: LocatedValue, declared: Mapping[str, Attribute], scope: Scope
) -> Person | None:
    attributes = at.get("attributes")
    fields = {name: item.value for name, item in at.items() if name not in ("attributes", "test")}
    values = {name: item.value for name, item in attributes.items()} if attributes else {}
    try:
        return parse_person(fields, values, at.scalar("test", False), declared)
    except InvalidPerson as error:
        for fault in error.faults:
            _report_at(at, fault, scope)
        return None


def _report_at(at: LocatedValue, fault: RecordFault, scope: Scope) -> None:
    """The fault at the value that it is about, else at the person as a whole."""
    group, dot, name = fault.key.partition(".")
    if dot and name in scope.attributes and scope.attributes[name] is None:
        return  # declared, and broken there
    inside = at.get(group)
    spot = inside.get(name) if dot and inside else inside
    if spot is None:
        scope.faults.add(PERSON, at.key, str(fault), hint=fault.hint, route=at.route)
    elif fault.unknown:
        scope.faults.add(PERSON, spot.key, str(fault), hint=fault.hint, route=spot.route)
    else:
        message = f"{name or group}: it {fault.message}"
        scope.faults.add(PERSON, spot.span, message, hint=fault.hint, route=spot.route)
