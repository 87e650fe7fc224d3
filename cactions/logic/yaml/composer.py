"""The fast way from YAML text to nodes, for texts that hold nothing unusual.

The loader composes in C, twice as fast as the events one by one; this keeps 1,000 files within the
time that a linter in Rust needs. It never reports an error: whatever it does not accept is left to
``tree_builder``, and a test compares both trees.
"""

from __future__ import annotations

from operator import is_
from typing import Any, Final

import yaml

from cactions.logic.yaml.nodes import ListNode, MapNode, Node, ScalarNode
from cactions.logic.yaml.tree_builder import MAX_DEPTH

_MOST_OPENED: Final = 3_000
_EVENT_SIGNS: Final = ("&", "!", "%", "- -", "? ", "\t", "<<", "\n" + " " * 64)
"""Anchors, tags, directives, and what nests without brackets; or merely looks like it."""
_SCALAR: Final[Any] = yaml.ScalarNode
_SEQUENCE: Final[Any] = yaml.SequenceNode
_MAPPING: Final[Any] = yaml.MappingNode


def _create_composer() -> Any:  # noqa: ANN401 - the parser's own class, which has no stubs
    """PyYAML's loader in C without its search for types, which we do not use; None without C."""
    loader: Any = getattr(yaml, "CBaseLoader", None)
    unused = {"resolve": slice, "descend_resolver": is_, "ascend_resolver": tuple}
    return type("Composer", (loader,), unused) if loader else None


_COMPOSER: Final = _create_composer()


def _needs_events(text: str) -> bool:
    """Whether there may be more in it than maps, lists and texts, or more than a few levels."""
    opened = text.count("[")
    aliases = text.count("*") > text.count("[*]")
    deep = opened + text.count("{") > _MOST_OPENED
    return aliases or deep or any(sign in text for sign in _EVENT_SIGNS)


def build_plain_tree(text: str, most_depth: int = MAX_DEPTH) -> Node | None:
    """The tree of a text that is plainly fine; None where the events have to be looked at.

    Composing recurses in C: whatever might nest deeply is left to them, as are all extras.
    """
    if _COMPOSER is None or _needs_events(text):
        return None
    try:
        root = _COMPOSER(text).get_single_node()
        if root is not None:
            _convert_node(root, most_depth)
    except (yaml.YAMLError, _NeedsEventsError):
        return None
    found: Node | None = root
    return found


class _NeedsEventsError(Exception):
    """Something that the events have words for."""


def _convert_node(node: Any, levels: int) -> None:  # noqa: ANN401
    """Make the parser's nodes ours; one that is ours already is met a second time, by an alias.

    ``levels`` is how many of maps and lists there may be.
    """
    kind = node.__class__
    if kind is _SCALAR:
        node.__class__ = ScalarNode
    elif not levels:
        raise _NeedsEventsError
    elif kind is _SEQUENCE:
        node.__class__ = ListNode
        for item in node.value:
            _convert_node(item, levels - 1)
    elif kind is _MAPPING:
        node.__class__ = MapNode
        _convert_entries(node.value, levels - 1)
    else:
        raise _NeedsEventsError


def _convert_entries(entries: list[tuple[Any, Any]], levels: int) -> None:
    names = set()
    for key, item in entries:
        if key.__class__ is not _SCALAR or key.value == "<<":
            raise _NeedsEventsError
        key.__class__ = ScalarNode
        names.add(key.value)
        if item.__class__ is not _SCALAR:
            _convert_node(item, levels)
            continue
        item.__class__ = ScalarNode
        if not item.value and item.span[:2] == item.span[2:]:
            item.span = key.span  # nothing stands there: what can be pointed at is the key
    if len(names) < len(entries):
        raise _NeedsEventsError
