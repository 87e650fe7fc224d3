"""The fields of a GraphQL request with their arguments: only what they use of the variables counts.

Reading never fails: what is no GraphQL has no fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Final

from msgspec import Struct

from cactions.model import JsonTemplate, Reference, Template

_MARK: Final = "\ue000"
_LEXEME: Final = (
    r'#[^\n]*|"""(?:[^"]|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|\.\.\.|\$?[A-Za-z_\ue000][\w\ue000]*'
    r"|-?[0-9][0-9.eE+-]*|[{}()\[\]:!=@|&]"
)
_DEEPEST: Final = 30
_MOST_TOKENS: Final = 20_000
_BEGINNING: Final = re.compile(r"\s*(?:#[^\n]*\n\s*)*(?:\{|(?:query|mutation|subscription)\b)")


class GraphField(Struct, frozen=True):
    """A field of a selection, its arguments with the variables put in, and the fields below."""

    name: str
    arguments: dict[str, JsonTemplate]
    fields: tuple[GraphField, ...]


def read_fields(body: JsonTemplate) -> tuple[GraphField, ...] | None:
    """The fields at the root of what is asked for; None where the body is no GraphQL."""
    query = body.get("query") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(query, Template):
        return None
    if not _BEGINNING.match(str(query)):
        return None
    variables = body.get("variables")
    name = body.get("operationName")
    reader = _Reader(query, variables if isinstance(variables, dict) else {})
    return reader.read(str(name) if isinstance(name, Template) else "")


class _Reader:
    """Reads a document from left to right; what it does not understand it steps over."""

    def __init__(self, query: Template, variables: Mapping[str, JsonTemplate]) -> None:
        self._references: list[Reference] = []
        text = "".join(part if isinstance(part, str) else self._mark(part) for part in query.pieces)
        found = (token[0] for token in re.finditer(_LEXEME, text.replace('\\"', '"')))
        tokens = (word for word in found if not word.startswith("#"))
        self._tokens = [*islice(tokens, _MOST_TOKENS)]
        self._at = 0
        self._variables = variables

    def _mark(self, reference: Reference) -> str:
        self._references.append(reference)
        return f"{_MARK}{len(self._references) - 1}{_MARK}"

    def read(self, wanted: str) -> tuple[GraphField, ...]:
        """The fields of the operation that is asked for, else of all of them."""
        operations: list[tuple[str, tuple[GraphField, ...]]] = []
        while self._peek():
            head = self._read_head()
            operations.append((head, self._read_selection(0)))
        named = wanted and any(head == wanted for head, _ in operations)
        kept = (wanted, "fragment")
        chosen = [fields for head, fields in operations if not named or head in kept]
        return tuple(field for fields in chosen for field in fields)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        word = self._peek()
        self._at += 1
        return word

    def _read_head(self) -> str:
        """The name of an operation; its declarations are no use of a variable."""
        name, depth = "", 0
        while (word := self._peek()) and not (word == "{" and depth == 0):
            depth += (word == "(") - (word == ")")
            if depth == 0 and word not in ("query", "mutation", "subscription", ")"):
                name = name or word
            self._take()
        return name

    def _read_selection(self, depth: int) -> tuple[GraphField, ...]:
        fields: list[GraphField] = []
        self._take()
        while (word := self._peek()) and word != "}":
            if word == "{" and depth < _DEEPEST:
                inner = self._read_selection(depth + 1)  # of a fragment
                fields += inner
            elif word == "(":
                self._read_arguments(depth + 1)  # of a directive
            else:
                self._take()
                if word == "...":
                    self._skip_type()
                elif word[0].isalpha() or word[0] == "_":
                    fields.append(self._read_field(word, depth))
        self._take()
        return tuple(fields)

    def _skip_type(self) -> None:
        """The type of a fragment, or its name; the fields behind it stand for themselves."""
        if self._peek() == "on":
            self._take()
        if self._peek().isidentifier():
            self._take()

    def _read_field(self, name: str, depth: int) -> GraphField:
        if self._peek() == ":":
            self._take()
            name = self._take()
        arguments = self._read_arguments(depth) if self._peek() == "(" else {}
        while self._peek() == "@":
            self._take()
            self._take()
            if self._peek() == "(":
                self._read_arguments(depth)
        is_open = self._peek() == "{" and depth < _DEEPEST
        return GraphField(name, arguments, self._read_selection(depth + 1) if is_open else ())

    def _read_arguments(self, depth: int) -> dict[str, JsonTemplate]:
        """The members between two brackets, of any kind."""
        found: dict[str, JsonTemplate] = {}
        self._take()
        while (word := self._peek()) and word not in (")", "}"):
            self._take()
            if self._peek() == ":":
                self._take()
                found[word] = self._read_value(depth + 1)
        self._take()
        return found

    def _read_value(self, depth: int) -> JsonTemplate:
        word = self._peek()
        if word == "{" and depth < _DEEPEST:
            return self._read_arguments(depth)
        if word == "[" and depth < _DEEPEST:
            return self._read_list(depth)
        self._take()
        if word.startswith("$"):
            return self._variables.get(word[1:])
        return self._restore(word.strip('"'))

    def _read_list(self, depth: int) -> JsonTemplate:
        items: list[JsonTemplate] = []
        self._take()
        while (word := self._peek()) and word != "]":
            if word in (")", "}"):
                return items
            items.append(self._read_value(depth + 1))
        self._take()
        return items

    def _restore(self, text: str) -> Template:
        pieces = text.split(_MARK)
        parts = (
            self._references[int(piece)] if number % 2 else piece
            for number, piece in enumerate(pieces)
        )
        return Template(tuple(part for part in parts if part != ""))
