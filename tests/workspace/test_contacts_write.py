"""What a PUT or POST of a contact keeps, changes, ignores and refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client
from tests.workspace.moments import Moment

TYPES = {
    "text": "string",
    "count": "integer",
    "share": "float",
    "flag": "boolean",
    "day": "date",
    "odd": "relationship",
}


@pytest.fixture(scope="module")
def server() -> Iterator[WorkspaceServer]:
    with WorkspaceServer() as server:
        for name, kind in TYPES.items():
            server.add_attribute(name, kind)
        server.add_attribute("locked", api_writable=False)
        server.add_attribute("old", archived=True)
        server.add_attribute("plan", options=["Free", "Pro"])
        yield server


@pytest.fixture
def user(server: WorkspaceServer) -> str:
    """The path of a user with an e-mail address."""
    number = len(server.writes)
    return f"/contacts/{server.add_contact(external_id=f'w-{number}', email='w@example.com')}"


@pytest.fixture
def lead(server: WorkspaceServer) -> str:
    """The path of a lead."""
    return f"/contacts/{server.add_contact(role='lead', email='l@example.com')}"


def write_custom(client: Client, path: str, **values: Any) -> Any:
    return client.put(path, {"custom_attributes": values}).content["custom_attributes"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "a"),
        ("text", ""),
        ("count", 3),
        ("share", 1.5),
        ("share", 2),
        ("flag", False),
        ("day", 1580000000),
        ("odd", {"any": 1}),
    ],
)
def test_a_value_keeps_its_json_type(client: Client, user: str, name: str, value: Any) -> None:
    """True of all of 1,400 recorded writes."""
    found = write_custom(client, user, **{name: value})[name]
    read = client.get(user).content["custom_attributes"][name]
    assert [(type(value), value)] * 2 == [(type(found), found), (type(read), read)]


def test_a_relationship_is_read_back_as_an_object(client: Client, user: str) -> None:
    """It is written as a list of ids."""
    found = write_custom(client, user, odd=["21"])["odd"]
    assert {"type": "odd.list", "instances": [{"type": "odd", "id": "21"}]} == found


def test_custom_attributes_that_are_not_sent_are_kept(client: Client, user: str) -> None:
    """A PUT without custom_attributes keeps them, and so does one with other keys."""
    write_custom(client, user, text="a", count=1)
    assert {"text": "b", "count": 1} == write_custom(client, user, text="b")
    client.put(user, {"name": "Ada"})
    assert {"text": "b", "count": 1} == client.get(user).content["custom_attributes"]


def test_custom_attributes_that_are_not_sent_may_be_cleared() -> None:
    """Merging between keys is not proven on the platform, so that the other way is a setting."""
    with (
        WorkspaceServer(Settings(custom_attributes="replace")) as server,
        Client(server) as client,
    ):
        for name in ("a", "b"):
            server.add_attribute(name)
        path = f"/contacts/{server.add_contact(custom_attributes={'a': 'x', 'b': 'y'})}"
        assert {"a": "z", "b": None} == write_custom(client, path, a="z")
        client.put(path, {"name": "Ada"})
        assert {"a": "z", "b": None} == client.get(path).content["custom_attributes"]


@pytest.mark.parametrize("role", ["user", "lead"])
def test_a_cleared_attribute_stays_as_a_null_key(
    client: Client, user: str, lead: str, role: str
) -> None:
    """Also for leads, whose writes of null failed in 2018."""
    path = user if role == "user" else lead
    write_custom(client, path, text="a")
    assert {"text": None} == write_custom(client, path, text=None)
    assert {"text": None} == client.get(path).content["custom_attributes"]


def test_an_email_of_null_is_answered_as_an_empty_text(client: Client, user: str) -> None:
    """The next GET has null."""
    assert "" == client.put(user, {"email": None}).content["email"]
    assert client.get(user).content["email"] is None


def test_an_external_id_of_null_is_ignored(client: Client, user: str) -> None:
    """The user keeps the one that it has."""
    before = client.get(user).content["external_id"]
    assert before == client.put(user, {"external_id": None}).content["external_id"]


def test_an_external_id_for_a_lead_is_ignored(client: Client, lead: str) -> None:
    """A lead keeps the UUID of the platform, in a PUT and in a POST."""
    before = client.get(lead).content["external_id"]
    assert before == client.put(lead, {"external_id": "mine"}).content["external_id"]
    made = client.post("/contacts", {"role": "lead", "external_id": "mine"})
    assert (200, 36) == (made.status, len(made.content["external_id"]))


def test_phone_and_name_of_null_are_null(client: Client, user: str) -> None:
    """Unlike the e-mail address."""
    client.put(user, {"phone": "+1", "name": "Ada"})
    found = client.put(user, {"phone": None, "name": None}).content
    assert (None, None) == (found["phone"], found["name"])


def test_an_unknown_key_is_ignored(client: Client, user: str) -> None:
    """200, and nothing of it is kept; read-only keys are ignored too."""
    before = client.get(user).content
    found = client.put(user, {"nickname": "x", "created_at": 1, "tags": ["x"]})
    assert 200 == found.status
    assert {**before, "updated_at": 0} == {**found.content, "updated_at": 0}


@pytest.mark.parametrize("name", ["nothing", "old", "phone"])
def test_an_unknown_custom_attribute_is_refused(client: Client, user: str, name: str) -> None:
    """So is an archived one, and nothing of the request is applied."""
    body = {"name": "New", "custom_attributes": {"text": "new", name: "x"}}
    expected = (400, "parameter_invalid", f"Custom attribute '{name}' does not exist")
    assert expected == client.put(user, body).error
    assert (None, {}) == tuple(client.get(user).content[k] for k in ("name", "custom_attributes"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("text", 1), ("count", "1"), ("count", 1.5), ("count", True), ("flag", 1), ("day", "2020")],
)
def test_a_value_of_another_type_is_refused(
    client: Client, user: str, name: str, value: Any
) -> None:
    """The setting check_types turns that off, since no recording has it."""
    found = client.put(user, {"custom_attributes": {name: value}})
    kind = TYPES[name]
    expected = (400, "parameter_invalid", f"Custom attribute '{name}' must be of type {kind}")
    assert expected == found.error
    with WorkspaceServer(Settings(check_types=False)) as lax, Client(lax) as other:
        lax.add_attribute(name, kind)
        path = f"/contacts/{lax.add_contact()}"
        assert {name: value} == write_custom(other, path, **{name: value})


def test_a_custom_attribute_without_api_writable_is_refused_or_ignored(
    client: Client, user: str
) -> None:
    """Which of both is a setting."""
    expected = (400, "parameter_invalid", "Custom attribute 'locked' is not writable")
    assert expected == client.put(user, {"custom_attributes": {"locked": "x"}}).error
    with WorkspaceServer(Settings(unwritable="ignore")) as lax, Client(lax) as other:
        lax.add_attribute("locked", api_writable=False)
        assert {} == write_custom(other, f"/contacts/{lax.add_contact()}", locked="x")


def test_options_are_checked_only_where_the_setting_says_so(client: Client, user: str) -> None:
    """By default a value that is no option comes in silently."""
    assert {"plan": "Gold"} == write_custom(client, user, plan="Gold")
    with WorkspaceServer(Settings(check_options=True)) as strict, Client(strict) as other:
        strict.add_attribute("plan", options=["Free", "Pro"])
        path = f"/contacts/{strict.add_contact()}"
        assert 400 == other.put(path, {"custom_attributes": {"plan": "Gold"}}).status
        assert {"plan": "Pro"} == write_custom(other, path, plan="Pro")


def test_a_user_cannot_become_a_lead(client: Client, user: str) -> None:
    """The other way is possible, and then the external id counts."""
    message = "Contact with user role can't be converted to a lead"
    assert (400, "client_error", message) == client.put(user, {"role": "lead"}).error


def test_a_lead_can_become_a_user(client: Client, lead: str) -> None:
    """The external id that is sent along is taken."""
    found = client.put(lead, {"role": "user", "external_id": "was-lead"}).content
    assert ("user", "was-lead") == (found["role"], found["external_id"])


def test_the_role_contact_is_taken_as_user(client: Client) -> None:
    """On POST, as eight recordings have it."""
    assert "user" == client.post("/contacts", {"role": "contact"}).content["role"]


def test_an_owner_must_be_a_member(client: Client, user: str) -> None:
    """Null and an empty text take the owner away."""
    message = "The owner specified is not a member of the workspace"
    assert (400, "parameter_invalid", message) == client.put(user, {"owner_id": "1"}).error
    assert "991267460" == client.put(user, {"owner_id": 991267460}).content["owner_id"]
    assert client.put(user, {"owner_id": None}).content["owner_id"] is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"email_verified": True}, "parameter_invalid"),
        ({"role": "visitor"}, "parameter_invalid"),
        ({"name": 1}, "parameter_invalid"),
        ({"signed_up_at": "today"}, "parameter_invalid"),
        ({"custom_attributes": [1]}, "parameter_invalid"),
        (b"{", "bad_request"),
        ([1], "bad_request"),
    ],
)
def test_other_wrong_bodies_are_refused(client: Client, user: str, body: Any, code: str) -> None:
    """Nothing is written."""
    before = client.get(user).content
    found = client.put(user, body)
    assert (400, code) == found.error[:2]
    assert before == client.get(user).content


def test_a_post_without_an_identity_is_refused(client: Client) -> None:
    """The description asks for email, external_id or role."""
    assert (400, "parameter_not_found") == client.post("/contacts", {"name": "Ada"}).error[:2]


def test_updated_at_moves_by_itself() -> None:
    """1 to 3 s after a write, without any other change: it is no change token."""
    clock = Moment()
    with (
        WorkspaceServer(Settings(updated_at_moves=2), clock=clock) as server,
        Client(server) as client,
    ):
        path = f"/contacts/{server.add_contact()}"
        written = client.put(path, {"name": "Ada"}).content["updated_at"]
        assert int(clock.now) == written
        clock.wait(1)
        assert written == client.get(path).content["updated_at"]
        clock.wait(1)
        assert written + 2 == client.get(path).content["updated_at"]
        clock.wait(60)
        assert written + 2 == client.get(path).content["updated_at"]


def test_a_teammate_writes_without_a_call(
    server: WorkspaceServer, client: Client, user: str
) -> None:
    """The log has no line for it, and the contact is changed at once."""
    lines = len(server.log)
    server.update_contact(user.rpartition("/")[2], name="T", custom_attributes={"text": "t"})
    assert lines == len(server.log)
    found = client.get(user).content
    assert ("T", {"text": "t"}) == (found["name"], found["custom_attributes"])
