"""Answers of the API: whatever comes, it is understood or named, and no token is in it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cactions.logic import strict_json
from cactions.logic.intercom.api import (
    ApiCall,
    ApiReply,
    build_api_request,
    build_error,
    encode_segment,
    read_reply,
)
from cactions.model import IntercomConnection, Json, Response, WorkspaceError
from cactions.model.secret import Secret
from tests.strategies import JSON_VALUES

GET = ApiCall("GET", "/contacts/5ba682d2")
TOKEN = Secret("intercom_token", "dG9rOmE1YjZjN2Q4ZTlm")


def reply_to(body: Json | bytes, status: int = 400, **headers: str) -> ApiReply:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_reply(Response(status, tuple(headers.items()), data))


ERRORS: dict[str, Json] = {
    "a list": {
        "type": "error.list", "request_id": "b2fhqa0mlk7elqnh0h0g",
        "errors": [{"code": "not_found", "message": "User Not Found"}],
    },
    "a code with a space": {
        "type": "error.list", "request_id": None,
        "errors": [{"code": "Request Timeout", "message": "Server Timeout"}],
    },
    "no message, with a field": {
        "type": "error.list",
        "errors": [{"code": "parameter_invalid", "field": "email"}],
    },
}  # fmt: skip


@pytest.mark.parametrize("form", ERRORS)
def test_an_error_says_status_code_message_and_request_id(form: str) -> None:
    """As far as they are there; the request id is what Intercom's support asks for."""
    error = build_error(GET, reply_to(ERRORS[form], 404))
    document = ERRORS[form]
    assert isinstance(document, dict)
    assert 404 == error.status
    [fault] = document["errors"]  # type: ignore[misc]
    assert fault["code"] in str(error)  # type: ignore[index,call-overload]
    if document.get("request_id"):
        assert f"(request id {document['request_id']})" in str(error)


def test_the_request_id_may_be_in_the_header_only() -> None:
    """20 letters and digits, and no UUID, whatever the description says."""
    reply = reply_to(b"<html>", 502, **{"X-Request-Id": "b2fhqa0mlk7elqnh0h0g"})
    assert "(request id b2fhqa0mlk7elqnh0h0g)" in str(build_error(GET, reply))


@given(
    st.one_of(st.binary(), JSON_VALUES.map(lambda value: strict_json.dump_json(value).encode())),
    st.integers(300, 599),
)
def test_any_body_of_an_error_is_understood(body: bytes, status: int) -> None:
    """An error always has a status, a hint, and a message without control characters of its own."""
    error = build_error(GET, reply_to(body, status))
    assert (status, True) == (error.status, bool(error.hint))


@given(JSON_VALUES)
def test_any_document_is_a_list_or_the_error(document: Json) -> None:
    """Never another exception."""
    reply = reply_to(document, 200)
    try:
        items = reply.list_items()
        cursor = reply.get_next_cursor()
    except WorkspaceError:
        return
    assert all(isinstance(item, dict) for item in items)
    assert isinstance(cursor, str)


@pytest.mark.parametrize(
    ("pages", "cursor"),
    [
        ({"type": "pages", "page": 1, "per_page": 50, "total_pages": 1}, ""),
        ({"next": None}, ""),
        ({"next": {"starting_after": "WzE2"}}, "WzE2"),
        ({"next": "https://api.intercom.io/contacts?page=2"}, ""),
        (None, ""),
    ],
)
def test_a_next_page_is_a_cursor(pages: Json, cursor: str) -> None:
    """It is absent on the last page; an address is never followed."""
    assert cursor == reply_to({"data": [], "pages": pages}, 200).get_next_cursor()


def test_a_request_has_version_and_token() -> None:
    """Without the version, the app's own setting would apply; the token is shown as dots."""
    request = build_api_request(GET, IntercomConnection(api_version="2.15"), TOKEN)
    shown = {name: str(value) for name, value in request.headers}
    assert {
        "Authorization": "Bearer ••••••", "Accept": "application/json", "Intercom-Version": "2.15",
    } == shown  # fmt: skip
    assert f"Bearer {TOKEN.reveal()}" == dict(request.headers)["Authorization"].reveal()
    assert not any(TOKEN.reveal() in text for text in (repr(request), str(request), request.line))


@given(st.text())
def test_a_segment_is_one_segment(value: str) -> None:
    """Or the error: no value changes the path."""
    try:
        segment = encode_segment(value)
    except (ValueError, UnicodeEncodeError):
        return
    assert segment
    assert not set(segment) & set("/?#\\ ")
    assert segment not in (".", "..")
