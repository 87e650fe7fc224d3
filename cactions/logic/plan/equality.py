"""When two values are equal as values of an attribute."""

from __future__ import annotations

from typing import Final, TypeVar

from cactions.model import DataType, Value, is_empty, is_same

MAX_EXACT: Final = 2**53
"""Up to this limit, a float represents every whole number exactly."""

MAX_INTEGER: Final = 2**53 - 1
"""Larger numbers are rounded by JSON readers that use floats for all numbers."""

V = TypeVar("V", bound=Value)


def normalize(data_type: DataType, value: V) -> V | float:
    """The value as an attribute of this type stores it: a whole number becomes a float."""
    if data_type is not DataType.FLOAT or isinstance(value, bool) or not isinstance(value, int):
        return value
    return float(value) if abs(value) <= MAX_EXACT else value


def is_equal_as(data_type: DataType, left: Value, right: Value) -> bool:
    """Whether an attribute of this type treats both as equal; all empty values are equal."""
    empty = is_empty(left)
    if empty or is_empty(right):
        return empty and is_empty(right)
    return is_same(normalize(data_type, left), normalize(data_type, right))
