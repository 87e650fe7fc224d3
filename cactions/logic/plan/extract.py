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

from cactions.logic.expressions.json_path import pick
from cactions.logic.plan.coerce import Fit, coerce
from cactions.model import (
    ABSENT,
    AttributeMapping,
    Json,
    Left,
    Person,
    Scalar,
    Value,
    WhenEmpty,
    Why,
    noun,
)


@noun
class Wanted:
    """What an attribute should hold, None for nothing, and what the answer says there."""

    mapping: AttributeMapping
    value: Scalar
    got: Value
    forced: bool = False


def extract(
    mappings: Iterable[AttributeMapping], root: Json, person: Person
) -> tuple[Wanted | Left, ...]:
    """One outcome for each mapping, in their order; paths start at ``root``."""
    return tuple(_extract(mapping, pick(mapping.path, root), person) for mapping in mappings)


def leave(mapping: AttributeMapping, person: Person, why: Why, got: Value) -> Left:
    """The attribute as it is, kept for this reason."""
    return Left(
        attribute=mapping.attribute.name,
        before=person.attribute_value(mapping.attribute.name),
        why=why,
        got=got,
        source=str(mapping.path),
        data_type=mapping.attribute.data_type,
        redacted=mapping.redacted,
    )


def _extract(mapping: AttributeMapping, got: Value, person: Person) -> Wanted | Left:
    if got is ABSENT:
        return _empty(mapping.on_missing, mapping, leave(mapping, person, Why.MISSING, got))
    if got is None:
        return _empty(mapping.on_null, mapping, leave(mapping, person, Why.NULL, got))
    if got == "" and all(text for text, _ in mapping.values):
        return _empty(mapping.on_null, mapping, leave(mapping, person, Why.EMPTY_STRING, got))
    coerced = coerce(mapping, got)
    if isinstance(coerced, Fit):
        return Wanted(mapping, coerced.value, got, coerced.forced)
    shown = ABSENT if isinstance(got, list | dict) else got
    kept = leave(mapping, person, coerced.why, shown)
    return replace(kept, refused=True, detail=coerced.detail)


def _empty(when: WhenEmpty, mapping: AttributeMapping, kept: Left) -> Wanted | Left:
    if when is WhenEmpty.CLEAR:
        return Wanted(mapping, None, kept.got)
    return replace(kept, refused=when is WhenEmpty.REFUSE)
