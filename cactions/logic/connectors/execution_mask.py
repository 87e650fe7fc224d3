"""Hides in execution results what is redacted, and credentials by their names.

Secrets of the vault are hidden at the border of the program, in every output.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic import strict_json
from cactions.logic.connectors.body import format_response_path
from cactions.logic.secrets.credential_mask import mask_credentials
from cactions.logic.secrets.document_mask import RedactedParts, mask_document_parts
from cactions.logic.strict_json import StrictJsonError
from cactions.model import (
    MASK,
    Action,
    Connector,
    ConnectorExecution,
    Segment,
    list_references,
)

_URL: Final = re.compile(r"https?://\S+")
_PART: Final = re.compile(r"[^.\[\]]+")


class HiddenParts(Struct, frozen=True):
    """What of an execution is redacted: paths of the response, and parts that a person fills in.

    A path is its names; the numbers of rows do not count.
    """

    paths: frozenset[tuple[str, ...]] = frozenset()
    request: bool = False
    url: bool = False


def find_hidden_parts(connector: Connector | None, action: Action | None) -> HiddenParts:
    """What both the connector and its action declare as redacted."""
    fields = connector.fields if connector else ()
    paths = {tuple(_PART.findall(field.path)) for field in fields if field.redacted}
    if action is None:
        return HiddenParts(frozenset(map(_drop_numbers, paths)))
    paths |= {tuple(_PART.findall(path)) for path in _list_redacted_paths(action)}
    request = action.request
    body = list_references(request.body.content) if request.body else ()
    in_url = (*request.url.references, *list_references(dict(request.query)))
    return HiddenParts(
        frozenset(map(_drop_numbers, paths)),
        any(reference in action.redacted for reference in body),
        any(reference in action.redacted for reference in in_url),
    )


def mask_execution(execution: ConnectorExecution, hidden: HiddenParts) -> ConnectorExecution:
    """The execution as it may be shown."""
    message = mask_credentials(execution.error_message)
    return replace(
        execution,
        error_message=_URL.sub(MASK, message) if hidden.url else message,
        request_url=MASK if hidden.url and execution.request_url else execution.request_url,
        request_body=_mask_request(execution.request_body, hidden),
        response_body=_mask_response(execution.response_body, hidden),
    )


def _mask_request(text: str, hidden: HiddenParts) -> str:
    return MASK if hidden.request and text else _mask_body(text, frozenset())


def _mask_response(text: str, hidden: HiddenParts) -> str:
    return _mask_body(text, hidden.paths)


def _mask_body(text: str, paths: frozenset[tuple[str, ...]]) -> str:
    """JSON is masked by its keys; of other text nothing is left where a path of it is redacted."""
    if not text:
        return text
    try:
        document = strict_json.parse_json(text)
    except StrictJsonError:
        return MASK if paths else mask_credentials(text)
    return strict_json.dump_json(mask_document_parts(document, RedactedParts(paths)))


def _list_redacted_paths(action: Action) -> Iterator[str]:
    response = action.response
    rows: Sequence[Segment] = response.rows.path.segments if response.rows else ()
    for mapping in response.mapping:
        if mapping.redacted or mapping.attribute.redacted:
            for path in mapping.paths:
                yield format_response_path((*rows, *path.segments))
    if response.same_person and response.same_person.redacted:
        yield format_response_path((*rows, *response.same_person.path.segments))


def _drop_numbers(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for part in path if not part.isdigit())
