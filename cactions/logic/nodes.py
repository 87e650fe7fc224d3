"""The YAML tree as its author wrote it: texts, lists and maps, each with its exact span.

Nothing is typed here. ``NO``, ``010`` and ``2024-01-01`` are texts until the schema says what
they are meant to be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from cactions.model import Json, Scalar


class Span(NamedTuple):
    """Lines and columns count from 0, in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int

    def within(self, start: int, end: int) -> Span:
        """The part of a one-line span from ``start`` to ``end`` characters into it."""
        return Span(self.line, self.column + start, self.line, self.column + max(end, start + 1))


@dataclass(slots=True)
class ScalarNode:
    """A text. ``plain`` means unquoted and on one line, so that it may be a number or a word.

    ``indent`` is where the text itself begins inside the span (1 behind a quote); None where
    the text is folded, escaped or a block, so that offsets into it mean nothing.
    """

    text: str
    span: Span
    plain: bool
    indent: int | None

    def part(self, start: int, end: int) -> Span:
        """The span of some characters of the text; the whole where that cannot be told."""
        if self.indent is None:
            return self.span
        return self.span.within(self.indent + start, self.indent + end)


@dataclass(slots=True)
class ListNode:
    """A sequence."""

    items: list[Node]
    span: Span


@dataclass(slots=True)
class MapNode:
    """A mapping; keys are unique, in the author's order."""

    entries: list[tuple[ScalarNode, Node]]
    span: Span


@dataclass(slots=True)
class BrokenNode:
    """Something whose fault has been reported already; everybody passes over it in silence."""

    span: Span


Node: TypeAlias = "ScalarNode | ListNode | MapNode | BrokenNode"

_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_LONGEST_NUMBER: Final = 400
_WORDS: Final[dict[str, Scalar]] = {"true": True, "false": False, "null": None, "~": None, "": None}


def json_scalar(node: ScalarNode) -> Scalar:
    """The scalar in JSON's own spelling; whatever is not JSON is text."""
    if not node.plain:
        return node.text
    if node.text in _WORDS:
        return _WORDS[node.text]
    if not _NUMBER.fullmatch(node.text):
        return node.text
    number = _exact_number(node.text)
    return node.text if number is None else number


def _exact_number(text: str) -> int | float | None:
    if len(text) > _LONGEST_NUMBER:  # longer than any double; Python refuses 4,300 digits
        return None
    if text.lstrip("-").isdigit():
        return int(text)
    number = float(text)
    return None if number in (float("inf"), float("-inf")) else number


def to_json(node: Node) -> Json:
    """A node without templates as JSON."""
    if isinstance(node, MapNode):
        return {key.text: to_json(value) for key, value in node.entries}
    if isinstance(node, ListNode):
        return [to_json(item) for item in node.items]
    return json_scalar(node) if isinstance(node, ScalarNode) else None
