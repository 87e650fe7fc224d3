"""Faults: wrong answers, lost connections and delays, before or after a write."""

from __future__ import annotations

import http.client
import time
from typing import Any

import pytest
from msgspec import ValidationError

from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client
from tests.workspace.moments import Moment

CODES = {
    408: "Request Timeout",
    429: "rate_limit_exceeded",
    500: "server_error",
    502: "client_error",
    503: "service_unavailable",
    504: "server_timeout",
}


@pytest.fixture
def path(server: WorkspaceServer) -> str:
    return f"/contacts/{server.add_contact(name='Old')}"


def read_name(server: WorkspaceServer, path: str) -> Any:
    """The true name of the contact."""
    return server.get_contact(path.rpartition("/")[2])["name"]


@pytest.mark.parametrize("status", CODES)
@pytest.mark.parametrize("apply", [False, True])
def test_a_call_may_fail_before_or_after_the_write(
    server: WorkspaceServer, client: Client, path: str, status: int, apply: bool
) -> None:
    """An ``error.list`` with the code that the status usually has; the next call is fine."""
    server.fail("PUT", "/contacts/*", status=status, apply=apply)
    found = client.put(path, {"name": "New"})
    assert (status, CODES[status]) == found.error[:2]
    assert found.content["request_id"] == found.headers["X-Request-Id"]
    assert "ETag" not in found.headers
    assert ("New" if apply else "Old") == read_name(server, path)
    assert [(status, apply)] == [(line.status, line.wrote) for line in server.log]
    assert 200 == client.put(path, {"name": "Newer"}).status


@pytest.mark.parametrize("apply", [False, True])
@pytest.mark.parametrize("reset", [False, True])
def test_a_connection_may_be_lost_before_or_after_the_write(
    server: WorkspaceServer, client: Client, path: str, apply: bool, reset: bool
) -> None:
    """The log has status 0, and tells whether the write was applied."""
    server.fail("PUT", drop=True, apply=apply, reset=reset)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        client.put(path, {"name": "New"})
    assert ("New" if apply else "Old") == read_name(server, path)
    assert [(0, apply)] == [(line.status, line.wrote) for line in server.log]


def test_an_answer_may_be_slow(server: WorkspaceServer, client: Client, path: str) -> None:
    """The write is applied before the delay, so that a client's timeout is no proof of failure."""
    server.fail("PUT", delay=60)
    client.connection.timeout = 0.2
    begin = time.monotonic()
    with pytest.raises(TimeoutError):
        client.put(path, {"name": "New"})
    while not server.log and time.monotonic() - begin < 30:
        time.sleep(0.01)
    assert "New" == read_name(server, path)
    assert time.monotonic() - begin < 40


def test_a_delay_does_not_hold_up_others(server: WorkspaceServer, path: str) -> None:
    """Nor does it outlive the server."""
    server.fail("GET", "/me", delay=60)
    begin = time.monotonic()
    with Client(server) as slow, Client(server) as quick:
        slow.connection.request("GET", "/me", headers=slow.headers)
        while not server.log:
            time.sleep(0.01)
        assert 200 == quick.get(path).status
    server.close()
    assert time.monotonic() - begin < 40


def test_an_answer_may_be_truncated(server: WorkspaceServer, client: Client, path: str) -> None:
    """Half of the body arrives, after the write."""
    server.fail("PUT", truncate=True)
    with pytest.raises(http.client.IncompleteRead):
        client.put(path, {"name": "New"})
    assert "New" == read_name(server, path)


def test_an_answer_may_be_no_http(server: WorkspaceServer, client: Client, path: str) -> None:
    """A client must not take it for a refusal."""
    server.fail("PUT", garbage=True)
    with pytest.raises(http.client.BadStatusLine):
        client.put(path, {"name": "New"})
    assert "New" == read_name(server, path)


@pytest.mark.parametrize(
    ("body", "media", "expected"),
    [
        (b"\xff{", "application/json; charset=utf-8", b"\xff{"),
        ("<html>", "text/plain", b"<html>"),
        ({"type": "contact"}, "application/json; charset=utf-8", b'{"type": "contact"}'),
    ],
)
def test_an_answer_may_have_another_body(
    server: WorkspaceServer, client: Client, body: Any, media: str, expected: bytes
) -> None:
    """Bytes, a text or JSON, with any status and headers."""
    server.fail("GET", "/me", status=203, body=body, headers={"X-Extra": "1"})
    found = client.get("/me")
    assert (203, media, expected) == (found.status, found.headers["Content-Type"], found.body)
    assert "1" == found.headers["X-Extra"]


def test_the_nth_call_may_fail(server: WorkspaceServer, client: Client) -> None:
    """After two, twice."""
    server.fail("GET", "/me", status=503, after=2, times=2)
    assert [200, 200, 503, 503, 200] == [client.get("/me").status for _ in range(5)]


def test_every_call_may_fail_until_faults_are_cleared(
    server: WorkspaceServer, client: Client
) -> None:
    """``times`` of None."""
    server.fail(status=500, times=None)
    assert [500] * 4 == [client.get("/me").status for _ in range(4)]
    server.clear_faults()
    assert 200 == client.get("/me").status


def test_only_matching_calls_fail(server: WorkspaceServer, client: Client, path: str) -> None:
    """By method, by path, and by a text in the query or the body."""
    server.fail("PUT", "/contacts/*", status=503, containing='"name": "Bad"')
    assert 200 == client.get(path).status
    assert 200 == client.put(path, {"name": "Good"}).status
    assert 503 == client.put(path, {"name": "Bad"}).status


def test_faults_come_in_the_order_in_which_they_were_asked_for(
    server: WorkspaceServer, client: Client
) -> None:
    """A fault that waits for later calls counts those that another fault takes."""
    server.fail("GET", "/me", status=500)
    server.fail("GET", "/me", status=502)
    server.fail("GET", "/me", status=504, after=3)
    assert [500, 502, 200, 504, 200] == [client.get("/me").status for _ in range(5)]


def test_an_unknown_argument_is_an_error(server: WorkspaceServer) -> None:
    """A fault that is spelled wrongly must not pass as no fault."""
    with pytest.raises(ValidationError, match="statsu"):
        server.fail("GET", statsu=500)


def test_faults_reach_no_call_that_the_rate_limit_refuses() -> None:
    """Such a call consumes no fault."""
    clock = Moment()
    with WorkspaceServer(Settings(limit=1), clock=clock) as server, Client(server) as client:
        client.get("/me")
        server.fail("GET", status=503)
        assert 429 == client.get("/me").status
        clock.wait(10)
        assert 503 == client.get("/me").status
