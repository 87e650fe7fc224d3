"""Where live answers differ from the official descriptions: by name, with the source of each.

Five tables, and nothing else is excepted. Each entry has a test that it is still needed: a
description in which the difference is gone fails there, by name. The sources are public:

- R1 recordings in grouparoo/grouparoo (plugin for Intercom, 3,077 answers, API 2.3, 2021)
- R3 expected records in airbytehq/airbyte (source-intercom, API 2.11, 2024)
- R5 tests of errors in intercom/intercom-node (2018)
- R6 @intercom/cli 0.9.0
- R7 network tests of rudderlabs/rudder-transformer (destination Intercom)
- R8 the Intercom source of Apache SeaTunnel
- "example": an example in the description itself
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.contract.operations import Operation


CONTACT_ID = "5ba682d23d7cf92bef87bfd4"
NO_FORMAT: dict[str, Any] = {"format": None}


@dataclass(frozen=True)
class Deviation:
    """Keywords of one schema that are replaced; ``sample`` is a live value that they refuse."""

    name: str
    change: dict[str, Any]
    sample: Any
    source: str


@dataclass(frozen=True)
class UndescribedStatus:
    """A status with an ``error.list`` that operations answer without saying so."""

    status: int
    operations: str
    source: str


@dataclass(frozen=True)
class UndescribedParameter:
    """A query parameter that an operation takes without saying so."""

    operation: str
    name: str
    schema: dict[str, Any]
    source: str


DEVIATIONS = (
    Deviation("error.request_id", NO_FORMAT, "0a1b2c3d4e5f6g7h8i9j", "R1, 3,077 answers"),
    Deviation("contact.email", {"nullable": True}, None, "R1, 5 contacts"),
    Deviation("contact_tags.url", NO_FORMAT, f"/contacts/{CONTACT_ID}/tags", "R1, R3"),
    Deviation("contact_notes.url", NO_FORMAT, f"/contacts/{CONTACT_ID}/notes", "R1, R3"),
    Deviation("contact_companies.url", NO_FORMAT, f"/contacts/{CONTACT_ID}/companies", "R1, R3"),
    Deviation("addressable_list.type", NO_FORMAT, "note", "example"),
    Deviation("addressable_list.url", NO_FORMAT, f"/notes/{CONTACT_ID}", "example"),
    Deviation("company_data.url", NO_FORMAT, f"/companies/{CONTACT_ID}", "example"),
)
"""Rules of the descriptions that are wrong: the validator does without them."""

UNDESCRIBED_STATUSES = (
    UndescribedStatus(400, r"PUT /contacts/\{contact_id\}|POST /contacts(/search|/merge|)", "R1"),
    UndescribedStatus(400, r"POST /contacts/\{contact_id\}/(un)?archive", "R1"),
    UndescribedStatus(401, ".*", "R5, R7: every operation takes a token"),
    UndescribedStatus(403, ".*", "R6, R7: the plan of the workspace"),
    UndescribedStatus(404, r"(GET|PUT|DELETE) /contacts/\{contact_id\}", "R1, 61 answers"),
    UndescribedStatus(404, r"POST /contacts/(merge|\{contact_id\}/\w+)", "R1, 61 answers"),
    UndescribedStatus(404, r"GET /contacts/find_by_external_id/\{external_id\}", "R1"),
    UndescribedStatus(406, ".*", "R7: Accept without JSON"),
    UndescribedStatus(408, ".*", "R7"),
    UndescribedStatus(409, r"PUT /contacts/\{contact_id\}|POST /contacts", "R1, 17 answers"),
    UndescribedStatus(429, ".*", "R5"),
    UndescribedStatus(500, ".*", "R1, R7"),
    UndescribedStatus(502, ".*", "R6: retried by the official CLI"),
    UndescribedStatus(503, ".*", "R7"),
    UndescribedStatus(504, ".*", "R7"),
)
"""The body of these must be the ``error`` of the description."""

UNDESCRIBED_PARAMETERS = (
    UndescribedParameter(
        "GET /contacts", "per_page", {"type": "integer", "minimum": 1, "maximum": 150}, "R1, R8"
    ),
    UndescribedParameter("GET /contacts", "starting_after", {"type": "string"}, "R1, R8"),
)
"""Without these, the pages that the answer tells of could not be read."""

KNOWN_DRIFT = {
    "app.secure": "example",
    "contact.opted_in_subscription_types": "example",
    "contact.opted_out_subscription_types": "example",
    "contact.referrer": "example",
    "contact.sms_consent": "R3",
    "contact.unsubscribed_from_sms": "R3",
    "contact.utm_campaign": "example",
    "contact.utm_content": "example",
    "contact.utm_medium": "example",
    "contact.utm_source": "example",
    "contact.utm_term": "example",
    "contact_attached_companies.data": "example",
    "contact_companies.type": "R1",
    "contact_location.continent_code": "example",
    "contact_location.country_code": "example",
    "contact_notes.type": "R1",
    "contact_social_profiles.type": "R1",
    "contact_tags.type": "R1",
}
"""Properties of live answers that are in no description. The validator reports them, by name."""


def list_known_parameters(name: str) -> list[dict[str, Any]]:
    """What the description of this operation leaves out, as it would write it."""
    return [
        {"name": row.name, "in": "query", "schema": row.schema}
        for row in UNDESCRIBED_PARAMETERS
        if row.operation == name
    ]


def is_known_status(
    operation: Operation, status: int, rows: Sequence[UndescribedStatus] = UNDESCRIBED_STATUSES
) -> bool:
    """Whether an operation answers this status although its description does not say so."""
    return any(
        row.status == status and re.fullmatch(row.operations, operation.name) for row in rows
    )


def drop_known_drift(problems: Sequence[str]) -> list[str]:
    """The problems without those that ``KNOWN_DRIFT`` lists."""
    known = tuple(f" {name} is in no description" for name in KNOWN_DRIFT)
    return [problem for problem in problems if not problem.endswith(known)]
