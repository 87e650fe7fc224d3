"""Reads YAML text into nodes; the parser's only home.

A strict subset: one document, 1 MiB, depth 16, no anchors, aliases, tags or merge keys, no key
twice. Events are taken from the parser one by one, because composing 100,000 opening brackets
ends the process; every fault goes into the collection with its span.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

from cactions.logic.faults import TWICE, UNREADABLE, Faults
from cactions.logic.nodes import BrokenNode, ListNode, MapNode, Node, ScalarNode, Span

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 16

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Named by what is refused: a class with wide ranges takes milliseconds to compile."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # same events, ten times slower without C
_QUOTE_TEMPLATE = 'quote the template: "{{ … }}"'
_QUOTE_PATH = 'inside braces, quote the path: "$.a[0]"'


def read(data: bytes, faults: Faults) -> Node | None:
    """The root node, or None where the file is empty or cannot be read to its end."""
    text = _decode(data, faults)
    if text is None:
        return None
    try:
        return _Builder(faults).build(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        _syntax_fault(error, text, faults)
    except _TooDeepError as error:
        span: Span = error.args[0]
        faults.add(UNREADABLE, span, f"nested deeper than {MAX_DEPTH} levels", hint="flatten it")
    return None


def _decode(data: bytes, faults: Faults) -> str | None:
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data):,} bytes; the limit is {MAX_BYTES:,}"
        faults.add(UNREADABLE, Span(0, 0, 0, 1), message, hint="split it into several files")
        return None
    data = data.removeprefix(BOM_UTF8)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        message = f"not UTF-8: byte 0x{data[error.start]:02x}"
        faults.add(UNREADABLE, _span_at(before), message, hint="save the file as UTF-8")
        return None
    odd = _UNPRINTABLE.search(text)
    if odd is None:
        return text
    message = f"a character that YAML does not allow: U+{ord(odd[0]):04X}"
    faults.add(UNREADABLE, _span_at(text[: odd.start()]), message, hint="remove it")
    return None


def _span_at(before: str) -> Span:
    """The one character after ``before``."""
    lines = (before + "x").splitlines()  # breaks lines where YAML does
    line, column = len(lines) - 1, len(lines[-1]) - 1
    return Span(line, column, line, column + 1)


def _syntax_fault(error: yaml.MarkedYAMLError, text: str, faults: Faults) -> None:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    hint = _syntax_hint(lines[max(line - 1, 0) : line + 1], f"{error.context} {error.problem}")
    if hint and any(f.hint == hint and f.place and f.place.line == line + 1 for f in faults.found):
        return  # the same mistake, met a second time by the parser
    said = ", ".join(part for part in (error.context, error.problem) if part)
    faults.add(UNREADABLE, Span(line, column, line, column + 1), f"not YAML: {said}", hint=hint)


def _syntax_hint(lines: list[str], problem: str) -> str:
    """The mistake that everybody makes once, by the line where the parser stopped, and the last."""
    here = lines[-1] if lines else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return "indent with spaces, not tabs"
    if re.search(r"\$[.\w]*\[", here):
        return _QUOTE_PATH
    if any("{{" in line for line in lines):
        return _QUOTE_TEMPLATE
    if "mapping values" in problem and re.search(r":\s.*:(\s|$)", here):
        return 'a text that holds ": " needs quotes'
    if "flow " in problem:
        return "a bracket is not closed, or a text that holds one needs quotes"
    indented = "mapping values" in problem or "expected <block end>" in problem
    return "keys of one map begin in the same column" if indented else ""


class _TooDeepError(Exception):
    """The nesting limit was passed; the span is its argument."""


@dataclass(slots=True)
class _Frame:
    """A collection that is still open, the key that waits for its value, and the keys so far."""

    node: ListNode | MapNode
    key: Node | None = None
    lines: dict[str, int] = field(default_factory=dict)
    broken: bool = False


class _Builder:
    """Turns events into nodes with a stack of its own, so that depth never means recursion."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.root: Node | None = None
        self.stack: list[_Frame] = []

    def build(self, events: Iterator[Event]) -> Node | None:
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._fault(event, "a second document begins here", "one file, one document")
                    return None
            elif isinstance(event, NodeEvent):
                self._node(event)
            elif isinstance(event, CollectionEndEvent):
                self._close(event)
        return self.root

    def _node(self, event: NodeEvent) -> None:
        self._refuse_extras(event)
        if isinstance(event, ScalarEvent):
            self._attach(_scalar(event))
        elif isinstance(event, AliasEvent):
            self._attach(BrokenNode(_span(event)))
        elif isinstance(event, CollectionStartEvent):
            if len(self.stack) == MAX_DEPTH:
                raise _TooDeepError(_span(event))
            kind = MapNode if isinstance(event, MappingStartEvent) else ListNode
            self.stack.append(_Frame(kind([], _span(event))))

    def _refuse_extras(self, event: NodeEvent) -> None:
        if isinstance(event, AliasEvent):
            self._fault(event, f"alias *{event.anchor} is not allowed here", "write the value out")
        elif event.anchor:
            self._fault(event, f"anchor &{event.anchor} is not allowed here", "remove it")
        tag = getattr(event, "tag", None)
        if tag:
            self._fault(event, f"tag {tag} is not allowed here", "remove it")

    def _close(self, event: CollectionEndEvent) -> None:
        frame = self.stack.pop()
        end = _span(event)
        span = frame.node.span._replace(end_line=end.end_line, end_column=end.end_column)
        frame.node.span = span
        if frame.broken:
            message = "without quotes, this is a YAML map with a map as its key"
            self.faults.add(UNREADABLE, span, message, hint=_QUOTE_TEMPLATE)
        self._attach(BrokenNode(span) if frame.broken else frame.node)

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
            self._entry(frame, key, node)

    def _entry(self, frame: _Frame, key: Node, value: Node) -> None:
        if not isinstance(key, ScalarNode):
            frame.broken = True
        elif key.plain and key.text == "<<":
            message = "merge keys are not allowed here"
            self.faults.add(UNREADABLE, key.span, message, hint="write the keys out")
        elif key.text in frame.lines:
            message = f'"{key.text}" stands here twice; first in line {frame.lines[key.text]}'
            self.faults.add(TWICE, key.span, message, hint="keep one of them")
        else:
            frame.lines[key.text] = key.span.line + 1
            assert isinstance(frame.node, MapNode)
            if isinstance(value, ScalarNode) and value.span[:2] == value.span[2:]:
                value.span = key.span  # nothing stands there: what can be pointed at is the key
            frame.node.entries.append((key, value))

    def _fault(self, event: Event, message: str, hint: str) -> None:
        self.faults.add(UNREADABLE, _span(event), message, hint=hint)


def _span(event: Event) -> Span:
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    return Span(start.line, start.column, end.line, end.column)


def _scalar(event: ScalarEvent) -> ScalarNode:
    span = _span(event)
    text: str = event.value
    one_line = span.line == span.end_line
    bare = not event.style  # the C parser says "", the other None
    quote = 0 if bare else 1
    exact = one_line and span.end_column - span.column == len(text) + 2 * quote
    return ScalarNode(text, span, bare and one_line, quote if exact else None)
