"""What a YAML node may look like, as data: for decoding, and for editors as JSON Schema.

A scalar is what its place says it is. A Text keeps ``NO`` and ``010`` as written; a Json scalar
follows JSON's own spelling, so that only ``true``, ``false``, ``null`` and JSON numbers are not
text.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from msgspec import Struct

from cactions.logic.name_grammar import NameGrammar


class TextSchema(Struct, frozen=True):
    """A text; ``words`` closes the list of them, ``empty`` allows a quoted empty one.

    ``form``: it is a name of that form.
    """

    words: tuple[str, ...] = ()
    empty: bool = False
    form: NameGrammar | None = None


class IntegerSchema(Struct, frozen=True):
    """A whole number between two bounds, both included."""

    least: int
    most: int


class NumberSchema(Struct, frozen=True):
    """A number between two bounds, both included."""

    least: float
    most: float


class BooleanSchema(Struct, frozen=True):
    """``true`` or ``false``; YAML's other spellings are refused."""


class ScalarSchema(Struct, frozen=True):
    """A text, number, boolean or null."""


class AnyJsonSchema(Struct, frozen=True):
    """Any JSON document, with templates and ``{secret: NAME}`` where the place allows them."""


class ListSchema(Struct, frozen=True):
    """A sequence of one kind of item."""

    item: Schema
    least: int = 0


class MapSchema(Struct, frozen=True):
    """Names of the author's own choice, of one form or any text, onto one kind of value.

    ``empty`` allows the quoted empty name.
    """

    value: Schema
    least: int = 0
    form: NameGrammar | None = None
    empty: bool = False


class FieldSchema(Struct, frozen=True):
    """One key of a Record; ``about`` is one sentence for editors."""

    schema: Schema
    about: str = ""
    required: bool = False


class RecordSchema(Struct, frozen=True):
    """A map with a closed set of keys.

    ``instead``: rule, message and hint for a single value that stands in its place. ``dummy``: that
    may be a quoted ``""``, or one sign however often, which keeps no secret: ``X``. ``left_out``:
    keys that people look for and that are none, each with the reason.
    """

    fields: Mapping[str, FieldSchema]
    instead: tuple[str, str, str] | None = None
    dummy: bool = False
    left_out: Mapping[str, str] = MappingProxyType({})


class TaggedUnion(Struct, frozen=True):
    """A record whose ``tag`` key says which of several records it is."""

    tag: str
    records: Mapping[str, RecordSchema]


class EitherSchema(Struct, frozen=True):
    """One of two forms, told apart by what stands there: a map, a list, or a scalar."""

    short: Schema
    long: Schema


Schema: TypeAlias = (
    "TextSchema | IntegerSchema | NumberSchema | BooleanSchema | ScalarSchema | AnyJsonSchema"
    " | ListSchema | MapSchema | RecordSchema | TaggedUnion | EitherSchema"
)

_REQUIRED: Final[dict[int, tuple[RecordSchema, frozenset[str]]]] = {}


def list_required(schema: RecordSchema) -> frozenset[str]:
    """The keys that must be there; looked up by the record itself, which is long to compare."""
    kept = _REQUIRED.get(id(schema))
    if kept is None or kept[0] is not schema:
        names = frozenset(name for name, field in schema.fields.items() if field.required)
        kept = _REQUIRED[id(schema)] = (schema, names)
    return kept[1]
