"""Extracts the new value of each mapped attribute from a response, or why there is none.

- Missing, null and ``""`` (which counts as null) do what ``on_missing`` and ``on_null`` say: keep
  the old value, clear it, or refuse. ``""`` is a value of its own only where ``values`` lists it.
- Any other value is coerced, or refused with the reason.
- A refused list or object is not stored: it may hold more personal data than was requested.
- Every mapping has exactly one outcome.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.expressions.json_path import query_one
from cactions.logic.plan.coerce import Coerced, coerce_value
from cactions.model import (
    ABSENT,
    AttributeMapping,
    Json,
    KeepReason,
    KeptAttribute,
    Person,
    Scalar,
    Value,
    WhenEmpty,
)


class NewValue(Struct, frozen=True):
    """The new value of an attribute (None clears it), and the value of the response."""

    mapping: AttributeMapping
    value: Scalar
    received: Value
    forced: bool = False


def extract(
    mappings: Iterable[AttributeMapping], root: Json, person: Person
) -> tuple[NewValue | KeptAttribute, ...]:
    """One outcome for each mapping, in their order; paths start at ``root``."""
    return tuple(
        _extract_value(mapping, query_one(mapping.path, root), person) for mapping in mappings
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
        source=str(mapping.path),
        data_type=mapping.attribute.data_type,
        redacted=mapping.redacted,
    )


def _extract_value(
    mapping: AttributeMapping, received: Value, person: Person
) -> NewValue | KeptAttribute:
    if received is ABSENT:
        return _apply_empty_policy(
            mapping.on_missing,
            mapping,
            keep_attribute(mapping, person, KeepReason.MISSING, received),
        )
    if received is None:
        return _apply_empty_policy(
            mapping.on_null, mapping, keep_attribute(mapping, person, KeepReason.NULL, received)
        )
    if received == "" and all(text for text, _ in mapping.values):
        return _apply_empty_policy(
            mapping.on_null,
            mapping,
            keep_attribute(mapping, person, KeepReason.EMPTY_STRING, received),
        )
    coerced = coerce_value(mapping, received)
    if isinstance(coerced, Coerced):
        return NewValue(mapping, coerced.value, received, coerced.forced)
    visible = ABSENT if isinstance(received, list | dict) else received
    kept = keep_attribute(mapping, person, coerced.reason, visible)
    return replace(kept, refused=True, detail=coerced.detail)


def _apply_empty_policy(
    policy: WhenEmpty, mapping: AttributeMapping, kept: KeptAttribute
) -> NewValue | KeptAttribute:
    if policy is WhenEmpty.CLEAR:
        return NewValue(mapping, None, kept.received)
    return replace(kept, refused=policy is WhenEmpty.REFUSE)
