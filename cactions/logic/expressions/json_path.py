"""Response paths: singular queries of RFC 9535, and ``[*]`` where rows are asked for.

The grammar stands here, once; what it does not match is explained in ``path_errors``. A path
picks at most one value: a missing member, an index beyond the end and a member of something that
is no object are all ABSENT, and null is a value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from cactions.logic.expressions.json_path_errors import PathError, explain_path_error
from cactions.model import ABSENT, EACH, Json, Path, Segment, Value

__all__ = ["PathError", "parse_path", "query_all", "query_one"]

MAX_INDEX: Final = 2**53 - 1
"""RFC 9535, 2.1: the exact integers of I-JSON."""

_KEPT: Final = 1_000
"""Parsed paths: ``$.email`` and its like stand in every action."""

_BLANK: Final = r"[ \t\n\r]*"
_NAME_FIRST: Final = r"[^\x00-@\[-\^`{-\x7f]"
_NAME_CHAR: Final = r"[^\x00-/:-@\[-\^`{-\x7f]"
"""RFC 9535's ``name-first`` (A-Z, a-z, _, %x80-D7FF, %xE000-10FFFF) and ``name-char``, by what
they leave out, and the surrogates beside them: a class with such a range takes 2 ms to compile."""
_HEX: Final = r"[0-9A-Fa-f]"
_ESCAPABLE: Final = (
    rf"[bfnrt/\\]|u(?:[0-9A-CE-Fa-ce-f]{_HEX}{{3}}|[Dd][0-7]{_HEX}{{2}}"
    rf"|[Dd][89ABab]{_HEX}{{2}}\\u[Dd][C-Fc-f]{_HEX}{{2}})"
)
_UNESCAPED: Final = r"[^\x00-\x1f'\"\\]"

_SEGMENT: Final = re.compile(
    rf"""{_BLANK}(?:
        \.(?P<shorthand>{_NAME_FIRST}{_NAME_CHAR}*)
      | \[{_BLANK}(?:(?P<index>0|-?[1-9][0-9]{{0,15}})|(?P<each>\*)){_BLANK}\]
    )""",
    re.VERBOSE,
)
"""One segment, in the words of RFC 9535's ABNF, less what is not singular."""
_QUOTED_SEGMENT: Final = rf"""(?x){_BLANK}\[{_BLANK}(
    "(?:{_UNESCAPED}|'|\\(?:"|{_ESCAPABLE}))*" | '(?:{_UNESCAPED}|"|\\(?:'|{_ESCAPABLE}))*'
){_BLANK}\]"""
"""A segment in brackets and quotes. Compiled on first use: most files have none."""

_REQUOTED: Final = {"\\'": "'", '"': '\\"'}


@lru_cache(_KEPT)
def parse_path(text: str, *, rows: bool = False) -> Path:
    """The path of this text; ``[*]`` is accepted for rows alone. Raises PathError."""
    if not text.startswith("$"):
        raise explain_path_error(text, 0)
    segments: list[Segment] = []
    offset, end = 1, _find_end(text)
    while offset < len(text):
        match = _SEGMENT.match(text, offset, end)
        segment = None if match is None else _parse_segment(match, rows=rows)
        if match is None and (match := re.compile(_QUOTED_SEGMENT).match(text, offset, end)):
            segment = _unquote(match[1])
        if match is None or segment is None:
            raise explain_path_error(text, offset)
        segments.append(segment)
        offset = match.end()
    return Path(text, tuple(segments))


def _find_end(text: str) -> int:
    """Where the first surrogate stands, which no segment holds; else where the text ends."""
    if text.isascii():
        return len(text)
    return next((n for n, sign in enumerate(text) if "\ud800" <= sign <= "\udfff"), len(text))


def query_one(path: Path, document: Json) -> Value:
    """The one value that a singular path names; ABSENT where there is none."""
    node: Value = document
    for segment in path.segments:
        node = _get_child(node, segment)
    return node


def query_all(path: Path, document: Json) -> list[Json]:
    """Every value that the path names, in order; ``[*]`` is each element of an array."""
    nodes: list[Json] = [document]
    for segment in path.segments:
        nodes = [child for node in nodes for child in _list_children(node, segment)]
    return nodes


def _parse_segment(match: re.Match[str], *, rows: bool) -> Segment | None:
    """What the match means; None for what the grammar has and this place has not."""
    if match["shorthand"]:
        return match["shorthand"]
    if match["each"]:
        return EACH if rows else None
    index = int(match["index"])
    return index if abs(index) <= MAX_INDEX else None


def _unquote(literal: str) -> str:
    """A string literal's text. Its escapes are JSON's, once the quotes are."""
    inner = literal[1:-1]
    if literal[0] == "'":
        inner = re.sub(r"\\.|\"", lambda found: _REQUOTED.get(found[0], found[0]), inner)
    name: str = json.loads(f'"{inner}"')
    return name


def _get_child(node: Value, segment: Segment) -> Value:
    if isinstance(segment, str):
        return node.get(segment, ABSENT) if isinstance(node, dict) else ABSENT
    if isinstance(segment, int) and isinstance(node, list) and -len(node) <= segment < len(node):
        return node[segment]
    return ABSENT


def _list_children(node: Json, segment: Segment) -> Iterable[Json]:
    if segment is EACH:
        return node if isinstance(node, list) else ()
    child = _get_child(node, segment)
    return () if child is ABSENT else (child,)
