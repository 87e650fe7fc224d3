"""Finds an operation of a document, by its `operationId` or as `GET /path`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from cactions.logic.openapi.document import OpenApiDocument, OpenApiError, cut_name
from cactions.logic.suggest import suggest
from cactions.logic.yaml.nodes import MapNode, Node

_METHODS: Final = ("get", "head", "post", "put", "delete", "patch", "options", "trace")


class ApiOperation(Struct, frozen=True):
    """``item`` is the path item, whose parameters and servers hold for the operation too."""

    method: str
    path: str
    item: Node
    node: MapNode


def find_operation(document: OpenApiDocument, text: str) -> ApiOperation:
    """Raises OpenApiError where there is none, or more than one."""
    known = [*_list_operations(document)]
    wanted = text.split()
    named: list[str] = []
    found: list[ApiOperation] = []
    for each in known:
        name = document.get_text(each.node, "operationId")
        named.append(name or f"{each.method.upper()} {each.path}")
        both = [each.method, each.path]
        if name == text or [wanted[0].lower() if wanted else "", *wanted[1:]] == both:
            found.append(each)
    document.begin_operation()
    if len(found) == 1:
        return found[0]
    paths = document.get(document.root, "paths")
    span = paths.span if paths is not None else document.root.span
    if found:
        hint = f"Write {found[0].method.upper()} {cut_name(found[0].path)}."
        raise OpenApiError(f'"{cut_name(text)}" is several operations', hint, found[1].node.span)
    near = suggest(text, named)
    raise OpenApiError(
        f'the document has no operation "{cut_name(text)}"',
        f"{near[:1].upper()}{near[1:]}" or "Name the document of the service that has its paths.",
        span,
    )


def _list_operations(document: OpenApiDocument) -> Iterator[ApiOperation]:
    paths = document.get(document.root, "paths")
    for path, item in document.list_entries(paths):
        if not isinstance(item, MapNode):
            continue
        if any(key.text == "$ref" for key, _ in item.entries):
            item = document.follow(item)  # noqa: PLW2901 - the same item, where it stands
        for method, node in item.entries if isinstance(item, MapNode) else ():
            if method.text in _METHODS and isinstance(node, MapNode):
                yield ApiOperation(method.text, path.text, item, node)
