"""What arrives at the workspace server, what it answers, and what its log keeps of both."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from msgspec import Struct, field

from tests.workspace.errors import ApiError

Document: TypeAlias = dict[str, Any]
"""A JSON object. The server replaces documents and never changes them in place."""


class Request(Struct, kw_only=True):
    """One request; the names of ``headers`` are in lower case."""

    method: str
    path: str
    query_text: str = ""
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    number: int = 0
    token: str = ""
    version: str = ""

    def read_object(self) -> Document:
        """The body, which must be a JSON object; an empty body is an empty object."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            raise ApiError(400, "bad_request", "The request body is not valid JSON") from None
        if not isinstance(found, dict):
            raise ApiError(400, "bad_request", "The request body must be a JSON object")
        return found


class Answer(Struct, kw_only=True):
    """A status and a JSON value, or bytes that are sent as they are."""

    status: int = 200
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class LoggedRequest(Struct, frozen=True, kw_only=True):
    """One request in the log. ``status`` is 0 where the connection was closed unanswered.

    ``wrote`` is true exactly if the request changed stored data.
    """

    number: int
    time: float
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    status: int
    wrote: bool
    token: str


class AppliedWrite(Struct, frozen=True, kw_only=True):
    """One change of stored data; ``request`` is 0 for a change that no request made.

    ``document`` is the new content, null after a removal.
    """

    number: int
    request: int
    time: float
    kind: str
    id: str
    document: Document | None
