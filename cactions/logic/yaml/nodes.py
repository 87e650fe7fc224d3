"""The YAML tree as its author wrote it: texts, lists and maps, each with its exact span.

Nothing is typed here. ``NO``, ``010`` and ``2024-01-01`` are texts until the schema says what
they are meant to be.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from cactions.model import Json, Scalar


class SourceSpan(NamedTuple):
    """Lines and columns count from 0, in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int

    def narrow(self, start: int, end: int) -> SourceSpan:
        """The part of a one-line span from ``start`` to ``end`` characters into it."""
        return SourceSpan(
            self.line, self.column + start, self.line, self.column + max(end, start + 1)
        )


class Position(Protocol):
    """Where the parser stood; lines and columns count from 0."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class _Marked:
    """What stands between two marks. Its span is made when it is asked for, since few are.

    The names are the parser's own, and there are no slots: a node that it has made becomes one of
    ours by a change of its class, which takes a fifth of the time of making another.
    """

    start_mark: Position
    end_mark: Position
    _span: SourceSpan | None = None

    def __init__(
        self,
        value: Any,  # noqa: ANN401 - what the parser has found
        start: Position,
        end: Position,
        style: str | None = None,
    ) -> None:
        self.value = value
        self.start_mark = start
        self.end_mark = end
        self.style = style

    @property
    def span(self) -> SourceSpan:
        """Where it stands."""
        if self._span is None:
            start, end = self.start_mark, self.end_mark
            self._span = SourceSpan(start.line, start.column, end.line, end.column)
        return self._span

    @span.setter
    def span(self, span: SourceSpan) -> None:
        self._span = span


class ScalarNode(_Marked):
    """A text, and the quote or block sign that it was written with (empty or None for none)."""

    value: str

    @property
    def text(self) -> str:
        """What is written there, without its quotes."""
        return self.value

    @property
    def plain(self) -> bool:
        """Unquoted and on one line, so that it may be a number or a word."""
        return not self.style and self.start_mark.line == self.end_mark.line

    def get_part(self, start: int, end: int) -> SourceSpan:
        """The span of some characters of the text; the whole where that cannot be told.

        That is so where the text is folded, escaped or a block: offsets into it mean nothing.
        """
        quote = 1 if self.style else 0
        first, last = self.start_mark, self.end_mark
        if first.line != last.line or last.column - first.column != len(self.value) + 2 * quote:
            return self.span
        return self.span.narrow(quote + start, quote + end)


class ListNode(_Marked):
    """A sequence."""

    value: list[Node]

    @property
    def items(self) -> list[Node]:
        """The elements."""
        return self.value


class MapNode(_Marked):
    """A mapping; keys are unique, in the author's order."""

    value: list[tuple[ScalarNode, Node]]

    @property
    def entries(self) -> list[tuple[ScalarNode, Node]]:
        """Keys and values."""
        return self.value


class BrokenNode(_Marked):
    """Something whose fault has been reported already; everybody passes over it in silence."""


Node: TypeAlias = "ScalarNode | ListNode | MapNode | BrokenNode"

_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_LONGEST_NUMBER: Final = 400
_WORDS: Final[dict[str, Scalar]] = {"true": True, "false": False, "null": None, "~": None, "": None}


def parse_json_scalar(node: ScalarNode) -> Scalar:
    """The scalar in JSON's own spelling; whatever is not JSON is text."""
    if not node.plain:
        return node.text
    if node.text in _WORDS:
        return _WORDS[node.text]
    if not _NUMBER.fullmatch(node.text):
        return node.text
    number = _parse_exact_number(node.text)
    return node.text if number is None else number


def is_text(node: ScalarNode) -> bool:
    """Whether it is a text wherever it stands: quoted, or no word and no number of JSON."""
    return isinstance(parse_json_scalar(node), str)


LONGEST_DUMMY: Final = 8
"""Signs of a text that says nothing."""


def is_dummy(node: ScalarNode) -> bool:
    """Whether it is a quoted ``""``, or one sign however often: where a service wants any text."""
    text = node.text
    return len(set(text)) == 1 if 0 < len(text) <= LONGEST_DUMMY else not text and not node.plain


def _parse_exact_number(text: str) -> int | float | None:
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
    return parse_json_scalar(node) if isinstance(node, ScalarNode) else None


def looks_like_template(node: Node) -> bool:
    """Whether a map is what the parser makes of a template without quotes."""
    return isinstance(node, MapNode) and any(isinstance(v, BrokenNode) for _, v in node.entries)
