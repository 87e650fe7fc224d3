"""Every kind of answer of the workspace server is as the official descriptions say.

What differs is listed by name, with the source that says why the server differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.contract.description import load_description
from tests.contract.deviations import KNOWN_DRIFT, drop_known_drift
from tests.contract.extract import VERSIONS
from tests.contract.problems import explain_errors
from tests.contract.server_calls import (
    FAILURES,
    SUCCESSES,
    Checked,
    Steps,
    use_attributes,
    use_contacts,
)
from tests.workspace import Settings, WorkspaceServer
from tests.workspace.router import ROUTES

DOMAIN = "body.email_domain: null is no string"
PUSH = "contact.enabled_push_messaging is in no description"
NEWER = Settings(newer_keys=True)
GONE = [
    "GET /contacts/find_by_external_id/{external_id} 410 status: is in no description",
    "GET /contacts/{contact_id} 410 status: is in no description",
]

DIFFERENCES: dict[tuple[str, str], list[str]] = {
    ("merges", "2.14"): GONE,
    ("merges", "2.15"): GONE,
}
"""The server answers 410 in every version; the descriptions tell of it since 2.16. That it is
older is not proven."""

NEWER_DIFFERENCES: dict[str, list[str]] = {
    "contacts": [
        f"GET /contacts/find_by_external_id/{{external_id}} 200 {DOMAIN}",
        f"GET /contacts/{{contact_id}} 200 {DOMAIN}",
        f"POST /contacts 200 {DOMAIN}",
        f"PUT /contacts/{{contact_id}} 200 {DOMAIN}",
    ],
    "searches": [
        f"GET /contacts 200 body.data[]: {PUSH}",
        f"POST /contacts/search 200 body.data[]: {PUSH}",
    ],
}
"""With ``newer_keys``: a null domain, and in lists a key of single contacts: not observed."""


@contextmanager
def serving(settings: Settings, version: str) -> Iterator[Checked]:
    """A client of a new workspace with the attributes that the steps use."""
    with WorkspaceServer(settings) as server:
        server.add_attribute("plan", options=["Free", "Pro"])
        for name, kind in (
            ("seats", "integer"), ("ratio", "float"), ("vip", "boolean"), ("day", "date"),
        ):  # fmt: skip
            server.add_attribute(name, kind)
        client = Checked(server, version)
        try:
            yield client
        finally:
            client.close()


def find_problems(client: Checked) -> list[str]:
    """The problems without the known drift, each once, and without numbers of items."""
    found = drop_known_drift(client.problems)
    return sorted({re.sub(r"\[\d+\]", "[]", problem) for problem in found})


def list_cases(table: dict[str, Steps]) -> list[tuple[str, str]]:
    return [(name, version) for name, (_, versions) in table.items() for version in versions]


@pytest.mark.parametrize(("name", "version"), list_cases(SUCCESSES))
def test_successes_are_as_described(name: str, version: str) -> None:
    """Requests and answers; the answers have known drift only, and what is listed."""
    with serving(Settings(), version) as client:
        SUCCESSES[name][0](client)
        assert DIFFERENCES.get((name, version), []) == find_problems(client)


@pytest.mark.parametrize(("name", "version"), list_cases(SUCCESSES))
def test_answers_with_newer_keys_are_as_described(name: str, version: str) -> None:
    """With the drift of newer answers: it is known, too."""
    with serving(NEWER, version) as client:
        SUCCESSES[name][0](client)
        expected = DIFFERENCES.get((name, version), []) + NEWER_DIFFERENCES.get(name, [])
        assert sorted(expected) == find_problems(client)


@pytest.mark.parametrize(("name", "version"), list_cases(FAILURES))
def test_refusals_are_as_described(name: str, version: str) -> None:
    """Each is an ``error.list``, with a status that is described or observed."""
    with serving(Settings(), version) as client:
        FAILURES[name][0](client)
        assert [] == find_problems(client)


UNSEEN = {"PUT /data_attributes/{data_attribute_id} 422"}
"""Described answers that the server cannot give: no attribute has anything that depends on it."""


def test_every_answer_of_the_server_was_checked() -> None:
    """Every route with success, and with every status that its description has."""
    seen: set[str] = set()
    for steps, versions in (*SUCCESSES.values(), *FAILURES.values()):
        with serving(Settings(), versions[-1]) as client:
            steps(client)
            seen |= client.seen
    description = load_description("2.16")
    routes = {re.sub(r"{}", "5", f"{route.method} {route.path}") for route in ROUTES}
    described = set()
    for route in routes:
        operation = description.find_operation(*route.split(" "))
        assert operation is not None, route
        described |= {f"{operation.name} {status}" for status in operation.replies}
    assert UNSEEN == described - seen


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("settings", "status"),
    [
        (Settings(request_ids=False), 404),
        (Settings(scopes=()), 403),
        (Settings(limit=0), 429),
        (Settings(limit=0, retry_after=3), 429),
        (Settings(token="other", old_unauthorized=True), 401),
    ],
)
def test_refusals_of_other_settings_are_as_described(
    settings: Settings, status: int, version: str
) -> None:
    """Without an id of the request, without a scope, over the limit, and as in 2018."""
    with serving(settings, version) as client:
        wrong = {"Authorization": "Bearer none"} if status == 401 else {}
        found = client.refuse("GET", "/contacts/5", **wrong)
        assert (status, []) == (found.status, find_problems(client))


@pytest.mark.parametrize(
    ("form", "problems"),
    [
        ("json", ["body: 'errors' is a required property", "body: 'type' is a required property",
                  "body: error.error is in no description"]),
        ("text", ["body: not JSON: expecting value (line 1, column 1)",
                  "header content-type: is not application/json"]),
        ("html", ["body: not JSON: expecting value (line 1, column 1)",
                  "header content-type: is not application/json"]),
        ("empty", ["body: the text is empty (line 1, column 1)",
                   "header content-type: is not application/json"]),
    ],
)  # fmt: skip
def test_errors_in_other_forms_are_noticed(form: Any, problems: list[str]) -> None:
    """Those that a proxy in front of the platform answers are no part of a description."""
    with serving(Settings(error_body=form), "2.16") as client:
        client.refuse("GET", "/contacts/5")
        named = [f"GET /contacts/{{contact_id}} 404 {problem}" for problem in problems]
        assert named == find_problems(client)


@pytest.mark.parametrize(
    ("settings", "version", "path", "answer"),
    [
        (Settings(), "2.16", "/nothing", (404, "not_found")),
        (Settings(), "2.16", "/data_connectors/5/versions", (404, "not_found")),
        (Settings(), "2.15", "/data_connectors", (400, "intercom_version_invalid")),
    ],
)
def test_refusals_outside_of_a_description_are_error_lists(
    settings: Settings, version: str, path: str, answer: tuple[int, str]
) -> None:
    """A path that the version does not have is reported as such; its body is an ``error``."""
    with serving(settings, version) as client:
        found = client.refuse("GET", path, valid=False)
        assert [f"GET {path}: the path fits no template of {version}"] == client.problems
        assert answer == found.error[:2]
        errors = client.description.error.find_errors(found.content)
        assert [] == explain_errors(errors, "body")


def test_a_state_beyond_the_description_is_noticed() -> None:
    """``paused`` is a word of newer versions; the detail and the list have it."""
    with serving(Settings(extra_states=("paused",)), "2.16") as client:
        key = client.server.add_connector({"name": "Orders"})
        client.call("PATCH", f"/data_connectors/{key}", {"state": "paused"}, valid=False)
        client.get(f"/data_connectors/{key}")
        client.get("/data_connectors")
        text = '"paused" is not in [draft, live]'
        assert [
            f"GET /data_connectors 200 body.data[].state: {text}",
            f"GET /data_connectors/{{id}} 200 body.state: {text}",
            f"PATCH /data_connectors/{{id}} 200 body.state: {text}",
        ] == find_problems(client)


def test_an_attribute_of_another_type_is_noticed() -> None:
    """The description has five; previews have more."""
    with serving(Settings(), "2.16") as client:
        client.server.add_attribute("related", "relationship")
        client.get("/data_attributes")
        types = "[string, integer, float, boolean, date]"
        text = f'data_type: "relationship" is not in {types}'
        assert [f"GET /data_attributes 200 body.data[].{text}"] == find_problems(client)


def test_every_known_drift_of_a_contact_occurs() -> None:
    """The list of drift holds nothing of contacts that the server does not show."""
    with serving(NEWER, "2.16") as client:
        use_contacts(client)
        use_attributes(client)
        found = {
            problem.split(" ")[-5] for problem in client.problems if problem.endswith("description")
        }
        assert {name for name in KNOWN_DRIFT if name not in NOT_SERVED} == found


NOT_SERVED = {"contact_attached_companies.data"}
"""The server has no companies."""
