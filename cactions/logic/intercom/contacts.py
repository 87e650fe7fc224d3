"""Contacts of Intercom as people, and plans as the bodies that update a contact.

- ``external_id`` is ``user_id`` here; a lead's is made by Intercom and identifies no one.
- A field that is null or ``""`` is not set. A custom attribute keeps null, as Intercom shows it
  after it was cleared; ``""`` and null are equal.
- An update holds the changed custom attributes only, and null only where the plan clears.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from cactions.logic.plan.equality import is_equal_as
from cactions.model import (
    ABSENT,
    CONTACT_FIELDS,
    Change,
    Conflict,
    DataType,
    InvalidText,
    Json,
    Person,
    Plan,
    WorkspaceError,
    is_empty,
)

_NAMES: Final[Mapping[str, str]] = {"external_id": "user_id"}
_READERS: Final[Mapping[DataType, type]] = {
    DataType.STRING: str,
    DataType.BOOLEAN: bool,
    DataType.DATE: int,
}
_LEAD: Final = "lead"
_NOT_KEPT: Final = "Intercom accepted the write, but the person has another value"


def parse_contact(document: Mapping[str, Json]) -> Person:
    """The person of a contact. Raises WorkspaceError where it has no id or is no contact."""
    person_id = document.get("id")
    attributes = document.get("custom_attributes", {})
    if not isinstance(person_id, str) or not person_id or not isinstance(attributes, dict):
        raise WorkspaceError(
            "Intercom's answer is no contact: it has no id, or its custom attributes are no object",
            hint="Check `workspace.url`, and that `api_version` is one that has contacts.",
        )
    fields = {
        _NAMES.get(name, name): shown
        for name, value in document.items()
        if (shown := _read_field(_NAMES.get(name, name), value)) is not None
    }
    if fields.get("role") == _LEAD:
        fields.pop("user_id", None)
    return Person(person_id, fields, attributes)


def _read_field(name: str, value: Json) -> Json:
    """The value of a contact field in its type; None for any other, and for what is not set."""
    if name not in CONTACT_FIELDS or name == "id" or is_empty(value):
        return None
    if name == "avatar" and isinstance(value, dict):
        value = value.get("image_url")
    if name == "owner_id" and type(value) is int:
        return str(value) if value else None
    reader = _READERS[CONTACT_FIELDS[name]]
    return (
        value
        if type(value) is reader or (isinstance(value, InvalidText) and reader is str)
        else None
    )


def align_empty_values(plan: Plan, person: Person) -> Plan:
    """The plan, where an empty ``before`` is written as the empty value that the person has."""

    def align(change: Change) -> Change:
        current = person.get_attribute(change.attribute)
        both_empty = is_empty(change.before) and is_empty(current)
        return replace(change, before=current) if both_empty else change

    return replace(plan, changes=tuple(map(align, plan.changes)))


def build_update(plan: Plan, others: Mapping[str, Json] | None = None) -> dict[str, Json]:
    """The custom attributes of ``PUT /contacts/{id}`` for a plan: changed keys only.

    ``others`` are sent as well where Intercom was seen to drop what is not sent.
    """
    changed: dict[str, Json] = {
        change.attribute: None if change.after is ABSENT or is_empty(change.after) else change.after
        for change in plan.effective
    }
    return {**(others or {}), **changed}


def list_unkept(plan: Plan, person: Person) -> tuple[Conflict, ...]:
    """The changes that the person does not have after the write."""
    return tuple(
        Conflict(change.attribute, change.after, current, change.redacted)
        for change in plan.effective
        if not is_equal_as(
            change.data_type, change.after, current := person.get_attribute(change.attribute)
        )
    )


def explain_unkept(plan: Plan, before: Person, after: Person) -> tuple[str, tuple[Conflict, ...]]:
    """Message and conflicts of a write that Intercom did not keep as it was sent."""
    lost = tuple(
        Conflict(name, value, after.get_attribute(name))
        for name, value in list_lost(before, after, plan).items()
    )
    conflicts = list_unkept(plan, after) + lost
    return (_NOT_KEPT, conflicts) if conflicts else ("", ())


def list_lost(before: Person, after: Person, plan: Plan) -> dict[str, Json]:
    """The attributes that the plan did not touch, and that are empty after the write."""
    return {
        name: value
        for name, value in _list_others(before, plan).items()
        if is_empty(after.get_attribute(name))
    }


def list_replaced(before: Person, after: Person, plan: Plan) -> dict[str, Json]:
    """What a write has dropped that replaced all attributes; empty where another one survived.

    One that is empty among others that are not was cleared by another program, and stays so. What
    cannot be written is not among them.
    """
    if _list_others(after, plan):
        return {}
    lost = list_lost(before, after, plan)
    return {name: value for name, value in lost.items() if _is_writable(value)}


def _list_others(person: Person, plan: Plan) -> dict[str, Json]:
    """The attributes with a value that the plan does not touch."""
    touched = {change.attribute for change in plan.effective}
    return {
        name: value
        for name, value in person.attributes.items()
        if name not in touched and not isinstance(value, dict | list) and not is_empty(value)
    }


def list_scalars(person: Person) -> dict[str, Json]:
    """The custom attributes that an update can hold: no references, and no invalid texts."""
    return {name: value for name, value in person.attributes.items() if _is_writable(value)}


def _is_writable(value: Json) -> bool:
    return not isinstance(value, dict | list | InvalidText)
