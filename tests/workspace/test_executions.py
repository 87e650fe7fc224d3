"""Execution logs of connectors, and the history of their versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client
from tests.workspace.executions import ERROR_TYPES
from tests.workspace.moments import Moment

HEADERS = [{"name": "X-Key", "value": "s3cret"}, {"name": "authorization", "value": "Bearer t"}]


@pytest.fixture
def key(server: WorkspaceServer) -> str:
    return server.add_connector({"name": "Orders", "headers": HEADERS})


def find(client: Client, key: str, query: str = "") -> list[Any]:
    found = client.get(f"/data_connectors/{key}/execution_results?{query}").content["data"]
    assert isinstance(found, list)
    return found


def test_the_last_hour_is_listed_newest_first(
    server: WorkspaceServer, client: Client, key: str, clock: Moment
) -> None:
    """Without ``start_ts`` and ``end_ts``."""
    ids = [server.add_execution(key, created_at=clock.now - age) for age in (3601, 3600, 60, 0)]
    assert ids[:0:-1] == [found["id"] for found in find(client, key)]
    older = f"start_ts={int(clock.now) - 9999}&end_ts={int(clock.now) - 3600}"
    assert [ids[1], ids[0]] == [found["id"] for found in find(client, key, older)]


def test_bodies_come_only_on_request(server: WorkspaceServer, client: Client, key: str) -> None:
    """In the list; one result alone always has them."""
    names = ("request_body", "response_body", "raw_response_body")
    execution = server.add_execution(key, **dict.fromkeys(names, "{}"))
    assert not set(names) & set(find(client, key)[0])
    assert set(names) <= set(find(client, key, "include_bodies=true")[0])
    path = f"/data_connectors/{key}/execution_results/{execution}"
    assert set(names) <= set(client.get(path).content)


def test_filters_are_success_and_error_type(
    server: WorkspaceServer, client: Client, key: str
) -> None:
    """All of the eleven words."""
    for name in ERROR_TYPES:
        server.add_execution(key, success=False, http_status=None, error_type=name)
    server.add_execution(key)
    assert 11 == len(ERROR_TYPES)
    for name in ERROR_TYPES:
        assert [name] == [f["error_type"] for f in find(client, key, f"error_type={name}")]
    assert [11, 1] == [
        len(find(client, key, f"per_page=30&success={value}")) for value in ("false", "true")
    ]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("error_type=none", f"Invalid error_type. Must be one of: {', '.join(ERROR_TYPES)}"),
        ("start_ts=today", "start_ts must be a Unix timestamp (integer)"),
        ("end_ts=1.5", "end_ts must be a Unix timestamp (integer)"),
        ("success=maybe", "Invalid success. Must be one of: true, false"),
    ],
)
def test_a_wrong_filter_is_refused(client: Client, key: str, query: str, message: str) -> None:
    """With the texts of the description."""
    found = client.get(f"/data_connectors/{key}/execution_results?{query}")
    assert (400, "parameter_invalid", message) == found.error


def test_results_have_pages(server: WorkspaceServer, client: Client, key: str) -> None:
    """10 by default, 30 at most; results of one moment are told apart by their id."""
    ids = [server.add_execution(key) for _ in range(35)]
    path = f"/data_connectors/{key}/execution_results"
    assert 10 == len(client.get(path).content["data"])
    first = client.get(f"{path}?per_page=31").content
    cursor = first["pages"]["next"]["starting_after"]
    rest = client.get(f"{path}?per_page=30&starting_after={cursor}").content
    assert (30, 5) == (len(first["data"]), len(rest["data"]))
    assert ids[::-1] == [found["id"] for found in (*first["data"], *rest["data"])]
    assert "next" not in rest["pages"]


def test_addresses_are_shown_without_their_secrets(
    server: WorkspaceServer, client: Client, key: str
) -> None:
    """Queries, users and fragments are taken out, of the error message too."""
    server.add_execution(
        key,
        success=False,
        error_type="faraday_error",
        request_url="https://u:p@example.com:8443/orders/1?key=s3cret#part",
        error_message="Failed to open https://example.com/a?key=s3cret (timeout)",
    )
    found = client.get(f"/data_connectors/{key}/execution_results")
    assert 0 == found.body.count(b"s3cret")
    result = found.content["data"][0]
    assert "https://example.com:8443/orders/1" == result["request_url"]
    assert "Failed to open https://example.com/a (timeout)" == result["error_message"]


def test_header_values_are_stored_unmasked_and_not_shown(
    server: WorkspaceServer, client: Client, key: str
) -> None:
    """Except ``Authorization``: a secret as a header value leaks into the platform's logs."""
    execution = server.add_execution(key)
    stored = server.get_execution(key, execution)["request_headers"]
    assert {"X-Key": "s3cret", "authorization": "[REDACTED]"} == stored
    path = f"/data_connectors/{key}/execution_results"
    shown = [client.get(f"{path}/{execution}"), client.get(f"{path}?include_bodies=true")]
    assert [0, 0] == [found.body.count(b"s3cret") for found in shown]


