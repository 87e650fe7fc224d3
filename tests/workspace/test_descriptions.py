"""The answers against the official descriptions of 2.14 to 2.16, where those are at hand.

What differs is listed here, and is what live answers showed: the descriptions are wrong there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.workspace import WorkspaceServer
from tests.workspace.client import Client
from tests.workspace.executions import ERROR_TYPES

DESCRIPTIONS = Path(__file__).parents[2] / "../shared/intercom"
ALL = ("2.14", "2.15", "2.16")
NEWEST = ("2.16",)
EMAIL = "email: None is not of type 'string'"
"""A live contact may have no e-mail address; the description says it is a plain text."""

pytestmark = pytest.mark.skipif(
    not DESCRIPTIONS.is_dir(), reason="the official descriptions are not at hand"
)


@cache
def load_schemas(version: str) -> Any:
    """The schemas of a description, as JSON Schema: null is allowed where ``nullable`` says so."""
    text = (DESCRIPTIONS / f"openapi-{version}.yaml").read_text()
    part = text[text.index("\ncomponents:\n") :]
    return convert(yaml.load(part, yaml.CSafeLoader)["components"])


def convert(schema: Any) -> Any:
    if isinstance(schema, list):
        return [convert(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: convert(item) for name, item in schema.items()}
    if found.pop("nullable", None) is True:
        return {"anyOf": [found, {"type": "null"}]}
    return found


def find_differences(version: str, name: str, value: Any) -> list[str]:
    """What of the value is not as described."""
    components = load_schemas(version)
    schema = {"$ref": f"#/components/schemas/{name}", "components": components}
    errors = Draft202012Validator(schema).iter_errors(value)
    return sorted(
        f"{error.path[-1] if error.path else ''}: {error.message}" for error in flatten(errors)
    )


def flatten(errors: Any) -> Iterator[Any]:
    """The innermost errors of alternatives of which one is null."""
    for error in errors:
        inner = [item for item in error.context or () if item.schema.get("type") != "null"]
        yield from flatten(inner) if inner else [error]


@pytest.fixture(scope="module")
def server() -> Iterator[WorkspaceServer]:
    with WorkspaceServer() as server:
        server.add_attribute("plan", options=["Free", "Pro"])
        yield server


@pytest.fixture(params=ALL)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def client(server: WorkspaceServer, version: str) -> Iterator[Client]:
    with Client(server, **{"Intercom-Version": version}) as client:
        yield client


def test_a_full_contact_is_as_described(
    server: WorkspaceServer, client: Client, version: str
) -> None:
    """In each version, with the owner of its type."""
    key = server.add_contact(
        external_id=f"full-{version}",
        email="ada@example.com",
        phone="+1",
        name="Ada",
        avatar="https://example.com/a.png",
        owner_id="991267459",
        signed_up_at=1580000000,
        custom_attributes={"plan": "Pro"},
    )
    for found in (
        client.get(f"/contacts/{key}"),
        client.put(f"/contacts/{key}", {"name": "Ada L."}),
        client.get(f"/contacts/find_by_external_id/full-{version}"),
    ):
        assert [] == find_differences(version, "contact", found.content)
        described = load_schemas(version)["schemas"]["contact"]["properties"]
        assert set() == set(found.content) - set(described)


def test_an_empty_contact_differs_in_its_email(
    server: WorkspaceServer, client: Client, version: str
) -> None:
    """Recorded answers have null there."""
    found = client.get(f"/contacts/{server.add_contact()}").content
    assert [EMAIL] == find_differences(version, "contact", found)


def test_lists_of_contacts_are_as_described(client: Client, version: str) -> None:
    """The search and the list, on their first and their last page."""
    for _ in range(3):
        client.post("/contacts", {"role": "user", "email": "", "external_id": None})
    seen = []
    for size in (1, 150):
        for found in (
            client.get(f"/contacts?per_page={size}").content,
            client.search(("role", "=", "user"), pagination={"per_page": size}).content,
        ):
            seen.append("next" in found["pages"])
            assert set() == set(find_differences(version, "contact_list", found)) - {EMAIL}
    assert [True, True, False, False] == seen


def test_references_are_as_described(server: WorkspaceServer, client: Client, version: str) -> None:
    """Of archived, unarchived and deleted contacts."""
    path = f"/contacts/{server.add_contact(external_id=f'ref-{version}')}"
    for method, tail, name in (
        ("POST", "/archive", "contact_archived"),
        ("POST", "/unarchive", "contact_unarchived"),
        ("DELETE", "", "contact_deleted"),
    ):
        found = client.call(method, f"{path}{tail}").content
        assert [] == find_differences(version, name, found)


def test_attributes_and_me_are_as_described(client: Client, version: str) -> None:
    """Every entry of the list."""
    found = client.get("/data_attributes?include_archived=true").content
    assert 45 <= len(found["data"])
    assert [] == find_differences(version, "data_attribute_list", found)
    assert [] == [
        difference
        for attribute in found["data"]
        for difference in find_differences(version, "data_attribute", attribute)
    ]
    assert [] == find_differences(version, "admin_with_app", client.get("/me").content)


@pytest.mark.parametrize("version", NEWEST)
def test_connectors_are_as_described(server: WorkspaceServer, client: Client, version: str) -> None:
    """The answers to each call, with the keys of the example."""
    body = {
        "name": "Orders",
        "url": "https://example.com/",
        "mock_response": {"order": {"id": 1, "at": "2026-01-01T00:00:00Z", "note": None}},
        "headers": [{"name": "X-Key", "value": "s3cret"}],
        "data_inputs": [{"name": "a", "type": "decimal", "description": "b"}],
    }
    made = client.post("/data_connectors", body)
    path = f"/data_connectors/{made.content['id']}"
    found = [made, client.call("PATCH", path, {"body": "{}", "state": "live"}), client.get(path)]
    for answer in found:
        assert [] == find_differences(version, "data_connector_detail", answer.content)
    schema = load_schemas(version)["schemas"]["data_connector_detail"]
    assert set(found[2].content) == set(schema["properties"])
    listed = client.get("/data_connectors?per_page=1").content
    assert [] == find_differences(version, "data_connector_list", listed)
    client.call("PATCH", path, {"state": "draft"})
    deleted = client.call("DELETE", path).content
    assert [] == find_differences(version, "deleted_data_connector_object", deleted)


@pytest.mark.parametrize("version", NEWEST)
def test_execution_results_are_as_described(
    server: WorkspaceServer, client: Client, version: str
) -> None:
    """With every error type, and the eleven words are those of the description."""
    key = server.add_connector({"name": "Logged"})
    for name in ERROR_TYPES:
        server.add_execution(
            key, success=False, http_status=None, error_type=name, error_message="x",
            source_type="fin", request_url="https://example.com/?a=1",
        )  # fmt: skip
    path = f"/data_connectors/{key}/execution_results"
    listed = client.get(f"{path}?per_page=30&include_bodies=true").content
    assert [] == find_differences(version, "data_connector_execution_result_list", listed)
    single = client.get(f"{path}/{listed['data'][0]['id']}").content
    assert [] == find_differences(version, "data_connector_execution_result", single)
    schema = load_schemas(version)["schemas"]["data_connector_execution_result"]
    assert list(ERROR_TYPES) == schema["properties"]["error_type"]["anyOf"][0]["enum"]


def test_errors_are_as_described(client: Client, version: str) -> None:
    """The description's format ``uuid`` is wrong, and is not checked."""
    for path in ("/contacts/none", "/nothing", "/data_attributes?model=x"):
        found = client.get(path).content
        assert [] == find_differences(version, "error", found)


def test_a_difference_is_found(version: str) -> None:
    """The check itself can fail."""
    assert ["id: 1 is not of type 'string'"] == find_differences(version, "contact", {"id": 1})
