"""What changes from one version to the next, by name: a person reads this table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.description import Description, load_description

RULES = ("type", "format", "enum", "nullable", "minimum", "maximum")
SCHEMAS = (
    "contact",
    "contact_list",
    "data_attribute",
    "admin_with_app",
    "error",
    "data_connector",
    "data_connector_detail",
    "data_connector_execution_result",
)


def list_fields(description: Description, name: str) -> dict[str, dict[str, Any]]:
    """Every property that a schema reaches, with its rules; nothing where it is absent."""
    schemas = description.extract["components"]["schemas"]
    return dict(_list(schemas, schemas[name], name, (name,))) if name in schemas else {}


def list_bodies(description: Description) -> dict[str, dict[str, Any]]:
    """The same for the bodies of all requests, whatever their schemas are called."""
    found: dict[str, dict[str, Any]] = {}
    for path, item in description.extract["paths"].items():
        for method, node in item.items():
            schema = node.get("requestBody", {}).get("content", {}).get("application/json", {})
            schemas = description.extract["components"]["schemas"]
            if schema:
                place = f"{method.upper()} {path} body"
                found |= _list(schemas, schema["schema"], place, ())
    return found


def _list(
    schemas: Any, schema: Any, place: str, seen: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, Any]]]:
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        if target not in seen:
            yield from _list(schemas, schemas[target], place, (*seen, target))
        return
    yield place, {key: schema[key] for key in RULES if key in schema}
    for key, item in schema.get("properties", {}).items():
        yield from _list(schemas, item, f"{place}.{key}", seen)
    for keyword in ("allOf", "oneOf", "anyOf"):
        for part in schema.get(keyword, ()):
            yield from _list(schemas, part, place, seen)
    if "items" in schema:
        yield from _list(schemas, schema["items"], f"{place}[]", seen)


def compare(older: Description, newer: Description, name: str) -> list[str]:
    """Each difference in one line."""
    before, after = list_fields(older, name), list_fields(newer, name)
    if not before and not after:
        return []
    if not before or not after:
        return [f"{'+' if after else '-'} {name}"]
    return compare_fields(before, after)


def compare_fields(
    before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]
) -> list[str]:
    """Fields that appear, that vanish, and whose rules change."""
    return [
        *(f"+ {field}" for field in after if field not in before),
        *(f"- {field}" for field in before if field not in after),
        *(
            f"~ {field} {show_rules(before[field])} -> {show_rules(after[field])}"
            for field in after
            if field in before and before[field] != after[field]
        ),
    ]


def show_rules(rules: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in rules.items())


def compare_operations(older: Description, newer: Description) -> list[str]:
    """Each operation, status and parameter that appears or vanishes."""
    before, after = set(list_parts(older)), set(list_parts(newer))
    return [
        *(f"+ {part}" for part in sorted(after - before)),
        *(f"- {part}" for part in sorted(before - after)),
    ]


def list_parts(description: Description) -> Iterator[str]:
    """The operations, their statuses and their parameters."""
    for operation in description.operations:
        yield operation.name
        yield from (f"{operation.name} {status}" for status in operation.replies)
        yield from (f"{operation.name} {p.place} {p.name}" for p in operation.parameters)


OWNER = "type integer, nullable True -> type string, nullable True"
HISTORY = ("", "[]", "[].type", "[].source_contact_id", "[].source_contact_role", "[].merged_at")

CHANGES: dict[tuple[str, str], dict[str, list[str]]] = {
    ("2.14", "2.15"): {},
    ("2.15", "2.16"): {
        "contact": [
            *(f"+ contact.merge_history{tail}" for tail in HISTORY),
            f"~ contact.owner_id {OWNER}",
        ],
        "contact_list": [
            *(f"+ contact_list.data[].merge_history{tail}" for tail in HISTORY),
            f"~ contact_list.data[].owner_id {OWNER}",
        ],
        "data_connector": ["+ data_connector"],
        "data_connector_detail": ["+ data_connector_detail"],
        "data_connector_execution_result": ["+ data_connector_execution_result"],
    },
}
"""Appeared (+), vanished (-) and changed (~), by schema."""

NEW_OPERATIONS = {
    "DELETE /data_connectors/{id}",
    "GET /contacts/{id}/banners",
    "GET /contacts/{id}/merge_history",
    "GET /data_connectors",
    "GET /data_connectors/{data_connector_id}/execution_results",
    "GET /data_connectors/{data_connector_id}/execution_results/{id}",
    "GET /data_connectors/{id}",
    "PATCH /data_connectors/{id}",
    "POST /contacts/{id}/banners/{view_id}/dismiss",
    "POST /data_connectors",
}
OPERATION_CHANGES: dict[tuple[str, str], list[str]] = {
    ("2.14", "2.15"): [],
    ("2.15", "2.16"): [
        "+ GET /contacts query include_merge_history",
        "+ GET /contacts/find_by_external_id/{external_id} 410",
        "+ GET /contacts/find_by_external_id/{external_id} query include_merge_history",
        "+ GET /contacts/{contact_id} 410",
        "+ GET /contacts/{contact_id} query include_merge_history",
        "+ GET /data_attributes 422",
        "+ POST /contacts/merge 400",
        "+ POST /contacts/merge query include_merge_history",
        "+ POST /contacts/search 400",
        "+ POST /contacts/search query include_merge_history",
        "+ PUT /contacts/{contact_id} query include_merge_history",
    ],
}
"""Statuses and parameters of the operations that both versions have."""

BODY_CHANGES: dict[tuple[str, str], list[str]] = {
    ("2.14", "2.15"): [],
    ("2.15", "2.16"): [
        "+ POST /contacts body.email_verified",
        "+ POST /contacts/merge body.skip_duplicate_validation",
        "+ POST /contacts/search body.sort",
        "+ POST /contacts/search body.sort.field",
        "+ POST /contacts/search body.sort.order",
        "+ PUT /contacts/{contact_id} body.email_verified",
        f"~ POST /contacts body.owner_id {OWNER}",
        f"~ PUT /contacts/{{contact_id}} body.owner_id {OWNER}",
    ],
}
"""What the requests of the operations that both versions have may send."""

DETAIL = """
type id name description state url body headers http_method direct_fin_usage audiences
execution_type configuration_response_type data_transformation_type client_function_name
client_function_timeout_ms data_inputs response_fields object_mappings token_ids
customer_authentication bypass_authentication validate_missing_attributes created_by_admin_id
updated_by_admin_id created_at updated_at execution_results_url
"""
"""The fields of a data connector in 2.16: it has no earlier version to be compared with."""


@pytest.mark.parametrize("versions", CHANGES, ids="-".join)
def test_the_changes_of_the_schemas_are_known(versions: tuple[str, str]) -> None:
    """Each field, by name."""
    older, newer = map(load_description, versions)
    found = {name: compare(older, newer, name) for name in SCHEMAS}
    assert CHANGES[versions] == {name: lines for name, lines in found.items() if lines}


@pytest.mark.parametrize("versions", OPERATION_CHANGES, ids="-".join)
def test_the_changes_of_the_operations_are_known(versions: tuple[str, str]) -> None:
    """New operations, and new parts of those that there were."""
    older, newer = map(load_description, versions)
    before, after = ({o.name for o in description.operations} for description in (older, newer))
    expected = NEW_OPERATIONS if versions[1] == "2.16" else set()
    assert (expected, set()) == (after - before, before - after)
    assert OPERATION_CHANGES[versions] == [
        line
        for line in compare_operations(older, newer)
        if not any(line.startswith(f"+ {name}") for name in after - before)
    ]


@pytest.mark.parametrize("versions", BODY_CHANGES, ids="-".join)
def test_the_changes_of_the_requests_are_known(versions: tuple[str, str]) -> None:
    """Each field of a body, by operation and name."""
    before, after = map(list_bodies, map(load_description, versions))
    found = compare_fields(before, after)
    new = tuple(f"+ {name} body" for name in NEW_OPERATIONS)
    assert BODY_CHANGES[versions] == sorted(line for line in found if not line.startswith(new))


def test_the_fields_of_a_connector_are_known() -> None:
    """At its top; the lists below are compared with the next version."""
    found = list_fields(load_description("2.16"), "data_connector_detail")
    top = {name.partition(".")[2] for name in found if name.count(".") == 1 and "[" not in name}
    assert set(DETAIL.split()) == top
    assert 57 == len(found)


def test_a_difference_is_named() -> None:
    """A field that appears, one that vanishes, and one whose rules change."""
    description = load_description("2.16")
    schemas = description.extract["components"]["schemas"]
    contact = {**schemas["contact"]["properties"], "sms_consent": {"type": "boolean"}}
    del contact["os"]
    contact["name"] = {"type": "string"}
    changed = {**schemas, "contact": {"type": "object", "properties": contact}}
    components = {**description.extract["components"], "schemas": changed}
    newer = Description({**description.extract, "components": components})
    assert [
        "+ contact.sms_consent",
        "- contact.os",
        "~ contact.name type string, nullable True -> type string",
    ] == compare(description, newer, "contact")
