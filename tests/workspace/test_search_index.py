"""Searches read an index with old content; a GET by id is right at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client
from tests.workspace.moments import Moment


@pytest.fixture
def server(clock: Moment) -> Iterator[WorkspaceServer]:
    with WorkspaceServer(Settings(index_lag=30), clock=clock) as server:
        server.add_attribute("plan")
        yield server


def test_a_written_contact_is_found_with_its_old_values(
    server: WorkspaceServer, client: Client, clock: Moment
) -> None:
    """All of them, ``updated_at`` too, until the lag has passed."""
    key = server.add_contact(external_id="u", name="Old", custom_attributes={"plan": "Free"})
    before = client.get(f"/contacts/{key}").content
    clock.wait(100)
    client.put(f"/contacts/{key}", {"name": "New", "custom_attributes": {"plan": "Pro"}})
    after = client.get(f"/contacts/{key}").content
    assert ("New", {"plan": "Pro"}) == (after["name"], after["custom_attributes"])
    for seconds, expected in ((0, before), (29, before), (1, after)):
        clock.wait(seconds)
        assert [expected] == client.search(("external_id", "=", "u")).content["data"]


def test_a_written_contact_is_found_by_its_old_values(
    server: WorkspaceServer, client: Client, clock: Moment
) -> None:
    """By the former e-mail address, and not by the new one."""
    key = server.add_contact(email="old@example.com")
    client.put(f"/contacts/{key}", {"email": "new@example.com"})
    assert [key] == client.find(("email", "=", "old@example.com"))
    assert [] == client.find(("email", "IN", ["new@example.com"]))
    clock.wait(30)
    assert [] == client.find(("email", "=", "old@example.com"))
    assert [key] == client.find(("email", "IN", ["new@example.com"]))


def test_a_new_contact_is_missing(client: Client, clock: Moment) -> None:
    """A GET by id finds it at once."""
    key = client.post("/contacts", {"external_id": "new"}).content["id"]
    assert 200 == client.get(f"/contacts/{key}").status
    assert [] == client.find(("external_id", "=", "new"))
    clock.wait(30)
    assert [key] == client.find(("external_id", "=", "new"))


def test_every_write_becomes_visible_in_its_turn(
    server: WorkspaceServer, client: Client, clock: Moment
) -> None:
    """Three writes, ten seconds apart."""
    key = server.add_contact(external_id="u", name="0")
    for name in ("1", "2", "3"):
        client.put(f"/contacts/{key}", {"name": name})
        clock.wait(10)
    seen = []
    for _ in range(4):
        seen.append(client.search(("id", "=", key)).content["data"][0]["name"])
        clock.wait(10)
    assert ["1", "2", "3", "3"] == seen


def test_an_archived_contact_is_found_until_the_lag_has_passed(
    server: WorkspaceServer, client: Client, clock: Moment
) -> None:
    """Its GET answers 404 already."""
    key = server.add_contact(external_id="u")
    client.post(f"/contacts/{key}/archive")
    assert [key] == client.find(("external_id", "=", "u"))
    assert 404 == client.get(f"/contacts/{key}").status
    clock.wait(30)
    assert [] == client.find(("external_id", "=", "u"))


def test_the_write_of_a_teammate_lags_too(
    server: WorkspaceServer, client: Client, clock: Moment
) -> None:
    """The index does not know who wrote."""
    key = server.add_contact(external_id="u", custom_attributes={"plan": "Free"})
    server.update_contact(key, custom_attributes={"plan": "Pro"})
    assert [key] == client.find(("custom_attributes.plan", "=", "Free"))
    clock.wait(30)
    assert [key] == client.find(("custom_attributes.plan", "=", "Pro"))


def test_an_added_contact_may_be_left_out_of_the_index(
    server: WorkspaceServer, client: Client, clock: Moment
) -> None:
    """As one that was made a moment before the test begins."""
    key = server.add_contact(external_id="u", indexed=False)
    assert [] == client.find(("external_id", "=", "u"))
    clock.wait(30)
    assert [key] == client.find(("external_id", "=", "u"))


def test_the_index_sees_updated_at_move(clock: Moment) -> None:
    """As late as everything else."""
    settings = Settings(index_lag=5, updated_at_moves=2)
    with WorkspaceServer(settings, clock=clock) as server, Client(server) as client:
        key = server.add_contact(external_id="u")
        written = client.put(f"/contacts/{key}", {"name": "x"}).content["updated_at"]
        seen = []
        for _ in range(3):
            clock.wait(4)
            seen.append(client.search(("id", "=", key)).content["data"][0]["updated_at"])
        assert [written, written + 2, written + 2] == seen
