"""The fields of a data connector: which can be written, how they are checked, how they are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from tests.workspace.errors import ApiError, refuse_parameter
from tests.workspace.messages import Document

MASK = "****"
METHODS = ("get", "post", "put", "delete", "patch")
AUDIENCES = ("leads", "users", "visitors")
INPUT_TYPES = ("string", "integer", "decimal", "boolean")
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")

DEFAULTS: Document = {
    "name": "",
    "description": None,
    "state": "draft",
    "url": None,
    "body": None,
    "headers": [],
    "http_method": "get",
    "direct_fin_usage": False,
    "audiences": [],
    "execution_type": "server_side",
    "configuration_response_type": "test_response_type",
    "data_transformation_type": "full_access",
    "client_function_name": None,
    "client_function_timeout_ms": 30000,
    "data_inputs": [],
    "response_fields": [],
    "object_mappings": [],
    "token_ids": [],
    "customer_authentication": False,
    "bypass_authentication": False,
    "validate_missing_attributes": False,
}
"""One version of a connector, as stored: with the true header values."""

HIDDEN = "mock_response"
"""Stored, but in no answer."""

SUMMARY = ("name", "description", "state", "http_method", "direct_fin_usage")


def clean_fields(body: Document) -> Document:
    """What a POST or PATCH writes. Keys that cannot be written are ignored."""
    found = {name: CHECKS[name](name, body[name]) for name in CHECKS if name in body}
    if HIDDEN in body:
        if not isinstance(body[HIDDEN], dict):
            raise refuse_parameter("Mock response must be a JSON object", status=422)
        found[HIDDEN] = body[HIDDEN]
        found["configuration_response_type"] = "mock_response_type"
        found["response_fields"] = list(list_response_fields(body[HIDDEN]))
    return found


def list_response_fields(value: Any, path: str = "") -> Iterator[Document]:
    """A field for each scalar of a sample answer; of a list, the first item counts."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from list_response_fields(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        yield from list_response_fields(value[0] if value else None, f"{path}[0]")
    else:
        kind = _find_type(value)
        yield {"path": path, "type": kind, "example_value": value, "redacted": False}


def _find_type(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "decimal", str: "string"}
    is_time = isinstance(value, str) and DATE_TIME.fullmatch(value)
    return "datetime" if is_time else kinds.get(type(value), "unknown")


def shape_detail(connector: Document, version: Document) -> Document:
    """A version as GET, POST and PATCH answer it: no header value is ever read back."""
    shown = {name: version[name] for name in DEFAULTS}
    shown["headers"] = [{"name": h["name"], "value": MASK} for h in version["headers"]]
    if version["body"] is None:
        del shown["body"]
    return {**_shape_head(connector), **shown, **_shape_tail(connector)}


def shape_summary(connector: Document, version: Document) -> Document:
    """A version as the list answers it."""
    shown = {name: version[name] for name in SUMMARY}
    return {**_shape_head(connector), **shown, **_shape_tail(connector)}


def format_time(moment: float) -> str:
    """ISO 8601, as connectors have it; contacts have Unix seconds."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _shape_head(connector: Document) -> Document:
    return {"type": "data_connector", "id": connector["id"]}


def _shape_tail(connector: Document) -> Document:
    return {
        "created_by_admin_id": connector["created_by"],
        "updated_by_admin_id": connector["updated_by"],
        "created_at": format_time(connector["created_at"]),
        "updated_at": format_time(connector["updated_at"]),
        "execution_results_url": f"/data_connectors/{connector['id']}/execution_results",
    }


# Checks


def _label(name: str) -> str:
    return name.replace("_", " ").title()


def _check_text(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        raise refuse_parameter(f"{_label(name)} must be a string", status=422)
    return value


def _check_name(name: str, value: Any) -> Any:
    if not isinstance(value, str) or not value:
        raise ApiError(422, "parameter_not_found", "Name is required")
    return value


def _check_flag(name: str, value: Any) -> Any:
    if not isinstance(value, bool):
        raise refuse_parameter(f"{_label(name)} must be a boolean", status=422)
    return value


def _check_method(name: str, value: Any) -> Any:
    if value not in METHODS:
        raise refuse_parameter("Http Method isn't an option", status=422)
    return value


def _check_url(name: str, value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith("https://"):
        raise refuse_parameter("Url must start with https://", status=422)
    return value


def _check_audiences(name: str, value: Any) -> Any:
    if not isinstance(value, list) or any(item not in AUDIENCES for item in value):
        message = "Invalid audiences. Must be a subset of: leads, users, visitors"
        raise refuse_parameter(message, status=422)
    return value


def _check_headers(name: str, value: Any) -> Any:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise refuse_parameter("Headers must be an array of objects", status=422)
    return [{key: _check_text(key, item.get(key)) for key in ("name", "value")} for item in value]


def _check_inputs(name: str, value: Any) -> Any:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise refuse_parameter("Data Inputs must be an array of objects", status=422)
    return [_check_input(item) for item in value]


def _check_input(item: Document) -> Document:
    if not item.get("name") or not item.get("description"):
        raise refuse_parameter("Data Inputs need a name and a description", status=422)
    if item.get("type") not in INPUT_TYPES:
        raise refuse_parameter("Data Input type isn't an option", status=422)
    return {
        "name": item["name"],
        "type": item["type"],
        "description": item["description"],
        "required": bool(item.get("required")),
        "default_value": item.get("default_value", ""),
    }


def _check_tokens(name: str, value: Any) -> Any:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise refuse_parameter("Token Ids must be an array of strings", status=422)
    return value


CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "name": _check_name,
    "description": _check_text,
    "http_method": _check_method,
    "url": _check_url,
    "body": _check_text,
    "direct_fin_usage": _check_flag,
    "audiences": _check_audiences,
    "headers": _check_headers,
    "data_inputs": _check_inputs,
    "customer_authentication": _check_flag,
    "bypass_authentication": _check_flag,
    "validate_missing_attributes": _check_flag,
    "token_ids": _check_tokens,
}
"""The writable fields; ``mock_response`` and ``state`` are written too, in their own ways."""
