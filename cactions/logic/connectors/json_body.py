"""The body of a connector in our terms: JSON or a form where it is one, else a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote_plus

from msgspec import Struct

from cactions.logic import strict_json
from cactions.logic.connectors.notes import ConnectorNote, NoteKind
from cactions.logic.connectors.template import build_template
from cactions.logic.expressions.template import MAX_HOLES, MAX_TEXT
from cactions.logic.strict_json import StrictJsonError
from cactions.logic.yaml.writer import YamlValue, fits_key
from cactions.model import Json, Reference, Template

_DEEPEST: Final = 8
"""Levels of a body: the file around it has some, too."""
_MARK: Final = "\ue000"
_SIGN: Final = re.compile(r'\\.|"', re.DOTALL)
_FORM: Final = re.compile(r"[^=&\s{}<>]+=[^&\s]*(?:&[^=&\s{}<>]+=[^&\s]*)*")
_LARGEST: Final = 700_000
"""Characters of a body that is kept; a file holds one MiB with all its escapes."""


class ConnectorContent(Struct, frozen=True):
    """``form`` is json, form or text; empty where there is no body."""

    form: str = ""
    content: YamlValue = None
    notes: tuple[ConnectorNote, ...] = ()


class _UnfitBody(Exception):
    """It is no body of this form."""


def read_body(template: Template) -> ConnectorContent:
    """The body that a template is, in the most telling form."""
    text = str(template)
    if not text.strip():
        return ConnectorContent()
    if len(text) <= _LARGEST and _MARK not in text:
        for read, form in ((_read_json, "json"), (_read_form, "form")):
            try:
                return ConnectorContent(form, read(template))
            except _UnfitBody:
                continue
    if len(text) <= MAX_TEXT and len(template.references) <= MAX_HOLES:
        return ConnectorContent("text", text)
    return cut_body(template)


def cut_body(template: Template) -> ConnectorContent:
    """Only the variables of a body, for the analysis of leaks."""
    note = ConnectorNote(NoteKind.BODY, "the body is too long: only its variables stand here")
    names = [f"{{{{ {name} }}}}" for name in dict.fromkeys(map(str, template.references))]
    kept = " ".join(names[:MAX_HOLES])
    if not kept or len(kept) > MAX_TEXT:
        return ConnectorContent(notes=(note,))
    return ConnectorContent("text", kept, (note,))


def _read_json(template: Template) -> YamlValue:
    """JSON in which each variable is a text, or a part of one."""
    try:
        document = strict_json.parse_json(_mark_holes(template), max_depth=_DEEPEST)
    except StrictJsonError:
        raise _UnfitBody from None
    if not isinstance(document, dict | list) or not document:
        raise _UnfitBody
    return _restore(document, template.references)


def _mark_holes(template: Template) -> str:
    """The text with marks in the place of variables; one outside of a text gets quotes."""
    pieces: list[str] = []
    inside = False
    number = 0
    for part in template.parts:
        if isinstance(part, str):
            pieces.append(part)
            for sign in _SIGN.finditer(part):
                inside ^= sign[0] == '"'
        else:
            mark = f"{_MARK}{number}{_MARK}"
            pieces.append(mark if inside else f'"{mark}"')
            number += 1
    return "".join(pieces)


def _restore(value: Json, references: tuple[Reference, ...]) -> YamlValue:
    if isinstance(value, str):
        return _restore_text(value, references)
    if isinstance(value, list):
        return [_restore(item, references) for item in value]
    if not isinstance(value, dict):
        return value
    if list(value) == ["secret"] or not all(map(_is_literal_key, value)):
        raise _UnfitBody
    return {name: _restore(item, references) for name, item in value.items()}


def _is_literal_key(name: str) -> bool:
    return _MARK not in name and fits_key(name)


def _restore_text(text: str, references: tuple[Reference, ...]) -> str:
    template = build_template(_list_parts(text, references))
    ours = str(template)
    if len(ours) > MAX_TEXT or len(template.references) > MAX_HOLES:
        raise _UnfitBody
    return ours


def _list_parts(text: str, references: tuple[Reference, ...]) -> Iterator[str | Reference]:
    for number, piece in enumerate(text.split(_MARK)):
        yield references[int(piece)] if number % 2 else piece


def _read_form(template: Template) -> YamlValue:
    """A form, whose names are literal; one that stands there several times has a list."""
    text = _mark_bare(template)
    if not _FORM.fullmatch(text):
        raise _UnfitBody
    pairs = [pair.partition("=") for pair in text.split("&")]
    names = [unquote_plus(name) for name, _, _ in pairs]
    if not all(map(_is_literal_key, names)):
        raise _UnfitBody
    values = [_restore_text(unquote_plus(value), template.references) for _, _, value in pairs]
    return group_parameters(zip(names, values, strict=True))


def group_parameters(pairs: Iterable[tuple[str, str]]) -> dict[str, YamlValue]:
    """The text of each name, or a list of them where it stands there several times."""
    found: dict[str, list[YamlValue]] = {}
    for name, text in pairs:
        found.setdefault(name, []).append(text)
    return {name: texts if len(texts) > 1 else texts[0] for name, texts in found.items()}


def _mark_bare(template: Template) -> str:
    pieces: list[str] = []
    number = 0
    for part in template.parts:
        if isinstance(part, str):
            pieces.append(part)
        else:
            pieces.append(f"{_MARK}{number}{_MARK}")
            number += 1
    return "".join(pieces)
