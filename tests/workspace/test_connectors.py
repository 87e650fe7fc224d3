"""Data connectors: drafts and live versions, what can be written, and what is read back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client
from tests.workspace.definitions import NOT_FOUND, ORDERS, PATH
from tests.workspace.moments import Moment


def read(client: Client, key: str, version: str = "live") -> Any:
    return client.get(f"{PATH}/{key}?state_version={version}").content


def patch(client: Client, key: str, **changes: Any) -> Any:
    found = client.call("PATCH", f"{PATH}/{key}", changes)
    assert 200 == found.status
    return found.content


def test_a_post_makes_a_draft(client: Client) -> None:
    """201, with every field that was sent; there is no live version yet."""
    made = client.post(PATH, ORDERS)
    key = made.content["id"]
    assert (201, "draft", "data_connector") == (
        made.status,
        made.content["state"],
        made.content["type"],
    )
    expected = {**ORDERS, "headers": [{"name": "X-Key", "value": "****"}]}
    expected["data_inputs"] = [{**ORDERS["data_inputs"][0], "default_value": ""}]
    assert expected == {name: made.content[name] for name in ORDERS}
    assert made.content == read(client, key, "draft")
    assert NOT_FOUND == client.get(f"{PATH}/{key}").error


def test_a_name_is_enough(client: Client) -> None:
    """Everything else has a value of the platform's own."""
    found = client.post(PATH, {"name": "Minimal"}).content
    assert ("server_side", "test_response_type", "full_access") == tuple(
        found[name]
        for name in (
            "execution_type",
            "configuration_response_type",
            "data_transformation_type",
        )
    )
    assert "body" not in found
    assert f"{PATH}/{found['id']}/execution_results" == found["execution_results_url"]


def test_times_are_iso_8601(client: Client, clock: Moment) -> None:
    """Unlike those of contacts."""
    key = client.post(PATH, ORDERS).content["id"]
    clock.wait(61)
    found = patch(client, key, description="New")
    assert ("2027-01-15T08:00:00Z", "2027-01-15T08:01:01Z") == (
        found["created_at"],
        found["updated_at"],
    )


def test_header_values_are_never_read_back(server: WorkspaceServer, client: Client) -> None:
    """Not after a POST, a PATCH or a GET; they are stored all the same."""
    made = client.post(PATH, ORDERS)
    key = made.content["id"]
    answers = [
        made,
        client.get(f"{PATH}/{key}?state_version=draft"),
        client.call("PATCH", f"{PATH}/{key}", {"headers": ORDERS["headers"]}),
        client.get(PATH),
    ]
    assert [0] * 4 == [answer.body.count(b"s3cret") for answer in answers]
    assert ORDERS["headers"] == server.get_connector(key)["headers"]


def test_a_mask_that_is_written_replaces_the_value(server: WorkspaceServer, client: Client) -> None:
    """A client that pushes what it pulled destroys the header."""
    key = server.add_connector(ORDERS, live=False)
    patch(client, key, headers=read(client, key, "draft")["headers"])
    assert [{"name": "X-Key", "value": "****"}] == server.get_connector(key)["headers"]


def test_a_patch_of_a_live_connector_makes_a_draft(server: WorkspaceServer, client: Client) -> None:
    """Both versions exist until the draft is set live."""
    key = server.add_connector(ORDERS)
    found = patch(client, key, description="New")
    assert ("draft", "New") == (found["state"], found["description"])
    assert "Looks up an order" == read(client, key)["description"]
    assert "New" == read(client, key, "draft")["description"]
    published = patch(client, key, state="live")
    assert ("live", "New") == (published["state"], published["description"])
    assert published == read(client, key)
    assert NOT_FOUND == client.get(f"{PATH}/{key}?state_version=draft").error


def test_a_patch_of_a_live_connector_may_change_it_at_once() -> None:
    """Which of both is not described, so that it is a setting."""
    with WorkspaceServer(Settings(patch_changes="live")) as server, Client(server) as client:
        key = server.add_connector(ORDERS)
        assert ("live", "New") == tuple(
            patch(client, key, description="New")[name] for name in ("state", "description")
        )
        assert "New" == read(client, key)["description"]


def test_a_missing_version_may_answer_with_the_other() -> None:
    """Not described either."""
    with WorkspaceServer(Settings(missing_version="other")) as server, Client(server) as client:
        draft, live = server.add_connector(ORDERS, live=False), server.add_connector({"name": "B"})
        assert "draft" == read(client, draft, "live")["state"]
        assert "live" == read(client, live, "draft")["state"]


def test_a_live_connector_is_set_to_draft(server: WorkspaceServer, client: Client) -> None:
    """Unless something uses it."""
    key = server.add_connector(ORDERS)
    used = server.add_connector({"name": "Used"}, in_use=True)
    assert "draft" == patch(client, key, state="draft")["state"]
    assert NOT_FOUND == client.get(f"{PATH}/{key}").error
    found = client.call("PATCH", f"{PATH}/{used}", {"state": "draft", "description": "New"})
    message = "Data connector is in use by other resources and cannot be set to draft"
    assert (409, "data_connector_in_use", message) == found.error
    assert ("live", None) == tuple(read(client, used)[name] for name in ("state", "description"))


