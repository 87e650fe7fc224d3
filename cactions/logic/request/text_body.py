"""Puts values into texts of a known language, so that none of them changes what the text means.

``text_positions`` finds where a value stands. There it is escaped as the language has it. Where
nothing can be escaped, only a number or a word that is one token is put in, and any other value is
refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from cactions.logic import strict_json
from cactions.logic.request import checks, encoding
from cactions.logic.request.checks import EncodingError
from cactions.logic.request.encoding import join_parts
from cactions.logic.request.resolver import ValueResolver
from cactions.logic.request.text_positions import TextPosition, list_positions, may_hold_value
from cactions.model import (
    ActionRequest,
    BodyForm,
    DefinitionError,
    JsonTemplate,
    MaskedText,
    Reference,
    Template,
    TextLanguage,
)

_NUMBER: Final = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_TOKENS: Final = {
    TextLanguage.JSON: rf"{_NUMBER}|true|false",
    TextLanguage.GRAPHQL: rf"{_NUMBER}|[A-Za-z_][0-9A-Za-z_]*",
}
_NO_XML: Final = re.compile("[\ufffe\uffff]")
_MARKUP: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
_IN_ELEMENT: Final = str.maketrans(_MARKUP)
_IN_ATTRIBUTE: Final = str.maketrans({**_MARKUP, "\t": "&#9;", "\n": "&#10;"})
"""Blanks of an attribute would be read as spaces."""
_CDATA_END: Final = re.compile("[]>]")
_GRAPHQL_QUERY: Final = r"\s*(?:#[^\n]*\n\s*)*(?:\{|(?:query|mutation|subscription|fragment)\b)"


def build_text(
    template: Template, language: TextLanguage | None, resolver: ValueResolver, place: str
) -> MaskedText:
    """The text with all values. Raises PlanningError (NO_VALUE, UNFIT_VALUE), DefinitionError."""
    if language is None:
        return resolver.resolve_text(template, place, checks.check_body_text)
    encoders = (_get_encoder(language, position) for position in list_positions(template, language))
    return join_parts(
        MaskedText.of_plain(part)
        if isinstance(part, str)
        else resolver.resolve_hole(part, place, next(encoders))
        for part in template.parts
    )


def is_graphql(name: str, content: JsonTemplate) -> bool:
    """Whether a member of JSON is a query of GraphQL: a language of its own inside of its text."""
    if name != "query" or not isinstance(content, Template) or content.lone is not None:
        return False
    first = content.parts[0] if content.parts else ""
    return isinstance(first, str) and re.match(_GRAPHQL_QUERY, first) is not None


def list_changed_references(request: ActionRequest) -> frozenset[Reference]:
    """What is not sent as it is: it is hashed, or escaped for a text of a known language."""
    found = {hole.reference for text in request.templates for hole in text.filtered}
    body = request.body
    if body and request.language and isinstance(body.content, Template):
        found.update(body.content.references)
    elif body and body.form is BodyForm.JSON:
        found.update(_list_in_graphql(body.content))
    return frozenset(found)


def _list_in_graphql(content: JsonTemplate) -> Iterator[Reference]:
    if isinstance(content, dict):
        for name, item in content.items():
            if isinstance(item, Template) and is_graphql(name, item):
                yield from item.references
            else:
                yield from _list_in_graphql(item)
    elif isinstance(content, list):
        for item in content:
            yield from _list_in_graphql(item)


def _get_encoder(language: TextLanguage, position: TextPosition) -> Callable[[str], str]:
    if not may_hold_value(language, position):
        raise DefinitionError(f"no value can stand {position.value} of the text body")
    if language is TextLanguage.FORM:
        return encoding.encode_form_value
    if language is TextLanguage.XML:
        return _encode_cdata if position is TextPosition.CDATA else _ELEMENTS[position]
    if position is TextPosition.STRING:
        return _encode_string
    return _check_block if position is TextPosition.BLOCK else _CHECKS[language]


def _encode_content(text: str) -> str:
    return _check_xml(text).translate(_IN_ELEMENT)


def _encode_attribute(text: str) -> str:
    return _check_xml(text).translate(_IN_ATTRIBUTE)


_ELEMENTS: Final = {
    TextPosition.CONTENT: _encode_content,
    TextPosition.DOUBLE: _encode_attribute,
    TextPosition.SINGLE: _encode_attribute,
}


def _encode_cdata(text: str) -> str:
    """Nothing is escaped in there: a value that could end the section stands between two."""
    _check_xml(text)
    return f"]]>{_encode_content(text)}<![CDATA[" if _CDATA_END.search(text) else text


def _check_xml(text: str) -> str:
    if _NO_XML.search(text):
        raise EncodingError("contains a character that XML cannot hold")
    return checks.check_body_text(text)


def _encode_string(text: str) -> str:
    return strict_json.dump_json(checks.check_body_text(text))[1:-1]


def _check_block(text: str) -> str:
    if '"' in text or "\\" in text:
        raise EncodingError("contains a quote or a backslash")
    return checks.check_body_text(text)


def _build_token_check(language: TextLanguage) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(_TOKENS[language], text):
            raise EncodingError("is no number, and stands outside of quotes")
        return text

    return check


_CHECKS: Final = {language: _build_token_check(language) for language in _TOKENS}
