"""The body of an operation: what its schema requires, as JSON or as a form."""

from __future__ import annotations

from typing import Final

from cactions.logic.curl_line.pasted_request import FORM_TYPE, PastedBody
from cactions.logic.openapi.document import OpenApiDocument, OpenApiError, cut_name
from cactions.logic.openapi.holes import HoleNames
from cactions.logic.openapi.sample import is_json_type
from cactions.logic.openapi.schema import SchemaView, read_schema
from cactions.logic.yaml.nodes import Node
from cactions.model import BodyForm, Json

_FORMS: Final = {FORM_TYPE: BodyForm.FORM, "multipart/form-data": BodyForm.MULTIPART}
_DEEPEST: Final = 16


def read_body(
    document: OpenApiDocument, body: Node, holes: HoleNames
) -> tuple[PastedBody | None, list[str]]:
    """The body with its required members, and the names of those at its top that are left out.

    Raises OpenApiError for one that is neither JSON nor a form, or that never ends.
    """
    form, media = _choose_media(document, body)
    schema = document.get(media, "schema") if media is not None else None
    is_required = document.get_text(body, "required") == "true"
    if form is None or schema is None:
        if not is_required:
            return None, ["the body"]
        hint = "Take an operation without it, or a curl line: --from-curl."
        raise OpenApiError("this body is no JSON and no form with a schema", hint, body.span)
    view = read_schema(document, schema)
    left_out = [
        name
        for name, node in view.properties.items()
        if name not in view.required and not read_schema(document, node).reads_only
    ]
    if not is_required and not view.required:
        return None, ["the body"]
    content = _BodyBuilder(document, holes).build(schema, "body", "", ())
    if form is BodyForm.JSON:
        if not isinstance(content, dict | list):
            hint = "Take an operation with an object as its body."
            raise OpenApiError("the body is no object and no list", hint, schema.span)
        return PastedBody(form, content, 0), left_out
    return PastedBody(form, _list_pairs(content, schema), 0), left_out


def _choose_media(document: OpenApiDocument, body: Node) -> tuple[BodyForm | None, Node | None]:
    """JSON where the operation takes it, else a form."""
    kinds = [*document.list_entries(document.get(body, "content"))]
    for key, media in kinds:
        if is_json_type(key.text):
            return BodyForm.JSON, media
    for key, media in kinds:
        form = _FORMS.get(key.text.partition(";")[0].strip().lower())
        if form is not None:
            return form, media
    return None, None


def _list_pairs(content: Json, schema: Node) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for name, value in content.items() if isinstance(content, dict) else ():
        values = value if isinstance(value, list) else [value]
        if any(isinstance(each, dict | list) for each in values):
            hint = "Take a curl line with its fields: --from-curl."
            raise OpenApiError(f'"{cut_name(name)}" of the form is no text', hint, schema.span)
        pairs += [(name, str(each).lower() if isinstance(each, bool) else str(each))
                  for each in values]  # fmt: skip
    return tuple(pairs)


class _BodyBuilder:
    def __init__(self, document: OpenApiDocument, holes: HoleNames) -> None:
        self.document = document
        self.holes = holes

    def build(self, node: Node, name: str, outer: str, around: tuple[int, ...]) -> Json:
        """A value with what is required in it. ``around`` are the schemas that it is in."""
        found = self.document.follow(node)
        if id(found) in around or len(around) > _DEEPEST:
            hint = "No finite body fits such a schema: take a curl line with one, --from-curl."
            raise OpenApiError("this schema requires itself", hint, node.span)
        view = read_schema(self.document, found)
        around = (*around, id(found))
        if view.kind == "object":
            return self._build_object(view, name, around)
        if view.kind == "array":
            return [self.build(view.items, name, outer, around)] if view.items is not None else []
        return view.fixed if view.fixed is not None else self.holes.mark(name, view.kind, outer)

    def _build_object(self, view: SchemaView, name: str, around: tuple[int, ...]) -> Json:
        made: dict[str, Json] = {}
        for key in view.properties:
            item = view.properties[key]
            if key in view.required and not read_schema(self.document, item).reads_only:
                made[key] = self.build(item, key, name, around)
        for key in sorted(view.required - {*view.properties}):
            made[key] = self.holes.mark(key, "", name)
        return made
