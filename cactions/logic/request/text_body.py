"""Puts values into texts of a known language, so that none of them changes what the text means.

Where a value stands is read from the literal text before it: inside of quotes, of an element, of an
attribute. There it is escaped as the language has it. Where nothing can be escaped, only a number
or a word that is one token is put in, and any other value is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Final, NamedTuple

from cactions.logic import strict_json
from cactions.logic.request import encoding
from cactions.logic.request.encoding import EncodingError, join_parts
from cactions.logic.request.resolver import ValueResolver
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


class TextPosition(Enum):
    """Where in a text a value stands."""

    BARE = "outside of quotes"
    STRING = "in a string"
    BLOCK = "in a block string"
    ESCAPE = "behind a backslash"
    REMARK = "in a comment"
    CONTENT = "in an element"
    DOUBLE = "in an attribute"
    SINGLE = "in an attribute in single quotes"
    CDATA = "in a CDATA section"
    TAG = "in the name of a tag"
    COMMENT = "in an XML comment"
    INSTRUCTION = "in an XML instruction"
    DECLARATION = "in an XML declaration"


class _Turn(NamedTuple):
    """What is looked for in a state, and the state behind each find.

    Patterns are compiled when a text is read: few actions have one.
    """

    pattern: str
    next: Mapping[str, TextPosition]


def _build_turn(**finds: tuple[str, TextPosition]) -> _Turn:
    pattern = "|".join(f"(?P<{name}>{text})" for name, (text, _) in finds.items())
    return _Turn(pattern, {name: position for name, (_, position) in finds.items()})


_XML: Final = {
    TextPosition.CONTENT: _build_turn(
        comment=("<!--", TextPosition.COMMENT),
        cdata=(r"<!\[CDATA\[", TextPosition.CDATA),
        instruction=(r"<\?", TextPosition.INSTRUCTION),
        declaration=("<!", TextPosition.DECLARATION),
        tag=("<", TextPosition.TAG),
    ),
    TextPosition.TAG: _build_turn(
        double=('"', TextPosition.DOUBLE),
        single=("'", TextPosition.SINGLE),
        end=(">", TextPosition.CONTENT),
    ),
    TextPosition.DOUBLE: _build_turn(end=('"', TextPosition.TAG)),
    TextPosition.SINGLE: _build_turn(end=("'", TextPosition.TAG)),
    TextPosition.CDATA: _build_turn(end=(r"\]\]>", TextPosition.CONTENT)),
    TextPosition.COMMENT: _build_turn(end=("-->", TextPosition.CONTENT)),
    TextPosition.INSTRUCTION: _build_turn(end=(r"\?>", TextPosition.CONTENT)),
    TextPosition.DECLARATION: _build_turn(end=(">", TextPosition.CONTENT)),
}
_STRING: Final = _build_turn(
    pair=(r"\\.", TextPosition.STRING),
    escape=(r"\\\Z", TextPosition.ESCAPE),
    end=('"', TextPosition.BARE),
)
_JSON: Final = {
    TextPosition.BARE: _build_turn(string=('"', TextPosition.STRING)),
    TextPosition.STRING: _STRING,
}
_GRAPHQL: Final = {
    TextPosition.BARE: _build_turn(
        block=('"""', TextPosition.BLOCK),
        string=('"', TextPosition.STRING),
        remark=("#", TextPosition.REMARK),
    ),
    TextPosition.STRING: _STRING,
    TextPosition.BLOCK: _build_turn(
        quotes=(r'\\"""', TextPosition.BLOCK), end=('"""', TextPosition.BARE)
    ),
    TextPosition.REMARK: _build_turn(end=(r"[\r\n]", TextPosition.BARE)),
}
_LANGUAGES: Final = {
    TextLanguage.XML: (_XML, TextPosition.CONTENT),
    TextLanguage.JSON: (_JSON, TextPosition.BARE),
    TextLanguage.GRAPHQL: (_GRAPHQL, TextPosition.BARE),
}

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
        return resolver.resolve_text(template, place, encoding.check_body_text)
    encoders = (_get_encoder(language, position) for position in list_positions(template, language))
    return join_parts(
        MaskedText.of_plain(part)
        if isinstance(part, str)
        else resolver.resolve_hole(part, place, next(encoders))
        for part in template.parts
    )


def list_positions(template: Template, language: TextLanguage) -> list[TextPosition]:
    """Where each value of a text stands."""
    if language is TextLanguage.FORM:
        return [TextPosition.BARE for _ in template.references]
    turns, position = _LANGUAGES[language]
    found: list[TextPosition] = []
    for part in template.parts:
        if isinstance(part, str):
            position = _follow(turns, position, part)
        else:
            found.append(position)
    return found


def find_text_fault(template: Template, language: TextLanguage) -> str:
    """Why no value can stand where one does; empty where each can."""
    bad = (
        position
        for position in list_positions(template, language)
        if not _can_hold(language, position)
    )
    return next((f"no value can stand {position.value}" for position in bad), "")


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


def _follow(turns: Mapping[TextPosition, _Turn], position: TextPosition, text: str) -> TextPosition:
    """The state behind a literal text."""
    at = 0
    while (turn := turns.get(position)) and (found := re.compile(turn.pattern).search(text, at)):
        assert found.lastgroup
        position, at = turn.next[found.lastgroup], found.end()
    return position


def _can_hold(language: TextLanguage, position: TextPosition) -> bool:
    if language is TextLanguage.XML:
        return position in (
            TextPosition.CONTENT,
            TextPosition.DOUBLE,
            TextPosition.SINGLE,
            TextPosition.CDATA,
        )
    return position not in (TextPosition.ESCAPE, TextPosition.REMARK)


def _get_encoder(language: TextLanguage, position: TextPosition) -> Callable[[str], str]:
    if not _can_hold(language, position):
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
    return encoding.check_body_text(text)


def _encode_string(text: str) -> str:
    return strict_json.dump_json(encoding.check_body_text(text))[1:-1]


def _check_block(text: str) -> str:
    if '"' in text or "\\" in text:
        raise EncodingError("contains a quote or a backslash")
    return encoding.check_body_text(text)


def _build_token_check(language: TextLanguage) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(_TOKENS[language], text):
            raise EncodingError("is no number, and stands outside of quotes")
        return text

    return check


_CHECKS: Final = {language: _build_token_check(language) for language in _TOKENS}
