"""Templates: literal text with holes, ``/v1/customers/{{ person.user_id }}``, and no logic at all.

A hole holds one reference, and at most one filter of a closed list, so that it is exactly known
what a text may contain.
The grammar stands here, once; what it does not match is explained in ``template_errors``.

- ``parse_template(str(template)).template`` is ``template``, likewise for references.
- Two opening braces always begin a hole; a stray ``}}`` is text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from msgspec import Struct

from cactions.logic.expressions.template_errors import (
    TemplateError,
    explain_hole,
    explain_reference,
)
from cactions.model import (
    CONTACT_FIELDS,
    Filter,
    FilteredValue,
    Hole,
    Input,
    PersonAttribute,
    PersonField,
    Reference,
    Template,
)

__all__ = ["ParsedTemplate", "TemplateError", "parse_reference", "parse_template"]

MAX_TEXT: Final = 65_536
"""The longest template, in characters."""

MAX_HOLES: Final = 100

_KEPT: Final = 1_000
"""Parsed texts: ``person.email`` and its like stand in every action."""

_NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*"
_REFERENCE: Final = rf"""person\.(?P<field>{"|".join(CONTACT_FIELDS)})
       | person\.attributes(?:
             \.(?P<attribute>{_NAME})
           | \[(?P<quoted>"(?:[^"\\]|\\["\\])+" | '(?:[^'\\]|\\['\\])+')\]
         )
       | inputs\.(?P<input>{_NAME})"""
_HOLE: Final = re.compile(
    rf"\{{\{{[ \t\n\r]*(?P<reference>{_REFERENCE})[ \t\n\r]*"
    rf"(?:\|[ \t\n\r]*(?P<filter>{'|'.join(each.value for each in Filter)})[ \t\n\r]*)?\}}\}}",
    re.VERBOSE,
)


class ParsedTemplate(Struct, frozen=True):
    """A template, and each reference with its span (without braces) in the author's text.

    Offsets count characters from 0, the end is exclusive.
    """

    template: Template
    spans: tuple[tuple[Reference, int, int], ...]


@lru_cache(_KEPT)
def parse_template(text: str) -> ParsedTemplate:
    """The template of a text with any number of holes. Raises TemplateError."""
    if len(text) > MAX_TEXT:
        raise TemplateError("the text is too long", "at most 64 KiB", MAX_TEXT, len(text))
    parts: list[str | Hole] = []
    spans: list[tuple[Reference, int, int]] = []
    end = 0
    while (start := text.find("{{", end)) >= 0:
        hole = _HOLE.match(text, start)
        if hole is None:
            raise explain_hole(text, start)
        reference = _build_reference(hole)
        written = FilteredValue(reference, Filter(hole["filter"])) if hole["filter"] else reference
        parts += [text[end:start], written]
        spans.append((reference, *hole.span("reference")))
        end = hole.end()
    if len(spans) > MAX_HOLES:
        _, start, end = spans[MAX_HOLES]
        raise TemplateError("the text has too many holes", f"at most {MAX_HOLES}", start, end)
    parts.append(text[end:])
    return ParsedTemplate(Template(tuple(part for part in parts if part != "")), tuple(spans))


@lru_cache(_KEPT)
def parse_reference(text: str) -> Reference:
    """The reference of a text such as ``person.email``. Raises TemplateError."""
    hole = _HOLE.fullmatch(f"{{{{{text}}}}}")
    if hole is None or hole["reference"] != text:
        raise explain_reference(text, 0, len(text))
    return _build_reference(hole)


def _build_reference(match: re.Match[str]) -> Reference:
    if match["field"]:
        return PersonField(match["field"])
    if match["input"]:
        return Input(match["input"])
    return PersonAttribute(match["attribute"] or _unquote(match["quoted"]))


def _unquote(literal: str) -> str:
    """A quoted name's text; a backslash makes a quote or a backslash literal."""
    return re.sub(r"\\(.)", r"\1", literal[1:-1])
