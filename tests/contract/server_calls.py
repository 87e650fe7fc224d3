"""Calls to the workspace server that between them get every kind of its answers, each checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from tests.contract.description import load_description
from tests.contract.extract import VERSIONS
from tests.contract.samples import ADD, fill_path
from tests.workspace import WorkspaceServer
from tests.workspace.client import Client, Got
from tests.workspace.executions import ERROR_TYPES

USUAL = {"Accept": "application/json"}
ALWAYS = """
type id workspace_id external_id role email phone name avatar owner_id social_profiles
has_hard_bounced marked_email_as_spam unsubscribed_from_emails created_at updated_at signed_up_at
last_seen_at last_replied_at last_contacted_at last_email_opened_at last_email_clicked_at
language_override browser browser_version browser_language os location android_app_name
android_app_version android_device android_os_version android_sdk_version android_last_seen_at
ios_app_name ios_app_version ios_device ios_os_version ios_sdk_version ios_last_seen_at
custom_attributes tags notes companies
""".split()  # noqa: SIM905 - a list of words
"""Keys that no observed contact lacks (R1); the descriptions require none."""


class Checked:
    """A client that checks every answer, and every request that is meant to be valid."""

    def __init__(self, server: WorkspaceServer, version: str) -> None:
        self.server = server
        self.version = version
        self.description = load_description(version)
        self.problems: list[str] = []
        self.seen: set[str] = set()
        self._client = Client(server, **USUAL, **{"Intercom-Version": version})

    def close(self) -> None:
        self._client.connection.close()

    def call(
        self, method: str, path: str, body: Any = None, *, valid: bool = True, **headers: str
    ) -> Got:
        """An answer of success; ``valid`` is false where the request breaks the description."""
        found = self.send(method, path, body, valid=valid, **headers)
        assert found.status < 300, found.body
        return found

    def refuse(self, method: str, path: str, body: Any = None, **others: Any) -> Got:
        """The answer to a call that is refused."""
        found = self.send(method, path, body, **others)
        assert found.status >= 400, found.body
        return found

    def send(
        self, method: str, path: str, body: Any = None, *, valid: bool = True, **headers: str
    ) -> Got:
        """Any answer."""
        data = {"Content_Type": "application/json"} if body is not None else {}
        found = self._client.call(method, path, body, **{**data, **headers})
        sent = self.server.log[-1]
        if valid:
            self.problems += self.description.check_request(
                sent.method, path, _drop_transport(sent.headers), sent.body or None
            )
        self.problems += self.description.check_response(
            method, path, found.status, dict(found.headers), found.body
        )
        operation = self.description.find_operation(method, path.partition("?")[0])
        self.seen.add(f"{operation.name if operation else method} {found.status}")
        return found

    def get(self, path: str, **others: Any) -> Got:
        return self.call("GET", path, **others)


Steps: TypeAlias = tuple[Callable[[Checked], None], tuple[str, ...]]
"""Calls, and the versions that have them."""


def _drop_transport(headers: dict[str, str]) -> dict[str, str]:
    return {k: v for k, v in headers.items() if k not in ("host", "content-length")}


def use_contacts(client: Checked) -> None:
    """Each contact call that succeeds."""
    server = client.server
    owner: Any = "991267459" if client.version == "2.16" else 991267459
    made = client.call(
        "POST", "/contacts", {"role": "user", "external_id": "u-1", "email": "a@b.c"}
    )
    path = f"/contacts/{made.content['id']}"
    client.call("POST", "/contacts", {"role": "lead", "name": "Lead"})
    for body in (
        {"name": "Ada", "phone": "+353871234567", "avatar": "https://example.com/a.png"},
        {"signed_up_at": 1580000000, "last_seen_at": 2738966400, "owner_id": owner},
        {"custom_attributes": {"plan": "Pro", "seats": 3, "ratio": 0.5, "vip": True, "day": 1}},
        {"custom_attributes": {"plan": None}, "unsubscribed_from_emails": True, "name": None},
        {},
    ):
        client.call("PUT", path, body)
    client.call("PUT", path, {"email": None}, valid=False)
    client.get(path)
    client.get("/contacts/find_by_external_id/u-1")
    empty = server.add_contact()
    profile = {"type": "social_profile", "name": "Twitter", "url": "http://twitter.com/ada"}
    full = server.add_contact(
        external_id="a/b",
        email="f@b.c",
        owner_id="991267459",
        social_profiles=[profile],
        tags=[{"type": "tag", "id": str(number), "url": "/tags/1"} for number in range(12)],
        location={"country": "Ireland", "region": "Dublin", "city": "Dublin"},
    )
    for key in (empty, full):
        assert set() == set(ALWAYS) - set(client.get(f"/contacts/{key}").content)
    client.get("/contacts/find_by_external_id/a%2Fb")
    for tail in ("archive", "unarchive"):
        client.call("POST", f"/contacts/{full}/{tail}")
    client.call("DELETE", f"/contacts/{empty}")


def use_searches(client: Checked) -> None:
    """Pages of searches and of the list: first, last and empty."""
    for number in range(3):
        client.server.add_contact(external_id=f"s-{number}", email=f"s{number}@b.c")
    same = {"field": "role", "operator": "=", "value": "user"}
    none = {"field": "email", "operator": "=", "value": "none"}
    cursor = ""
    for _ in range(3):
        page = {"per_page": 2, **({"starting_after": cursor} if cursor else {})}
        found = client.call("POST", "/contacts/search", {"query": same, "pagination": page}).content
        cursor = found["pages"].get("next", {}).get("starting_after", "")
        if not cursor:
            break
    assert not cursor
    client.call("POST", "/contacts/search", {"query": {"operator": "AND", "value": [same, none]}})
    if client.version == "2.16":
        client.call("POST", "/contacts/search", {"query": same, "sort": {"field": "email"}})
    found = client.get("/contacts?per_page=2").content
    client.get(f"/contacts?per_page=2&starting_after={found['pages']['next']['starting_after']}")


def use_merges(client: Checked) -> None:
    """A merge, its history, and the contact that is gone."""
    lead = client.server.add_contact(role="lead", email="m@b.c")
    user = client.server.add_contact(external_id="m-1", email="m@b.c")
    client.call("POST", "/contacts/merge", {"from": lead, "into": user})
    client.refuse("GET", f"/contacts/{lead}")
    if client.version == "2.16":
        history = client.get(f"/contacts/{user}?include_merge_history=true").content
        assert 1 == len(history["merge_history"])
    second = client.server.add_contact(external_id="m-2")
    client.server.merge_contacts(second, user)
    client.refuse("GET", "/contacts/find_by_external_id/m-2")


def use_attributes(client: Checked) -> None:
    """Each kind of attribute, and who is asking."""
    options = [{"value": "a"}, {"value": "b"}]
    common = {"model": "contact", "description": "d"}
    for kind in ("string", "integer", "float", "boolean", "date", "datetime"):
        client.call("POST", "/data_attributes", {**common, "name": kind, "data_type": kind})
    body = {**common, "name": "list", "model": "company", "data_type": "options"}
    made = client.call("POST", "/data_attributes", {**body, "options": options}).content
    path = f"/data_attributes/{made['id']}"
    client.call("PUT", path, {"archived": True, "messenger_writable": True})
    client.call("PUT", path, {"options": options})
    for query in ("", "?model=contact", "?model=company&include_archived=true"):
        found = client.get(f"/data_attributes{query}").content
        assert 1 <= len(found["data"])
    client.get("/me")


def use_connectors(client: Checked) -> None:
    """Drafts and live versions, from the first call to the last."""
    made = client.call("POST", "/data_connectors", ADD.body)
    client.call("POST", "/data_connectors", {"name": "Minimal"})
    path = f"/data_connectors/{made.content['id']}"
    client.get(f"{path}?state_version=draft")
    client.call("PATCH", path, {"state": "live"})
    client.get(path)
    client.call("PATCH", path, {"url": "https://example.com/2", "body": "{}"})
    client.get(f"{path}?state_version=draft")
    mapped = client.server.add_connector(
        {
            "name": "Mapped",
            "object_mappings": [
                {
                    "response_object_path": "order",
                    "intercom_object_type": "user",
                    "attribute_mappings": [
                        {
                            "response_attribute_path": "id",
                            "intercom_attribute_identifier": "plan",
                            "mapping_type": "primitive_mapping",
                        }
                    ],
                    "reference_mappings": [],
                }
            ],
        }
    )
    client.get(f"/data_connectors/{mapped}")
    found = client.get("/data_connectors?per_page=2").content
    cursor = found["pages"]["next"]["starting_after"]
    client.get(f"/data_connectors?per_page=50&starting_after={cursor}")
    client.call("PATCH", path, {"state": "draft"})
    client.call("DELETE", path)


def use_executions(client: Checked) -> None:
    """Each error type, with and without bodies."""
    key = client.server.add_connector({"name": "Logged"})
    for name in (None, *ERROR_TYPES):
        client.server.add_execution(
            key, success=name is None, http_status=None if name else 200, error_type=name,
            error_message=name and "see https://example.com/?a=1", source_type="fin",
            execution_time_ms=12, conversation_id="8001", source_id="5001",
            request_url="https://example.com/?a=1", request_body="{}", response_body="{}",
            raw_response_body="{}",
        )  # fmt: skip
    client.server.add_execution(key)
    path = f"/data_connectors/{key}/execution_results"
    found = client.get(f"{path}?per_page=30&include_bodies=true").content
    assert 13 == len(found["data"])
    first = client.get(f"{path}?per_page=1").content
    client.get(f"{path}?per_page=1&starting_after={first['pages']['next']['starting_after']}")
    client.get(f"{path}?error_type=faraday_error&success=false&start_ts=0&end_ts=9999999999")
    for execution in found["data"]:
        client.get(f"{path}/{execution['id']}")


SUCCESSES: dict[str, Steps] = {
    "contacts": (use_contacts, VERSIONS),
    "searches": (use_searches, VERSIONS),
    "merges": (use_merges, VERSIONS),
    "attributes": (use_attributes, VERSIONS),
    "connectors": (use_connectors, VERSIONS[-1:]),
    "executions": (use_executions, VERSIONS[-1:]),
}


def refuse_contacts(client: Checked) -> None:
    """Each refusal of a contact call."""
    server = client.server
    user = server.add_contact(external_id="r-1", email="r@b.c")
    lead = server.add_contact(role="lead", email="l@b.c")
    archived = server.add_contact(external_id="r-2")
    server.archive_contact(archived)
    deleted = server.add_contact(external_id="r-3")
    server.delete_contact(deleted)
    for key in ("none", archived, deleted):
        client.refuse("GET", f"/contacts/{key}")
        client.refuse("PUT", f"/contacts/{key}", {"name": "x"})
    client.refuse("DELETE", "/contacts/none")
    client.refuse("POST", "/contacts/none/archive")
    client.refuse("POST", f"/contacts/{deleted}/unarchive")
    client.refuse("GET", "/contacts/find_by_external_id/none")
    for body in ({"external_id": "r-1"}, {"external_id": "r-2", "email": "x@b.c"}):
        client.refuse("POST", "/contacts", {"role": "user", **body})
    client.refuse("PUT", f"/contacts/{user}", {"external_id": "r-2"})
    changes: tuple[Any, ...] = (
        {"role": "lead"},
        {"custom_attributes": {"unknown": 1}},
        {"owner_id": "7" if client.version == "2.16" else 7},
    )
    for change in changes:
        client.refuse("PUT", f"/contacts/{user}", change)
    broken: tuple[Any, ...] = (
        {"role": "robot"}, {"name": "x"}, [], b"{", {"role": "user", "signed_up_at": "x"},
    )  # fmt: skip
    for data in broken:
        client.refuse("POST", "/contacts", data, valid=False)
    client.refuse("POST", "/contacts/merge", {"from": user, "into": lead})
    client.refuse("POST", "/contacts/merge", {"from": "none", "into": lead})
    client.refuse("POST", "/contacts/merge", {"from": user, "into": user})
    if client.version == "2.16":  # duplicates only, from there on
        client.refuse("POST", "/contacts/merge", {"from": lead, "into": user})


def refuse_searches(client: Checked) -> None:
    """Each refusal of a query."""
    filters = {"field": "email", "operator": "=", "value": "a"}
    queries: tuple[Any, ...] = (
        None, {}, {**filters, "field": "none"}, {**filters, "operator": "<"},
        {**filters, "operator": "IN"}, {"operator": "AND", "value": filters},
        {"operator": "AND", "value": [filters] * 16}, {**filters, "operator": "AND"},
        {"field": "created_at", "operator": ">=", "value": 1},
    )  # fmt: skip
    for query in queries:
        client.refuse("POST", "/contacts/search", {"query": query}, valid=False)
    wrong: tuple[Any, ...] = ({"pagination": {"per_page": 151}}, {"sort": {"order": "up"}})
    for others in wrong:
        client.refuse("POST", "/contacts/search", {"query": filters, **others}, valid=False)
    page = {"starting_after": "none"}
    client.refuse("POST", "/contacts/search", {"query": filters, "pagination": page})


def refuse_attributes(client: Checked) -> None:
    """Each refusal of an attribute call."""
    body = {"name": "twice", "model": "contact", "data_type": "string"}
    client.call("POST", "/data_attributes", body)
    broken: tuple[Any, ...] = (
        {}, {"name": "!"}, {"model": "x"}, {"data_type": "x"},
        {"name": "o", "data_type": "options", "options": []}, {"name": "", "options": "x"},
    )  # fmt: skip
    for changes in broken:
        client.refuse("POST", "/data_attributes", {**body, **changes}, valid=False)
    client.refuse("PUT", "/data_attributes/999", {"archived": True})
    client.refuse("PUT", "/data_attributes/41", {"options": []}, valid=False)
    if client.version == "2.16":
        client.refuse("GET", "/data_attributes?model=conversation", valid=False)


def refuse_connectors(client: Checked) -> None:
    """Each refusal of a connector call, and of an execution log."""
    used = client.server.add_connector({"name": "Used"}, in_use=True)
    draft = client.server.add_connector({"name": "Draft"}, live=False, in_use=True)
    new: tuple[Any, ...] = ({"name": "Used"}, {"name": "N", "http_method": "head"}, {"name": 5})
    for body in new:
        client.refuse("POST", "/data_connectors", body, valid=False)
    changes: tuple[Any, ...] = (
        {"state": "paused"}, {"audiences": ["x"]}, {"headers": {}}, {"mock_response": []},
        {"data_inputs": [{}]}, {"name": "Draft"}, {"url": "http://x"},
    )  # fmt: skip
    for body in changes:
        client.refuse("PATCH", f"/data_connectors/{used}", body, valid=False)
    client.refuse("PATCH", f"/data_connectors/{used}", {"state": "draft"})
    for key in (used, draft, "none"):
        client.refuse("DELETE", f"/data_connectors/{key}")
    client.refuse("GET", "/data_connectors/none")
    client.refuse("GET", f"/data_connectors/{used}?state_version=draft")
    client.refuse("GET", f"/data_connectors/{used}?state_version=x", valid=False)
    client.refuse("GET", "/data_connectors?starting_after=none")
    client.refuse("PATCH", "/data_connectors/none", {"name": "x"})
    path = f"/data_connectors/{used}/execution_results"
    client.refuse("GET", f"{path}/1")
    client.refuse("GET", "/data_connectors/none/execution_results")
    client.refuse("GET", "/data_connectors/none/execution_results/1")
    client.refuse("GET", f"{path}?starting_after=none")
    for query in ("success=1", "error_type=x", "start_ts=x"):
        client.refuse("GET", f"{path}?{query}", valid=False)


def refuse_everything(client: Checked) -> None:
    """What any call may be answered."""
    for operation in client.description.operations:
        path = fill_path(operation.path)
        client.refuse(operation.method, path, valid=False, Authorization="Bearer none")
    client.refuse("GET", "/me", valid=False, Accept="text/html")
    for status in (403, 404, 408, 429, 500, 502, 503, 504):
        client.server.fail(status=status)
        client.refuse("GET", "/contacts/5")


FAILURES: dict[str, Steps] = {
    "contacts": (refuse_contacts, VERSIONS),
    "searches": (refuse_searches, VERSIONS),
    "attributes": (refuse_attributes, VERSIONS),
    "connectors": (refuse_connectors, VERSIONS[-1:]),
    "everything": (refuse_everything, VERSIONS),
}
