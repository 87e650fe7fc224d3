"""Decides which people of a local workspace a search finds, as a workspace at Intercom does.

- Texts are compared without regard to capitals. A person without a value is found by ``!=``,
  ``!~`` and ``NIN`` only.
- Dates are compared by calendar day, here in UTC: ``>`` begins with the next day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from cactions.logic.people.condition_fields import SEARCH_FIELDS
from cactions.logic.suggest import join_names
from cactions.model import (
    CONTACT_FIELDS,
    Condition,
    DataType,
    Person,
    Role,
    Scalar,
    UsageError,
    Value,
)

Matcher: TypeAlias = Callable[[Person], bool]

_DAY: Final = 86_400
_NEGATED: Final[Mapping[str, str]] = MappingProxyType({"!=": "=", "NIN": "IN", "!~": "~"})
_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = MappingProxyType(
    {
        ">": lambda held, value: held > value,
        "<": lambda held, value: held < value,
        ">=": lambda held, value: held >= value,
        "<=": lambda held, value: held <= value,
        "~": lambda held, value: value in held,
        "^": lambda held, value: held.startswith(value),
        "$": lambda held, value: held.endswith(value),
    }
)
_HELD_TYPES: Final[Mapping[DataType, tuple[type, ...]]] = MappingProxyType(
    {
        DataType.STRING: (str,),
        DataType.INTEGER: (int, float),
        DataType.FLOAT: (int, float),
        DataType.BOOLEAN: (bool,),
        DataType.DATE: (int,),
    }
)
_DERIVED: Final = ("external_id", "email_domain")

LOCAL_FIELDS: Final = frozenset(
    {name for name in SEARCH_FIELDS if name in CONTACT_FIELDS} | {*_DERIVED}
)
"""What a local workspace knows of a contact; all else is Intercom's alone."""


def create_matcher(conditions: Sequence[Condition]) -> Matcher:
    """What says whether all conditions hold for a person; without conditions, for everyone."""
    return lambda person: all(_holds(condition, person) for condition in conditions)


def check_local_fields(conditions: Sequence[Condition]) -> None:
    """Raises UsageError for a field that a local workspace does not have."""
    for condition in conditions:
        if not condition.attribute and condition.field not in LOCAL_FIELDS:
            raise UsageError(
                f"a local workspace does not know {condition.field} of its people",
                hint=f"It knows {join_names(sorted(LOCAL_FIELDS))}, and custom attributes.",
            )


def _holds(condition: Condition, person: Person) -> bool:
    held = _read_held(condition, person)
    if condition.data_type is DataType.DATE:
        held, values = _get_day(held), [_get_day(value) for value in condition.values]
    else:
        held, values = _fold(held), [_fold(value) for value in condition.values]
    name = _NEGATED.get(condition.operator, condition.operator)
    if held is None:
        found = False
    elif name in ("=", "IN"):
        found = held in values
    else:
        found = _COMPARISONS[name](held, values[0])
    return found != (name != condition.operator)


def _read_held(condition: Condition, person: Person) -> Scalar:
    """What the person has in the field; None for nothing, and for what is of another type."""
    value = _read_field(condition, person)
    fits = isinstance(value, _HELD_TYPES[condition.data_type])
    is_flag = isinstance(value, bool)
    if not fits or is_flag != (condition.data_type is DataType.BOOLEAN):
        return None
    assert isinstance(value, str | int | float), "those are the types"
    return value


def _read_field(condition: Condition, person: Person) -> Value:
    if condition.attribute:
        return person.get_attribute(condition.attribute)
    match condition.field:
        case "role":
            return person.role.value
        case "external_id":
            return person.get_field("user_id") if person.role is Role.USER else None
        case "email_domain":
            return str(person.fields.get("email") or "").partition("@")[2] or None
        case "unsubscribed_from_emails":
            return person.fields.get(condition.field) or False
        case field:
            return person.get_field(field)


def _fold(value: Scalar) -> Scalar:
    return value.casefold() if isinstance(value, str) else value


def _get_day(value: Scalar) -> Scalar:
    return value // _DAY if isinstance(value, int) else None
