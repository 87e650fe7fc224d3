"""An answer as a schema promises it: a sample with one value of each kind, for its members."""

from __future__ import annotations

import re
from typing import Final

from cactions.logic.openapi.document import OpenApiDocument
from cactions.logic.openapi.schema import SchemaView, read_schema
from cactions.logic.yaml.nodes import MapNode, Node, to_json
from cactions.model import Json, Scalar

_DEEPEST: Final = 6
_RECORDS: Final = 2
"""Elements of a list of records: how many a service will send, no schema says."""
_TEXTS: Final = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "email": "name@service.example",
}
_TEXT: Final = "…"
_SECONDS: Final = 1_700_000_000
"""A moment where the name of the member says that it is one, else a whole number."""
_SUCCESS: Final = re.compile(r"2([0-9]{2}|XX)", re.IGNORECASE)
_JSON: Final = re.compile(r"application/json|[^;]*\+json|\*/\*|application/\*")


def build_sample(document: OpenApiDocument, operation: Node) -> Json:
    """That of the first JSON answer of a success; None where the document has none."""
    responses = document.list_entries(document.get(operation, "responses"))
    codes = {key.text: value for key, value in responses if _SUCCESS.fullmatch(key.text)}
    for code in sorted(codes):
        for key, media in document.list_entries(document.get(codes[code], "content")):
            if is_json_type(key.text):
                return _build_from_media(document, media)
    return None


def is_json_type(text: str) -> bool:
    """Whether a type of content is JSON, whatever stands behind it."""
    return _JSON.fullmatch(text.partition(";")[0].strip().lower()) is not None


def _build_from_media(document: OpenApiDocument, media: Node) -> Json:
    schema = document.get(media, "schema")
    found = _SampleBuilder(document).build(schema, 0, ()) if schema is not None else None
    if found:
        return found
    example = document.get(media, "example")
    for _, each in document.list_entries(document.get(media, "examples")):
        example = example or document.get(each, "value")
    return to_json(example) if example is not None else None


class _SampleBuilder:
    """A schema that is met within itself is left out: a sample ends somewhere."""

    def __init__(self, document: OpenApiDocument) -> None:
        self.document = document

    def build(self, node: Node, depth: int, around: tuple[int, ...]) -> Json:
        found = self.document.follow(node)
        if id(found) in around or not isinstance(found, MapNode):
            return None
        view = read_schema(self.document, found)
        around = (*around, id(found))
        if view.writes_only:
            return None
        if view.kind == "object":
            if depth >= _DEEPEST:
                return None
            return {
                name: self.build(item, depth + 1, around) for name, item in view.properties.items()
            }
        if view.kind == "array":
            item = self.build(view.items, depth, around) if view.items is not None else None
            return [item] * (_RECORDS if isinstance(item, dict) else 1) if item else []
        return _build_scalar(view)


def _build_scalar(view: SchemaView) -> Scalar:
    shown = view.example
    if view.kind == "string":
        fits = isinstance(shown, str) and view.form not in _TEXTS
        return shown if fits else _TEXTS.get(view.form, _TEXT)
    if view.kind == "integer":
        return shown if isinstance(shown, int) and not isinstance(shown, bool) else _SECONDS
    if view.kind == "number":
        return 0.5
    if view.kind == "boolean":
        return True
    return shown if not view.kind else None
