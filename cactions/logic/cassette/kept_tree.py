"""What is kept of a JSON document, by place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, TypeAlias

from cactions.model import EACH, Json, Path, Segment

Route: TypeAlias = "tuple[str | int, ...]"
Place: TypeAlias = "tuple[Route, Json]"
"""A value, and where it stands."""


LEFT_OUT: Final = "left out"


class Keep(IntEnum):
    """What is left of a value; the highest wins."""

    PLACE = 0
    WORDS = 1
    SCALAR = 2
    WHOLE = 3


@dataclass(slots=True)
class KeptTree:
    """What is kept, by place; ``words`` stand in for a value that is not."""

    steps: dict[str | int, KeptTree] = field(default_factory=dict)
    keep: Keep = Keep.PLACE
    words: str = ""

    def add(self, route: Route, keep: Keep, words: str = "") -> None:
        """Keep the value there."""
        at = self
        for step in route:
            at = at.steps.setdefault(step, KeptTree())
        at.keep, at.words = max(at.keep, keep), words or at.words

    def of(self, value: Json) -> Json:
        """What is left of the value."""
        if self.keep is Keep.WHOLE:
            return value
        if isinstance(value, dict):
            return {name: self.steps[name].of(value[name]) for name in value if name in self.steps}
        if isinstance(value, list):
            return self._of_list(value) if self.steps else []
        if self.keep is Keep.SCALAR:
            return value
        return self.words if self.keep is Keep.WORDS else {}

    def _of_list(self, items: list[Json]) -> list[Json]:
        """As long as it was, since places count from both ends."""
        return [self.steps[n].of(item) if n in self.steps else None for n, item in enumerate(items)]


def keep_path(  # noqa: PLR0913, PLR0917 - a place is a route and a value
    path: Path, route: Route, value: Json, tree: KeptTree, keep: Keep, words: str = ""
) -> None:
    """Keep every value that the path names, from a value at a route."""
    for place, _ in list_routes(path, route, value):
        tree.add(place, keep, words)


def keep_shape(path: Path, document: Json, tree: KeptTree) -> None:
    """Keep what kind of value stands there, and whether it is empty."""
    for route, value in list_routes(path, (), document):
        steps: list[str | int] = []
        if isinstance(value, list):
            steps += range(len(value))
        elif isinstance(value, dict):
            steps += [*value][:1]
        tree.add(route, Keep.PLACE if isinstance(value, list | dict) else Keep.WORDS, LEFT_OUT)
        for step in steps:
            tree.add((*route, step), Keep.PLACE)


def list_routes(path: Path, route: Route, value: Json) -> list[tuple[Route, Json]]:
    """Every place that the path names, counted from the start; none where there is nothing."""
    found = [(route, value)]
    for segment in path.segments:
        found = [
            ((*start, step), child)
            for start, node in found
            for step, child in _list_children(node, segment)
        ]
    return found


def _list_children(node: Json, segment: Segment) -> Iterable[tuple[str | int, Json]]:
    if isinstance(node, dict):
        return [(segment, node[segment])] if isinstance(segment, str) and segment in node else []
    if not isinstance(node, list):
        return []
    if segment is EACH:
        return enumerate(node)
    if isinstance(segment, int) and -len(node) <= segment < len(node):
        return [(segment % len(node), node[segment])]
    return []
