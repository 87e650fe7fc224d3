"""The platform's refusals: statuses, codes and texts as live answers had them."""

from __future__ import annotations

import json
from typing import Any

REASONS = {
    200: "OK",
    201: "Created",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    406: "Not Acceptable",
    408: "Request Timeout",
    409: "Conflict",
    410: "Gone",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}

USUAL = {
    400: ("bad_request", "Bad Request"),
    401: ("unauthorized", "Access Token Invalid"),
    403: ("api_plan_restricted", "Active subscription needed."),
    404: ("not_found", "Resource Not Found"),
    408: ("Request Timeout", "Request Timeout"),
    409: ("conflict", "Conflict"),
    429: ("rate_limit_exceeded", "Exceeded rate limit of 83 in 10_seconds"),
    500: ("server_error", "Server Error"),
    502: ("client_error", "Bad Gateway"),
    503: ("service_unavailable", "Sorry, the API service is temporarily unavailable"),
    504: ("server_timeout", "Server Timeout"),
}
"""Code and text of the errors that come without a cause in the request; a code may hold a space."""


class ApiError(Exception):
    """A refusal that becomes an answer."""

    def __init__(  # noqa: PLR0913
        self,
        status: int,
        code: str,
        message: str | None = None,
        *,
        field: str | None = None,
        headers: dict[str, str] | None = None,
        with_request_id: bool = True,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.headers = headers or {}
        self.with_request_id = with_request_id


def refuse_parameter(message: str, field: str | None = None, status: int = 400) -> ApiError:
    """The refusal of a value."""
    return ApiError(status, "parameter_invalid", message, field=field)


def build_error_list(error: ApiError, request_id: str) -> dict[str, Any]:
    """The body of a refusal; without a request id where that is empty."""
    entry = {"code": error.code}
    if error.message is not None:
        entry["message"] = error.message
    if error.field is not None:
        entry["field"] = error.field
    name = {"request_id": request_id} if request_id and error.with_request_id else {}
    return {"type": "error.list", **name, "errors": [entry]}


def build_usual_error(status: int) -> ApiError:
    """The refusal that this status usually has."""
    return ApiError(status, *USUAL.get(status, ("client_error", REASONS.get(status, "Error"))))


def build_other_body(form: str, status: int) -> tuple[str, bytes]:
    """The media type and body of an error that is no ``error.list``."""
    reason = REASONS.get(status, "Error")
    return {
        "json": ("application/json; charset=utf-8", json.dumps({"error": reason}).encode()),
        "text": ("text/plain", reason.encode()),
        "html": (
            "text/html",
            f"<html><body><h1>{status} {reason}</h1></body></html>".encode(),
        ),
        "empty": ("text/html", b""),
    }[form]
