"""An OpenAPI document as a tree with places: what stands where, and where a `$ref` leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from cactions.logic.openapi.json_nodes import parse_json_nodes
from cactions.logic.strict_json import StrictJsonError
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.nodes import ListNode, MapNode, Node, ScalarNode, SourceSpan
from cactions.logic.yaml.parser import YamlLimits, parse_yaml

MOST_BYTES: Final = 16 * 1024 * 1024
_MOST_DEPTH: Final = 64
_SIGNS: Final = (b",", b"\n", b"[", b"{")
_MOST_SIGNS: Final = 600_000
"""Of these in a document, each of which may begin a part: how many are read within seconds."""
_MOST_STEPS: Final = 20_000
"""Parts of a document that one operation may need, each counted as often as it is met."""
_LONGEST_SHOWN: Final = 60
_BEGIN: Final = SourceSpan(0, 0, 0, 1)
_VERSION: Final = re.compile(r"3\.[01](\.[0-9]+)?")


class OpenApiError(ValueError):
    """Why a document, or an operation of it, is refused, and where."""

    def __init__(self, message: str, hint: str, span: SourceSpan) -> None:
        super().__init__(message, hint, span)
        self.message = message
        self.hint = hint
        self.span = span


class OpenApiDocument:
    """Reads a tree step by step; the number of steps is limited, however the refs are tied."""

    def __init__(self, root: MapNode) -> None:
        self.root = root
        self._steps = 0
        self._members: dict[int, dict[str, Node]] = {}

    def begin_operation(self) -> None:
        """Count the steps from here: the search for the operation has met every other."""
        self._steps = 0

    def follow(self, node: Node) -> Node:
        """Where the refs of a node lead. Raises OpenApiError for one that leads nowhere."""
        met: set[int] = set()
        while isinstance(node, MapNode):
            self._count(node)
            ref = self._list_members(node).get("$ref")
            if not isinstance(ref, ScalarNode):
                break
            if id(node) in met:
                raise OpenApiError(
                    "this $ref leads back to itself", "Name what is meant.", ref.span
                )
            met.add(id(node))
            node = self._find_target(ref)
        return node

    def get(self, node: Node | None, *keys: str) -> Node | None:
        """The member below the keys, refs followed; None where there is none."""
        for key in keys:
            if node is None:
                return None
            node = self.follow(node)
            node = self._list_members(node).get(key) if isinstance(node, MapNode) else None
        return self.follow(node) if node is not None else None

    def get_text(self, node: Node | None, *keys: str) -> str:
        """The text below the keys; empty where there is none."""
        found = self.get(node, *keys)
        return found.text if isinstance(found, ScalarNode) else ""

    def list_entries(self, node: Node | None) -> Iterator[tuple[ScalarNode, Node]]:
        """Keys and values of a map, refs of it followed."""
        found = self.follow(node) if node is not None else None
        if isinstance(found, MapNode):
            yield from found.entries

    def list_items(self, node: Node | None) -> Iterator[Node]:
        """The elements of a list, refs of them followed."""
        if isinstance(node, ListNode):
            for item in node.items:
                yield self.follow(item)

    def _find_target(self, ref: ScalarNode) -> Node:
        if not ref.text.startswith("#"):
            raise OpenApiError(
                "this $ref leads out of the document, and nothing is fetched",
                "Bundle the document into one file first; most tools for OpenAPI can.",
                ref.span,
            )
        node: Node = self.root
        for part in unquote(ref.text).removeprefix("#").split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            found = None
            if isinstance(node, MapNode):
                found = self._list_members(node).get(key)
            elif isinstance(node, ListNode) and re.fullmatch("[0-9]{1,6}", key):
                found = node.items[int(key)] if int(key) < len(node.items) else None
            if found is None:
                raise OpenApiError(
                    f'there is no "{cut_name(key)}" where this $ref leads',
                    "Correct the document, or take it anew from the service.",
                    ref.span,
                )
            node = found
        return node

    def _list_members(self, node: MapNode) -> dict[str, Node]:
        found = self._members.get(id(node))
        if found is None:
            found = {key.text: value for key, value in node.entries}
            self._members[id(node)] = found
        return found

    def _count(self, node: Node) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise OpenApiError(
                f"the operation needs more than {_MOST_STEPS:,} parts of the document",
                "Cut the document down to the operation and the schemas that it needs.",
                node.span,
            )


def read_document(name: str, data: bytes) -> OpenApiDocument:
    """The document of a file. Raises OpenApiError for what is no OpenAPI 3.0 or 3.1."""
    if sum(data.count(sign) for sign in _SIGNS) > _MOST_SIGNS:
        hint = "Cut it down to the operation and the schemas that it needs."
        raise OpenApiError("the document has too many parts", hint, _BEGIN)
    root = _parse(name, data)
    if not isinstance(root, MapNode):
        raise OpenApiError("this is no OpenAPI document", "It is a map of keys.", _BEGIN)
    version = next((value for key, value in root.entries if key.text == "openapi"), None)
    if not isinstance(version, ScalarNode) or not _VERSION.fullmatch(version.text):
        raise OpenApiError(
            "this is no OpenAPI document of version 3.0 or 3.1",
            "Convert it first: the key `openapi` says the version, and Swagger 2.0 has none.",
            version.span if version else root.span,
        )
    return OpenApiDocument(root)


def _parse(name: str, data: bytes) -> Node | None:
    if len(data) <= MOST_BYTES and data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        try:
            return parse_json_nodes(data.decode("utf-8-sig"), _MOST_DEPTH)
        except StrictJsonError as error:
            at = SourceSpan(error.line - 1, error.column - 1, error.line - 1, error.column)
            raise OpenApiError(
                f"the document is no JSON: {error.message}", "Correct it.", at
            ) from None
        except UnicodeDecodeError:
            raise OpenApiError("the file is not UTF-8", "Save it as UTF-8.", _BEGIN) from None
    faults = Diagnostics(name)
    root = parse_yaml(data, faults, YamlLimits(MOST_BYTES, _MOST_DEPTH, is_reviewed=False))
    if faults.found:
        fault = faults.found[0]
        place = fault.place
        span = (
            SourceSpan(place.line - 1, place.column - 1, place.line - 1, place.column)
            if place
            else _BEGIN
        )
        hint = fault.hint or "correct the document"
        raise OpenApiError(fault.message, f"{hint[:1].upper()}{hint[1:]}.", span)
    return root


def cut_name(text: str) -> str:
    """A name of the document, for a message."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
