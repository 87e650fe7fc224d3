"""Trees of texts that were parsed before, so that the same text is not parsed twice.

A file is parsed for its meaning, and once more for the places of its findings; ``watch`` parses the
files that have not changed after each save. A tree is found by all bytes of its text, so it is
never that of another one. A text with faults is parsed each time, so that they are reported.
"""

from __future__ import annotations

from typing import Final

from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import Node
from cactions.logic.yaml.parser import parse_yaml

MOST_BYTES: Final = 512 * 1024
"""Of all kept texts together; their trees take about twenty times as much."""


class TreeCache:
    """Keeps the newest trees. Who changes a tree forgets it first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: dict[bytes, Node] = {}
        self._bytes = 0

    def parse(self, data: bytes, faults: Diagnostics) -> Node | None:
        """The tree of an action file as ``parse_yaml`` gives it, with its faults."""
        kept = self._kept.get(data)
        if kept is not None:
            return kept
        reported = len(faults.found)
        root = parse_yaml(data, faults)
        if root is not None and len(faults.found) == reported and len(data) <= self._most_bytes:
            self._keep(data, root)
        return root

    def forget(self, data: bytes) -> None:
        """Parse this text again next time."""
        if self._kept.pop(data, None) is not None:
            self._bytes -= len(data)

    def _keep(self, data: bytes, root: Node) -> None:
        self._kept[data] = root
        self._bytes += len(data)
        while self._bytes > self._most_bytes:
            self.forget(next(iter(self._kept)))
