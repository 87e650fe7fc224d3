"""The one place that turns a route of keys into a span of a file.

Most files have no findings, so that nothing is made for it: the file that a route leads into is
parsed once more, where its tree is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Generic, TypeVar

from msgspec import Struct

from cactions.logic.expressions.template import TemplateError, parse_template
from cactions.logic.lines import split_lines, split_lines_keeping_ends
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import ListNode, MapNode, Node, ScalarNode, SourceSpan
from cactions.logic.yaml.tree_cache import TreeCache
from cactions.model import Action, Place

_KEPT: Final = 50
_FEW: Final = 20
_ENDS: Final = ("", ".", "[")

T = TypeVar("T")


class Location(Struct, frozen=True):
    """The node at a route, or the last one on the way; ``whole`` tells which of the two."""

    file: str
    key: Node
    node: Node
    whole: bool


class SourceMap:
    """Where things stand in the files. ``homes`` names the file of what stands once in a folder."""

    def __init__(
        self,
        sources: Mapping[str, str],
        homes: Mapping[str, str],
        actions: Mapping[str, Action],
        parsed: TreeCache | None = None,
    ) -> None:
        self.parsed = parsed or TreeCache(0)
        self.sources = sources
        self.homes = homes
        self.actions = actions
        self.placed: dict[str, Place | None] = {}
        self.cut: tuple[str, list[str]] = ("", [])
        self.ended: tuple[str, list[str]] = ("", [])
        self.commented: dict[str, bool] = {}
        self.trees: dict[str, Node | None] = {}
        self.indices: dict[int, tuple[MapNode, _Names[tuple[ScalarNode, Node]]]] = {}
        self.named = _Names(actions)
        self.once = _Names(homes)

    def find(self, route: str) -> Location | None:
        """The node at a route without its ``#``; None where not even its beginning is there."""
        file = self._find_file(route)
        root = self._get_tree(file) if file else None
        if file is None or root is None:
            return None
        key, node, rest = root, root, route
        while rest and (step := self._walk_step(node, rest)):
            key, node, rest = step
        return None if node is root else Location(file, key, node, not rest)

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
        return Diagnostics(found.file).place(span)

    def get_line(self, file: str, number: int) -> str:
        """A line of a file, counted from 0; empty where there is none."""
        lines = self.get_lines(file)
        return lines[number] if number < len(lines) else ""

    def get_lines(self, file: str) -> list[str]:
        """The lines of a file; those of the last one are kept."""
        if self.cut[0] != file:
            self.cut = (file, split_lines(self.sources[file]))
        return self.cut[1]

    def get_ended_lines(self, file: str) -> list[str]:
        """The same with their ends."""
        if self.ended[0] != file:
            self.ended = (file, split_lines_keeping_ends(self.sources[file]))
        return self.ended[1]

    def get_top(self, file: str, key: str) -> tuple[Node | None, Node | None]:
        """A key of the file itself, and what stands under it."""
        root = self._get_tree(file)
        entries = root.entries if isinstance(root, MapNode) else []
        return next(((name, value) for name, value in entries if name.text == key), (None, None))

    def is_declared(self, route: str) -> bool:
        """Whether exactly this stands in the files."""
        found = self.find(route)
        return found is not None and found.whole

    def _get_tree(self, file: str) -> Node | None:
        if file not in self.trees:
            if len(self.trees) >= _KEPT:
                self.trees.pop(next(iter(self.trees)))
                self.indices.clear()
            self.trees[file] = self.parsed.parse(self.sources[file].encode(), Diagnostics(file))
        return self.trees[file]

    def _find_file(self, route: str) -> str | None:
        head, _, rest = route.partition(".")
        if head != "actions":
            name = self.once.find_longest(route)
            return None if name is None else self.homes[name]
        name = self.named.find_longest(rest)
        action = None if name is None else self.actions[name]
        return action.place.file if action and action.place else None

    def _walk_step(self, node: Node, rest: str) -> tuple[Node, Node, str] | None:
        """The key and value that the rest of a route leads on to, and what is then left of it."""
        if isinstance(node, ListNode) and rest.startswith("["):
            number, _, left = rest[1:].partition("]")
            if number.isdigit() and int(number) < len(node.items):
                item = node.items[int(number)]
                return item, item, left.removeprefix(".")
        if isinstance(node, MapNode):
            names = self._index_entries(node)
            name = names.find_longest(rest)
            if name is not None:
                return *names.entries[name], rest[len(name) :].removeprefix(".")
        return None

    def _index_entries(self, node: MapNode) -> _Names[tuple[ScalarNode, Node]]:
        """The entries of a map by name; made once for a large one, which many routes lead into."""
        if len(node.entries) <= _FEW:
            return _Names({key.text: (key, value) for key, value in node.entries})
        kept = self.indices.get(id(node))
        if kept is None or kept[0] is not node:
            names = _Names({key.text: (key, value) for key, value in node.entries})
            kept = self.indices[id(node)] = (node, names)
        return kept[1]


class _Names(Generic[T]):
    """Things by name. A name may hold dots and brackets itself, so that the longest one counts."""

    def __init__(self, entries: Mapping[str, T]) -> None:
        self.entries = entries
        self.sizes = sorted({len(name) for name in entries}, reverse=True)

    def find_longest(self, route: str) -> str | None:
        """The name that a route begins with; there are few sizes, and may be many dots."""
        heads = (route[:size] for size in self.sizes if route[size : size + 1] in _ENDS)
        return next((head for head in heads if head in self.entries), None)


def _span(found: Location, part: str) -> SourceSpan:
    node = found.node
    if isinstance(node, ScalarNode):
        return _find_reference(node, part) if part else node.span
    one_line = node.span.line == node.span.end_line
    return node.span if one_line and node.span.line == found.key.span.line else found.key.span


def _find_reference(node: ScalarNode, part: str) -> SourceSpan:
    """The hole that reads a reference; the whole text where it is not to be found."""
    try:
        spans = parse_template(node.text).spans
    except TemplateError:
        return node.span
    hole = next(((start, end) for ref, start, end in spans if str(ref) == part), None)
    return node.get_part(*hole) if hole else node.span
