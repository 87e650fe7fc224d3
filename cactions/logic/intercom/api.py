"""Calls of Intercom's REST API and their answers, as values.

- Every call states its API version: without it Intercom uses the app's own setting.
- A text of an answer that is not valid Unicode is an InvalidText: the rest of it stays readable.
- An answer that is no JSON, or an error that is no ``error.list``, is still an answer: its status
  counts, and its text is never quoted.
- The access token is in one header only, and in no message.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

from msgspec import Struct, field

from cactions.logic import strict_json
from cactions.logic.strict_json import StrictJsonError
from cactions.model import (
    ABSENT,
    IntercomConnection,
    Json,
    Limits,
    MaskedText,
    Request,
    Response,
    Value,
    WorkspaceError,
)
from cactions.model.secret import Secret

_LIMITS: Final = Limits(connect=10, total=60, wire=16 * 1024 * 1024, decoded=32 * 1024 * 1024)
_OK: Final = range(200, 300)
_LONGEST_MESSAGE: Final = 300
_CONTACT_SUPPORT: Final = "Try again later. If it stays, give Intercom's support the request id."


class ApiCall(Struct, frozen=True):
    """One call. ``path`` holds encoded segments; ``query`` is encoded when it is sent.

    ``is_read``: it changes nothing, so that it may be sent again; a search by POST is one.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Value = ABSENT
    is_read: bool = True


class ApiReply(Struct, frozen=True):
    """An answer. ``document`` is None where the body is no JSON."""

    status: int
    document: Json
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return self.status in _OK

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of an error list, in order; empty where the body is none."""
        errors = _list_errors(self.document)
        return tuple(code for error in errors if isinstance(code := error.get("code"), str))

    @property
    def messages(self) -> tuple[str, ...]:
        """The messages of an error list, in order."""
        return tuple(
            text[:_LONGEST_MESSAGE]
            for error in _list_errors(self.document)
            if isinstance(text := error.get("message"), str) and text
        )

    @property
    def request_id(self) -> str:
        """What Intercom's support asks for; of the body, else of the header, else empty."""
        named = self.document.get("request_id") if isinstance(self.document, dict) else None
        return named if isinstance(named, str) and named else self.get_header("x-request-id")

    @property
    def version(self) -> str:
        """The API version that answered; empty where it is not stated."""
        return self.get_header("intercom-version")

    def get_header(self, name: str) -> str:
        """The first value of a header, by its name in lower case; empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def get_object(self) -> dict[str, Json]:
        """The document. Raises WorkspaceError where it is no object."""
        if isinstance(self.document, dict):
            return self.document
        raise WorkspaceError(
            f"Intercom's answer (status {self.status}) is not a JSON object, as its API promises",
            hint=_CONTACT_SUPPORT,
            status=self.status,
            request_id=self.request_id,
        )

    def list_items(self, key: str = "data") -> list[dict[str, Json]]:
        """The objects of a list. Raises WorkspaceError where there is no such list."""
        items = self.get_object().get(key)
        if isinstance(items, list) and all(isinstance(item, dict) for item in items):
            return [item for item in items if isinstance(item, dict)]
        raise WorkspaceError(
            f'Intercom\'s answer has no list "{key}"', hint=_CONTACT_SUPPORT, status=self.status
        )

    @property
    def has_items(self) -> bool:
        """Whether it is a page of a list with anything on it."""
        return isinstance(self.document, dict) and bool(self.document.get("data"))

    def get_next_cursor(self) -> str:
        """The cursor of the next page; empty on the last page."""
        pages = self.get_object().get("pages")
        following = pages.get("next") if isinstance(pages, dict) else None
        cursor = following.get("starting_after") if isinstance(following, dict) else None
        return cursor if isinstance(cursor, str) else ""


def encode_segment(text: str) -> str:
    """A value as one path segment. Raises ValueError for one that no server reads as a value."""
    if text in ("", ".", ".."):
        raise ValueError("no path segment")
    return quote(text, safe="")


def build_api_request(call: ApiCall, connection: IntercomConnection, token: Secret) -> Request:
    """The request of a call, with the access token."""
    query = f"?{urlencode(call.query, quote_via=quote)}" if call.query else ""
    bearer = MaskedText("Bearer ••••••", f"Bearer {token.reveal()}")
    headers = [
        ("Authorization", bearer),
        ("Accept", MaskedText.of_plain("application/json")),
        ("Intercom-Version", MaskedText.of_plain(connection.api_version)),
    ]
    body = None
    if call.body is not ABSENT:
        headers.append(("Content-Type", MaskedText.of_plain("application/json")))
        body = MaskedText.of_plain(strict_json.dump_json(call.body))
    return Request(
        call.method,
        MaskedText.of_plain(f"{connection.origin}{call.path}{query}"),
        tuple(headers),
        body,
        _LIMITS,
        fresh=not call.is_read,
    )


def read_reply(response: Response) -> ApiReply:
    """The answer of a call, whatever its status and its body."""
    document: Json = None
    if response.body:
        try:
            document = strict_json.parse_json_loosely(response.body)
        except StrictJsonError:
            document = None
    return ApiReply(response.status, document, response.headers)


def build_error(call: ApiCall, reply: ApiReply) -> WorkspaceError:
    """What a status other than 2xx means, with Intercom's own words and the next step."""
    message, hint = _explain(reply)
    words = f": {'; '.join(reply.messages)}" if reply.messages else ""
    identified = f" (request id {reply.request_id})" if reply.request_id else ""
    return WorkspaceError(
        f"Intercom answered {call.method} {call.path.split('/')[1]} with status {reply.status},"
        f" {message}{words}{identified}",
        hint=hint,
        status=reply.status,
        codes=reply.codes,
        request_id=reply.request_id,
    )


_SEAL: Final = (
    "Check that the token belongs to this workspace and is still valid in Intercom's Developer Hub,"
    " then seal the new one with `cactions vault rotate NAME`."
)
_MEANINGS: Final[Mapping[int, tuple[str, str]]] = {
    400: ("the request was refused", "Compare the message with the action's mapping."),
    401: ("the access token was not accepted", _SEAL),
    403: (
        "the access token may not do this, or the workspace's plan does not include it",
        "Give the app the missing permission in Intercom's Developer Hub.",
    ),
    404: (
        "there is nothing at this address",
        "Check the id and `api_version`.",
    ),
    406: ("the request's format was not accepted", "Please report this as a fault of cactions."),
    409: ("it conflicts with what is there", "Read the message: it names the other object."),
    410: ("the contact was merged into another one", "Name the person who is left."),
    422: ("the request was refused", "Compare the message with what you sent."),
    429: ("the rate limit is used up", "Wait a minute, or lower `workspace.limits.share`."),
}


def _explain(reply: ApiReply) -> tuple[str, str]:
    codes = f" ({', '.join(reply.codes)})" if reply.codes else ""
    meaning, hint = _MEANINGS.get(
        reply.status, ("which is a fault of the service or on the way to it", _CONTACT_SUPPORT)
    )
    return f"{meaning}{codes}", hint


def _list_errors(document: Json) -> list[dict[str, Json]]:
    errors = document.get("errors") if isinstance(document, dict) else None
    listed = errors if isinstance(errors, list) else []
    return [error for error in listed if isinstance(error, dict)]
