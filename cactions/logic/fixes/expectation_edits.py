"""The smallest edits that give a test other expectations, in the author's layout.

A value is replaced where it stands on one line; a list keeps its form. What cannot be written so
gives no edits at all, and is left to the author.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from cactions.logic.project.source_map import Location, SourceMap
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import ListNode, MapNode, ScalarNode, parse_json_scalar
from cactions.model import Edit, ExpectedChange, Place, Scalar

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[ -][A-Za-z0-9_]+)*")
_READ_OTHERWISE: Final = frozenset(
    {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"}
)


class ExpectationUpdate(Struct, frozen=True):
    """What a test expects from now on; what is not named stays.

    ``refused`` are all attributes of the list, None where it stays as it is.
    """

    status: int | None = None
    attributes: Mapping[str, Scalar] = {}
    changes: Mapping[str, ExpectedChange] = {}
    refused: tuple[str, ...] | None = None


class _NotEditableError(Exception):
    """The layout leaves no small edit."""


def build_expectation_edits(
    route: str, update: ExpectationUpdate, places: SourceMap
) -> tuple[Edit, ...]:
    """The edits of one ``expect:``, whose route it is; empty where there is no small edit."""
    try:
        return tuple(_list_edits(route, update, places))
    except _NotEditableError:
        return ()


def write_scalar(value: Scalar) -> str:
    """A scalar for a block or for braces: plain where every reader reads the same text."""
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _READ_OTHERWISE:
        return value
    return json.dumps(value, ensure_ascii=False)


def _list_edits(route: str, update: ExpectationUpdate, places: SourceMap) -> Iterator[Edit]:
    if update.status is not None:
        yield _replace_value(f"{route}.status", write_scalar(update.status), places)
    for name, value in update.attributes.items():
        yield _replace_value(f"{route}.attributes.{name}", write_scalar(value), places)
    for name, change in update.changes.items():
        reason = f"{{{change.kind.value}: {write_scalar(change.reason)}}}" if change.reason else ""
        yield _replace_value(f"{route}.changes.{name}", reason or change.kind.value, places)
    if update.refused is not None:
        yield from _list_refused_edits(route, update.refused, places)


def _find(route: str, places: SourceMap) -> Location:
    found = places.find(route)
    if found is None or not found.whole:
        raise _NotEditableError
    return found


def _replace_value(route: str, text: str, places: SourceMap) -> Edit:
    """A value on one line; an empty one has no place of its own."""
    found = _find(route, places)
    span = found.node.span
    is_empty = isinstance(found.node, ScalarNode) and found.node.plain and not found.node.text
    if span.line != span.end_line or is_empty or span == found.key.span:
        raise _NotEditableError
    if isinstance(found.node, MapNode | ListNode) and not _is_bracketed(found, places):
        raise _NotEditableError
    return Edit(Diagnostics(found.file).place(span), text)


def _is_bracketed(found: Location, places: SourceMap) -> bool:
    span = found.node.span
    return places.get_line(found.file, span.line)[span.column : span.column + 1] in ("[", "{")


def _list_refused_edits(route: str, wanted: Sequence[str], places: SourceMap) -> Iterable[Edit]:
    place = f"{route}.refused"
    text = f"[{', '.join(map(write_scalar, wanted))}]"
    if not places.is_declared(place):
        return [_insert_key(route, f"refused: {text}", places)]
    found = _find(place, places)
    if not isinstance(found.node, ListNode):
        raise _NotEditableError
    if _is_bracketed(found, places):
        return [_replace_value(place, text, places)]
    return _edit_block_list(found, found.node, wanted, places)


def _edit_block_list(
    found: Location, listed: ListNode, wanted: Sequence[str], places: SourceMap
) -> list[Edit]:
    """An item a line: those that go take their line along, new ones follow the last."""
    items = [item for item in listed.items if isinstance(item, ScalarNode)]
    names = [parse_json_scalar(item) for item in items]
    lines = places.get_ended_lines(found.file)
    heads = [lines[item.span.line][: item.span.column] for item in items]
    if not wanted or any(not re.fullmatch(r"[ ]*-[ ]+", head) for head in heads):
        raise _NotEditableError
    if items[-1].span.line + 1 >= len(lines):
        raise _NotEditableError
    changes = [
        (item.span.line + 1, item.span.line + 2, "")
        for item, name in zip(items, names, strict=True)
        if name not in wanted
    ]
    new = "".join(f"{heads[0]}{write_scalar(name)}\n" for name in wanted if name not in names)
    if new:
        changes.append((items[-1].span.line + 2, items[-1].span.line + 2, new))
    return [
        Edit(Place(found.file, first, 1, end, 1), text)
        for first, end, text in _join_touching(changes)
    ]


def _join_touching(changes: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Changes of whole lines, in order; those that touch become one."""
    last: tuple[int, int, str] | None = None
    for first, end, text in changes:
        if last and last[1] == first:
            last = (last[0], end, last[2] + text)
            continue
        if last:
            yield last
        last = (first, end, text)
    if last:
        yield last


def _insert_key(route: str, text: str, places: SourceMap) -> Edit:
    """A key before the first of a map; on a line of its own unless that is in braces."""
    found = _find(route, places)
    if not isinstance(found.node, MapNode) or not found.node.entries:
        raise _NotEditableError
    first = found.node.entries[0][0].span
    at = Place(found.file, first.line + 1, first.column + 1, first.line + 1, first.column + 1)
    if _is_bracketed(found, places):
        return Edit(at, f"{text}, ")
    return Edit(at, f"{text}\n{' ' * first.column}")
