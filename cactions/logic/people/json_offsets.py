"""Where things stand in a JSON text that has already been parsed strictly.

Only for texts that ``strict_json`` accepts: everything here trusts them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from cactions.model import Json

_DECODER: Final = json.JSONDecoder()
_BLANK: Final = re.compile(r"[ \t\n\r]*")
_BETWEEN: Final = re.compile(r"[ \t\n\r,:]*")


class JsonSpan(NamedTuple):
    """A value and its span in the text, in characters from 0, the end exclusive."""

    value: Json
    start: int
    end: int


def list_element_spans(text: str) -> Iterator[JsonSpan]:
    """The elements of the array that is the whole text."""
    yield from _inside(text, _skip(_BLANK, text, 0))


def find_key_span(text: str, start: int, route: Sequence[str]) -> JsonSpan:
    """The key at the end of a route of keys, from the object at ``start``.

    The last key on the way that is there, or the object's first character.
    """
    spot = JsonSpan(None, start, start + 1)
    for name in route:
        if text[start] != "{":
            break
        parts = [*_inside(text, start)]
        members = {
            key.value: (key, value) for key, value in zip(parts[::2], parts[1::2], strict=True)
        }
        if name not in members:
            break
        spot, start = members[name][0], members[name][1].start
    return spot


def _inside(text: str, start: int) -> Iterator[JsonSpan]:
    """The elements of the array, or the keys and values in turn of the object, at ``start``."""
    position = _skip(_BETWEEN, text, start + 1)
    while text[position] not in "]}":
        value, end = _DECODER.raw_decode(text, position)
        yield JsonSpan(value, position, end)
        position = _skip(_BETWEEN, text, end)


def _skip(blank: re.Pattern[str], text: str, position: int) -> int:
    found = blank.match(text, position)
    assert found, "nothing at all fits too"
    return found.end()
