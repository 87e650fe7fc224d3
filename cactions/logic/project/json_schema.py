"""The file format as a JSON Schema (draft 7), for editors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from cactions.logic.name_grammar import NameForm
from cactions.logic.project.file_schema import FILE, VERSION
from cactions.logic.yaml.schema import (
    AnyJson,
    Boolean,
    Either,
    Field,
    Integer,
    JsonScalar,
    ListOf,
    MapOf,
    Record,
    Schema,
    Tagged,
    Text,
)
from cactions.model import Json

_SCALARS: Final[list[Json]] = ["string", "number", "boolean"]


def json_schema() -> dict[str, Json]:
    """The schema of one action file. Source: https://json-schema.org/draft-07."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"cactions action file, version {VERSION}",
        **_schema(FILE),
    }


def _schema(schema: Schema) -> dict[str, Json]:
    return _FORMS[type(schema)](schema)


def _text(schema: Text) -> dict[str, Json]:
    """An editor reads an unquoted 010 as a number; the decoder keeps it as the text it is."""
    if schema.words:
        return {"enum": list(schema.words)}
    if schema.form:
        return {"type": _SCALARS, "minLength": 1, "minimum": 0, **_name(schema.form)}
    return {"type": _SCALARS} if schema.empty else {"type": _SCALARS, "minLength": 1}


def _name(form: NameForm | None) -> dict[str, Json]:
    return {"pattern": f"^{form.pattern}$"} if form else {}


def _integer(schema: Integer) -> dict[str, Json]:
    return {"type": "integer", "minimum": schema.least, "maximum": schema.most}


def _record(schema: Record) -> dict[str, Json]:
    required: list[Json] = [name for name, field in schema.fields.items() if field.required]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _field(field) for name, field in schema.fields.items()},
        **({"required": required} if required else {}),
    }


def _field(field: Field) -> dict[str, Json]:
    about: dict[str, Json] = {"description": field.about} if field.about else {}
    return {**about, **_schema(field.schema)}


def _list(schema: ListOf) -> dict[str, Json]:
    least: dict[str, Json] = {"minItems": schema.least} if schema.least else {}
    return {"type": "array", "items": _schema(schema.item), **least}


def _map(schema: MapOf) -> dict[str, Json]:
    least: dict[str, Json] = {"minProperties": schema.least} if schema.least else {}
    return {
        "type": "object",
        "propertyNames": {"minLength": 1, **_name(schema.form)},
        "additionalProperties": _schema(schema.value),
        **least,
    }


def _tagged(schema: Tagged) -> dict[str, Json]:
    return {"oneOf": [_schema(record) for record in schema.records.values()]}


_FORMS: Final[dict[type, Callable[[Any], dict[str, Json]]]] = {
    Text: _text,
    Integer: _integer,
    Boolean: lambda _: {"type": "boolean"},
    JsonScalar: lambda _: {"type": [*_SCALARS, "null"]},
    AnyJson: lambda _: {},
    ListOf: _list,
    MapOf: _map,
    Record: _record,
    Tagged: _tagged,
    Either: lambda either: {"anyOf": [_schema(either.short), _schema(either.long)]},
}
