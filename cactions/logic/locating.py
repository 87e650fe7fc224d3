"""The one place that turns a route of keys into a span of a file.

Most files have no findings, so that nothing is kept for it: the file that a route leads into is
read once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from cactions.logic.faults import Faults
from cactions.logic.nodes import ListNode, MapNode, Node, ScalarNode, Span
from cactions.logic.reading import read
from cactions.logic.templating import TemplateError, parse_template
from cactions.model import Action, Place

_KEPT: Final = 50


class Found(NamedTuple):
    """The node at a route, or the last one on the way; ``whole`` tells which of the two."""

    file: str
    key: Node
    node: Node
    whole: bool


class Places:
    """Where things stand in the files. ``homes`` names the file of what stands once in a folder."""

    def __init__(
        self, sources: Mapping[str, str], homes: Mapping[str, str], actions: Mapping[str, Action]
    ) -> None:
        self.sources = sources
        self.homes = homes
        self.actions = actions
        self.trees: dict[str, Node | None] = {}

    def find(self, route: str) -> Found | None:
        """The node at a route without its ``#``; None where not even its beginning is there."""
        file = self._home(route)
        root = self._tree(file) if file else None
        if file is None or root is None:
            return None
        key, node, rest = root, root, route
        while rest and (step := _step(node, rest)):
            key, node, rest = step
        return None if node is root else Found(file, key, node, not rest)

    def place(self, route: str) -> Place | None:
        """The span that a spot means, as people count it."""
        bare, mark, part = route.partition("#")
        found = self.find(bare)
        if found is None:
            return None
        span = _span(found, part) if found.whole else found.key.span
        if mark and not part:
            span = found.key.span
        return Faults(found.file).place(span)

    def stated(self, route: str) -> bool:
        """Whether exactly this stands in the files."""
        found = self.find(route)
        return found is not None and found.whole

    def _tree(self, file: str) -> Node | None:
        if file not in self.trees:
            if len(self.trees) >= _KEPT:
                self.trees.pop(next(iter(self.trees)))
            self.trees[file] = read(self.sources[file].encode(), Faults(file))
        return self.trees[file]

    def _home(self, route: str) -> str | None:
        head, _, rest = route.partition(".")
        if head != "actions":
            return self.homes.get(head) or next(
                (self.homes[name] for name in _prefixes(head, rest) if name in self.homes), None
            )
        names = (name[len("actions.") :] for name in _prefixes(head, rest))
        action = next((self.actions[name] for name in names if name in self.actions), None)
        return action.place.file if action and action.place else None


def _prefixes(head: str, rest: str) -> list[str]:
    """``a.b``, ``a.b.c`` …, since a name may hold dots."""
    parts = rest.split(".")
    return [".".join((head, *parts[:size])) for size in range(1, len(parts) + 1)]


def _step(node: Node, rest: str) -> tuple[Node, Node, str] | None:
    """The key and value that the rest of a route leads on to, and what is then left of it."""
    if isinstance(node, ListNode) and rest.startswith("["):
        number, _, left = rest[1:].partition("]")
        if number.isdigit() and int(number) < len(node.items):
            item = node.items[int(number)]
            return item, item, left.removeprefix(".")
    if isinstance(node, MapNode):
        fitting = [one for one in node.entries if _leads(one[0].text, rest)]
        if fitting:
            key, value = max(fitting, key=lambda one: len(one[0].text))
            return key, value, rest[len(key.text) :].removeprefix(".")
    return None


def _leads(name: str, rest: str) -> bool:
    return rest == name or rest.startswith((f"{name}.", f"{name}["))


def _span(found: Found, part: str) -> Span:
    node = found.node
    if isinstance(node, ScalarNode):
        return _part(node, part) if part else node.span
    one_line = node.span.line == node.span.end_line
    return node.span if one_line and node.span.line == found.key.span.line else found.key.span


def _part(node: ScalarNode, part: str) -> Span:
    """The hole that reads a reference; the whole text where it is not to be found."""
    try:
        spans = parse_template(node.text).spans
    except TemplateError:
        return node.span
    hole = next(((start, end) for ref, start, end in spans if str(ref) == part), None)
    return node.part(*hole) if hole else node.span
