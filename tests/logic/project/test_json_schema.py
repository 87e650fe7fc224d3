"""The JSON Schema for editors and the decoder agree, in both directions."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from cactions.logic.name_grammar import NameGrammar
from cactions.logic.project.file_schema import FILE
from cactions.logic.project.json_schema import build_json_schema
from cactions.logic.yaml.decoder import decode
from cactions.logic.yaml.diagnostics import Diagnostics
from cactions.logic.yaml.hidden_characters import find_hidden
from cactions.logic.yaml.parser import parse_yaml
from cactions.logic.yaml.schema import (
    AnyJsonSchema,
    BooleanSchema,
    EitherSchema,
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
from tests.case_counts import choose_number

EXAMPLE = Path(__file__).parents[3] / "actions.example.yaml"
EDITOR = Draft7Validator(build_json_schema())

letters = st.characters(codec="utf-8", exclude_categories=["Cc"]).filter(
    lambda sign: not find_hidden(sign.encode(), sign)
)  # characters that YAML cannot hold, or that are invisible, are refused before decoding
words = st.text(letters, max_size=8)
names = words.filter(bool)
numbers = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6).filter(lambda x: x != math.floor(x))
scalars = st.none() | st.booleans() | numbers | words
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)


def valid(schema: Schema) -> st.SearchStrategy[Any]:
    """Documents that are valid by a schema, built from the schema itself."""
    return FORMS[type(schema)](schema)


def record(schema: RecordSchema) -> st.SearchStrategy[Any]:
    fields = {name: st.deferred(lambda f=f: valid(f.schema)) for name, f in schema.fields.items()}
    required = {name: fields[name] for name, field in schema.fields.items() if field.required}
    optional = {name: form for name, form in fields.items() if name not in required}
    return st.fixed_dictionaries(required, optional=optional)


def text(schema: TextSchema) -> st.SearchStrategy[Any]:
    if schema.words:
        return st.sampled_from(schema.words)
    if schema.form:
        return named(schema.form)
    return (words if schema.empty else names) | numbers | st.booleans()


def named(form: NameGrammar | None) -> st.SearchStrategy[str]:
    return st.from_regex(form.pattern, fullmatch=True) if form else names


FORMS: dict[type, Callable[[Any], st.SearchStrategy[Any]]] = {
    TextSchema: text,
    IntegerSchema: lambda schema: st.integers(schema.least, schema.most),
    NumberSchema: lambda schema: (
        st.integers(schema.least, schema.most) | st.floats(schema.least, schema.most)
    ),
    BooleanSchema: lambda _: st.booleans(),
    ScalarSchema: lambda _: scalars,
    AnyJsonSchema: lambda _: anything,
    ListSchema: lambda schema: st.lists(valid(schema.item), min_size=schema.least, max_size=3),
    MapSchema: lambda schema: st.dictionaries(
        named(schema.form), valid(schema.value), min_size=schema.least, max_size=3
    ),
    RecordSchema: record,
    TaggedUnion: lambda schema: st.one_of(*map(record, schema.records.values())),
    EitherSchema: lambda schema: valid(schema.short) | valid(schema.long),
}


def faults(document: Any) -> list[str]:
    """The decoder's errors for a document written as JSON, which is YAML too."""
    found = Diagnostics("a.yaml")
    node = parse_yaml(json.dumps(document, ensure_ascii=False).encode(), found)
    if node is not None:
        decode(node, FILE, found)
    return [f"{fault.rule} {fault.route} {fault.message}" for fault in found.found]


@st.composite
def broken(draw: st.DrawFn) -> Any:
    """A valid document in which one thing was replaced, renamed or removed."""
    document = draw(valid(FILE))
    holders = [document]
    for holder in holders:
        inner = holder.values() if isinstance(holder, dict) else holder
        holders += [one for one in inner if isinstance(one, dict | list) and one]
    holder = draw(st.sampled_from([one for one in holders if one]))
    key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
    match draw(st.sampled_from(["replace", "rename", "remove"])):
        case "rename" if isinstance(holder, dict):
            holder[draw(names)] = holder.pop(key)
        case "remove":
            del holder[key]
        case _:
            holder[key] = draw(anything)
    return document


def test_the_schema_is_draft_7_and_accepts_the_example() -> None:
    """An editor accepts the file of the README."""
    Draft7Validator.check_schema(build_json_schema())
    document = yaml.load(EXAMPLE.read_text(), Loader=yaml.BaseLoader)
    typed = json.loads(json.dumps(document))
    assert [] == [e.message for e in EDITOR.iter_errors(_typed(typed)) if e.validator != "type"]


def _typed(value: Any) -> Any:
    """BaseLoader keeps texts; an editor reads true, false, null and numbers as such."""
    if isinstance(value, dict):
        return {key: _typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    try:
        return json.loads(value)
    except ValueError:
        return value


@pytest.mark.hostile
@settings(max_examples=choose_number(25, 400), deadline=None)
@given(valid(FILE))
def test_both_accept_documents_built_from_the_schema(document: Any) -> None:
    """No false alarm, neither in the editor nor on the command line."""
    assert ([], []) == (faults(document), [e.message for e in EDITOR.iter_errors(document)])


@pytest.mark.hostile
@settings(max_examples=choose_number(40, 600), deadline=None)
@given(broken())
def test_decoder_and_schema_agree_on_broken_documents(document: Any) -> None:
    """A file that is valid in the editor has a valid structure on the command line."""
    found = faults(document)
    assert bool(found) != EDITOR.is_valid(document), found