def test_changes_and_state_may_come_together(server: WorkspaceServer, client: Client) -> None:
    """The changed draft is set live."""
    key = server.add_connector(ORDERS, live=False)
    patch(client, key, description="New", state="live")
    assert "New" == read(client, key)["description"]


def test_only_a_draft_is_deleted(server: WorkspaceServer, client: Client) -> None:
    """And only if nothing uses it."""
    live = server.add_connector(ORDERS)
    used = server.add_connector({"name": "Used"}, live=False, in_use=True)
    draft = server.add_connector({"name": "Draft"}, live=False)
    found = [client.call("DELETE", f"{PATH}/{key}") for key in (live, used, draft)]
    conflict = "Data connector must be in draft state to be deleted"
    in_use = "Data connector is in use by other resources and cannot be deleted"
    assert (409, "conflict", conflict) == found[0].error
    assert (409, "data_connector_in_use", in_use) == found[1].error
    assert {"id": draft, "object": "data_connector", "deleted": True} == found[2].content
    assert NOT_FOUND == client.get(f"{PATH}/{draft}?state_version=draft").error
    assert [True, False] == [line.wrote for line in server.log[2:]]


def test_data_inputs_are_replaced(server: WorkspaceServer, client: Client) -> None:
    """Those that are not sent are gone."""
    key = server.add_connector(ORDERS, live=False)
    entry = {"name": "n", "type": "integer", "description": "A number", "required": False}
    found = patch(client, key, data_inputs=[entry])["data_inputs"]
    assert [{**entry, "default_value": ""}] == found


def test_a_mock_response_makes_response_fields(client: Client) -> None:
    """One for each scalar, with its type; the answer itself is not read back."""
    sample = {
        "order": {"id": 12345, "total": 1.5, "paid": True, "note": None},
        "items": [{"sku": "a"}, {"sku": "b"}],
        "shipped": "2026-01-20T14:22:15Z",
    }
    found = client.post(PATH, {"name": "Orders", "mock_response": sample}).content
    assert "mock_response_type" == found["configuration_response_type"]
    assert {
        "order.id": "integer",
        "order.total": "decimal",
        "order.paid": "boolean",
        "order.note": "unknown",
        "items[0].sku": "string",
        "shipped": "datetime",
    } == {field["path"]: field["type"] for field in found["response_fields"]}
    assert {"path", "type", "example_value", "redacted"} == set(found["response_fields"][0])
    assert "mock_response" not in found


READ_ONLY = {
    "object_mappings": [{"response_object_path": "order", "intercom_object_type": "user"}],
    "data_transformation_type": "redacted_access",
    "execution_type": "client_side",
    "response_fields": [],
    "id": "1",
    "created_at": "2020-01-01T00:00:00Z",
}


def test_read_only_fields_are_ignored(client: Client) -> None:
    """They are set in the web page only."""
    made = client.post(PATH, ORDERS).content
    assert made == patch(client, made["id"], **READ_ONLY)


def test_a_teammate_sets_read_only_fields(server: WorkspaceServer, client: Client) -> None:
    """Behind the client's back, on either version."""
    mappings = READ_ONLY["object_mappings"]
    key = server.add_connector({**ORDERS, "object_mappings": mappings})
    assert mappings == read(client, key)["object_mappings"]
    server.edit_connector(key, data_transformation_type="redacted_access")
    server.edit_connector(key, "draft", url="https://example.com/v2")
    assert "redacted_access" == read(client, key)["data_transformation_type"]
    assert ORDERS["url"] == read(client, key)["url"]
    assert "https://example.com/v2" == read(client, key, "draft")["url"]
    assert "https://example.com/v2" == server.get_connector(key, "draft")["url"]
    with pytest.raises(ValueError, match="nickname"):
        server.edit_connector(key, nickname="x")


@pytest.mark.parametrize("state", ["paused", "archived"])
def test_a_state_may_be_unknown(server: WorkspaceServer, client: Client, state: str) -> None:
    """``paused`` is in newer texts; a client meets others one day."""
    key = server.add_connector(ORDERS)
    server.edit_connector(key, state=state)
    assert state == read(client, key)["state"]
    assert state == client.get(PATH).content["data"][0]["state"]


def test_a_patch_may_pause() -> None:
    """Only where the setting says so."""
    for states, status in (((), 422), (("paused",), 200)):
        with WorkspaceServer(Settings(extra_states=states)) as server, Client(server) as client:
            key = server.add_connector(ORDERS)
            found = client.call("PATCH", f"{PATH}/{key}", {"state": "paused"})
            assert status == found.status
