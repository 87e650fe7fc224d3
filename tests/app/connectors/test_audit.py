"""Reading a workspace for an audit: each call, each answer that makes no sense, no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from cactions.app.connectors.audit import audit_workspace, read_inventory
from cactions.logic.connectors.notes import NoteKind
from cactions.logic.intercom.api import ApiCall, ApiReply, build_error
from cactions.model import IntercomConnection, Severity, WorkspaceError
from tests.connector_samples import LEAKING, list_honest


class ScriptedApi:
    """Answers by path; an exception is raised. ``calls`` are those that were made."""

    def __init__(self, replies: Mapping[str, Any], **me: Any) -> None:
        self.connection = IntercomConnection()
        self.calls: list[ApiCall] = []
        app = {"id_code": "abc", "name": "Acme", "region": "EU", **me}
        self._replies = {
            "/me": {"app": app},
            "/data_attributes": {"data": [{"name": "tier", "custom": True, "data_type": "string"}]},
            **replies,
        }

    def send(self, call: ApiCall) -> ApiReply:
        self.calls.append(call)
        reply = self._replies.get(call.path, 404)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, int):
            return ApiReply(reply, {"type": "error.list", "errors": [{"code": "x"}]})
        return ApiReply(200, reply, (("Intercom-Version", "2.16"),))

    def call(self, call: ApiCall) -> ApiReply:
        reply = self.send(call)
        if not reply.is_success:
            raise build_error(call, reply)
        return reply

    def list_pages(self, call: ApiCall, first: ApiReply | None = None) -> Iterator[ApiReply]:
        reply = first or self.call(call)
        yield reply
        while cursor := reply.get_next_cursor():
            reply = self.call(ApiCall("GET", cursor))
            yield reply


class FixedClock:
    """Always the same time."""

    def get_time(self) -> float:
        return 1_800_000_000.0


def list_of(*items: Any, following: str = "") -> dict[str, Any]:
    pages = {"next": {"starting_after": following}} if following else {}
    return {"data": list(items), "pages": pages}


def summary(key: str, state: str = "live") -> dict[str, Any]:
    return {"type": "data_connector", "id": key, "name": f"c{key}", "state": state}


def detail(key: str, **fields: Any) -> dict[str, Any]:
    url = "https://api.shop.example/{{user.user_id}}"
    return {**summary(key), "url": url, "http_method": "get", **fields}


def test_every_page_and_every_connector_is_asked_for_once() -> None:
    """50 on a page; the live version, or the draft of what is a draft only; never a write."""
    api = ScriptedApi({
        "/data_connectors": list_of(summary("1"), following="/page2"),
        "/page2": list_of(summary("2", "draft"), summary("3", "paused")),
        **{f"/data_connectors/{key}": detail(key) for key in "123"},
    })  # fmt: skip
    found = read_inventory(api, FixedClock())
    assert ["1", "2", "3"] == [connector.id for connector in found.connectors]
    assert 2 + 2 + 3 == len(api.calls)
    assert "50" == api.calls[2].query["per_page"]
    versions = [call.query.get("state_version") for call in api.calls[-3:]]
    assert ["live", "draft", "live"] == versions
    assert {"GET"} == {call.method for call in api.calls}


GARBAGE = [404, 403, 500, "text", [], None, {}, {"id": 5}, {"id": "other"}, {"id": ""},
           WorkspaceError("refused", status=418)]  # fmt: skip


@pytest.mark.parametrize("garbage", GARBAGE, ids=map(str, GARBAGE))
def test_what_makes_no_sense_is_counted(garbage: Any) -> None:
    """The reason is kept, and the next connector is judged."""
    api = ScriptedApi({
        "/data_connectors": list_of(summary("1"), summary("2")),
        "/data_connectors/1": garbage,
        "/data_connectors/2": detail("2", **LEAKING[0][1]),
    })  # fmt: skip
    found = audit_workspace(api, FixedClock())
    assert (1, ["2"]) == (len(found.inventory.unread), [c.id for c in found.inventory.connectors])
    assert "c1 (1)" == found.inventory.unread[0].label
    assert 1 == found.count_unknown()[NoteKind.UNREAD]
    assert Severity.ERROR is found.groups[0].worst


ODD_ENTRIES = [None, 5, "x", [], {}, {"id": None}, {"id": 7}, {"id": ".."}, {"id": ""}]


@pytest.mark.parametrize("entry", ODD_ENTRIES, ids=map(str, ODD_ENTRIES))
def test_an_odd_entry_of_the_list_is_counted(entry: Any) -> None:
    """No call is made for it."""
    api = ScriptedApi({
        "/data_connectors": list_of(entry, summary("2")), "/data_connectors/2": detail("2"),
    })  # fmt: skip
    found = read_inventory(api, FixedClock())
    assert (1, 1, 4) == (len(found.connectors), len(found.unread), len(api.calls))


def test_without_a_network_the_audit_ends_soon() -> None:
    """Three connectors in a row without any answer are enough."""
    silent = {f"/data_connectors/{n}": WorkspaceError("could not be reached") for n in range(50)}
    api = ScriptedApi(
        {"/data_connectors": list_of(*(summary(str(n)) for n in range(50))), **silent}
    )
    with pytest.raises(WorkspaceError, match="reached"):
        read_inventory(api, FixedClock())
    assert 3 + 3 == len(api.calls)


@pytest.mark.parametrize("status", [400, 404])
def test_a_workspace_without_connectors_in_its_api_says_which_version_is_needed(
    status: int,
) -> None:
    """What the workspace answered with is named."""
    with pytest.raises(WorkspaceError, match=r"2\.16 or newer, and it answered with 2\.16"):
        read_inventory(ScriptedApi({"/data_connectors": status}), FixedClock())


@pytest.mark.parametrize(("flag", "expected"), [(True, set()), (None, set()), (False, {"CA104"})])
def test_identity_verification_decides_about_claimed_identities(
    flag: bool | None,
    expected: set[str],
) -> None:
    """Off: anyone claims a user id. Not told: it is read as on, and the head says so."""
    api = ScriptedApi(
        {"/data_connectors": list_of(summary("1")), "/data_connectors/1": detail("1")},
        identity_verification=flag,
    )
    findings = audit_workspace(api, FixedClock()).loaded.findings
    assert expected == {f.rule for f in findings if f.severity is not Severity.INFO}


def test_an_unknown_mapping_is_counted_and_is_no_empty_one() -> None:
    """A connector whose mapping is not returned may write anything."""
    api = ScriptedApi({
        "/data_connectors": list_of(summary("1"), summary("2")),
        "/data_connectors/1": detail("1"),
        "/data_connectors/2": detail("2", object_mappings=[]),
    })  # fmt: skip
    assert 1 == audit_workspace(api, FixedClock()).count_unknown()[NoteKind.MAPPING]


def test_the_order_of_connectors_changes_nothing() -> None:
    """Findings are the same by connector, whichever comes first."""
    samples = {str(n): definition for n, (_, definition) in enumerate(LEAKING, start=1)}
    samples |= {str(n): each for n, each in enumerate(list_honest()[:36], start=100)}

    def judge(keys: list[str]) -> list[tuple[str, str, str]]:
        api = ScriptedApi({
            "/data_connectors": list_of(*map(summary, keys)),
            **{f"/data_connectors/{key}": detail(key, **samples[key]) for key in keys},
        }, identity_verification=True)  # fmt: skip
        groups = audit_workspace(api, FixedClock()).groups
        return [
            (group.connector.id if group.connector else "", finding.rule, finding.message)
            for group in groups
            for finding in group.findings
        ]

    assert judge([*samples]) == judge([*samples][::-1])
