"""Broken answers, each in a way of its own, are refused with the place and the rule."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.description import Description, load_description
from tests.contract.extract import VERSIONS
from tests.contract.samples import build_answer, fill_path

GET = "GET /contacts/{contact_id}"
SEARCH = "POST /contacts/search"
ATTRIBUTES = "GET /data_attributes"
CONNECTOR = "GET /data_connectors/{id}"
CONNECTORS = "GET /data_connectors"
RESULTS = "GET /data_connectors/{data_connector_id}/execution_results"

CONTACT: dict[str, Any] = {
    "type": "contact",
    "id": "5",
    "email": None,
    "owner_id": None,
    "signed_up_at": 2738966400,
    "avatar": {"type": "avatar", "image_url": None},
    "tags": {"data": [], "url": "/contacts/5/tags", "total_count": 0, "has_more": False},
    "custom_attributes": {"plan": None, "seats": 3},
    "location": {"type": "location", "country": None},
}
FOUND = {
    "type": "list",
    "data": [CONTACT],
    "total_count": 1,
    "pages": {"type": "pages", "page": 1, "per_page": 50, "total_pages": 1},
}
ERROR = {"type": "error.list", "request_id": "a1b2", "errors": [{"code": "not_found"}]}
ATTRIBUTE = {"type": "data_attribute", "name": "plan", "data_type": "string", "custom": True}
DETAIL = {
    "type": "data_connector",
    "id": "5",
    "state": "live",
    "http_method": "get",
    "headers": [{"name": "X-Key", "value": "****"}],
    "data_transformation_type": None,
    "response_fields": [{"path": "a", "type": "unknown", "example_value": [1], "redacted": False}],
    "created_at": "2026-02-10T18:15:32Z",
}
RESULT = {"type": "data_connector.execution", "id": "1", "success": False, "error_type": None}
PAGES = {"type": "pages", "per_page": 10, "next": {"starting_after": "abc"}}
LISTED = {"type": "list", "data": [RESULT], "pages": PAGES}
TYPES = "[string, integer, float, boolean, date]"
ACCESS = "[full_access, redacted_access, code_block_transformation, null]"


def error(**changes: Any) -> dict[str, Any]:
    return {**ERROR, **changes}


def contact(**changes: Any) -> dict[str, Any]:
    return {**CONTACT, **changes}


def attribute(**changes: Any) -> dict[str, Any]:
    return {"type": "list", "data": [{**ATTRIBUTE, **changes}]}


def detail(**changes: Any) -> dict[str, Any]:
    return {**DETAIL, **changes}


def check(
    description: Description, operation: str, status: int, body: Any, **headers: str
) -> list[str]:
    """The problems of an answer; ``_`` in the name of a header stands for ``-``."""
    method, path = operation.split(" ")
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return description.check_response(
        method, fill_path(path), status, {**build_answer(status), **changed}, payload
    )


VALID = (
    (GET, 200, CONTACT), (SEARCH, 200, FOUND), (ATTRIBUTES, 200, attribute()), (GET, 404, ERROR),
    (GET, 429, ERROR), (CONNECTOR, 200, DETAIL), (RESULTS, 200, LISTED), (GET, 410, ERROR),
)  # fmt: skip

BROKEN: dict[str, tuple[str, int, Any, str]] = {
    "status that no description has": (GET, 201, CONTACT, "status: is in no description"),
    "status without a body": (GET, 204, b"", "status: is in no description"),
    "404 of a list": (ATTRIBUTES, 404, ERROR, "status: is in no description"),
    "conflict of a read": (GET, 409, ERROR, "status: is in no description"),
    "redirect": (GET, 302, b"", "status: is in no description"),
    "no JSON": (GET, 200, b"<html>", "body: not JSON: expecting value (line 1, column 1)"),
    "half of the body": (GET, 200, b'{"type":"contact",',
        "body: not JSON: expecting property name enclosed in double quotes (line 1, column 19)"),
    "empty body": (GET, 429, b"", "body: the text is empty (line 1, column 1)"),
    "key twice": (GET, 200, b'{"id":"1","id":"2"}',
        "body: this key stands twice (line 1, column 11)"),
    "null": (GET, 200, None, "body: null is no object"),
    "list for an object": (GET, 200, [CONTACT], "body: […] is no object"),
    "object for a list": (SEARCH, 200, {**FOUND, "data": CONTACT}, "body.data: {…} is no array"),
    "success for an error": (GET, 404, {"type": "contact"},
        "body: 'errors' is a required property"),
    "error without errors": (GET, 401, {"type": "error.list"},
        "body: 'errors' is a required property"),
    "error without a type": (GET, 401, {"errors": []}, "body: 'type' is a required property"),
    "error without a code": (GET, 401, error(errors=[{"message": "m"}]),
        "body.errors[0]: 'code' is a required property"),
    "errors as texts": (GET, 401, error(errors=["m"]), 'body.errors[0]: "m" is no object'),
    "error with a number": (GET, 503, error(errors=[{"code": 503}]),
        "body.errors[0].code: 503 is no string"),
    "error with more": (GET, 401, error(errors=[{"code": "c", "hint": "h"}]),
        "body.errors[0]: error.errors[].hint is in no description"),
    "new property": (GET, 200, contact(sms_consent=False),
        "body: contact.sms_consent is in no description"),
    "new property below": (GET, 200, contact(location={"country_code": "IRL"}),
        "body.location: contact_location.country_code is in no description"),
    "new property of a list": (SEARCH, 200, {**FOUND, "data": [contact(score=1)]},
        "body.data[0]: contact.score is in no description"),
    "number as id": (GET, 200, contact(id=5), "body.id: 5 is no string"),
    "null id": (GET, 200, contact(id=None), "body.id: null is no string"),
    "time in milliseconds": (GET, 200, contact(updated_at=1580000000000),
        "body.updated_at: 1580000000000 is no unix-seconds"),
    "time in words": (GET, 200, contact(updated_at="2026-02-10T18:15:32Z"),
        'body.updated_at: "2026-02-10T18:15:32Z" is no integer'),
    "text as boolean": (GET, 200, contact(has_hard_bounced="false"),
        'body.has_hard_bounced: "false" is no boolean'),
    "null list": (GET, 200, contact(companies=None), "body.companies: null is no object"),
    "address of an image": (GET, 200, contact(avatar={"image_url": "/a.png"}),
        'body.avatar.image_url: "/a.png" is no uri'),
    "attributes as a list": (GET, 200, contact(custom_attributes=[]),
        "body.custom_attributes: [] is no object"),
    "type of a list": (SEARCH, 200, {**FOUND, "type": "contact.list"},
        'body.type: "contact.list" is not in [list]'),
    "page as a text": (SEARCH, 200, {**FOUND, "pages": {"next": "abc"}},
        'body.pages.next: "abc" is no object and no null'),
    "data type": (ATTRIBUTES, 200, attribute(data_type="datetime"),
        f'body.data[0].data_type: "datetime" is not in {TYPES}'),
    "options as objects": (ATTRIBUTES, 200, attribute(options=[{"value": "a"}]),
        "body.data[0].options[0]: {…} is no string"),
    "text as attribute id": (ATTRIBUTES, 200, attribute(id="5"),
        'body.data[0].id: "5" is no integer'),
    "state": (CONNECTOR, 200, detail(state="paused"),
        'body.state: "paused" is not in [draft, live]'),
    "null body": (CONNECTOR, 200, detail(body=None), "body.body: null is no string"),
    "seconds for a connector": (CONNECTOR, 200, detail(created_at=1580000000),
        "body.created_at: 1580000000 is no string"),
    "date for a time": (CONNECTOR, 200, detail(created_at="2026-02-10"),
        'body.created_at: "2026-02-10" is no date-time'),
    "mock_response": (CONNECTOR, 200, detail(mock_response={}),
        "body: data_connector_detail.mock_response is in no description"),
    "details in a list": (CONNECTORS, 200, {"type": "list", "data": [{"body": ""}]},
        "body.data[0]: data_connector.body is in no description"),
    "object type of a mapping": (
        CONNECTOR, 200, detail(object_mappings=[{"intercom_object_type": "company"}]),
        'body.object_mappings[0].intercom_object_type: "company" is not in [conversation, user]'),
    "data transformation": (CONNECTOR, 200, detail(data_transformation_type="none"),
        f'body.data_transformation_type: "none" is not in {ACCESS}'),
    "status in words": (RESULTS, 200, {**LISTED, "data": [{**RESULT, "http_status": "200"}]},
        'body.data[0].http_status: "200" is no integer and no null'),
    "cursor as a list": (RESULTS, 200, {**LISTED, "pages": {"next": {"starting_after": [1]}}},
        "body.pages.next.starting_after: […] is no string"),
}  # fmt: skip
"""Kind of the fault; operation, status and body; the problem."""


@pytest.mark.parametrize(("operation", "status", "body"), VALID)
def test_valid_answers_have_no_problem(operation: str, status: int, body: Any) -> None:
    """Those that the broken ones are made of."""
    assert [] == check(load_description("2.16"), operation, status, body)


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_answer_is_refused(kind: str) -> None:
    """With exactly one problem: operation, status, place and rule."""
    operation, status, body, problem = BROKEN[kind]
    assert [f"{operation} {status} {problem}"] == check(
        load_description("2.16"), operation, status, body
    )


def test_more_than_forty_kinds_are_refused() -> None:
    """Each is an answer of its own."""
    assert 45 == len(BROKEN) == len({repr(found[:3]) for found in BROKEN.values()})


@pytest.mark.parametrize("version", VERSIONS)
def test_headers_are_checked(version: str) -> None:
    """The media type, the version where it is told, and the link to a merged contact."""
    description = load_description(version)
    for media in ("text/html", "application/json; charset=latin-1", ""):
        assert [f"{GET} 200 header content-type: is not application/json"] == check(
            description, GET, 200, CONTACT, Content_Type=media
        )
    assert [f"{GET} 200 header intercom-version: is '2.3', not '{version}'"] == check(
        description, GET, 200, CONTACT, Intercom_Version="2.3"
    )
    assert [] == check(description, GET, 200, CONTACT, Intercom_Version=version)


def test_a_merged_contact_names_its_successor() -> None:
    """The answer 410 came with 2.16, and has a header of its own."""
    headers = {"Content-Type": "application/json"}
    body = json.dumps(ERROR).encode()
    assert [f"{GET} 410 header link: is missing"] == load_description("2.16").check_response(
        "GET", "/contacts/5", 410, headers, body
    )
    assert [f"{GET} 410 status: is in no description"] == load_description("2.15").check_response(
        "GET", "/contacts/5", 410, headers, body
    )


def test_an_answer_to_an_unknown_call_is_refused() -> None:
    """By its path, or its method."""
    assert ["PUT /me: the path has GET only"] == check(load_description("2.16"), "PUT /me", 200, {})
