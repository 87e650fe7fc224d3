"""Merged contacts: gone for searches, and 410 with the way to what they became."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client

MERGED = "This contact has been merged. See the 'Link' header for the canonical contact."


@pytest.fixture
def server() -> Iterator[WorkspaceServer]:
    with WorkspaceServer(Settings(index_lag=30)) as server:
        server.add_attribute("plan")
        server.add_attribute("size")
        yield server


def test_a_lead_is_merged_into_a_user(server: WorkspaceServer, client: Client) -> None:
    """The user keeps its values, and gets those that only the lead had."""
    lead = server.add_contact(
        role="lead", email="a@example.com", custom_attributes={"plan": "Free", "size": "S"}
    )
    user = server.add_contact(email="a@example.com", custom_attributes={"plan": "Pro"})
    found = client.post("/contacts/merge", {"from": lead, "into": user})
    assert (200, user) == (found.status, found.content["id"])
    assert {"plan": "Pro", "size": "S"} == found.content["custom_attributes"]


def test_a_merged_contact_answers_410(server: WorkspaceServer, client: Client) -> None:
    """By id, by external id, and for a write; ``Link`` names the contact that is left."""
    lead = server.add_contact(role="lead", external_id="lead-1")
    user = server.add_contact(external_id="user-1")
    server.merge_contacts(lead, user)
    for found in (
        client.get(f"/contacts/{lead}"),
        client.get("/contacts/find_by_external_id/lead-1"),
        client.put(f"/contacts/{lead}", {"name": "x"}),
    ):
        assert (410, "contact_merged", MERGED) == found.error
        assert f'</contacts/{user}>; rel="canonical"' == found.headers["Link"]


@pytest.mark.parametrize(("hops", "status"), [(1, 410), (2, 410), (3, 410), (4, 404)])
def test_the_link_resolves_three_hops(
    server: WorkspaceServer, client: Client, hops: int, status: int
) -> None:
    """It always names a contact that can be read."""
    keys = [server.add_contact(external_id=str(n)) for n in range(hops + 1)]
    for source, target in pairwise(keys):
        server.merge_contacts(source, target)
    found = client.get(f"/contacts/{keys[0]}")
    assert status == found.status
    if status == 410:
        assert f'</contacts/{keys[-1]}>; rel="canonical"' == found.headers["Link"]


def test_searches_never_find_a_merged_contact(server: WorkspaceServer, client: Client) -> None:
    """Not even within the lag of the index, and no list has it."""
    lead = server.add_contact(role="lead", email="gone@example.com")
    server.merge_contacts(lead, server.add_contact(external_id="left"))
    assert [] == client.find(("email", "=", "gone@example.com"), ("id", "=", lead))
    assert lead not in {contact["id"] for contact in client.get("/contacts").content["data"]}


@pytest.mark.parametrize(("source", "target"), [("user", "user"), ("lead", "lead")])
def test_only_leads_merge_and_only_into_users(
    server: WorkspaceServer, client: Client, source: str, target: str
) -> None:
    """Anything else is refused, and both contacts stay."""
    keys = [server.add_contact(role=role, email="a@example.com") for role in (source, target)]
    found = client.post("/contacts/merge", {"from": keys[0], "into": keys[1]})
    assert (400, "invalid_merge") == found.error[:2]
    assert ["active", "active"] == [server.get_state(key) for key in keys]


def test_contacts_merge_only_where_they_are_duplicates(
    server: WorkspaceServer, client: Client
) -> None:
    """Since 2.16, unless the request says otherwise."""
    lead, user = server.add_contact(role="lead"), server.add_contact(external_id="u")
    body = {"from": lead, "into": user}
    assert (400, "invalid_merge") == client.post("/contacts/merge", body).error[:2]
    forced = {**body, "skip_duplicate_validation": True}
    assert 200 == client.post("/contacts/merge", forced).status
    other = {"from": server.add_contact(role="lead"), "into": user}
    assert 200 == client.post("/contacts/merge", other, Intercom_Version="2.15").status


def test_the_history_of_merges_is_shown_where_it_is_asked_for(
    server: WorkspaceServer, client: Client
) -> None:
    """Only for users; the 44 keys stay as they are otherwise."""
    lead, user = server.add_contact(role="lead"), server.add_contact(external_id="u")
    server.merge_contacts(lead, user)
    assert "merge_history" not in client.get(f"/contacts/{user}").content
    found = client.get(f"/contacts/{user}?include_merge_history=true").content["merge_history"]
    assert [("merge_history", lead, "lead")] == [
        (entry["type"], entry["source_contact_id"], entry["source_contact_role"]) for entry in found
    ]
