"""Everything in an action that decides whose data comes back, each with its route."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cactions.model import Action, JsonTemplate, Template
from cactions.rules.rule import Key, Part


def keys_of(action: Action) -> tuple[Key, ...]:
    """The references of the request and of the row filter, in the order of the file format."""
    asked, rows = action.request, action.response.rows
    route = f"actions.{action.name}.request"
    found = [*_of_text(asked.url, Part.URL, f"{route}.url")]
    if asked.query:
        found += _of_map(asked.query, Part.QUERY, f"{route}.query")
    if asked.headers:
        found += _of_map(asked.headers, Part.HEADER, f"{route}.headers")
    if asked.body:
        found += _of_json(asked.body.content, f"{route}.{asked.body.form.value}", "")
    for path, reference in rows.where if rows else ():
        where = f"actions.{action.name}.response.rows.where.{path}"
        found.append(Key(reference, Part.WHERE, where, str(path)))
    return tuple(found)


def _of_text(text: Template, part: Part, route: str, name: str = "") -> Iterator[Key]:
    for piece in text.parts:
        if not isinstance(piece, str):
            yield Key(piece, part, route, name, text)


def _of_map(texts: Mapping[str, Template], part: Part, route: str) -> Iterator[Key]:
    for name, text in texts.items():
        yield from _of_text(text, part, f"{route}.{name}", name)


def _of_json(content: JsonTemplate, route: str, name: str) -> Iterator[Key]:
    if isinstance(content, Template):
        yield from _of_text(content, Part.BODY, route, name)
    elif isinstance(content, dict):
        for key, item in content.items():
            yield from _of_json(item, f"{route}.{key}", key)
    elif isinstance(content, list):
        for number, item in enumerate(content):
            yield from _of_json(item, f"{route}[{number}]", name)
