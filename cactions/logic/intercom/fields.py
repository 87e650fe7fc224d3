"""Reads single keys of Intercom's objects: what is missing or of another type is unknown."""

from __future__ import annotations

from collections.abc import Mapping

from cactions.model import Json

Fields = Mapping[str, Json]


def read_text(fields: Fields, key: str) -> str:
    """The text of a key; empty where there is none."""
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def read_flag(fields: Fields, key: str) -> bool | None:
    """True or false; None where it is unknown."""
    value = fields.get(key)
    return value if isinstance(value, bool) else None


def read_objects(fields: Fields, key: str) -> list[dict[str, Json]]:
    """The objects of a list; empty where there is none."""
    value = fields.get(key)
    listed = value if isinstance(value, list) else []
    return [item for item in listed if isinstance(item, dict)]


def read_texts(fields: Fields, key: str) -> tuple[str, ...]:
    """The texts of a list; empty where there is none."""
    value = fields.get(key)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def read_number(fields: Fields, key: str) -> int | None:
    """A whole number; None where there is none."""
    value = fields.get(key)
    return value if type(value) is int else None
