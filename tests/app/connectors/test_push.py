"""Connectors of a workspace server: read, compared, pushed, with every fault at every call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cactions.app.connectors.catalog import compare_actions, list_connectors, read_versions
from cactions.app.connectors.push import apply_push
from cactions.app.connectors.revisions import list_revisions
from cactions.app.intercom_port import IntercomApi
from cactions.logic.connectors.drift import is_live_same
from cactions.logic.connectors.push import PushOutcome, plan_push
from cactions.logic.intercom.api import ApiCall, ApiReply
from cactions.model import (
    DefinitionError,
    RunAborted,
    UsageError,
    WorkspaceError,
)
from tests.app.connectors.pushing import LIVE, PLACE, list_writes, loyalty, project_of, push, take
from tests.edges.intercom.clients import client_of
from tests.workspace import Settings, WorkspaceServer

Api = IntercomApi


@pytest.fixture
def server() -> Iterator[WorkspaceServer]:
    with WorkspaceServer(tls=True) as found:
        yield found


@pytest.fixture
def api(server: WorkspaceServer) -> Iterator[IntercomApi]:
    with client_of(server) as found:
        yield found


# Reading


def test_every_page_of_the_list_is_read(server: WorkspaceServer, api: Api) -> None:
    """120 connectors in three calls of 50."""
    keys = {server.add_connector({"name": f"c{number}"}) for number in range(120)}
    assert keys == {connector.id for connector in list_connectors(api)}
    assert 3 == len(server.log)


@pytest.mark.parametrize("missing", ["not_found", "other"])
@pytest.mark.parametrize("live", [True, False])
def test_both_versions_are_read_whatever_a_missing_one_answers(missing: str, live: bool) -> None:
    """404, or the other version: the draft is none of its own where it says the same."""
    with WorkspaceServer(Settings(missing_version=missing), tls=True) as server:  # type: ignore[arg-type]
        key = server.add_connector(LIVE, live=live)
        with client_of(server) as api:
            versions = read_versions(api, key)
            assert (live, not live) == (versions.live is not None, versions.draft is not None)
            if live:
                server.edit_connector(key, "draft", url="https://new.example")
                both = read_versions(api, key)
                assert is_live_same(versions, both)  # the time of the change is of both versions
                assert "https://new.example" == getattr(both.draft, "url", "")


def test_a_connector_that_is_gone_is_an_error(api: Api) -> None:
    """With Intercom's own code."""
    with pytest.raises(WorkspaceError) as caught:
        read_versions(api, "999")
    assert (404, ("data_connector_not_found",)) == (caught.value.status, caught.value.codes)


def test_a_connector_that_was_changed_by_hand_differs(server: WorkspaceServer, api: Api) -> None:
    """Field by field; a draft that differs is compared too."""
    found = loyalty(connector_id=server.add_connector(LIVE))
    [drift], _ = compare_actions(api, project_of(found))
    assert drift.live
    assert ("description", "url") == drift.live.writable
    assert (None, False) == (drift.draft, drift.is_same)
    server.edit_connector(found.connector_id, "draft", http_method="delete")
    [drift], _ = compare_actions(api, project_of(found))
    assert drift.draft
    assert ("description", "http_method", "url") == drift.draft.writable


def test_an_unknown_action_is_refused_before_anything_is_read(
    server: WorkspaceServer, api: Api
) -> None:
    """With the name that was probably meant."""
    with pytest.raises(UsageError) as caught:
        compare_actions(api, project_of(loyalty()), ["loyalti"])
    assert ('did you mean "loyalty"?', []) == (caught.value.hint, server.log)


# Pushing


def test_a_push_creates_one_draft_and_the_next_one_writes_nothing(
    server: WorkspaceServer, api: Api
) -> None:
    """What was created is found by its name, until the file has its id."""
    first = push(api, loyalty())
    assert (PushOutcome.CREATED, True) == (first.outcome, first.is_verified)
    assert first.connector
    again = [push(api, loyalty()), push(api, loyalty(connector_id=first.connector.id))]
    assert [PushOutcome.UNCHANGED] * 2 == [result.outcome for result in again]
    [(method, body)] = list_writes(server)
    assert ("POST", "draft") == (method, server.get_connector(first.connector.id)["state"])
    assert "state" not in body


