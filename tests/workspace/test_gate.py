"""What every call passes, and the headers and errors that every answer has."""

from __future__ import annotations

import gzip
import re
import socket
from typing import Any, Literal

import pytest

from tests.servers import HERE
from tests.workspace import Settings, WorkspaceServer
from tests.workspace.client import Client


@pytest.mark.parametrize("sent", ["Bearer wrong", "Bearer ", "Basic eDp5", ""])
def test_a_call_without_a_valid_token_is_refused(sent: str) -> None:
    """The newer form, and by a setting that of 2018."""
    for settings, expected in (
        (Settings(), (401, "unauthorized", "Access Token Invalid")),
        (
            Settings(old_unauthorized=True),
            (401, "token_unauthorized", "Not authorized to access resource"),
        ),
    ):
        with WorkspaceServer(settings) as server, Client(server) as client:
            assert expected == client.get("/me", Authorization=sent).error


def test_every_token_is_accepted_and_logged() -> None:
    """So that a test can tell which was used."""
    with WorkspaceServer(Settings(other_tokens=("second",))) as server:
        for token in (server.token, "second", "wrong"):
            with Client(server, Authorization=f"Bearer {token}") as client:
                client.get("/me")
        assert [server.token, "second", ""] == [line.token for line in server.log]


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/contacts/x", "read_users"),
        ("POST", "/contacts/search", "read_users"),
        ("PUT", "/contacts/x", "write_users"),
        ("GET", "/data_attributes", "read_data_attributes"),
        ("GET", "/data_connectors", "read_data_connectors"),
        ("PATCH", "/data_connectors/1", "write_data_connectors"),
    ],
)
def test_a_missing_scope_is_refused(method: str, path: str, scope: str) -> None:
    """``/me`` needs none."""
    with WorkspaceServer(Settings(scopes=("other",))) as server, Client(server) as client:
        message = f"You do not have the required scope ({scope}) to access this resource"
        assert (403, "forbidden", message) == client.call(method, path, {}).error
        assert 200 == client.get("/me").status


def test_a_wrong_path_answers_404() -> None:
    """So does a wrong method."""
    with WorkspaceServer() as server, Client(server) as client:
        for method, path in (("GET", "/users"), ("PATCH", "/contacts/x"), ("GET", "/me/")):
            code, text = client.call(method, path).error[1:]
            assert ("not_found", True) == (code, str(text).startswith("The requested resource"))


@pytest.mark.parametrize(
    ("sent", "used"), [("2.3", "2.3"), ("2.16", "2.16"), ("Preview", "Preview"), (None, "2.14")]
)
def test_the_answer_tells_the_version_that_was_used(sent: str | None, used: str) -> None:
    """Without a header, that of the app."""
    settings = Settings(default_version="2.14")
    with WorkspaceServer(settings) as server, Client(server) as client:
        headers = {} if sent is None else {"Intercom_Version": sent}
        assert used == client.get("/me", **headers).headers["Intercom-Version"]


def test_an_unknown_version_is_refused() -> None:
    """400, not an answer of another version."""
    with WorkspaceServer() as server, Client(server) as client:
        expected = (400, "intercom_version_invalid", "The requested version could not be found")
        assert expected == client.get("/me", Intercom_Version="9.9").error


