"""A checked value of an action file, which still knows where it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from cactions.logic.yaml.nodes import MapNode, Node, ScalarNode, SourceSpan
from cactions.logic.yaml.spelling_fixes import list_meant_names


class LocatedValue:
    """A checked value that knows where it stands.

    ``value`` is a scalar, a list of Typed, a dict of Typed by key, or a Node for AnyJson. ``front``
    is the node of the key in front of it (the value itself where there is none).
    """

    __slots__ = ("front", "node", "route", "value")

    def __init__(self, value: Any, node: Node, front: Node, route: str) -> None:  # noqa: ANN401
        self.value = value
        self.node = node
        self.front = front
        self.route = route

    @property
    def span(self) -> SourceSpan:
        """Where the value stands."""
        return self.node.span

    @property
    def key(self) -> SourceSpan:
        """Where its key stands; of a value without one, where it begins."""
        span = self.front.span
        return cut_first_line(span) if self.front is self.node else span

    def get(self, name: str) -> LocatedValue | None:
        """The value under a key of a record or map."""
        found: LocatedValue | None = self.value.get(name)
        return found

    def has(self, name: str) -> bool:
        """Whether a key stands there, broken or not."""
        return isinstance(self.node, MapNode) and any(k.text == name for k, _ in self.node.entries)

    def has_like(self, names: Collection[str]) -> bool:
        """Whether one of these keys stands there, broken or misspelt or not."""
        entries = self.node.entries if isinstance(self.node, MapNode) else ()
        return not list_meant_names(names, entries).isdisjoint(names)

    def scalar(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - the schema knows
        """The bare scalar under a key."""
        found = self.value.get(name)
        return default if found is None else found.value

    def items(self) -> Iterator[tuple[str, LocatedValue]]:
        """The entries of a record or map."""
        yield from self.value.items()

    def get_part(self, start: int, end: int) -> SourceSpan:
        """The span of some characters of a text."""
        return self.node.get_part(start, end) if isinstance(self.node, ScalarNode) else self.span


def cut_first_line(span: SourceSpan) -> SourceSpan:
    """A span of many lines points at its beginning only."""
    if span.line == span.end_line:
        return span
    return SourceSpan(span.line, span.column, span.line, span.column + 1)
