"""JSON text as the nodes of our YAML, so that a document of either form has its places."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final, NamedTuple

from cactions.logic import strict_json
from cactions.logic.yaml.nodes import ListNode, MapNode, Node, ScalarNode

_BETWEEN: Final = ",:"
_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


class JsonPosition(NamedTuple):
    """Line and column count from 0."""

    line: int
    column: int


def parse_json_nodes(text: str, most_depth: int) -> Node:
    """The tree of a JSON text. Raises StrictJsonError, as for any JSON; depth is no recursion."""
    strict_json.parse_json(text, max_depth=most_depth)
    open_nodes: list[MapNode | ListNode] = []
    keys: list[ScalarNode | None] = []
    root: Node | None = None
    for sign, start, end in _split(text):
        if sign in "}]":
            node: Node = open_nodes.pop()
            node.end_mark = end
            keys.pop()
        elif sign in "{[":
            made = MapNode([], start, end) if sign == "{" else ListNode([], start, end)
            open_nodes.append(made)
            keys.append(None)
            continue
        else:
            is_text = sign.startswith('"')
            value = json.loads(sign) if is_text else sign
            node = ScalarNode(value, start, end, '"' if is_text else None)
            if open_nodes and isinstance(open_nodes[-1], MapNode) and keys[-1] is None:
                keys[-1] = node
                continue
        root = node if not open_nodes else root
        _attach(node, open_nodes, keys)
    assert root is not None, "a whole document has a value"
    return root


def _attach(
    node: Node, open_nodes: list[MapNode | ListNode], keys: list[ScalarNode | None]
) -> None:
    if not open_nodes:
        return
    parent, key = open_nodes[-1], keys[-1]
    if isinstance(parent, ListNode):
        parent.items.append(node)
    elif key is not None:
        parent.entries.append((key, node))
        keys[-1] = None


def _split(text: str) -> Iterator[tuple[str, JsonPosition, JsonPosition]]:
    """The brackets and scalars of a text that is known to be JSON, with begin and end."""
    lines = [0, *(found.end() for found in re.finditer("\n", text))]

    def find(offset: int) -> JsonPosition:
        line = bisect_right(lines, offset) - 1
        return JsonPosition(line, offset - lines[line])

    for found in _TOKEN.finditer(text):
        if found[0] in _BETWEEN:
            continue
        yield found[0], find(found.start()), find(found.end())
