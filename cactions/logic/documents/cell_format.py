"""How the journal's cells are read and written: each is a struct whose fields are its keys.

These are not the structs of the model. A cell is read as strictly as ``StrictReader`` reads, in a
third of the time: a run has several cells for each person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias, TypeVar

from msgspec import UNSET, Struct, UnsetType, ValidationError, convert

from cactions.logic.documents.strict_reader import StrictReader, build_error
from cactions.model import ABSENT, Json, Value

C = TypeVar("C", bound="CellFormat")

StoredScalar: TypeAlias = bool | int | float | str | UnsetType | None
"""What an attribute can hold; UNSET where there is nothing, not even null."""

StoredInputs: TypeAlias = dict[str, bool | int | float | str | None]
"""Data inputs by name."""

_UNKNOWN_KEY: Final = re.compile(r"Object contains unknown field `(.{0,60})", re.DOTALL)
_MISSING_KEY: Final = re.compile("Object missing required field `(.*)`")
_EXPECTED: Final = re.compile("Expected `(.*)`, got ")
_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "object": "should be an object",
        "array": "should be a list",
        "str": "should be a text",
        "bool": "should be true or false",
        "int": "should be a whole number",
    }
)
_OTHER: Final = "holds something else"


class CellFormat(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The keys of a cell, or of a part of one; a value that is usual is not written."""


def read_cell(document: Json, kind: type[C], route: str, *formats: str) -> C:
    """The document as a cell of this kind, in one of these formats.

    Raises StoreError where it does not fit exactly; the message names the place and what was
    expected, not the value.
    """
    try:
        if isinstance(document, dict) and document.get("format") not in formats:
            StrictReader(document, route).format(*formats)
        return convert(document, kind)
    except ValidationError as error:
        why, _, place = str(error).partition(" - at `$")
        raise build_error(f"{route}{place.rstrip('`')}", _explain(why)) from None


def _explain(why: str) -> str:
    """The library's reason, in our words."""
    if unknown := _UNKNOWN_KEY.match(why):
        return f"has the key {unknown[1].rstrip('`')}, which is not known here"
    if missing := _MISSING_KEY.match(why):
        return f"has no {missing[1]}: it is missing"
    expected = _EXPECTED.match(why)
    return _TYPES.get(expected[1], _OTHER) if expected else _OTHER


def store_value(value: Value) -> Any:  # noqa: ANN401 - of any type, as JSON is
    """The value as a field of a cell, which is left out where there is no value."""
    return UNSET if value is ABSENT else value


def load_value(stored: Any) -> Any:  # noqa: ANN401
    """The value of such a field."""
    return ABSENT if stored is UNSET else stored
