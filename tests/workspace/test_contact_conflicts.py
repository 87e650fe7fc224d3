"""Which contacts are in the way of a new or a changed one, and which are not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client


@pytest.fixture(scope="module")
def server() -> Iterator[WorkspaceServer]:
    with WorkspaceServer() as server:
        yield server


@pytest.fixture
def user(server: WorkspaceServer) -> str:
    """The path of a user with an e-mail address."""
    number = len(server.writes)
    return f"/contacts/{server.add_contact(external_id=f'w-{number}', email='w@example.com')}"


@pytest.mark.parametrize("state", ["active", "archived", "deleted"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_an_external_id_of_another_contact_is_a_conflict(
    server: WorkspaceServer, client: Client, user: str, state: str, method: str
) -> None:
    """Also of one that is archived or deleted, with another text."""
    name = f"taken-{state}-{method}"
    key = server.add_contact(external_id=name)
    if state == "archived":
        server.archive_contact(key)
    if state == "deleted":
        server.delete_contact(key)
    kind = "A" if state == "active" else "An archived"
    message = f"{kind} contact matching those details already exists with id={key}"
    found = client.call(method, "/contacts" if method == "POST" else user, {"external_id": name})
    assert (409, "conflict", message) == found.error


def test_an_email_without_an_external_id_is_a_conflict_on_post(client: Client, user: str) -> None:
    """The e-mail address of a user, in any case of letters, with no external id to tell apart."""
    made = client.post("/contacts", {"email": "once@example.com"}).content
    found = client.post("/contacts", {"email": "ONCE@example.com"})
    message = f"A contact matching those details already exists with id={made['id']}"
    assert (409, "conflict", message) == found.error
    assert 200 == client.post("/contacts", {"role": "lead", "email": "once@example.com"}).status


def test_users_may_be_given_the_email_of_another(client: Client, user: str) -> None:
    """The setting unique_emails makes it a conflict."""
    client.post("/contacts", {"email": "two@example.com", "external_id": "two"})
    assert 200 == client.put(user, {"email": "two@example.com"}).status
    with WorkspaceServer(Settings(unique_emails=True)) as strict, Client(strict) as other:
        strict.add_contact(external_id="x", email="x@example.com")
        path = f"/contacts/{strict.add_contact(external_id='y')}"
        assert 409 == other.put(path, {"email": "x@example.com"}).status
        assert 409 == other.post("/contacts", {"email": "x@example.com", "external_id": "z"}).status


def test_a_contact_does_not_conflict_with_itself(client: Client, user: str) -> None:
    """Sending what it has is no change of identity."""
    held = client.get(user).content
    body = {"external_id": held["external_id"], "email": held["email"]}
    assert 200 == client.put(user, body).status


def test_an_external_id_is_free_after_a_change(client: Client, server: WorkspaceServer) -> None:
    """Nothing remembers the former one."""
    path = f"/contacts/{server.add_contact(external_id='first')}"
    client.put(path, {"external_id": "second"})
    assert 404 == client.get("/contacts/find_by_external_id/first").status
    assert 200 == client.post("/contacts", {"external_id": "first"}).status