def test_what_must_be_mapped_by_hand_is_told_until_it_is_mapped(
    server: WorkspaceServer, api: Api
) -> None:
    """No call writes it; afterwards nothing differs."""
    result = push(api, loyalty())
    assert result.comparison
    assert result.connector
    assert [("tier", "tier")] == [(m.attribute, m.path) for m in result.comparison.mappings or ()]
    entered = {"response_attribute_path": "tier", "intercom_attribute_identifier": "tier",
               "mapping_type": "primitive_mapping"}  # fmt: skip
    server.edit_connector(
        result.connector.id,
        object_mappings=[{"response_object_path": "", "intercom_object_type": "user",
                          "attribute_mappings": [entered], "reference_mappings": []}],
    )  # fmt: skip
    [drift], _ = compare_actions(api, project_of(loyalty()))
    assert drift.is_same


@pytest.mark.parametrize("missing", ["not_found", "other"])
@pytest.mark.parametrize("own_draft", [False, True])
@pytest.mark.parametrize("description", ["After.", "Before.", ""])
def test_a_live_connector_stays_as_it_is(missing: str, own_draft: bool, description: str) -> None:
    """The description goes first and alone; the draft ends as the file says."""
    with WorkspaceServer(Settings(missing_version=missing), tls=True) as server:  # type: ignore[arg-type]
        key = server.add_connector(LIVE)
        if own_draft:
            server.edit_connector(key, "draft", http_method="put", description="Draft.")
        before = take(server, key, "live")
        with client_of(server) as api:
            result = push(api, loyalty(connector_id=key, description=description))
        assert (PushOutcome.UPDATED, True, False) == (
            result.outcome, result.is_verified, result.changed_live,
        )  # fmt: skip
        assert before == take(server, key, "live")
        draft = take(server, key, "draft")
        expected = description or ("Draft." if own_draft else "Before.")
        assert (expected, "get") == (draft["description"], draft["http_method"])
        bodies = [body for _, body in list_writes(server)]
        assert ["description"] == list(bodies[0])
        assert not any({"state", "headers"} & body.keys() for body in bodies)
        assert "true value" == draft["headers"][0]["value"]


def test_where_a_change_goes_live_at_once_it_is_taken_back() -> None:
    """Nothing but the description was ever sent; the error says how to go on."""
    with WorkspaceServer(Settings(patch_changes="live"), tls=True) as server:
        key = server.add_connector(LIVE)
        before = take(server, key, "live")
        with client_of(server) as api:
            result = push(api, loyalty(connector_id=key))
            assert PushOutcome.FAILED is result.outcome
            assert isinstance(result.error, RunAborted)
            assert "--allow-live" in result.error.hint
            assert before == take(server, key, "live")
            sent = [body for _, body in list_writes(server)]
            assert [{"description": "After."}, {"description": "Before."}] == sent
            allowed = push(api, loyalty(connector_id=key), allow_live=True)
        assert (PushOutcome.UPDATED, True, True) == (
            allowed.outcome, allowed.is_verified, allowed.changed_live,
        )  # fmt: skip
        assert "https://api.shop.example/customers/{{user.user_id}}" == take(
            server, key, "live"
        )["url"]  # fmt: skip


def test_header_values_are_sent_only_where_names_differ_or_on_request(
    server: WorkspaceServer, api: Api
) -> None:
    """They cannot be compared: what a teammate has entered is not overwritten unasked."""
    key = server.add_connector(LIVE)
    push(api, loyalty(connector_id=key))
    assert "true value" == server.get_connector(key, "draft")["headers"][0]["value"]
    result = push(api, loyalty(connector_id=key), headers=True)
    assert PushOutcome.UPDATED is result.outcome
    assert "main" == server.get_connector(key, "draft")["headers"][0]["value"]


def test_what_was_changed_while_it_was_shown_is_left_alone(
    server: WorkspaceServer, api: Api
) -> None:
    """The confirmation was about another difference."""
    found = loyalty(connector_id=server.add_connector(LIVE))
    project = project_of(found)
    [drift], _ = compare_actions(api, project)
    plan = plan_push(drift, project, {})
    server.edit_connector(found.connector_id, "live", url="https://newer.example")
    result = apply_push(api, plan, project)
    assert (PushOutcome.FAILED, []) == (result.outcome, list_writes(server))
    assert "was changed in Intercom" in str(result.error)


