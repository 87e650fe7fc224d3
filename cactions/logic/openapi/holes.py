"""Values that an operation wants and its document does not have: each is a variable of a name."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from cactions.logic.curl_line.words import mark_variable
from cactions.logic.openapi.schema import SchemaView
from cactions.model import InputType

_KINDS: Final = {
    "integer": InputType.INTEGER,
    "number": InputType.DECIMAL,
    "boolean": InputType.BOOLEAN,
}


class ValueHole(Struct, frozen=True):
    """``key`` is the name in the document, ``around`` of what it stands in."""

    name: str
    key: str
    around: str
    kind: InputType


class HoleNames:
    """Names of variables, one for each value."""

    def __init__(self) -> None:
        self.found: dict[str, ValueHole] = {}

    def write(self, view: SchemaView, key: str, around: str) -> str:
        """What stands in a request for a value: the only one, the default, or a variable."""
        if view.fixed is not None:
            fixed = view.fixed
            return str(fixed).lower() if isinstance(fixed, bool) else str(fixed)
        return self.mark(key, view.kind, around)

    def mark(self, key: str, kind: str, around: str) -> str:
        """A variable; where the name is taken, that of what is around it stands before it."""
        name = _name_variable(key)
        if name in self.found and around:
            name = _name_variable(f"{around}_{key}")
        number, free = 1, name
        while free in self.found:
            number += 1
            free = f"{name}_{number}"
        self.found[free] = ValueHole(free, key, around, _KINDS.get(kind, InputType.STRING))
        return mark_variable(free)


def _name_variable(text: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_") or "value"
    return f"_{name}" if name[0].isdigit() else name
