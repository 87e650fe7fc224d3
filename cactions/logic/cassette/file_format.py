"""Cassettes: recorded exchanges in vcrpy's JSON form (version 1), read strictly; what is written.

The form, as vcrpy's JSON serializer writes it::

    {"version": 1, "interactions": [{
        "request": {"method": "GET", "uri": "https://…", "body": "", "headers": {"A": ["1"]}},
        "response": {"status": {"code": 200, "message": "OK"}, "headers": {"B": ["2", "3"]},
                     "body": {"string": "…"}}}]}

- A request's body is a text, null, or (``json=`` of aiohttp) the JSON value itself.
- A response's body holds its ``string``: a text, or null or nothing where none came. Bodies are
  text and already decoded: the form cannot hold bytes.
- ``older_forms`` reads what older versions of vcrpy wrote.
- Keys beside these (``recorded_at``, ``metadata``) are notes of another tool and are ignored.
- Only shown texts are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Final, TypeVar

from msgspec import Struct

from cactions.logic.cassette.older_forms import (
    MIGRATE_HINT,
    convert_response,
    is_unversioned,
)
from cactions.logic.cassette.request_key import RequestKey, build_request_key, group_by_name
from cactions.logic.merge_marks import MergeMark, find_merge_mark
from cactions.logic.printable import escape_control
from cactions.logic.shell import quote_word
from cactions.logic.strict_json import StrictJsonError, parse_json
from cactions.model import (
    ABSENT,
    DefinitionError,
    Json,
    Place,
    RemoteError,
    Request,
    Response,
)

T = TypeVar("T", dict[str, Json], list[Json], str, int)

VERSION: Final = 1
_KNOWN_STATUSES: Final = frozenset(HTTPStatus)
_MEND: Final = (
    "`cactions test --record` records it anew; of vcrpy, it must be the JSON serializer's form."
)
_YAML: Final = re.compile(rb"\s*(?:---|%YAML|interactions:|version:)")
_KINDS: Final = {dict: "an object", list: "a list", str: "a text", int: "a whole number"}


class RecordedExchange(Struct, frozen=True):
    """One interaction: what was asked and what came."""

    question: RequestKey
    response: Response


class _Malformed(Exception):
    """Where the form is broken, as a route of keys, and how; and what helps."""

    def __init__(self, message: str, hint: str = _MEND) -> None:
        super().__init__(message)
        self.hint = hint


def parse_cassette(data: bytes, source: str) -> tuple[RecordedExchange, ...]:
    """The interactions of a cassette, in order. Raises DefinitionError, which names ``source``."""
    try:
        return _parse_interactions(parse_json(data))
    except StrictJsonError as error:
        if mark := find_merge_mark(data.decode(errors="replace"), sure=False):
            raise _build_merge_error(mark, source) from None
        place = Place(source, error.line, error.column, error.line, error.column + 1)
        raise DefinitionError(
            f"{escape_control(source)} is not a cassette: {_explain_not_json(data, error)}",
            hint=_MEND,
            place=place,
        ) from None
    except _Malformed as error:
        raise DefinitionError(
            f"{escape_control(source)} is not a cassette: {error}", hint=error.hint
        ) from None


def encode_interaction(request: Request, response: Response) -> dict[str, dict[str, Json]]:
    """One interaction, by the request's shown texts.

    Raises RemoteError for an answer that is not text. As in vcrpy, a decoded body loses its
    ``Content-Encoding`` and its ``Content-Length`` is the decoded one.
    """
    return {
        "request": {
            "method": request.method,
            "uri": request.url.masked,
            "body": "" if request.body is None else request.body.masked,
            "headers": _group_headers((name, value.masked) for name, value in request.headers),
        },
        "response": {
            "status": {"code": response.status, "message": _find_reason_phrase(response.status)},
            "headers": _group_headers(_list_stored_headers(response)),
            "body": {"string": _decode_body(response)},
        },
    }


def _build_merge_error(mark: MergeMark, source: str) -> DefinitionError:
    """Two recordings of one request rarely fit together, so that one side is taken whole."""
    file = quote_word([source])
    return DefinitionError(
        f"line {mark.line} of {escape_control(source)} is a mark of an unfinished git merge",
        hint=f"Take one side whole, with `git checkout --ours -- {file}` or --theirs, or record it"
        " anew with `cactions test --record`; then `git add` it.",
        place=Place(source, mark.line, 1, mark.line, 1 + mark.size),
    )


def _explain_not_json(data: bytes, error: StrictJsonError) -> str:
    if not data.strip():
        return "the file is empty"
    return "it is written in YAML" if _YAML.match(data) else error.message


def _parse_interactions(document: Json) -> tuple[RecordedExchange, ...]:
    if is_unversioned(document):
        raise _Malformed("it is a list, as vcrpy wrote it before version 1.0", MIGRATE_HINT)
    if not isinstance(document, dict):
        raise _Malformed("the file is not an object with version and interactions")
    if _get_member(document, "version", int, "") != VERSION:
        raise _Malformed(f"version must be {VERSION}")
    interactions = _get_member(document, "interactions", list, "")
    return tuple(
        _parse_interaction(item, f"interactions[{n}]") for n, item in enumerate(interactions)
    )


def _parse_interaction(interaction: Json, route: str) -> RecordedExchange:
    if not isinstance(interaction, dict):
        raise _Malformed(f"{route} must be an object")
    return RecordedExchange(
        _parse_request(_get_member(interaction, "request", dict, route), f"{route}.request"),
        _parse_response(_get_member(interaction, "response", dict, route), f"{route}.response"),
    )


def _parse_request(request: dict[str, Json], route: str) -> RequestKey:
    headers = _parse_headers(request, route)
    if "body" not in request:
        raise _Malformed(f"{route}.body is missing")
    content_type = next((v for name, v in headers if name.lower() == "content-type"), "")
    method, uri = (
        _get_member(request, "method", str, route),
        _get_member(request, "uri", str, route),
    )
    return build_request_key(method, uri, request["body"], content_type)


def _parse_response(written: dict[str, Json], route: str) -> Response:
    response = convert_response(written)
    status = _get_member(response, "status", dict, route)
    code = _get_member(status, "code", int, f"{route}.status")
    if not 100 <= code <= 599:  # noqa: PLR2004 - the range of RFC 9110
        raise _Malformed(f"{route}.status.code must be from 100 to 599")
    if not isinstance(status.get("message", ABSENT), str | None):
        raise _Malformed(f"{route}.status.message must be a text or null")
    body = _parse_body(_get_member(response, "body", dict, route), f"{route}.body")
    return Response(code, _parse_headers(response, route), body)


def _parse_body(body: dict[str, Json], route: str) -> bytes:
    if body and "string" not in body:
        raise _Malformed(f"{route} must hold its string, and does not")
    text = body.get("string")
    if not isinstance(text, str | None):
        raise _Malformed(f"{route}.string must be a text or null")
    return (text or "").encode()


def _parse_headers(holder: dict[str, Json], route: str) -> tuple[tuple[str, str], ...]:
    headers = _get_member(holder, "headers", dict, route)
    return tuple(
        (name, value)
        for number, name in enumerate(headers, 1)
        for value in _parse_header_values(headers[name], f"{route}.headers", number)
    )


def _parse_header_values(values: Json, route: str, number: int) -> list[str]:
    """Of one header, whose name is not told: it may be all that a service was told."""
    if isinstance(values, list):
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) == len(values):
            return texts
    raise _Malformed(f"header {number} of {route} must be a list of texts")


def _get_member(holder: dict[str, Json], key: str, kind: type[T], route: str) -> T:
    """The member of this kind; a truth value is no number here."""
    dotted = f"{route}.{key}" if route else key
    if key not in holder:
        raise _Malformed(f"{dotted} is missing")
    value = holder[key]
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _Malformed(f"{dotted} must be {_KINDS[kind]}")
    return value


def _decode_body(response: Response) -> str:
    try:
        return response.body.decode()
    except UnicodeDecodeError:
        raise RemoteError(
            "the answer is not UTF-8 text, and a cassette can hold nothing else",
            hint="Record an endpoint that answers with text.",
        ) from None


def _list_stored_headers(response: Response) -> Iterator[tuple[str, str]]:
    decoded = any(name.lower() == "content-encoding" for name, _ in response.headers)
    for name, value in response.headers:
        if decoded and name.lower() == "content-length":
            yield name, str(len(response.body))
        elif name.lower() != "content-encoding":
            yield name, value


def _group_headers(headers: Iterable[tuple[str, str]]) -> dict[str, Json]:
    """The values by name, in order; a name is spelled as it first came."""
    spelled: dict[str, str] = {}
    return group_by_name((spelled.setdefault(name.lower(), name), value) for name, value in headers)


def _find_reason_phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in _KNOWN_STATUSES else ""
