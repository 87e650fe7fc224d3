"""Every value in an action's request and row filter, each with its route and its role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from cactions.logic.lint.key_roles import find_role
from cactions.model import Action, Attribute, JsonTemplate, Template
from cactions.rules.rule import LookupKey, RequestPart


def list_lookup_keys(action: Action, attributes: Mapping[str, Attribute]) -> tuple[LookupKey, ...]:
    """The references of the request and of the row filter, in the order of the file format."""
    asked, rows = action.request, action.response.rows
    route = f"actions.{action.name}.request"
    found = [*_list_in_text(asked.url, RequestPart.URL, f"{route}.url")]
    if asked.query:
        found += _list_in_json(dict(asked.query), RequestPart.QUERY, f"{route}.query", "")
    if asked.headers:
        found += _list_in_json(dict(asked.headers), RequestPart.HEADER, f"{route}.headers", "")
    if asked.body:
        body, where = asked.body.content, f"{route}.{asked.body.form.value}"
        found += _list_in_json(body, RequestPart.BODY, where, "")
    for path, reference in rows.where if rows else ():
        where = f"actions.{action.name}.response.rows.where.{path}"
        found.append(LookupKey(reference, RequestPart.WHERE, where, str(path)))
    inputs = {data_input.name: data_input for data_input in action.inputs}
    return tuple(
        replace(key, role=find_role(key, attributes, inputs, is_read=asked.is_read))
        for key in found
    )


def _list_in_text(
    text: Template, part: RequestPart, route: str, name: str = ""
) -> Iterator[LookupKey]:
    for piece in text.pieces:
        if not isinstance(piece, str):
            yield LookupKey(piece, part, route, name, text)


def _list_in_json(
    content: JsonTemplate, part: RequestPart, route: str, name: str
) -> Iterator[LookupKey]:
    if isinstance(content, Template):
        yield from _list_in_text(content, part, route, name)
    elif isinstance(content, dict):
        for key, item in content.items():
            yield from _list_in_json(item, part, f"{route}.{key}", key)
    elif isinstance(content, list):
        for number, item in enumerate(content):
            yield from _list_in_json(item, part, f"{route}[{number}]", name)
