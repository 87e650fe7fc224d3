"""The page ``cactions help keys``, made of the schema of the file format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cactions.logic.project.file_schema import FILE
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

HEAD = """\
# All keys of an action file

Each part of a file has a table of its keys. In a path, `NAME` is a name of your own, `[]` an item
of a list. "keys" and "names" have a table of their own below. `cactions help file-format` tells how
they are used, and `cactions schema` prints them for an editor.
"""


def write_key_reference() -> str:
    """The page. A record that stands in several places has one table."""
    tables = [_write_table(record, *paths) for record, paths in collect_records()]
    return "\n".join([HEAD, *tables])


def collect_records() -> list[tuple[RecordSchema, list[str]]]:
    """Each record with all its places, but those that only name a secret; actions before tokens."""
    fields = {name: FILE.fields[name] for name in sorted(FILE.fields, key="actions".__ne__)}
    found = {id(FILE): (FILE, [""])}
    for name, field in fields.items():
        _collect(name, field.schema, found)
    return list(found.values())


def _collect(path: str, schema: Schema, found: dict[int, tuple[RecordSchema, list[str]]]) -> None:
    if isinstance(schema, RecordSchema) and not _is_secret(schema):
        if id(schema) in found:
            found[id(schema)][1].append(path)
            return
        found[id(schema)] = (schema, [path])
        for name, field in schema.fields.items():
            _collect(f"{path}.{name}", field.schema, found)
    elif isinstance(schema, TaggedUnion):
        for tag, record in schema.records.items():
            _collect(f"{path} ({schema.tag}: {tag})", record, found)
    elif isinstance(schema, EitherSchema):
        _collect(path, schema.short, found)
        _collect(path, schema.long, found)
    elif isinstance(schema, ListSchema):
        _collect(f"{path}[]", schema.item, found)
    elif isinstance(schema, MapSchema):
        _collect(f"{path}.NAME", schema.value, found)


def _is_secret(schema: Schema) -> bool:
    return isinstance(schema, RecordSchema) and [*schema.fields] == ["secret"]


def _write_table(record: RecordSchema, path: str, *others: str) -> str:
    title = [f"## `{path}`", ""] if path else []
    if others:
        title += [f"The same keys have {', '.join(f'`{other}`' for other in others)}.", ""]
    rows = [_write_row(name, field) for name, field in record.fields.items()]
    return "\n".join([*title, "| Key | Value | What it is |", "| --- | --- | --- |", *rows, ""])


def _write_row(name: str, field: FieldSchema) -> str:
    about = field.about.replace("|", r"\|")
    words = _list_words(field.schema)
    if not all(word in about for word in words):
        about += f": {', '.join(f'`{word}`' for word in words)}"
    value = " or ".join(dict.fromkeys(_list_forms(field.schema)))
    return f"| `{name}` | {value}{', required' if field.required else ''} | {about} |"


def _list_words(schema: Schema) -> tuple[str, ...]:
    """The words of a closed list that may stand there, or in a list or a map there."""
    if isinstance(schema, EitherSchema):
        return _list_words(schema.short) or _list_words(schema.long)
    if isinstance(schema, ListSchema):
        return _list_words(schema.item)
    if isinstance(schema, MapSchema):
        return _list_words(schema.value)
    return schema.words if isinstance(schema, TextSchema) else ()


def _list_forms(schema: Schema) -> Iterator[str]:
    """What may stand there, in a word or two each."""
    if isinstance(schema, EitherSchema):
        yield from _list_forms(schema.short)
        yield from _list_forms(schema.long)
    elif isinstance(schema, IntegerSchema | NumberSchema):
        yield f"{schema.least:g}" if schema.least == schema.most else _write_bounds(schema)
    elif _is_secret(schema):
        yield "`{secret: NAME}`"
    else:
        yield _FORMS[type(schema)]


def _write_bounds(schema: IntegerSchema | NumberSchema) -> str:
    return f"{schema.least:,} to {schema.most:,}"


_FORMS: Final[dict[type, str]] = {
    TextSchema: "text", BooleanSchema: "true, false", ScalarSchema: "value",
    AnyJsonSchema: "JSON", ListSchema: "list", MapSchema: "names", RecordSchema: "keys",
    TaggedUnion: "keys",
}  # fmt: skip
