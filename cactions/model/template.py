"""Templates and response paths in their parsed form. Nothing past shaping is text to be parsed."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from cactions.model.json_value import Scalar


class PersonField(Struct, frozen=True):
    """``person.email``: a contact field."""

    name: str

    def __str__(self) -> str:
        return f"person.{self.name}"


class PersonAttribute(Struct, frozen=True):
    """``person.attributes.tier``: a custom attribute."""

    name: str

    def __str__(self) -> str:
        if self.name.isidentifier() and self.name.isascii():
            return f"person.attributes.{self.name}"
        escaped = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'person.attributes["{escaped}"]'


class Input(Struct, frozen=True):
    """``inputs.order_id``: a data input of the action."""

    name: str

    def __str__(self) -> str:
        return f"inputs.{self.name}"


Reference: TypeAlias = PersonField | PersonAttribute | Input
"""What a template's hole, or ``equals:``, may name."""


class Filter(Enum):
    """What is sent in the place of a value. Each gives a text for every value."""

    SHA256 = "sha256"
    MD5 = "md5"
    ENCODE_SLASH = "encode_slash"
    """As it is, in one segment of a path: ``a/b`` is ``a%2Fb``."""


class FilteredValue(Struct, frozen=True):
    """``person.email | sha256``: it says of whom it is just as the value itself."""

    reference: Reference
    filter: Filter

    def __str__(self) -> str:
        return f"{self.reference} | {self.filter.value}"


Hole: TypeAlias = PersonField | PersonAttribute | Input | FilteredValue
"""What stands between the braces of a template."""


class Template(Struct, frozen=True):
    """Literal texts and holes in turn; ``parts`` never holds two texts side by side."""

    parts: tuple[str | Hole, ...]

    @property
    def pieces(self) -> tuple[str | Reference, ...]:
        """The parts, without what becomes of the values."""
        return tuple(
            part.reference if isinstance(part, FilteredValue) else part for part in self.parts
        )

    @property
    def references(self) -> tuple[Reference, ...]:
        """Everything that the template reads, in order."""
        return tuple(part for part in self.pieces if not isinstance(part, str))

    @property
    def filtered(self) -> tuple[FilteredValue, ...]:
        """The holes with a filter."""
        return tuple(part for part in self.parts if isinstance(part, FilteredValue))

    @property
    def lone(self) -> Reference | None:
        """The reference, when the whole template is exactly one, without a filter."""
        if len(self.parts) == 1 and not isinstance(self.parts[0], str | FilteredValue):
            return self.parts[0]
        return None

    def __str__(self) -> str:
        return "".join(p if isinstance(p, str) else f"{{{{ {p} }}}}" for p in self.parts)


class SecretRef(Struct, frozen=True):
    """``{secret: shop_token}``: the name of a sealed value."""

    name: str


JsonTemplate: TypeAlias = (
    "Scalar | Template | SecretRef | list[JsonTemplate] | dict[str, JsonTemplate]"
)
"""A JSON body before it is filled in; every text in it is a Template."""


class Wildcard(Enum):
    """``[*]``, every element of an array; allowed in ``rows`` only."""

    EACH = "*"


EACH: Final = Wildcard.EACH
Segment: TypeAlias = "str | int | Literal[Wildcard.EACH]"


class Path(Struct, frozen=True):
    """A singular query of RFC 9535 (plus ``[*]`` in ``rows``): member names and indices."""

    text: str
    segments: tuple[Segment, ...]

    def __str__(self) -> str:
        return self.text


def list_values(content: JsonTemplate) -> list[JsonTemplate]:
    """The values of a name in a query or a form: one, or those of a list in its order."""
    return content if isinstance(content, list) else [content]


def list_templates(body: JsonTemplate) -> Iterator[Template]:
    """Every text inside a JSON template, depth first."""
    if isinstance(body, Template):
        yield body
    elif isinstance(body, list):
        for item in body:
            yield from list_templates(item)
    elif isinstance(body, dict):
        for item in body.values():
            yield from list_templates(item)


def list_references(body: JsonTemplate) -> Iterator[Reference]:
    """Every reference inside a JSON template, depth first."""
    for template in list_templates(body):
        yield from template.references


def list_secret_places(body: JsonTemplate, route: str = "") -> Iterator[tuple[str, str]]:
    """The route and the name of every secret inside a JSON template, depth first."""
    if isinstance(body, SecretRef):
        yield route, body.name
    elif isinstance(body, list):
        for number, item in enumerate(body):
            yield from list_secret_places(item, f"{route}[{number}]")
    elif isinstance(body, dict):
        for name, item in body.items():
            yield from list_secret_places(item, f"{route}.{name}")
