"""Schemas are compiled as OpenAPI 3.0 means them, and whatever cannot be compiled fails by name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.description import load_description
from tests.contract.extract import VERSIONS, DescriptionError
from tests.contract.formats import CHECKS, FORMATS
from tests.contract.problems import explain_errors
from tests.contract.schemas import Compiler, Direction

COMPONENTS: dict[str, Any] = {
    "text": {"type": "string", "nullable": True},
    "cat": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}},
    },
    "dog": {
        "type": "object",
        "properties": {"kind": {"type": "string"}, "barks": {"type": "boolean"}},
    },
    "tree": {
        "type": "object",
        "properties": {
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/tree"}}
        },
    },
}
CAT, DOG = {"$ref": "#/components/schemas/cat"}, {"$ref": "#/components/schemas/dog"}


def check(schema: Any, value: Any, direction: Direction = "response") -> list[str]:
    """The problems of a value."""
    compiler = Compiler(COMPONENTS, direction)
    validator = compiler.compile(schema, "thing")
    compiler.check()
    return explain_errors(validator.find_errors(value), "body")


def test_nullable_permits_null() -> None:
    """Beside a type, an enum and alternatives; not without it."""
    for schema in (
        {"type": "string", "nullable": True},
        {"type": "string", "nullable": True, "enum": ["a"]},
        {"type": "string", "nullable": True, "enum": ["a", None]},
        {"nullable": True, "enum": ["a"]},
        {"oneOf": [{"type": "string"}, {"type": "integer"}], "nullable": True},
        {"$ref": "#/components/schemas/text"},
        {"type": "object", "nullable": True, "allOf": [CAT]},
        {"type": "object", "nullable": True, "properties": {"a": {"type": "string"}}},
    ):
        assert [] == check(schema, None)
    assert ["body: null is no string"] == check({"type": "string"}, None)
    assert ['body: "b" is not in [a, null]'] == check(
        {"type": "string", "nullable": True, "enum": ["a"]}, "b"
    )


def test_nullable_beside_a_reference_is_ignored() -> None:
    """OpenAPI 3.0: siblings of ``$ref`` have no meaning."""
    assert ["body: null is no object"] == check({**CAT, "nullable": True}, None)


def test_a_schema_may_hold_itself() -> None:
    """Depth does not matter."""
    assert [] == check({"$ref": "#/components/schemas/tree"}, {"children": [{"children": []}]})
    assert ["body.children[0].children[0]: tree.leaf is in no description"] == check(
        {"$ref": "#/components/schemas/tree"}, {"children": [{"children": [{"leaf": 1}]}]}
    )


def test_an_integer_has_no_fraction() -> None:
    """Nor is a boolean a number."""
    assert [] == check({"type": "integer"}, 1)
    for value, text in ((1.0, "1.0"), (1.5, "1.5"), (True, "true"), ("1", '"1"')):
        assert [f"body: {text} is no integer"] == check({"type": "integer"}, value)


def test_unknown_properties_are_drift() -> None:
    """By the name of the innermost schema; not where the schema allows them or has none."""
    nested = {"properties": {"in": {"type": "object", "properties": {"a": {"type": "string"}}}}}
    assert ["body.in: thing.in.b is in no description"] == check(nested, {"in": {"b": 1}})
    assert ["body: cat.name is in no description"] == check(CAT, {"kind": "cat", "name": 1})
    assert [] == check({"type": "object"}, {"a": 1})
    assert [] == check({"type": "object", "additionalProperties": True}, {"a": 1})
    typed = {"type": "object", "additionalProperties": {"type": "string"}}
    assert ["body.a: 1 is no string"] == check(typed, {"a": 1})
    closed = {"type": "object", "additionalProperties": False}
    assert ["body: thing.a is in no description"] == check(closed, {"a": 1})


def test_properties_mean_an_object() -> None:
    """Also where the type is missing."""
    assert ['body: "a" is no object'] == check({"properties": {"a": {"type": "string"}}}, "a")


def test_all_parts_hold() -> None:
    """``allOf`` with properties of its own is one closed object."""
    schema = {"allOf": [CAT], "properties": {"name": {"type": "string"}}, "required": ["name"]}
    assert [] == check(schema, {"kind": "cat", "lives": 9, "name": "Tom"})
    assert ["body: 'kind' is a required property"] == check(schema, {"name": "Tom"})
    assert ["body: 'name' is a required property"] == check(schema, {"kind": "cat"})
    assert ["body: thing.age is in no description"] == check(
        schema, {"kind": "cat", "name": "Tom", "age": 3}
    )


def test_exactly_one_alternative_holds() -> None:
    """The problems are those of the alternative that fits best."""
    schema = {"oneOf": [CAT, DOG]}
    assert [] == check(schema, {"kind": "cat", "lives": 9})
    assert ["body: {…} fits more than one alternative"] == check(schema, {"kind": "x"})
    assert [] == check({"anyOf": [CAT, DOG]}, {"kind": "x"})
    assert ['body.lives: "9" is no integer'] == check(schema, {"kind": "cat", "lives": "9"})
    assert ["body: 5 is no object"] == check(schema, 5)


def test_alternatives_share_the_properties_beside_them() -> None:
    """A property of the other alternative is unknown."""
    schema = {
        "properties": {"name": {"type": "string"}},
        "oneOf": [
            {"properties": {"a": {"enum": ["a"]}}, "required": ["a"]},
            {"properties": {"b": {"type": "string"}}, "required": ["b"]},
        ],
    }
    assert [] == check(schema, {"name": "n", "a": "a"})
    assert [] == check(schema, {"name": "n", "b": "b"})
    assert ["body: thing.b is in no description"] == check(schema, {"a": "a", "b": "b"})


def test_alternatives_may_only_require() -> None:
    """One of several keys."""
    schema = {
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    }
    assert [] == check(schema, {"b": ""})
    assert ["body: 'a' is a required property"] == check(schema, {})
    assert ["body: thing.c is in no description"] == check(schema, {"a": "", "c": 1})


def test_a_discriminator_chooses_the_alternative() -> None:
    """By the name of the schema, or by the mapping."""
    schema = {"oneOf": [CAT, DOG], "discriminator": {"propertyName": "kind"}}
    assert [] == check(schema, {"kind": "dog", "barks": True})
    assert ["body: cat.barks is in no description"] == check(schema, {"kind": "cat", "barks": True})
    assert ["body: 'kind' is a required property"] == check(schema, {"barks": True})
    mapped = {**schema, "discriminator": {"propertyName": "kind", "mapping": {"d": DOG["$ref"]}}}
    assert [] == check(mapped, {"kind": "d"})
    assert ['body.kind: "dog" is not in [d]'] == check(mapped, {"kind": "dog", "barks": True})


def test_read_only_and_write_only_depend_on_the_direction() -> None:
    """A required property that is read-only is required in answers only."""
    schema = {
        "properties": {
            "id": {"type": "string", "readOnly": True},
            "key": {"type": "string", "writeOnly": True},
        },
        "required": ["id", "key"],
    }
    assert [] == check(schema, {"key": "k"}, "request")
    assert [] == check(schema, {"id": "1"})
    both = {"id": "1", "key": "k"}
    assert ["body: thing.id is readOnly"] == check(schema, both, "request")
    assert ["body: thing.key is writeOnly"] == check(schema, both)


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "string", "patternProperties": {}}, "thing: ['patternProperties'] cannot"),
        ({"type": "array", "items": {"const": 1}}, "thing[]: ['const'] cannot"),
        ({"type": "text"}, "thing: type 'text' is unknown"),
        ({"type": ["string", "null"]}, "thing: type ['string', 'null'] is unknown"),
        ({"type": "string", "format": "email"}, "thing: format 'email' has no check"),
        ({"type": "integer", "format": "uri"}, "thing: format 'uri' has no check"),
        ({"type": "array"}, "thing: an array without items"),
        ({"$ref": "#/components/schemas/fox"}, "thing: #/components/schemas/fox is absent"),
        ({"$ref": "other.yaml#/fox"}, "'other.yaml#/fox' is no reference to a component"),
        ({"$ref": "#/components/schemas/cat", "type": "object"}, "thing: ['type'] beside $ref"),
        ({"oneOf": [CAT], "anyOf": [DOG]}, "thing: oneOf and anyOf together"),
        ({"allOf": [{"oneOf": [CAT]}]}, "thing: ['oneOf'] inside a composition"),
        ({"allOf": [CAT, {"type": "string"}]}, "thing: ['type'] differ inside a composition"),
        ({"allOf": [CAT], "properties": {"kind": {"type": "integer"}}}, "thing: ['kind'] differ"),
        ({"oneOf": [{"type": "object"}], "discriminator": {"propertyName": "a"}},
         "thing: a discriminator beside an alternative without a name"),
        ({"type": "string", "pattern": "("}, "thing: no valid JSON Schema"),
        ({"type": "string", "maxLength": "5"}, "thing: no valid JSON Schema"),
        ({"properties": {"a": {"enum": []}}}, "thing: no valid JSON Schema"),
    ],
)  # fmt: skip
def test_what_cannot_be_compiled_fails_by_name(schema: Any, message: str) -> None:
    """Nothing is passed over."""
    with pytest.raises(DescriptionError) as caught:
        check(schema, {})
    assert str(caught.value).startswith(message)


FREE = {
    "contact.custom_attributes",
    "create_contact_request.custom_attributes",
    "update_contact_request.custom_attributes",
}
NEWER_FREE = {
    "banner.client_targeting[]",
    "create_data_connector_request.mock_response",
    "data_connector_detail.response_fields[].example_value",
    "update_data_connector_request.mock_response",
}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_schemas_without_a_rule_are_known(version: str) -> None:
    """Everything else that the covered operations reach is checked."""
    description = load_description(version)
    expected = FREE | NEWER_FREE if version == VERSIONS[-1] else FREE
    assert expected == description.request.free | description.response.free


@pytest.mark.parametrize("version", VERSIONS)
def test_every_component_that_is_reached_is_compiled(version: str) -> None:
    """Either by itself or as a part of a composition."""
    description = load_description(version)
    compiled = {**description.request.definitions, **description.response.definitions}
    merged = {"contact", "contact_reference", "reference"}
    assert set() == set(description.extract["components"]["schemas"]) - set(compiled) - merged
    assert {} not in compiled.values()


FORMAT_CASES: dict[str, tuple[list[Any], list[Any]]] = {
    "unix-seconds": ([0, 1580000000, 2738966400, "a"], [-1, 1580000000000]),
    "date-time": (
        ["2026-02-10T18:15:32Z", "2026-02-10T18:15:32.5+01:00", 5],
        ["2026-02-10", "2026-02-10 18:15:32Z", "2026-02-30T18:15:32Z", "2026-02-10T18:15:32", ""],
    ),
    "uri": (
        ["https://example.com/a?b=%20#c", "mailto:a@example.com", 5],
        ["/contacts/5", "note", "https://", "https://a b", "http://[", "https://example.com/%", ""],
    ),
    "uuid": (
        ["f93ecfa8-d08a-4325-8694-89aeb89c8f85", 5],
        ["f93ecfa8d08a4325869489aeb89c8f85", "0a1b2c3d4e5f6g7h8i9j", ""],
    ),
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_format_is_checked(name: str) -> None:
    """Each that is in use, without the libraries that jsonschema would need."""
    assert name in FORMATS.values()
    accepted, refused = FORMAT_CASES[name]
    assert [] == [value for value in accepted if not CHECKS[name](value)]
    assert [] == [value for value in refused if CHECKS[name](value)]


@pytest.mark.parametrize(("kind", "form"), FORMATS)
def test_a_schema_with_a_format_uses_its_check(kind: str, form: str) -> None:
    """The library skips a format that it does not know; these it knows."""
    _, refused = FORMAT_CASES[FORMATS[kind, form]]
    for value in refused:
        assert 1 == len(check({"type": kind, "format": form}, value))
