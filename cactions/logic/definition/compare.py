"""What differs between two versions of a definition, key by key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, TypeAlias

from msgspec import Struct

from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import ListNode, MapNode, Node, ScalarNode, parse_json_scalar
from cactions.logic.yaml.parser import parse_yaml
from cactions.rules.credentials import mask_secrets

_Route: TypeAlias = "tuple[str | int, ...]"
_EMPTY: Final = {MapNode: "{}", ListNode: "[]"}


class DefinitionChange(Struct, frozen=True):
    """One key: what it says in each version, None where that does not have it."""

    route: str
    before: str | None
    after: str | None


def compare_definitions(before: str, after: str) -> tuple[DefinitionChange, ...]:
    """The keys that differ, in the order of the later text; of no earlier text, all of them.

    A text that would be a number or a word without its quotes stands there in quotes. What looks
    like a credential stands there as dots.
    """
    old, new = _read_values(before), _read_values(after)
    routes = dict.fromkeys([*new, *old])
    return tuple(
        DefinitionChange(_write_route(route), _mask(old.get(route)), _mask(new.get(route)))
        for route in routes
        if route != ("version",) and old.get(route) != new.get(route)
    )


def _read_values(text: str) -> dict[_Route, str]:
    """Every value of an action file that has no others in it, by its keys."""
    root = parse_yaml(text.encode(), Diagnostics(""))
    return dict(_list_values(root, ())) if root is not None else {}


def _list_values(node: Node, route: _Route) -> Iterator[tuple[_Route, str]]:
    match node:
        case MapNode() if node.entries:
            for key, item in node.entries:
                yield from _list_values(item, (*route, key.text))
        case ListNode() if node.items:
            for number, item in enumerate(node.items):
                yield from _list_values(item, (*route, number))
        case MapNode() | ListNode():
            yield route, _EMPTY[type(node)]
        case ScalarNode():
            yield route, _write_value(node)


def _write_value(node: ScalarNode) -> str:
    """As it is read, so that texts, numbers and words differ."""
    value = parse_json_scalar(node)
    if not isinstance(value, str):
        return json.dumps(value)
    unquoted = parse_json_scalar(ScalarNode(value, node.start_mark, node.start_mark))
    is_ambiguous = not isinstance(unquoted, str) or value.startswith(('"', "{}", "[]"))
    return json.dumps(value, ensure_ascii=False) if is_ambiguous else value


def _write_route(route: _Route) -> str:
    text = ""
    for key in route:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{key}" if text else key
    return text


def _mask(text: str | None) -> str | None:
    return None if text is None else mask_secrets(text)
