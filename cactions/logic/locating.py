"""The one place that turns a route of keys into a span of a file.

Most files have no findings, so that nothing is kept for it: the file that a route leads into is
read once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from cactions.logic.faults import Faults
from cactions.logic.lines import split_lines
from cactions.logic.nodes import ListNode, MapNode, Node, ScalarNode, Span
from cactions.logic.reading import read
from cactions.logic.templating import TemplateError, parse_template
from cactions.model import Action, Place

_KEPT: Final = 50
_FEW: Final = 20


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
        self.placed: dict[str, Place | None] = {}
        self.cut: tuple[str, list[str]] = ("", [])
        self.trees: dict[str, Node | None] = {}
        self.indices: dict[int, tuple[MapNode, dict[str, tuple[ScalarNode, Node]]]] = {}

    def find(self, route: str) -> Found | None:
        """The node at a route without its ``#``; None where not even its beginning is there."""
        file = self._home(route)
        root = self._tree(file) if file else None
        if file is None or root is None:
            return None
        key, node, rest = root, root, route
        while rest and (step := self._step(node, rest)):
            key, node, rest = step
        return None if node is root else Found(file, key, node, not rest)

    def place(self, route: str) -> Place | None:
        """The span that a spot means, as people count it."""
        if route not in self.placed:
            self.placed[route] = self._place(route)
        return self.placed[route]

    def _place(self, route: str) -> Place | None:
        bare, mark, part = route.partition("#")
        found = self.find(bare)
        if found is None:
            return None
        span = _span(found, part) if found.whole else found.key.span
        if mark and not part:
            span = found.key.span
        return Faults(found.file).place(span)

    def line(self, file: str, number: int) -> str:
        """A line of a file, counted from 0; empty where there is none."""
        if self.cut[0] != file:
            self.cut = (file, split_lines(self.sources[file]))
        return self.cut[1][number] if number < len(self.cut[1]) else ""

    def stated(self, route: str) -> bool:
        """Whether exactly this stands in the files."""
        found = self.find(route)
        return found is not None and found.whole

    def _tree(self, file: str) -> Node | None:
        if file not in self.trees:
            if len(self.trees) >= _KEPT:
                self.trees.pop(next(iter(self.trees)))
                self.indices.clear()
            self.trees[file] = read(self.sources[file].encode(), Faults(file))
        return self.trees[file]

    def _home(self, route: str) -> str | None:
        head, _, rest = route.partition(".")
        if head != "actions":
            found = (self.homes[name] for name in _prefixes(route) if name in self.homes)
            return next(found, None)
        named = (self.actions[name] for name in _prefixes(rest) if name in self.actions)
        action = next(named, None)
        return action.place.file if action and action.place else None

    def _step(self, node: Node, rest: str) -> tuple[Node, Node, str] | None:
        """The key and value that the rest of a route leads on to, and what is then left of it."""
        if isinstance(node, ListNode) and rest.startswith("["):
            number, _, left = rest[1:].partition("]")
            if number.isdigit() and int(number) < len(node.items):
                item = node.items[int(number)]
                return item, item, left.removeprefix(".")
        if isinstance(node, MapNode):
            names = self._names(node)
            name = next((one for one in _prefixes(rest) if one in names), None)
            if name is not None:
                return *names[name], rest[len(name) :].removeprefix(".")
        return None

    def _names(self, node: MapNode) -> dict[str, tuple[ScalarNode, Node]]:
        """The entries of a map by name; made once for a large one, which many routes lead into."""
        if len(node.entries) <= _FEW:
            return {key.text: (key, value) for key, value in node.entries}
        kept = self.indices.get(id(node))
        if kept is None or kept[0] is not node:
            names = {key.text: (key, value) for key, value in node.entries}
            kept = self.indices[id(node)] = (node, names)
        return kept[1]


def _prefixes(rest: str) -> Iterator[str]:
    """``a``, ``a.b`` …, the longest first: a name may hold dots and brackets itself."""
    yield rest
    ends = [at for at, sign in enumerate(rest) if sign in ".["]
    for at in reversed(ends):
        yield rest[:at]


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