def test_what_was_created_while_it_was_shown_is_not_created_again(
    server: WorkspaceServer, api: Api
) -> None:
    """The list is read again right before."""
    project = project_of(loyalty())
    [drift], _ = compare_actions(api, project)
    plan = plan_push(drift, project, {})
    server.add_connector(LIVE, live=False)
    result = apply_push(api, plan, project)
    assert (PushOutcome.FAILED, []) == (result.outcome, list_writes(server))


@pytest.mark.parametrize("fields", [{"connector_id": "999"}, {"name": "Loyalty"}])
def test_an_action_without_a_sure_connector_is_refused(
    server: WorkspaceServer, api: Api, fields: dict[str, str]
) -> None:
    """An unknown id, a similar name: nothing is created beside what may be meant."""
    server.add_connector(LIVE)
    result = push(api, loyalty(**fields))
    assert (PushOutcome.FAILED, []) == (result.outcome, list_writes(server))
    assert isinstance(result.error, DefinitionError)
    assert PLACE == result.error.place


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (422, "parameter_invalid", DefinitionError, "Compare Intercom's words"),
        (404, "data_connector_not_found", DefinitionError, "check `connector_id`"),
        (409, "data_connector_in_use", WorkspaceError, "out of the workflows"),
        (401, "unauthorized", WorkspaceError, "vault rotate"),
    ],
)
def test_a_refusal_says_whose_fault_it_is(  # noqa: PLR0913, PLR0917
    server: WorkspaceServer, api: Api, status: int, code: str, kind: type, words: str
) -> None:
    """At the place of the action where that is to be changed; nothing was written."""
    found = loyalty(connector_id=server.add_connector(LIVE, live=False))
    body = {"type": "error.list", "errors": [{"code": code, "message": "Some words."}]}
    server.fail("PATCH", status=status, body=body)
    result = push(api, found)
    assert (PushOutcome.FAILED, []) == (result.outcome, list_writes(server))
    assert isinstance(result.error, kind)
    assert "Some words." in str(result.error)
    assert words in result.error.hint
    assert (PLACE if kind is DefinitionError else None) == result.error.place


FAULTS: dict[str, dict[str, Any]] = {
    **{f"{status}": {"status": status} for status in (408, 500, 502, 503, 504)},
    **{f"{status} done": {"status": status, "apply": True} for status in (500, 502, 504)},
    "drop": {"drop": True},
    "drop done": {"drop": True, "apply": True},
    "reset done": {"drop": True, "apply": True, "reset": True},
    "cut": {"truncate": True},
    "429": {"status": 429},
}


@pytest.mark.parametrize("name", FAULTS)
def test_no_fault_of_a_creation_makes_a_second_connector(
    server: WorkspaceServer, api: Api, name: str
) -> None:
    """What is said is what happened; the same command again ends with exactly one."""
    server.fail("POST", "/data_connectors", **FAULTS[name])
    result = push(api, loyalty())
    there = [c for c in list_connectors(api) if c.name == "loyalty"]
    done = bool(there)
    expected = PushOutcome.CREATED if done else PushOutcome.OUTCOME_UNKNOWN
    assert expected is result.outcome
    again = push(api, loyalty())
    assert again.outcome in (PushOutcome.UNCHANGED, PushOutcome.CREATED)
    assert 1 == len([c for c in list_connectors(api) if c.name == "loyalty"])
    posts = sum(line.method == "POST" and line.status != 429 for line in server.log)
    assert posts <= (1 if done else 2)


@pytest.mark.parametrize("patch_changes", ["draft", "live"])
@pytest.mark.parametrize("after", [0, 1])
@pytest.mark.parametrize("name", ["drop", "drop done", "reset done", "cut", "504 done", "429"])
def test_no_fault_of_a_change_leaves_live_changed(
    patch_changes: str, after: int, name: str
) -> None:
    """At the first and at the second PATCH, in both kinds of workspaces, on a real connection.

    ``test_push_faults`` has every status.
    """
    with WorkspaceServer(Settings(patch_changes=patch_changes), tls=True) as server:  # type: ignore[arg-type]
        found = loyalty(connector_id=server.add_connector(LIVE))
        before = take(server, found.connector_id, "live")
        server.fail("PATCH", after=after, **FAULTS[name])
        with client_of(server) as api:
            result = push(api, found)
            assert before == take(server, found.connector_id, "live")
            assert (result.outcome is PushOutcome.UPDATED) == result.is_verified
            again = push(api, found)
            assert (patch_changes == "draft") == again.is_verified
            assert before == take(server, found.connector_id, "live")


