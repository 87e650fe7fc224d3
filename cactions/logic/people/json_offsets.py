"""Finds the positions of values in a JSON text that ``strict_json`` has already accepted.

Other texts must not be given: nothing is checked again.
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
    """The elements of an array that is the whole text, with their positions."""
    yield from _list_members(text, _skip_pattern(_BLANK, text, 0))


def find_key_span(text: str, start: int, route: Sequence[str]) -> JsonSpan:
    """The position of the last key of a route, from the object at ``start``.

    Where a key is missing, that of the last key before it, or of the object's first character.
    """
    span = JsonSpan(None, start, start + 1)
    for name in route:
        if text[start] != "{":
            break
        parts = [*_list_members(text, start)]
        members = {
            key.value: (key, value) for key, value in zip(parts[::2], parts[1::2], strict=True)
        }
        if name not in members:
            break
        span, start = members[name][0], members[name][1].start
    return span


def _list_members(text: str, start: int) -> Iterator[JsonSpan]:
    """The elements of the array, or alternately the keys and values of the object, at ``start``."""
    position = _skip_pattern(_BETWEEN, text, start + 1)
    while text[position] not in "]}":
        value, end = _DECODER.raw_decode(text, position)
        yield JsonSpan(value, position, end)
        position = _skip_pattern(_BETWEEN, text, end)


def _skip_pattern(blank: re.Pattern[str], text: str, position: int) -> int:
    match = blank.match(text, position)
    assert match, "the pattern matches the empty text too"
    return match.end()
