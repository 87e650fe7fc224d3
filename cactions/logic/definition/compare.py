"""What differs between two versions of a definition, key by key."""

from __future__ import annotations

from msgspec import Struct

from cactions.logic.definition.file_text import read_scalars
from cactions.rules.credentials import mask_secrets


class DefinitionChange(Struct, frozen=True):
    """One key: what it says in each version, None where that does not have it."""

    route: str
    before: str | None
    after: str | None


def compare_definitions(before: str, after: str) -> tuple[DefinitionChange, ...]:
    """The keys that differ, in the order of the later text; of no earlier text, all of them.

    What looks like a credential stands there as dots.
    """
    old, new = read_scalars(before), read_scalars(after)
    routes = dict.fromkeys([*new, *old])
    return tuple(
        DefinitionChange(route, _mask(old.get(route)), _mask(new.get(route)))
        for route in routes
        if route != "version" and old.get(route) != new.get(route)
    )


def _mask(text: str | None) -> str | None:
    return None if text is None else mask_secrets(text)
