"""JSON values, their equality and their emptiness.

Absent, null and a value are three different states, and JSON equality is not Python's:
``True == 1`` and ``1 == 1.0`` hold in Python and would hide an overwrite.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, Literal, TypeAlias


class Absent(Enum):
    """The state of a place that holds nothing, not even null."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT

Scalar: TypeAlias = "bool | int | float | str | None"
Json: TypeAlias = "Scalar | list[Json] | dict[str, Json]"
Value: TypeAlias = "Json | Literal[Absent.ABSENT]"

Attributes: TypeAlias = Mapping[str, Json]


class InvalidText(str):
    """A text that is not valid Unicode, as it is shown: each half of a surrogate pair as an escape.

    It is the same as no other text, and is never sent: what it stands for cannot be written.
    """

    __slots__ = ()

    @classmethod
    def of(cls, text: str) -> InvalidText:
        """The text with an escape for every code point that no text may hold."""
        return cls("".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text))


def is_same(left: Value, right: Value) -> bool:
    """Whether two values are the same JSON: same type, same content, at every depth.

    The one equality of the project. Objects compare without order, arrays with it.
    """
    if type(left) is not type(right):
        return False
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(is_same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(is_same(left[key], right[key]) for key in left)
    return left == right


def is_empty(value: Value) -> bool:
    """Whether a value says nothing: absent, null or the empty string.

    Intercom has treated null and ``""`` alike and unlike over the years, so that a change
    from one to the other must never look like news.
    """
    return value is ABSENT or value is None or value == ""
