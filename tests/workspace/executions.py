"""The execution logs of data connectors: what is stored, and what of it the API shows."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from tests.workspace.connector_fields import format_time
from tests.workspace.errors import ApiError, refuse_parameter
from tests.workspace.ledger import Ledger
from tests.workspace.messages import Document

ERROR_TYPES = (
    "request_configuration_error",
    "faraday_error",
    "3rd_party_error",
    "response_mapping_error",
    "token_refresh_error",
    "fin_action_response_formatting_error",
    "fin_action_identity_verification_error",
    "email_verification_error",
    "non_fin_standalone_action_identity_verification_error",
    "request_validation_error",
    "client_side_action_error",
)
HEAD = ("success", "http_status", "http_method")
REST = (
    "error_type",
    "error_message",
    "execution_time_ms",
    "source_type",
    "source_id",
    "conversation_id",
)
BODIES = ("request_body", "response_body", "raw_response_body")
STORED = (*HEAD, *REST, *BODIES, "request_url", "request_headers", "created_at")
HOUR = 3600
FIRST_ID = 99000
URL = re.compile(r"https?://\S+")
MASKED = "[REDACTED]"


class Executions:
    """Stored ones hold the headers that were sent; no answer shows them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._documents = dict(ledger.storage.load("execution"))

    def add(self, connector_id: str, headers: list[Document], fields: Document) -> str:
        """Store an execution that sent these headers: unmasked, except ``Authorization``."""
        unknown = fields.keys() - set(STORED)
        if unknown:
            raise ValueError(f"an execution has no {sorted(unknown)}")
        sent = {
            header["name"]: MASKED if header["name"].lower() == "authorization" else header["value"]
            for header in headers
        }
        key = str(FIRST_ID + len(self._documents) + 1)
        usual = {"success": True, "http_status": 200, "http_method": "get"}
        self._documents[key] = {
            **dict.fromkeys(STORED),
            **usual,
            "id": key,
            "data_connector_id": connector_id,
            "request_headers": sent,
            "created_at": self._ledger.now(),
            **fields,
        }
        self._ledger.save("execution", key, self._documents[key])
        return key

    def find(self, connector_id: str, key: str) -> Document:
        """An execution of this connector; raises the 404."""
        found = self._documents.get(key)
        if found is None or found["data_connector_id"] != connector_id:
            raise ApiError(404, "execution_result_not_found", "Execution result not found")
        return found

    def list_all(self, connector_id: str, query: dict[str, str]) -> list[Document]:
        """Those that pass the filters of the query, newest first; the last hour without times."""
        now = self._ledger.now()
        start, end = _read_time(query, "start_ts", now - HOUR), _read_time(query, "end_ts", now)
        success = _read_choice(query, "success", ("true", "false"))
        error_type = _read_choice(query, "error_type", ERROR_TYPES)
        found = [
            document
            for document in self._documents.values()
            if document["data_connector_id"] == connector_id
            and start <= document["created_at"] <= end
            and success in {None, "true" if document["success"] else "false"}
            and error_type in {None, document["error_type"]}
        ]
        return sorted(found, key=rank, reverse=True)


def rank(document: Document) -> list[Any]:
    """The place of an execution in the list, which is also its cursor."""
    return [float(document["created_at"]), int(document["id"])]


def shape_execution(document: Document, *, with_bodies: bool) -> Document:
    """An execution as it is answered: addresses without queries, users and fragments."""
    shown = {name: document[name] for name in HEAD}
    rest = {name: document[name] for name in REST}
    if document["error_message"] is not None:
        rest["error_message"] = URL.sub(_sanitize_match, document["error_message"])
    if document["request_url"] is not None:
        rest["request_url"] = sanitize_url(document["request_url"])
    if with_bodies:
        rest |= {name: document[name] for name in BODIES}
    return {
        "type": "data_connector.execution",
        "id": document["id"],
        "data_connector_id": document["data_connector_id"],
        **shown,
        **{name: value for name, value in rest.items() if value is not None},
        "created_at": format_time(document["created_at"]),
    }


def sanitize_url(url: str) -> str:
    """Scheme, host, port and path of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _sanitize_match(found: re.Match[str]) -> str:
    return sanitize_url(found[0])


def _read_time(query: dict[str, str], name: str, usual: float) -> float:
    try:
        return int(query[name]) if name in query else usual
    except ValueError:
        raise refuse_parameter(f"{name} must be a Unix timestamp (integer)") from None


def _read_choice(query: dict[str, str], name: str, choices: tuple[str, ...]) -> str | None:
    value = query.get(name)
    if value is not None and value not in choices:
        raise refuse_parameter(f"Invalid {name}. Must be one of: {', '.join(choices)}")
    return value
