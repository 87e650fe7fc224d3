"""What an attribute holds, and when two values say the same there."""

from __future__ import annotations

from typing import Final, TypeVar

from cactions.model import DataType, Value, is_empty, is_same

MAX_EXACT: Final = 2**53
"""Up to it, a float holds every whole number."""

V = TypeVar("V", bound=Value)


def normalize(data_type: DataType, value: V) -> V | float:
    """The value as an attribute of this type holds it: a whole number in a float is a float."""
    if data_type is not DataType.FLOAT or isinstance(value, bool) or not isinstance(value, int):
        return value
    return float(value) if abs(value) <= MAX_EXACT else value


def is_equal_as(data_type: DataType, left: Value, right: Value) -> bool:
    """Whether an attribute of this type says the same with either; empty agrees with empty."""
    empty = is_empty(left)
    if empty or is_empty(right):
        return empty and is_empty(right)
    return is_same(normalize(data_type, left), normalize(data_type, right))
