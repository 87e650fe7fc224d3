"""The parameters of an operation: those that it requires, and the names of the others."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct, field

from cactions.logic.openapi.document import OpenApiDocument, OpenApiError, cut_name
from cactions.logic.openapi.holes import HoleNames
from cactions.logic.openapi.operation import ApiOperation
from cactions.logic.openapi.schema import SchemaView, read_schema
from cactions.logic.yaml.nodes import Node

_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_UNFIT: Final = re.compile(r"[{}?#\s]|/\.{1,2}(?:/|$)")
_UNUSED: Final = frozenset({"accept", "content-type", "authorization"})
"""Headers that a document says elsewhere (OpenAPI 3.0.3, "Parameter Object")."""


class ApiParameters(Struct):
    """``path`` has its values put in; ``left_out`` are the names of optional parameters."""

    path: str = ""
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_parameters(
    document: OpenApiDocument, operation: ApiOperation, holes: HoleNames
) -> ApiParameters:
    """Raises OpenApiError for a required one that no action can send."""
    found = ApiParameters()
    known = _list_parameters(document, operation)
    found.path = _fill_path(document, operation, known, holes)
    cookies: list[str] = []
    for (where, name), node in known.items():
        if where == "path" or (where == "header" and name.lower() in _UNUSED):
            continue
        if document.get_text(node, "required") != "true":
            found.left_out.append(name)
            continue
        value = holes.write(_view_value(document, node, name), name, where)
        if where == "cookie":
            cookies.append(f"{name}={value}")
        else:
            (found.query if where == "query" else found.headers).append((name, value))
    if cookies:
        found.headers.append(("Cookie", "; ".join(cookies)))
    return found


def _list_parameters(
    document: OpenApiDocument, operation: ApiOperation
) -> dict[tuple[str, str], Node]:
    """By place and name; those of the operation replace those of its path."""
    known: dict[tuple[str, str], Node] = {}
    for owner in (operation.item, operation.node):
        for node in document.list_items(document.get(owner, "parameters")):
            where, name = document.get_text(node, "in"), document.get_text(node, "name")
            if not name or where not in ("path", "query", "header", "cookie"):
                raise OpenApiError(
                    "this parameter has no name, or no place", "Correct the document.", node.span
                )
            known[where, name] = node
    return known


def _fill_path(
    document: OpenApiDocument,
    operation: ApiOperation,
    known: dict[tuple[str, str], Node],
    holes: HoleNames,
) -> str:
    """The path of the operation with each name in braces replaced."""
    if not operation.path.startswith("/"):
        hint = "A path begins with a slash: correct the document."
        raise OpenApiError("this path cannot be used", hint, operation.node.span)
    pieces: list[str] = []
    end = 0
    for match in _HOLE.finditer(operation.path):
        pieces.append(operation.path[end : match.start()])
        end = match.end()
        folder = operation.path[: match.start()].rstrip("/").rpartition("/")[2]
        node = known.get(("path", match[1]))
        view = _view_value(document, node, match[1]) if node is not None else None
        view = view or SchemaView(operation.node.span)
        pieces.append(holes.write(view, match[1], folder))
    path = "".join([*pieces, operation.path[end:]])
    if _UNFIT.search(path):
        hint = "Braces stand around a name, and a query belongs to the parameters."
        raise OpenApiError("this path cannot be used", hint, operation.node.span)
    return path


def _view_value(document: OpenApiDocument, node: Node, name: str) -> SchemaView:
    """The schema of one value; that of the elements where it is a list."""
    schema = document.get(node, "schema")
    if schema is None:  # its content has one, such as JSON
        return SchemaView(node.span)
    view = read_schema(document, schema)
    if view.kind == "array" and view.items is not None:
        view = read_schema(document, view.items)
    if view.kind in ("object", "array"):
        raise OpenApiError(
            f'the required parameter "{cut_name(name)}" is no single value',
            "Take an operation without it, or a curl line with its value: --from-curl.",
            node.span,
        )
    return view
