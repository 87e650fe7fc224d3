"""Builds the tree from the parser's events, one by one, and notes every fault on the way.

Composing 100,000 opening brackets would end the process; here depth never means recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from msgspec import Struct, field

from cactions.logic.source_mask import is_key
from cactions.logic.yaml.diagnostics import TWICE, UNREADABLE, Diagnostics
from cactions.logic.yaml.nodes import BrokenNode, ListNode, MapNode, Node, ScalarNode, SourceSpan

MAX_DEPTH: Final = 16
QUOTE_TEMPLATE: Final = 'quote the template: "{{ … }}"'


class TooDeepError(Exception):
    """The nesting limit was passed; the span is its argument."""


class _Frame(Struct):
    """A collection that is still open, the key that waits for its value, and the keys so far."""

    node: ListNode | MapNode
    key: Node | None = None
    lines: dict[str, int] = field(default_factory=dict)
    broken: bool = False


class TreeBuilder:
    """Turns events into nodes with a stack of its own, so that depth never means recursion."""

    def __init__(self, faults: Diagnostics, most_depth: int = MAX_DEPTH) -> None:
        self.faults = faults
        self.most_depth = most_depth
        self.root: Node | None = None
        self.stack: list[_Frame] = []
        self.forms: dict[str, Callable[[Any], None]] = {
            "ScalarEvent": self._scalar,
            "AliasEvent": self._add_alias,
            "MappingStartEvent": self._open_map,
            "SequenceStartEvent": self._open_list,
            "MappingEndEvent": self._close,
            "SequenceEndEvent": self._close,
        }

    def build(self, events: Iterator[Any]) -> Node | None:
        """The root of the first document; its faults, and that there is a second one."""
        documents = 0
        for event in events:
            name = event.__class__.__name__
            form = self.forms.get(name)
            if form:
                form(event)
            elif name == "DocumentStartEvent":
                documents += 1
                self._refuse_directives(event)
                if documents > 1:
                    self._report(event, "a second document begins here", "one file, one document")
                    return None
        return self.root

    def _scalar(self, event: Any) -> None:  # noqa: ANN401 - the parser's own
        self._refuse_extras(event)
        self._attach(ScalarNode(event.value, event.start_mark, event.end_mark, event.style))

    def _add_alias(self, event: Any) -> None:  # noqa: ANN401
        self._report(event, "an alias is not allowed here", "write the value out")
        self._attach(BrokenNode(None, event.start_mark, event.end_mark))

    def _open_map(self, event: Any) -> None:  # noqa: ANN401
        self._open(event, MapNode([], event.start_mark, event.end_mark))

    def _open_list(self, event: Any) -> None:  # noqa: ANN401
        self._open(event, ListNode([], event.start_mark, event.end_mark))

    def _open(self, event: Any, node: MapNode | ListNode) -> None:  # noqa: ANN401
        self._refuse_extras(event)
        if len(self.stack) == self.most_depth:
            raise TooDeepError(_span(event))
        self.stack.append(_Frame(node))

    def _refuse_extras(self, event: Any) -> None:  # noqa: ANN401
        if event.anchor:
            self._report(event, "an anchor is not allowed here", "remove it")
        if event.tag:
            self._report(event, "a tag is not allowed here", "remove it")

    def _refuse_directives(self, event: Any) -> None:  # noqa: ANN401
        if event.version or event.tags:
            self._report(event, "a % directive is not allowed here", "remove the line")

    def _close(self, event: Any) -> None:  # noqa: ANN401
        frame = self.stack.pop()
        node = frame.node
        node.end_mark = event.end_mark
        if frame.broken:
            message = "without quotes, this is a YAML map with a map as its key"
            self.faults.add(UNREADABLE, node.span, message, hint=QUOTE_TEMPLATE)
        self._attach(BrokenNode(None, node.start_mark, node.end_mark) if frame.broken else node)

    def _attach(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        frame = self.stack[-1]
        if isinstance(frame.node, ListNode):
            frame.node.items.append(node)
        elif frame.key is None:
            frame.key = node
        else:
            key, frame.key = frame.key, None
            self._add_entry(frame, key, node)

    def _add_entry(self, frame: _Frame, key: Node, value: Node) -> None:
        if not isinstance(key, ScalarNode):
            frame.broken = True
        elif key.plain and key.text == "<<":
            message = "merge keys are not allowed here"
            self.faults.add(UNREADABLE, key.span, message, hint="write the keys out")
        elif key.text in frame.lines:
            named = f'"{key.text}"' if is_key(key.text) else "this key"
            message = f"{named} stands here twice; first in line {frame.lines[key.text]}"
            self.faults.add(TWICE, key.span, message, hint="keep one of them")
        else:
            frame.lines[key.text] = key.span.line + 1
            assert isinstance(frame.node, MapNode)
            if isinstance(value, ScalarNode) and value.span[:2] == value.span[2:]:
                value.span = key.span  # nothing stands there: what can be pointed at is the key
            frame.node.entries.append((key, value))

    def _report(self, event: Any, message: str, hint: str) -> None:  # noqa: ANN401
        self.faults.add(UNREADABLE, _span(event), message, hint=hint)


def _span(event: Any) -> SourceSpan:  # noqa: ANN401
    start, end = event.start_mark, event.end_mark
    return SourceSpan(start.line, start.column, end.line, end.column)
