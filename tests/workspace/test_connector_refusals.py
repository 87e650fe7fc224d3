"""Which calls of data connectors are refused, and how the list of them is read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workspace import WorkspaceServer
from tests.workspace.client import Client
from tests.workspace.definitions import NOT_FOUND, ORDERS, PATH
from tests.workspace.moments import Moment


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"name": ""}, "parameter_not_found", "Name is required"),
        ({"name": "Taken"}, "parameter_invalid", "Name has already been taken"),
        ({"http_method": "head"}, "parameter_invalid", "Http Method isn't an option"),
        (
            {"audiences": ["users", "all"]},
            "parameter_invalid",
            "Invalid audiences. Must be a subset of: leads, users, visitors",
        ),
        ({"state": "gone"}, "parameter_invalid", "Invalid state. Must be one of: draft, live"),
        ({"url": "http://example.com"}, "parameter_invalid", "Url must start with https://"),
        (
            {"data_inputs": [{"name": "a", "type": "string"}]},
            "parameter_invalid",
            "Data Inputs need a name and a description",
        ),
        (
            {"data_inputs": [{"name": "a", "type": "date", "description": "b"}]},
            "parameter_invalid",
            "Data Input type isn't an option",
        ),
        ({"headers": [{"name": "a"}]}, "parameter_invalid", "Value must be a string"),
        ({"token_ids": [1]}, "parameter_invalid", "Token Ids must be an array of strings"),
        (
            {"bypass_authentication": "yes"},
            "parameter_invalid",
            "Bypass Authentication must be a boolean",
        ),
        ({"mock_response": [1]}, "parameter_invalid", "Mock response must be a JSON object"),
    ],
)
def test_a_wrong_value_is_refused(
    server: WorkspaceServer, client: Client, changes: Any, code: str, message: str
) -> None:
    """422, and nothing of the request is applied."""
    server.add_connector({"name": "Taken"})
    key = server.add_connector(ORDERS, live=False)
    before = server.get_connector(key)
    found = client.call("PATCH", f"{PATH}/{key}", {"description": "New", **changes})
    assert (422, code, message) == found.error
    assert before == server.get_connector(key)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/execution_results")],
)
def test_an_unknown_connector_answers_404(client: Client, method: str, path: str) -> None:
    """With a code of its own."""
    assert NOT_FOUND == client.call(method, f"{PATH}/99{path}").error


def test_an_unknown_state_version_is_refused(server: WorkspaceServer, client: Client) -> None:
    """400, with the text of the description."""
    key = server.add_connector(ORDERS)
    message = "Invalid state_version. Must be one of: live, draft"
    found = client.get(f"{PATH}/{key}?state_version=paused")
    assert (400, "parameter_invalid", message) == found.error


def test_connectors_do_not_exist_before_2_16(client: Client) -> None:
    """400, not 404: the version is what is wrong."""
    message = "Requested resource is not available in current API version."
    expected = (400, "intercom_version_invalid", message)
    assert expected == client.get(PATH, Intercom_Version="2.15").error


def test_the_list_is_ordered_by_update_and_has_pages(
    server: WorkspaceServer, client: Client, clock: Moment
) -> None:
    """20 by default, 50 at most: what is outside is cut. ``next`` is absent on the last page."""
    keys = []
    for number in range(53):
        keys.append(server.add_connector({"name": str(number)}, live=number % 2 == 0))
        clock.wait(1)
    server.edit_connector(keys[0], description="New")
    expected = [keys[0], *reversed(keys[1:])]
    first = client.get(f"{PATH}?per_page=99").content
    assert 50 == first["pages"]["per_page"]
    cursor = first["pages"]["next"]["starting_after"]
    rest = client.get(f"{PATH}?per_page=50&starting_after={cursor}").content
    assert expected == [found["id"] for found in (*first["data"], *rest["data"])]
    assert {"type": "pages", "per_page": 50} == rest["pages"]
    for size, count in (("", 20), ("?per_page=0", 1), ("?per_page=x", 20)):
        assert count == len(client.get(f"{PATH}{size}").content["data"])
    assert (400, "client_error") == client.get(f"{PATH}?starting_after=x").error[:2]


def test_the_list_has_summaries(server: WorkspaceServer, client: Client) -> None:
    """Without URL, headers and fields; live where there is a live version."""
    key = server.add_connector(ORDERS)
    server.edit_connector(key, "draft", description="New")
    found = client.get(f"{PATH}?state_version=draft").content["data"]
    assert [("live", "Looks up an order")] == [(f["state"], f["description"]) for f in found]
    assert 12 == len(found[0])
