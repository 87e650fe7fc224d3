"""Data attributes as the API lists, makes and changes them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client

NAME_MESSAGE = (
    "Your name for this attribute must only contain alphanumeric characters, "
    "currency symbols, and hyphens"
)
TAKEN_MESSAGE = (
    "You already have 'Taken' in your people data. "
    "To save this as new company data, use a different name."
)


def list_by_name(client: Client, query: str = "", **headers: str) -> dict[str, Any]:
    """The attributes of contacts by name."""
    found = client.get(f"/data_attributes?model=contact{query}", **headers).content
    assert {"type", "data"} == set(found)
    return {attribute["full_name"]: attribute for attribute in found["data"]}


def test_standard_attributes_have_no_id(client: Client) -> None:
    """There are 39 of them for contacts."""
    found = list_by_name(client)
    assert 39 == len(found)
    assert [] == [name for name, attribute in found.items() if "id" in attribute]
    assert ("country", False) == tuple(found["location.country"][k] for k in ("name", "custom"))


def test_an_id_is_an_integer_and_an_admin_id_a_text(
    server: WorkspaceServer, client: Client
) -> None:
    """The write key on a contact is ``name``."""
    server.add_attribute("plan")
    found = list_by_name(client)["custom_attributes.plan"]
    kinds = (type(found["id"]), type(found["admin_id"]), type(found["created_at"]))
    assert (int, str, int) == kinds
    assert ("plan", True, False) == (found["name"], found["custom"], found["archived"])


def test_options_are_only_on_list_attributes(server: WorkspaceServer, client: Client) -> None:
    """Whose data type is string."""
    server.add_attribute("plan", options=["Free", "Pro"])
    server.add_attribute("text")
    found = list_by_name(client)
    assert ("string", ["Free", "Pro"]) == tuple(
        found["custom_attributes.plan"][k] for k in ("data_type", "options")
    )
    assert "options" not in found["custom_attributes.text"]


def test_role_name_and_owner_are_messenger_writable(client: Client) -> None:
    """As a live workspace told in 2024."""
    found = list_by_name(client)
    names = ("role", "name", "owner_id", "created_at")
    assert [True, True, True, False] == [found[name]["messenger_writable"] for name in names]


@pytest.mark.parametrize(
    ("since", "version", "told"),
    [
        ("2.11", "2.3", False),
        ("2.11", "2.11", True),
        ("2.11", "2.16", True),
        ("Unstable", "2.16", False),
    ],
)
def test_messenger_writable_is_absent_in_older_versions(
    since: str, version: str, told: bool
) -> None:
    """Absent means unknown, not false."""
    settings = Settings(messenger_writable_since=since)
    with WorkspaceServer(settings) as server, Client(server) as client:
        server.add_attribute("plan", messenger_writable=True)
        found = list_by_name(client, Intercom_Version=version).values()
        assert {told} == {"messenger_writable" in attribute for attribute in found}


def test_messenger_writable_may_be_absent_on_one_attribute(
    server: WorkspaceServer, client: Client
) -> None:
    """So that a client shows what unknown means to it."""
    server.add_attribute("plan", messenger_writable=None)
    assert "messenger_writable" not in list_by_name(client)["custom_attributes.plan"]


def test_archived_attributes_are_listed_only_on_request(
    server: WorkspaceServer, client: Client
) -> None:
    """``include_archived=true``."""
    server.add_attribute("old", archived=True)
    assert "custom_attributes.old" not in list_by_name(client)
    assert list_by_name(client, "&include_archived=true")["custom_attributes.old"]["archived"]


def test_a_data_type_may_be_unknown(server: WorkspaceServer, client: Client) -> None:
    """And standard timestamps report ``datetime`` in the Preview."""
    server.add_attribute("orders", "relationship")
    server.add_attribute("day", "date")
    found = list_by_name(client, Intercom_Version="Preview")
    names = ("custom_attributes.orders", "custom_attributes.day", "created_at")
    assert ["relationship", "date", "datetime"] == [found[name]["data_type"] for name in names]
    assert "date" == list_by_name(client)["created_at"]["data_type"]


def test_models_are_contact_and_company(client: Client) -> None:
    """Without a model both; conversation is refused since 2.16."""
    models = {a["model"] for a in client.get("/data_attributes").content["data"]}
    assert {"contact", "company"} == models
    path = "/data_attributes?model=conversation"
    assert (422, "parameter_invalid") == client.get(path).error[:2]
    assert [] == client.get(path, Intercom_Version="2.15").content["data"]
    assert 400 == client.get("/data_attributes?model=ticket").status


def test_an_attribute_is_made(client: Client) -> None:
    """A list has the data type ``options`` in the request and ``string`` in the answer."""
    body = {
        "name": "plan",
        "model": "contact",
        "data_type": "options",
        "options": [{"value": "Free"}, {"value": "Pro"}],
        "description": "The plan",
    }
    made = client.post("/data_attributes", body)
    assert (200, "string", ["Free", "Pro"]) == (
        made.status,
        made.content["data_type"],
        made.content["options"],
    )
    assert made.content == list_by_name(client)["custom_attributes.plan"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": "x"}, "The Data Attribute model field must be either contact or company"),
        (
            {"name": "!nv@l!d n@me"},
            NAME_MESSAGE,
        ),
        ({"data_type": "mithril"}, "Data Type isn't an option"),
        ({"data_type": "options"}, "Options isn't an array"),
        (
            {"data_type": "options", "options": [{"value": "a"}]},
            "At least two options are required",
        ),
        (
            {"name": "Taken", "model": "company"},
            TAKEN_MESSAGE,
        ),
    ],
)
def test_a_wrong_attribute_is_refused(
    server: WorkspaceServer, client: Client, changes: Any, message: str
) -> None:
    """With the texts of the description; nothing is made."""
    server.add_attribute("Taken")
    body = {"name": "plan", "model": "contact", "data_type": "string", **changes}
    assert (400, "parameter_invalid", message) == client.post("/data_attributes", body).error
    assert 40 == len(list_by_name(client))


def test_an_attribute_is_changed(server: WorkspaceServer, client: Client) -> None:
    """Description, options, archived and messenger_writable; never the data type."""
    key = server.add_attribute("plan")
    body = {
        "description": "New",
        "messenger_writable": True,
        "options": [{"value": "a"}, {"value": "b"}],
        "archived": True,
        "data_type": "integer",
    }
    found = client.put(f"/data_attributes/{key}", body).content
    expected = ("New", True, ["a", "b"], True, "string")
    names = ("description", "messenger_writable", "options", "archived", "data_type")
    assert expected == tuple(found[name] for name in names)


@pytest.mark.parametrize("key", ["999", "x"])
def test_an_unknown_attribute_cannot_be_changed(client: Client, key: str) -> None:
    """404 with a code of its own."""
    message = "We couldn't find that data attribute to update"
    expected = (404, "field_not_found", message)
    assert expected == client.put(f"/data_attributes/{key}", {"archived": True}).error