def test_a_live_version_that_cannot_be_put_back_is_told() -> None:
    """With the connector, and that something was written."""
    with WorkspaceServer(Settings(patch_changes="live"), tls=True) as other:
        found = loyalty(connector_id=other.add_connector(LIVE))
        other.fail("PATCH", after=1, times=None, status=500)
        with client_of(other) as client:
            result = push(client, found)
    assert isinstance(result.error, RunAborted)
    assert result.error.written
    label = f"loyalty ({found.connector_id})"
    assert str(result.error) == (
        f"the live version of {label} was changed, and is not as it was:"
        ' description is now "After." (before: "Before.")'
    )
    assert "`cactions connectors push loyalty --allow-live`" in result.error.hint
    assert 3 == [line.method for line in other.log].count("PATCH") - 1


def test_what_is_live_is_not_written_where_it_is_as_it_was(
    server: WorkspaceServer, api: Api
) -> None:
    """A read that fails after the first change leads to another read, and to no other change."""
    found = loyalty(connector_id=server.add_connector(LIVE))
    server.fail("GET", "/data_connectors/*", after=4, status=403)
    result = push(api, found)
    assert PushOutcome.OUTCOME_UNKNOWN is result.outcome
    assert "what is live is as it was, and the draft may be changed" in str(result.error)
    assert [{"description": "After."}] == [body for _, body in list_writes(server)]


class SteppingBack:
    """A workspace in which a change takes a live connector back to a draft."""

    def __init__(self, api: IntercomApi) -> None:
        self._api = api
        self.connection = api.connection

    def call(self, call: ApiCall) -> ApiReply:
        """As the client; after a PATCH, the version is a draft."""
        reply = self._api.call(call)
        if call.method == "PATCH":
            self._api.call(ApiCall("PATCH", call.path, {}, {"state": "draft"}, is_read=False))
        return reply

    def send(self, call: ApiCall) -> ApiReply:
        """As the client."""
        return self._api.send(call)

    def list_pages(self, call: ApiCall, first: ApiReply | None = None) -> Iterator[ApiReply]:
        """As the client."""
        return self._api.list_pages(call, first)


def test_a_connector_that_is_no_longer_live_is_told(server: WorkspaceServer, api: Api) -> None:
    """Nothing else is sent, and above all no state: a teammate sets it live."""
    found = loyalty(connector_id=server.add_connector(LIVE))
    result = push(SteppingBack(api), found)
    assert isinstance(result.error, RunAborted)
    assert "is no longer live" in str(result.error)
    [first, _] = [body for _, body in list_writes(server)]
    assert {"description": "After."} == first


def test_no_request_ever_names_a_state(server: WorkspaceServer, api: Api) -> None:
    """Across creation, change and restoration."""
    push(api, loyalty())
    key = server.add_connector({**LIVE, "name": "other"})
    push(api, loyalty(name="other", connector_id=key))
    bodies = [body for _, body in list_writes(server)]
    assert 3 == len(bodies)
    assert [] == [body for body in bodies if "state" in body]


# Versions


def test_versions_are_listed_where_the_api_has_them() -> None:
    """Newest first."""
    with WorkspaceServer(Settings(versions=True, default_version="2.17"), tls=True) as server:
        key = server.add_connector(LIVE)
        with client_of(server, "2.17") as api:
            [revision] = list_revisions(api, key)
            assert ("live", "Example Admin") == (revision.status, revision.author)


@pytest.mark.parametrize(
    "fault",
    [None, {"status": 200, "body": {"data": "x"}}, {"status": 200, "body": {"data": [{"a": 1}]}},
     {"status": 404, "body": "no such page"}],
)  # fmt: skip
def test_versions_are_detected_and_never_assumed(
    server: WorkspaceServer, api: Api, fault: dict[str, Any] | None
) -> None:
    """A 404, or an answer that is something else, says which version to try."""
    key = server.add_connector(LIVE)
    if fault:
        server.fail("GET", "*/versions", **fault)
    with pytest.raises(UsageError) as caught:
        list_revisions(api, key)
    assert "lists no versions" in str(caught.value)
    assert "api_version" in caught.value.hint


def test_versions_of_a_connector_that_is_gone_are_another_error() -> None:
    """The API has versions, and not this connector."""
    with WorkspaceServer(Settings(versions=True), tls=True) as server:
        with client_of(server) as api, pytest.raises(WorkspaceError) as caught:
            list_revisions(api, "999")
        assert ("data_connector_not_found",) == caught.value.codes
