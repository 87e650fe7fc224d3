"""Extracts the new value of each mapped attribute from a response, or why there is none.

- Missing and null do what ``on_missing`` and ``on_null`` say: keep the old value, clear it, or
  refuse. ``""`` and what ``empty_when`` lists count as null; ``""`` is a value of its own only
  where ``values`` lists it.
- Where the service has nothing about the person, ``on_nothing`` says the same for all of them.
- Any other value is coerced, or refused with the reason.
- A refused list or object is not stored: it may hold more personal data than was requested.
- Every mapping has exactly one outcome.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.exchange.row_choice import ReferenceValues
from cactions.logic.plan.coerce import Coerced, coerce_value
from cactions.logic.plan.read_value import read_value
from cactions.logic.values.dates import DateError
from cactions.model import (
    ABSENT,
    ActionResponse,
    AttributeMapping,
    Json,
    KeepReason,
    KeptAttribute,
    Person,
    Scalar,
    Value,
    WhenEmpty,
    is_same,
)


class NewValue(Struct, frozen=True):
    """The new value of an attribute (None clears it), and the value of the response."""

    mapping: AttributeMapping
    value: Scalar
    received: Value
    forced: bool = False
    cut: bool = False
    is_nothing: bool = False


def extract(
    mappings: Iterable[AttributeMapping], root: Json, asker: ReferenceValues
) -> tuple[NewValue | KeptAttribute, ...]:
    """One outcome for each mapping, in their order; paths start at ``root``."""
    return tuple(_extract_value(mapping, root, asker) for mapping in mappings)


def extract_nothing(
    response: ActionResponse, person: Person
) -> tuple[NewValue | KeptAttribute, ...]:
    """The same where the service has nothing about the person."""
    if response.on_nothing is WhenEmpty.CLEAR:
        return tuple(
            NewValue(mapping, None, ABSENT, is_nothing=True) for mapping in response.mapping
        )
    return tuple(
        keep_attribute(mapping, person, KeepReason.NOTHING, ABSENT) for mapping in response.mapping
    )


def keep_attribute(
    mapping: AttributeMapping, person: Person, reason: KeepReason, received: Value
) -> KeptAttribute:
    """The outcome of an attribute that keeps its current value."""
    return KeptAttribute(
        attribute=mapping.attribute.name,
        before=person.get_attribute(mapping.attribute.name),
        reason=reason,
        received=received,
        source=mapping.source,
        data_type=mapping.attribute.data_type,
        redacted=mapping.redacted,
    )


def _extract_value(
    mapping: AttributeMapping, root: Json, asker: ReferenceValues
) -> NewValue | KeptAttribute:
    person = asker.person
    try:
        received = read_value(mapping, root, asker)
    except DateError as error:
        return _refuse(keep_attribute(mapping, person, error.reason, ABSENT), error.detail)
    if received is ABSENT:
        kept = keep_attribute(mapping, person, KeepReason.MISSING, received)
        return _apply_empty_policy(mapping.on_missing, mapping, kept)
    if empty := _find_emptiness(mapping, received):
        kept = keep_attribute(mapping, person, empty, received)
        return _apply_empty_policy(mapping.on_null, mapping, kept)
    coerced = coerce_value(mapping, received)
    if isinstance(coerced, Coerced):
        return NewValue(mapping, coerced.value, received, coerced.forced, coerced.cut)
    visible = ABSENT if isinstance(received, list | dict) else received
    return _refuse(keep_attribute(mapping, person, coerced.reason, visible), coerced.detail)


def _find_emptiness(mapping: AttributeMapping, received: Json) -> KeepReason | None:
    """Why a value counts as null; None where it does not."""
    if received is None:
        return KeepReason.NULL
    if received == "" and all(text for text, _ in mapping.values):
        return KeepReason.EMPTY_STRING
    if any(is_same(received, value) for value in mapping.empty):
        return KeepReason.EMPTY_VALUE
    return None


def _refuse(kept: KeptAttribute, detail: str) -> KeptAttribute:
    return replace(kept, refused=True, detail=detail)


def _apply_empty_policy(
    policy: WhenEmpty, mapping: AttributeMapping, kept: KeptAttribute
) -> NewValue | KeptAttribute:
    if policy is WhenEmpty.CLEAR:
        return NewValue(mapping, None, kept.received)
    return replace(kept, refused=policy is WhenEmpty.REFUSE)