@pytest.mark.parametrize("accept", ["text/html", "application/xml, text/plain;q=0.5"])
def test_an_accept_header_without_json_is_refused(accept: str) -> None:
    """The one error that never has a request id."""
    with WorkspaceServer() as server, Client(server) as client:
        found = client.get("/me", Accept=accept)
        assert (406, "media_type_not_acceptable") == found.error[:2]
        assert {"type", "errors"} == set(found.content)


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html, application/*;q=0.1"])
def test_an_accept_header_with_json_is_served(accept: str) -> None:
    """By range too."""
    with WorkspaceServer() as server, Client(server) as client:
        assert 200 == client.get("/me", Accept=accept).status


def test_the_request_id_stands_in_header_and_body() -> None:
    """20 letters and digits, and no UUID as described."""
    with WorkspaceServer() as server, Client(server) as client:
        found = [client.get("/contacts/x") for _ in range(20)]
    ids = [answer.content["request_id"] for answer in found]
    assert ids == [answer.headers["X-Request-Id"] for answer in found]
    assert 20 == len({name for name in ids if re.fullmatch("[0-9a-z]{20}", name)})


def test_error_bodies_may_lack_the_request_id() -> None:
    """The header has it all the same."""
    with WorkspaceServer(Settings(request_ids=False)) as server, Client(server) as client:
        found = client.get("/contacts/x")
        assert {"type", "errors"} == set(found.content)
        assert 20 == len(found.headers["X-Request-Id"])


@pytest.mark.parametrize(
    ("form", "media", "body"),
    [
        ("json", "application/json; charset=utf-8", b'{"error": "Not Found"}'),
        ("text", "text/plain", b"Not Found"),
        ("html", "text/html", b"<html><body><h1>404 Not Found</h1></body></html>"),
        ("empty", "text/html", b""),
    ],
)
def test_an_error_may_be_no_error_list(
    form: Literal["json", "text", "html", "empty"], media: str, body: bytes
) -> None:
    """As from a proxy on the way."""
    with WorkspaceServer(Settings(error_body=form)) as server, Client(server) as client:
        found = client.get("/contacts/x")
        assert (404, media, body) == (found.status, found.headers["Content-Type"], found.body)


def test_bodies_come_in_chunks_without_a_length() -> None:
    """And with a length where the setting says so."""
    for chunked, names in ((True, {"Transfer-Encoding"}), (False, {"Content-Length"})):
        with WorkspaceServer(Settings(chunked=chunked)) as server, Client(server) as client:
            found = client.get("/data_attributes")
            assert 39 < len(found.content["data"])
            assert names == set(found.headers) & {"Transfer-Encoding", "Content-Length"}


def test_bodies_are_compressed_when_asked() -> None:
    """Only then, and only if the setting allows it."""
    with WorkspaceServer() as server, Client(server) as client:
        plain = client.get("/data_attributes")
        packed = client.get("/data_attributes", Accept_Encoding="gzip, deflate")
        assert (None, "gzip") == (
            plain.headers["Content-Encoding"],
            packed.headers["Content-Encoding"],
        )
        assert plain.body == gzip.decompress(packed.body)
    with WorkspaceServer(Settings(gzip=False)) as server, Client(server) as client:
        assert None is client.get("/me", Accept_Encoding="gzip").headers["Content-Encoding"]


def test_other_headers_are_there_to_be_ignored() -> None:
    """A weak ETag on 2xx, a cookie on every fourth answer, Status, X-Runtime and Date."""
    with WorkspaceServer() as server, Client(server) as client:
        found = [client.get("/me"), client.get("/nope"), client.get("/me"), client.get("/me")]
    assert [True, False, True, True] == ["ETag" in answer.headers for answer in found]
    assert [False, False, False, True] == ["Set-Cookie" in answer.headers for answer in found]
    assert ["200 OK", "404 Not Found"] == [answer.headers["Status"] for answer in found[:2]]
    assert all({"X-Runtime", "Date"} <= set(answer.headers) for answer in found)


def test_a_connection_stays_open() -> None:
    """Twenty calls, one connection."""
    with WorkspaceServer(tls=True) as server, Client(server) as client:
        assert [200] * 20 == [client.get("/me").status for _ in range(20)]
        assert 1 == server.connections


def test_a_connection_may_be_closed_after_some_calls() -> None:
    """The last answer says so, and the client comes again."""
    with WorkspaceServer(Settings(calls_per_connection=2)) as server, Client(server) as client:
        found = [client.get("/me").headers["Connection"] for _ in range(5)]
        assert [None, "close", None, "close", None] == found
        assert 3 == server.connections


def test_a_body_may_be_sent_in_chunks() -> None:
    """HTTP/1.1 requires that a server can read it."""
    with WorkspaceServer() as server, Client(server) as client:
        key = server.add_contact()
        body: Any = iter([b'{"name": ', b'"Ada"}'])
        client.connection.request(
            "PUT", f"/contacts/{key}", body, client.headers, encode_chunked=True
        )
        assert 200 == client.connection.getresponse().status
        assert "Ada" == server.get_contact(key)["name"]
        assert b'{"name": "Ada"}' == server.log[0].body


def test_a_body_that_ends_early_is_no_request() -> None:
    """A client that is killed while it sends has written nothing, and the log has no line."""
    with WorkspaceServer() as server:
        key = server.add_contact(name="Old")
        head = (
            f"PUT /contacts/{key} HTTP/1.1\r\nAuthorization: Bearer {server.token}\r\n"
            'Content-Length: 99\r\n\r\n{"name": "New"}'
        )
        with socket.create_connection((HERE, server.port)) as connection:
            connection.sendall(head.encode())
            connection.shutdown(socket.SHUT_WR)
            assert b"" == connection.recv(1)
        assert [] == server.log
        assert "Old" == server.get_contact(key)["name"]
