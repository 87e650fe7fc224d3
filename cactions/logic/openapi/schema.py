"""A schema of a document, with its refs followed and the parts of `allOf` joined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct, field

from cactions.logic.openapi.document import OpenApiDocument, OpenApiError
from cactions.logic.yaml.nodes import (
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    SourceSpan,
    parse_json_scalar,
)
from cactions.model import Scalar

_NULL: Final = "null"
_MOST_PARTS: Final = 64
"""Schemas that are joined one within another."""
_WORDS: Final = ("true", "false")


class SchemaView(Struct):
    """What a schema says. ``kind`` is its type; empty where none is said.

    ``fixed`` is the only value, or the default; ``example`` is one that the document shows.
    """

    span: SourceSpan
    kind: str = ""
    form: str = ""
    properties: dict[str, Node] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    items: Node | None = None
    fixed: Scalar = None
    example: Scalar = None
    is_single: bool = False
    reads_only: bool = False
    writes_only: bool = False


def read_schema(document: OpenApiDocument, node: Node) -> SchemaView:
    """Raises OpenApiError for refs that lead back, or nowhere."""
    view = SchemaView(node.span)
    _add(document, node, view, ())
    if not view.kind:
        view.kind = "object" if view.properties else "array" if view.items else ""
    return view


def _add(document: OpenApiDocument, node: Node, view: SchemaView, around: tuple[int, ...]) -> None:
    found = document.follow(node)
    if id(found) in around or len(around) >= _MOST_PARTS:
        raise OpenApiError(
            "this schema is a part of itself", "Name its parts apart from it.", node.span
        )
    if not isinstance(found, MapNode):
        return  # ``true`` is any value
    around = (*around, id(found))
    members = {key.text: value for key, value in found.entries}
    for part in document.list_items(members.get("allOf")):
        _add(document, part, view, around)
    _add_own(document, members, view)
    for name in ("oneOf", "anyOf"):
        for part in document.list_items(members.get(name)):
            if document.get_text(part, "type") != _NULL:
                _add(document, part, view, around)
                break


def _add_own(document: OpenApiDocument, members: Mapping[str, Node], view: SchemaView) -> None:
    view.kind = _find_kind(members.get("type")) or view.kind
    view.form = document.get_text(members.get("format")) or view.form
    for key, value in document.list_entries(members.get("properties")):
        view.properties[key.text] = value
    view.required |= {
        item.text
        for item in document.list_items(members.get("required"))
        if isinstance(item, ScalarNode)
    }
    view.items = members.get("items") or view.items
    view.reads_only |= document.get_text(members.get("readOnly")) == _WORDS[0]
    view.writes_only |= document.get_text(members.get("writeOnly")) == _WORDS[0]
    words = [*document.list_items(members.get("enum"))]
    single = members.get("const") or (words[0] if len(words) == 1 else None)
    for node in (single, members.get("default")):
        if view.fixed is None:
            view.fixed = _read_scalar(node)
    shown = members.get("examples")
    first = shown.items[0] if isinstance(shown, ListNode) and shown.items else None
    for each in (members.get("example"), first, *words[:1]):
        if view.example is None:
            view.example = _read_scalar(each)
    if view.example is None:
        view.example = view.fixed


def _find_kind(node: Node | None) -> str:
    """The type, or the first of several (3.1) that is not null."""
    if isinstance(node, ListNode):
        names = [item.text for item in node.items if isinstance(item, ScalarNode)]
        return next((name for name in names if name != _NULL), _NULL)
    return node.text if isinstance(node, ScalarNode) else ""


def _read_scalar(node: Node | None) -> Scalar:
    return parse_json_scalar(node) if isinstance(node, ScalarNode) else None
