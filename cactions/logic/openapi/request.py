"""An operation of an OpenAPI document as a request, as a pasted line would make it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.curl_line.pasted_request import METHODS, PastedRequest
from cactions.logic.openapi.body import read_body
from cactions.logic.openapi.document import OpenApiDocument, OpenApiError, cut_name
from cactions.logic.openapi.holes import HoleNames, ValueHole
from cactions.logic.openapi.operation import ApiOperation
from cactions.logic.openapi.parameters import read_parameters
from cactions.logic.openapi.sample import build_sample
from cactions.logic.openapi.security import read_security
from cactions.logic.openapi.servers import build_base
from cactions.model import Json

_MOST_SHOWN: Final = 12


class ApiRequest(Struct, frozen=True):
    """``answer`` is as the schema promises it, None without one. ``holes`` are by variable."""

    request: PastedRequest
    answer: Json
    holes: dict[str, ValueHole]
    notes: tuple[str, ...]


def build_api_request(document: OpenApiDocument, operation: ApiOperation, host: str) -> ApiRequest:
    """The request with all that is required. ``host`` replaces that of the document.

    Raises OpenApiError with its place.
    """
    node = operation.node
    if operation.method not in METHODS:
        hint = "An action has get, head, post, put, delete or patch."
        raise OpenApiError("this method cannot be used", hint, node.span)
    base = build_base(document, operation, host)
    holes = HoleNames()
    parameters = read_parameters(document, operation, holes)
    wanted = document.get(node, "requestBody") if operation.method not in ("get", "head") else None
    body, members = read_body(document, wanted, holes) if wanted is not None else (None, [])
    credentials = read_security(document, operation, base.origin)
    request = replace(
        base,
        method=operation.method,
        path=f"{base.path}{parameters.path}",
        query=(*parameters.query, *credentials.query),
        headers=(*parameters.headers, *credentials.headers),
        body=body,
        user=credentials.user,
        credentials=frozenset(credentials.names),
        grant=credentials.grant,
    )
    answer = build_sample(document, node)
    notes = [*credentials.notes]
    if left_out := [*parameters.left_out, *members]:
        notes.append(f"Optional, and left out: {_join(left_out)}.")
    if answer is None and operation.method != "head":
        notes.append("The document describes no JSON answer of this operation.")
    return ApiRequest(request, answer, dict(holes.found), tuple(notes))


def _join(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    return ", ".join(cut_name(name) for name in names[:_MOST_SHOWN]) + more
