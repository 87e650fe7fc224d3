"""The file format as a JSON Schema (draft 7), for editors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from cactions.logic.name_grammar import NameGrammar
from cactions.logic.project.file_schema import FILE, VERSION
from cactions.logic.yaml.nodes import LONGEST_DUMMY
from cactions.logic.yaml.schema import (
    AnyJsonSchema,
    BooleanSchema,
    EitherSchema,
    FieldSchema,
    IntegerSchema,
    ListSchema,
    MapSchema,
    NumberSchema,
    RecordSchema,
    ScalarSchema,
    Schema,
    TaggedUnion,
    TextSchema,
)
from cactions.model import Json

_SCALARS: Final[list[Json]] = ["string", "number", "boolean"]


def build_json_schema() -> dict[str, Json]:
    """The schema of one action file. Source: https://json-schema.org/draft-07."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"cactions action file, version {VERSION}",
        **_convert_schema(FILE),
    }


def _convert_schema(schema: Schema) -> dict[str, Json]:
    return _FORMS[type(schema)](schema)


def _convert_text(schema: TextSchema) -> dict[str, Json]:
    """An editor reads an unquoted 010 as a number and true as a flag; the decoder reads texts."""
    if schema.words:
        flags = [word == "true" for word in schema.words if word in ("true", "false")]
        nothing: list[Json] = [None for word in schema.words if word == "null"]
        return {"enum": [*schema.words, *flags, *nothing]}
    if schema.form:
        return {"type": _SCALARS, "minLength": 1, "minimum": 0, **_convert_name(schema.form)}
    return {"type": _SCALARS} if schema.empty else {"type": _SCALARS, "minLength": 1}


def _convert_name(form: NameGrammar | None) -> dict[str, Json]:
    return {"pattern": f"^{form.pattern}$"} if form else {}


def _convert_integer(schema: IntegerSchema) -> dict[str, Json]:
    return {"type": "integer", "minimum": schema.least, "maximum": schema.most}


def _convert_number(schema: NumberSchema) -> dict[str, Json]:
    return {"type": "number", "minimum": schema.least, "maximum": schema.most}


def _convert_record(schema: RecordSchema) -> dict[str, Json]:
    if schema.dummy:
        pattern = rf"^((.)\2{{0,{LONGEST_DUMMY - 1}}})?$"
        dummy: Json = {"type": "string", "pattern": pattern}
        return {"anyOf": [dummy, _convert_record(replace(schema, dummy=False))]}
    required: list[Json] = [name for name, field in schema.fields.items() if field.required]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _convert_field(field) for name, field in schema.fields.items()},
        **({"required": required} if required else {}),
    }


def _convert_field(field: FieldSchema) -> dict[str, Json]:
    about: dict[str, Json] = {"description": field.about} if field.about else {}
    return {**about, **_convert_schema(field.schema)}


def _convert_list(schema: ListSchema) -> dict[str, Json]:
    least: dict[str, Json] = {"minItems": schema.least} if schema.least else {}
    return {"type": "array", "items": _convert_schema(schema.item), **least}


def _convert_map(schema: MapSchema) -> dict[str, Json]:
    least: dict[str, Json] = {"minProperties": schema.least} if schema.least else {}
    return {
        "type": "object",
        "propertyNames": {"minLength": 0 if schema.empty else 1, **_convert_name(schema.form)},
        "additionalProperties": _convert_schema(schema.value),
        **least,
    }


def _convert_tagged(schema: TaggedUnion) -> dict[str, Json]:
    return {"oneOf": [_convert_schema(record) for record in schema.records.values()]}


_FORMS: Final[dict[type, Callable[[Any], dict[str, Json]]]] = {
    TextSchema: _convert_text,
    IntegerSchema: _convert_integer,
    NumberSchema: _convert_number,
    BooleanSchema: lambda _: {"type": "boolean"},
    ScalarSchema: lambda _: {"type": [*_SCALARS, "null"]},
    AnyJsonSchema: lambda _: {},
    ListSchema: _convert_list,
    MapSchema: _convert_map,
    RecordSchema: _convert_record,
    TaggedUnion: _convert_tagged,
    EitherSchema: lambda either: {
        "anyOf": [_convert_schema(either.short), _convert_schema(either.long)]
    },
}
