"""Where in a text of a known language a value stands, as the literal text before it tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

from msgspec import Struct

from cactions.model import Template, TextLanguage


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


class _Turn(Struct, frozen=True):
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
        if not may_hold_value(language, position)
    )
    return next((f"no value can stand {position.value}" for position in bad), "")


def may_hold_value(language: TextLanguage, position: TextPosition) -> bool:
    """Whether a value can stand there at all; where not, the file is refused."""
    if language is TextLanguage.XML:
        return position in (
            TextPosition.CONTENT,
            TextPosition.DOUBLE,
            TextPosition.SINGLE,
            TextPosition.CDATA,
        )
    return position not in (TextPosition.ESCAPE, TextPosition.REMARK)


def _follow(turns: Mapping[TextPosition, _Turn], position: TextPosition, text: str) -> TextPosition:
    """The state behind a literal text."""
    at = 0
    while (turn := turns.get(position)) and (found := re.compile(turn.pattern).search(text, at)):
        assert found.lastgroup
        position, at = turn.next[found.lastgroup], found.end()
    return position
