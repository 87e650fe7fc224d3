"""Whether two values name the same person, and what a reference stands for.

The strictness of the whole tool rests here: a value that merely looks alike must never match.

- Texts are equal character by character: no case folding, no Unicode normalisation, no trimming.
- ``person.email``: both ASCII, exactly one ``@``, the domain in any case, the local part as it
  stands. An address beyond ASCII equals nothing (1,233 code points fold onto ASCII).
- A whole number equals its canonical decimal text, in either direction; nothing else crosses
  types.
- Absent, null and ``""`` equal nothing, not even themselves; nor do lists, objects and
  texts that are not valid Unicode.
"""

from __future__ import annotations

from collections.abc import Mapping

from cactions.model import (
    ABSENT,
    InvalidText,
    Person,
    PersonAttribute,
    PersonField,
    Reference,
    Scalar,
    Value,
    is_empty,
    is_same,
)


def equals_reference(reference: Reference, expected: Value, found: Value) -> bool:
    """Whether what the answer holds is what the reference stands for."""
    if is_empty(expected) or is_empty(found):
        return False
    if isinstance(expected, list | dict) or isinstance(found, list | dict):
        return False
    if isinstance(expected, InvalidText) or isinstance(found, InvalidText):
        return False
    if reference == PersonField("email"):
        address = _split_address(expected)
        return address is not None and address == _split_address(found)
    return is_same(_to_decimal_text(expected, found), _to_decimal_text(found, expected))


def resolve_reference(reference: Reference, person: Person, inputs: Mapping[str, Scalar]) -> Value:
    """What the reference stands for, for this person and these inputs; ABSENT for nothing."""
    if isinstance(reference, PersonField):
        return person.get_field(reference.name)
    if isinstance(reference, PersonAttribute):
        return person.get_attribute(reference.name)
    return inputs.get(reference.name, ABSENT)


def _to_decimal_text(value: Value, other: Value) -> Value:
    """A whole number as text, where the other side is a text."""
    return str(value) if type(value) is int and isinstance(other, str) else value


def _split_address(value: Value) -> tuple[str, str] | None:
    """Local part and domain (security, section 3); None for what is no plain ASCII address."""
    if not isinstance(value, str) or not value.isascii() or value.count("@") != 1:
        return None
    local, _, domain = value.partition("@")
    return (local, domain.lower()) if local and domain else None