def test_an_unknown_result_answers_404(server: WorkspaceServer, client: Client, key: str) -> None:
    """So does that of another connector."""
    other = server.add_execution(server.add_connector({"name": "Other"}))
    for name in ("1", other):
        found = client.get(f"/data_connectors/{key}/execution_results/{name}")
        expected = (404, "execution_result_not_found", "Execution result not found")
        assert expected == found.error


def test_an_unknown_field_is_an_error(server: WorkspaceServer, key: str) -> None:
    """So that no test relies on a field that is not stored."""
    with pytest.raises(ValueError, match="headers"):
        server.add_execution(key, headers={})


# Versions


@pytest.fixture
def history(clock: Moment) -> Iterator[tuple[WorkspaceServer, Client]]:
    settings = Settings(versions=True)
    with WorkspaceServer(settings, clock=clock) as server, Client(server) as client:
        yield server, client


def test_versions_do_not_exist_by_default(client: Client, key: str) -> None:
    """404 with the code of a wrong path, not of a wrong connector: a client detects them."""
    assert (404, "not_found") == client.get(f"/data_connectors/{key}/versions").error[:2]


def publish(client: Client, key: str, description: str) -> None:
    body = {"description": description, "state": "live"}
    assert 200 == client.call("PATCH", f"/data_connectors/{key}", body).status


def test_a_connector_that_was_never_live_has_no_versions(
    history: tuple[WorkspaceServer, Client],
) -> None:
    """An empty list."""
    server, client = history
    key = server.add_connector({"name": "Orders"}, live=False)
    assert [] == client.get(f"/data_connectors/{key}/versions").content["data"]


def test_every_publication_makes_a_version(
    history: tuple[WorkspaceServer, Client], clock: Moment
) -> None:
    """Newest first, with the status that it has today and the configuration of that time."""
    server, client = history
    key = server.add_connector({"name": "Orders", "headers": HEADERS}, live=False)
    path = f"/data_connectors/{key}/versions"
    for text in ("one", "two", "three"):
        publish(client, key, text)
        clock.wait(60)
    found = client.get(path).content["data"]
    assert ["live", "previously_live", "previously_live"] == [v["status"] for v in found]
    assert ["2027-01-15T08:02:00Z", "2027-01-15T08:01:00Z", "2027-01-15T08:00:00Z"] == [
        version["created_at"] for version in found
    ]
    oldest = client.get(f"{path}/{found[-1]['entity_version_id']}")
    assert "one" == oldest.content["configuration"]["description"]
    assert 0 == oldest.body.count(b"s3cret")
    server.edit_connector(key, state="paused")
    assert "paused" == client.get(path).content["data"][0]["status"]
    assert 1 == len(client.get(f"{path}?per_page=1").content["data"])


def test_only_the_note_of_a_version_can_be_written(
    history: tuple[WorkspaceServer, Client],
) -> None:
    """A blank one clears it; the connector itself does not change."""
    server, client = history
    key = server.add_connector({"name": "Orders"})
    path = f"/data_connectors/{key}/versions"
    version = client.get(path).content["data"][0]["entity_version_id"]
    before = client.get(f"/data_connectors/{key}").content
    for sent, expected in (("Why", "Why"), ("  ", None), (None, None)):
        found = client.call("PATCH", f"{path}/{version}", {"note": sent, "status": "draft"})
        assert (expected, "live") == (found.content["note"], found.content["status"])
    assert before == client.get(f"/data_connectors/{key}").content
    assert 404 == client.call("PATCH", f"{path}/1", {"note": "x"}).status
