"""Checks one answer: status, headers and body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cactions.logic.strict_json import StrictJsonError, parse_json
from tests.contract.deviations import is_known_status
from tests.contract.operations import JSON, VERSION_HEADER, Operation, Reply
from tests.contract.problems import explain_errors

if TYPE_CHECKING:
    from tests.contract.description import Description

JSON_TYPE = re.compile(r"application/json(?:; ?charset=utf-8)?", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """An answer to a call whose operation is known."""

    operation: Operation
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def find_problems(description: Description, answer: Answer) -> Iterator[str]:
    """Every problem, as place and rule."""
    headers = dict(answer.headers)
    reply = answer.operation.replies.get(answer.status)
    if reply is None and not is_known_status(answer.operation, answer.status):
        yield "status: is in no description"
        return
    yield from _check_headers(description, reply, headers)
    try:
        value = parse_json(answer.body)
    except StrictJsonError as error:
        yield f"body: {error}"
        return
    validator = reply.validator if reply else description.error
    yield from explain_errors(validator.find_errors(value), "body")


def _check_headers(
    description: Description, reply: Reply | None, headers: Mapping[str, str]
) -> Iterator[str]:
    if not JSON_TYPE.fullmatch(headers.get("content-type", "")):
        yield f"header content-type: is not {JSON}"
    version = headers.get(VERSION_HEADER.lower())
    if version is not None and version != description.version:
        yield f"header {VERSION_HEADER.lower()}: is {version!r}, not {description.version!r}"
    for name, validator in (reply.headers if reply else {}).items():
        if name.lower() not in headers:
            yield f"header {name.lower()}: is missing"
        else:
            errors = validator.find_errors(headers[name.lower()])
            yield from explain_errors(errors, f"header {name.lower()}")
