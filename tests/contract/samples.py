"""Valid requests: at least one for each covered operation, as a client of ours would send it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from tests.contract.description import Description

FILTER = {"field": "email", "operator": "=", "value": "ada@example.com"}
ROLE = {"field": "role", "operator": "=", "value": "user"}


@dataclass(frozen=True)
class Sample:
    """A request; ``body`` is JSON, or ``raw`` what is sent in its place."""

    operation: str
    path: str
    body: Any = None
    raw: bytes | None = None
    headers: tuple[tuple[str, str | None], ...] = ()
    """Replaced headers; None removes."""

    @property
    def method(self) -> str:
        return self.operation.split(" ", maxsplit=1)[0]

    @property
    def payload(self) -> bytes | None:
        """What is sent."""
        if self.raw is not None:
            return self.raw
        return None if self.body is None else json.dumps(self.body).encode()

    def build_headers(self, version: str) -> dict[str, str]:
        """The usual headers with the replaced ones."""
        usual: dict[str, str | None] = {
            "Authorization": "Bearer dG9rOnRva2Vu",
            "Accept": "application/json",
            "Intercom-Version": version,
        }
        if self.payload is not None:
            usual["Content-Type"] = "application/json"
        usual |= dict(self.headers)
        return {name: value for name, value in usual.items() if value is not None}

    def check(self, description: Description) -> list[str]:
        """The problems of this request."""
        headers = self.build_headers(description.version)
        return description.check_request(self.method, self.path, headers, self.payload)

    def change(self, **changes: Any) -> Sample:
        """A copy whose body has these changes at its top."""
        return replace(self, body={**self.body, **changes})

    def drop(self, name: str) -> Sample:
        """A copy whose body lacks a key."""
        return replace(self, body={key: v for key, v in self.body.items() if key != name})

    def send(self, **headers: str | None) -> Sample:
        """A copy with other headers; ``_`` stands for ``-``."""
        pairs = ((name.replace("_", "-"), value) for name, value in headers.items())
        return replace(self, headers=tuple(pairs))


def fill_path(template: str, value: str = "5") -> str:
    """A path that fits the template."""
    return re.sub(r"\{[^{}]+\}", value, template)


def sample(operation: str, body: Any = None, *, query: str = "") -> Sample:
    """A request of the operation with every id 5."""
    return Sample(operation, fill_path(operation.split(" ")[1]) + query, body)


ME = sample("GET /me")
GET = sample("GET /contacts/{contact_id}", query="?include_merge_history=true")
LIST = sample("GET /contacts")
FIND = sample("GET /contacts/find_by_external_id/{external_id}")
CREATE = sample("POST /contacts", {"role": "user", "external_id": "u-1", "email": "a@example.com"})
UPDATE = sample(
    "PUT /contacts/{contact_id}",
    {
        "email": "a@example.com",
        "name": None,
        "signed_up_at": 1580000000,
        "unsubscribed_from_emails": True,
        "custom_attributes": {"plan": "Pro", "seats": 3, "vip": None},
    },
)
OWN = UPDATE.change(owner_id="991267459")
SEARCH = sample(
    "POST /contacts/search",
    {
        "query": {
            "operator": "AND",
            "value": [
                {"operator": "OR", "value": [FILTER, {**FILTER, "operator": "IN", "value": ["b"]}]},
                {"operator": "OR", "value": [ROLE]},
            ],
        },
        "pagination": {"per_page": 150, "starting_after": None},
    },
)
FLAT = sample("POST /contacts/search", {"query": {"operator": "AND", "value": [FILTER, ROLE]}})
SINGLE = sample("POST /contacts/search", {"query": FILTER})
MERGE = sample("POST /contacts/merge", {"from": "1", "into": "2"})
ATTRIBUTES = sample("GET /data_attributes", query="?model=contact&include_archived=false")
MAKE = sample("POST /data_attributes", {"name": "plan", "model": "contact", "data_type": "string"})
MAKE_LIST = MAKE.change(data_type="options", options=[{"value": "Free"}, {"value": "Pro"}])
CHANGE = sample(
    "PUT /data_attributes/{data_attribute_id}",
    {"archived": False, "options": [{"value": "Free"}, {"value": "Pro"}]},
)
CONNECTORS = sample("GET /data_connectors", query="?per_page=50&starting_after=abc")
CONNECTOR = sample("GET /data_connectors/{id}", query="?state_version=draft")
ADD = sample(
    "POST /data_connectors",
    {
        "name": "Orders",
        "description": "Looks up orders",
        "http_method": "get",
        "url": "https://example.com/{{id}}",
        "audiences": ["users", "leads"],
        "headers": [{"name": "X-Key", "value": "v"}],
        "data_inputs": [
            {"name": "id", "type": "string", "description": "d", "required": True,
             "default_value": ""}
        ],
        "token_ids": ["1"],
        "mock_response": {"order": {"id": 1}},
        "customer_authentication": False,
    },
)  # fmt: skip
PATCH = sample("PATCH /data_connectors/{id}", {**ADD.body, "state": "live"})
RESULTS = sample(
    "GET /data_connectors/{data_connector_id}/execution_results",
    query="?per_page=30&success=false&error_type=3rd_party_error&start_ts=1580000000"
    "&include_bodies=true",
)

SAMPLES = (
    ME, GET, LIST, FIND, CREATE, UPDATE, OWN, SEARCH, FLAT, SINGLE, MERGE, ATTRIBUTES, MAKE,
    MAKE_LIST, CHANGE, CONNECTORS, CONNECTOR, ADD, PATCH, RESULTS,
    sample("GET /contacts", query="?per_page=150&starting_after=abc"),
    sample("DELETE /contacts/{contact_id}"),
    sample("POST /contacts/{contact_id}/archive"),
    sample("POST /contacts/{contact_id}/unarchive"),
    sample("POST /contacts/{contact_id}/block"),
    sample("GET /contacts/{contact_id}/companies"),
    sample("POST /contacts/{contact_id}/companies", {"id": "1"}),
    sample("DELETE /contacts/{contact_id}/companies/{company_id}"),
    sample("GET /contacts/{contact_id}/notes"),
    sample("POST /contacts/{contact_id}/notes", {"body": "text", "admin_id": "3"}),
    sample("GET /contacts/{contact_id}/segments"),
    sample("GET /contacts/{contact_id}/subscriptions"),
    sample("POST /contacts/{contact_id}/subscriptions", {"id": "1", "consent_type": "opt_in"}),
    sample("DELETE /contacts/{contact_id}/subscriptions/{subscription_id}"),
    sample("GET /contacts/{contact_id}/tags"),
    sample("POST /contacts/{contact_id}/tags", {"id": "1"}),
    sample("DELETE /contacts/{contact_id}/tags/{tag_id}"),
    sample("GET /contacts/{id}/banners"),
    sample("POST /contacts/{id}/banners/{view_id}/dismiss"),
    sample("GET /contacts/{id}/merge_history", query="?per_page=150&order=asc"),
    sample("DELETE /data_connectors/{id}"),
    sample("GET /data_connectors/{data_connector_id}/execution_results/{id}"),
)  # fmt: skip

NEWEST = (GET, OWN)
"""Samples with what earlier versions do not know."""


def build_answer(status: int = 200) -> dict[str, str]:
    """The headers of an answer."""
    link = {"Link": '</contacts/6>; rel="canonical"'} if status == 410 else {}
    return {"Content-Type": "application/json; charset=utf-8", **link}
