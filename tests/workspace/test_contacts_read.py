"""What contacts look like when they are read, and which of them can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest

from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client
from tests.workspace.contact_shape import EMPTY

NOT_FOUND = (404, "not_found", "User Not Found")


@pytest.fixture(scope="module")
def server() -> Iterator[WorkspaceServer]:
    with WorkspaceServer() as server:
        server.add_attribute("plan")
        yield server


def test_a_contact_has_44_keys(server: WorkspaceServer, client: Client) -> None:
    """None is ever absent; those without a value are null."""
    found = client.get(f"/contacts/{server.add_contact(external_id='keys')}").content
    assert 44 == len(found)
    assert {"type", "id", "workspace_id", *EMPTY} == set(found)
    assert {None} == {found[name] for name in ("email", "phone", "name", "avatar", "signed_up_at")}


def test_custom_attributes_of_a_new_contact_are_empty(
    server: WorkspaceServer, client: Client
) -> None:
    """Attributes that were never set are absent."""
    assert {} == client.get(f"/contacts/{server.add_contact()}").content["custom_attributes"]


def test_lists_have_a_relative_url_and_at_most_ten_items(
    server: WorkspaceServer, client: Client
) -> None:
    """``url`` breaks the description's format uri."""
    tags = [{"type": "tag", "id": str(n)} for n in range(12)]
    key = server.add_contact(tags=tags)
    expected = {
        "type": "list",
        "data": tags[:10],
        "url": f"/contacts/{key}/tags",
        "total_count": 12,
        "has_more": True,
    }
    assert expected == client.get(f"/contacts/{key}").content["tags"]


def test_times_may_lie_beyond_2038(server: WorkspaceServer, client: Client) -> None:
    """A live workspace had a sign-up in the year 2056."""
    key = server.add_contact(signed_up_at=2738966400)
    assert 2738966400 == client.get(f"/contacts/{key}").content["signed_up_at"]


def test_the_owner_is_a_number_before_2_16(server: WorkspaceServer, client: Client) -> None:
    """The descriptions of 2.14 and 2.15 say integer, the one of 2.16 says string."""
    path = f"/contacts/{server.add_contact(owner_id='991267459')}"
    assert "991267459" == client.get(path).content["owner_id"]
    assert 991267459 == client.get(path, Intercom_Version="2.15").content["owner_id"]


def test_an_avatar_is_an_object(server: WorkspaceServer, client: Client) -> None:
    """It is written as an address."""
    path = f"/contacts/{server.add_contact()}"
    client.put(path, {"avatar": "https://example.com/a.png"})
    expected = {"type": "avatar", "image_url": "https://example.com/a.png"}
    assert expected == client.get(path).content["avatar"]


def test_users_are_found_by_external_id(server: WorkspaceServer, client: Client) -> None:
    """The id may hold characters that a path has to escape."""
    key = server.add_contact(external_id="a/b c", name="Ada")
    assert key == client.get("/contacts/find_by_external_id/a%2Fb%20c").content["id"]


def test_leads_are_not_found_by_external_id(server: WorkspaceServer, client: Client) -> None:
    """A lead has an external id, a UUID of the platform's own, but this call looks at users."""
    lead = server.get_contact(server.add_contact(role="lead"))
    assert 36 == len(lead["external_id"])
    found = client.get(f"/contacts/find_by_external_id/{lead['external_id']}")
    assert NOT_FOUND == found.error


def test_users_may_share_an_email_address(server: WorkspaceServer, client: Client) -> None:
    """Three users with one address were seen, and leads share addresses too."""
    keys = [server.add_contact(external_id=f"shared-{n}", email="s@example.com") for n in range(3)]
    lead = server.add_contact(role="lead", email="s@example.com")
    assert [*keys, lead] == client.find(("email", "=", "s@example.com"))


@pytest.mark.parametrize("state", ["archived", "deleted", "unknown"])
def test_who_is_gone_answers_404(server: WorkspaceServer, client: Client, state: str) -> None:
    """Archived is neither readable nor 410."""
    key = server.add_contact()
    if state == "archived":
        assert client.post(f"/contacts/{key}/archive").content["archived"]
    if state == "deleted":
        assert client.call("DELETE", f"/contacts/{key}").content["deleted"]
    path = f"/contacts/{'f' * 24 if state == 'unknown' else key}"
    assert NOT_FOUND == client.get(path).error
    assert NOT_FOUND == client.put(path, {"name": "x"}).error


def test_an_archived_contact_can_come_back(server: WorkspaceServer, client: Client) -> None:
    """It then has everything that it had."""
    key = server.add_contact(external_id="back", custom_attributes={"plan": "Pro"})
    client.post(f"/contacts/{key}/archive")
    expected = {"type": "contact", "id": key, "external_id": "back", "archived": False}
    assert expected == client.post(f"/contacts/{key}/unarchive").content
    assert "Pro" == client.get(f"/contacts/{key}").content["custom_attributes"]["plan"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (
            400,
            (
                400,
                "bad_request",
                "User has been marked for permanent deletion and is not restorable.",
            ),
        ),
        (500, (500, "server_error", "Server Error")),
    ],
)
def test_a_deleted_contact_cannot_come_back(status: Literal[400, 500], expected: object) -> None:
    """The answer was 500 once, and 400 some weeks later."""
    with (
        WorkspaceServer(Settings(unarchive_deleted_status=status)) as server,
        Client(server) as client,
    ):
        key = server.add_contact()
        client.call("DELETE", f"/contacts/{key}")
        assert expected == client.post(f"/contacts/{key}/unarchive").error


def test_newer_keys_are_a_setting() -> None:
    """Answers of 2.11 have keys that no description tells of."""
    with WorkspaceServer(Settings(newer_keys=True)) as server, Client(server) as client:
        found = client.get(f"/contacts/{server.add_contact(email='a@example.com')}").content
        assert (False, False) == (found["sms_consent"], found["unsubscribed_from_sms"])
        assert "example.com" == found["email_domain"]
        assert "country_code" in found["location"]


def test_me_tells_the_true_region() -> None:
    """A call to the host of another region is served all the same."""
    with (
        WorkspaceServer(Settings(region="EU"), tls=True) as server,
        Client(server, "api.au.intercom.test") as client,
    ):
        app = client.get("/me").content["app"]
        assert ("EU", True) == (app["region"], app["identity_verification"])
        assert {"id_code", "name", "timezone", "created_at", "type"} < set(app)
