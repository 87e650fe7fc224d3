"""What the answer says about each mapped attribute: a wanted value, or why there is none.

- Missing, null and ``""`` (which counts as null) do what ``on_missing`` and ``on_null`` say: keep
  the old value, clear it, or refuse. ``""`` is a value of its own only where ``values`` lists it.
- Whatever else came is coerced, or refused with the reason.
- A refused list or object is not kept: it holds more of the person than anybody asked for.
- Every mapping ends in exactly one of the two; nothing vanishes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cactions.logic.expressions.json_path import query_one
from cactions.logic.plan.coerce import Coerced, coerce
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
    frozen,
)


@frozen
class NewValue:
    """What an attribute should hold, None for nothing, and what the answer says there."""

    mapping: AttributeMapping
    value: Scalar
    got: Value
    forced: bool = False


def extract(
    mappings: Iterable[AttributeMapping], root: Json, person: Person
) -> tuple[NewValue | KeptAttribute, ...]:
    """One outcome for each mapping, in their order; paths start at ``root``."""
    return tuple(_extract(mapping, query_one(mapping.path, root), person) for mapping in mappings)


def keep_attribute(
    mapping: AttributeMapping, person: Person, why: KeepReason, got: Value
) -> KeptAttribute:
    """The attribute as it is, kept for this reason."""
    return KeptAttribute(
        attribute=mapping.attribute.name,
        before=person.attribute_value(mapping.attribute.name),
        reason=why,
        received=got,
        source=str(mapping.path),
        data_type=mapping.attribute.data_type,
        redacted=mapping.redacted,
    )


def _extract(mapping: AttributeMapping, got: Value, person: Person) -> NewValue | KeptAttribute:
    if got is ABSENT:
        return _empty(
            mapping.on_missing, mapping, keep_attribute(mapping, person, KeepReason.MISSING, got)
        )
    if got is None:
        return _empty(
            mapping.on_null, mapping, keep_attribute(mapping, person, KeepReason.NULL, got)
        )
    if got == "" and all(text for text, _ in mapping.values):
        return _empty(
            mapping.on_null, mapping, keep_attribute(mapping, person, KeepReason.EMPTY_STRING, got)
        )
    coerced = coerce(mapping, got)
    if isinstance(coerced, Coerced):
        return NewValue(mapping, coerced.value, got, coerced.forced)
    shown = ABSENT if isinstance(got, list | dict) else got
    kept = keep_attribute(mapping, person, coerced.why, shown)
    return replace(kept, refused=True, detail=coerced.detail)


def _empty(
    when: WhenEmpty, mapping: AttributeMapping, kept: KeptAttribute
) -> NewValue | KeptAttribute:
    if when is WhenEmpty.CLEAR:
        return NewValue(mapping, None, kept.received)
    return replace(kept, refused=when is WhenEmpty.REFUSE)
