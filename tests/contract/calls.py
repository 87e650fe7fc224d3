"""Checks one request: path, query, headers and body."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from cactions.logic.strict_json import StrictJsonError, parse_json
from tests.contract.operations import JSON, VERSION_HEADER, Operation, Parameter
from tests.contract.problems import explain_errors
from tests.contract.stated import find_broken_limits

if TYPE_CHECKING:
    from tests.contract.description import Description

URL_TEXT = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9a-fA-F]{2})*")
"""Path and query of RFC 3986."""

BEARER = re.compile(r"Bearer [A-Za-z0-9\-._~+/]+=*")
JSON_TYPE = re.compile(r"application/json(?:; ?charset=utf-8)?", re.IGNORECASE)
ACCEPTED = re.compile(r"application/json(?:;.*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Call:
    """A request whose operation is known."""

    operation: Operation
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes | None


def find_problems(description: Description, call: Call) -> Iterator[str]:
    """Every problem, as place and rule."""
    yield from _check_path(call)
    yield from _check_query(call)
    yield from _check_headers(description, call)
    yield from _check_body(call)


def _check_path(call: Call) -> Iterator[str]:
    if not URL_TEXT.fullmatch(call.path):
        yield f"path: {call.path!r} holds what a URL cannot"
    values = call.operation.match(call.path) or {}
    for parameter in call.operation.parameters:
        if parameter.place == "path":
            yield from _check_value(parameter, values[parameter.name])


def _check_query(call: Call) -> Iterator[str]:
    if not URL_TEXT.fullmatch(call.query):
        yield f"query: {call.query!r} holds what a URL cannot"
    pairs = [pair.partition("=") for pair in call.query.split("&")] if call.query else []
    values = [(unquote_plus(name), unquote_plus(value)) for name, _, value in pairs]
    known = {p.name: p for p in call.operation.parameters if p.place == "query"}
    for name, count in Counter(name for name, _ in values).items():
        if name not in known:
            yield f"query: parameter {name!r} is in no description"
        elif count > 1:
            yield f"query: parameter {name!r} comes {count} times"
    for name, value in values:
        if name in known:
            yield from _check_value(known[name], value)
    for name, parameter in known.items():
        if parameter.required and name not in dict(values):
            yield f"query: parameter {name!r} is missing"


def _check_value(parameter: Parameter, text: str) -> Iterator[str]:
    errors = parameter.validator.find_errors(parameter.convert(text))
    yield from explain_errors(errors, f"{parameter.place} {parameter.name}")


def _check_headers(description: Description, call: Call) -> Iterator[str]:
    for name, count in Counter(name for name, _ in call.headers).items():
        if count > 1:
            yield f"header {name}: comes {count} times"
    headers = dict(call.headers)
    if description.needs_token and not BEARER.fullmatch(headers.get("authorization", "")):
        yield "header authorization: is no bearer token"
    accepted = [item.strip() for item in headers.get("accept", "").split(",")]
    if not any(ACCEPTED.fullmatch(item) for item in accepted):
        yield f"header accept: does not name {JSON}"
    yield from _check_version(description, headers.get(VERSION_HEADER.lower()))
    if call.body is not None and not JSON_TYPE.fullmatch(headers.get("content-type", "")):
        yield f"header content-type: is not {JSON}"
    if call.body is None and "content-type" in headers:
        yield "header content-type: comes without a body"


def _check_version(description: Description, version: str | None) -> Iterator[str]:
    name = VERSION_HEADER.lower()
    if version is None:
        yield f"header {name}: is missing"
    elif version != description.version:
        yield f"header {name}: is {version!r}, not {description.version!r}"


def _check_body(call: Call) -> Iterator[str]:
    validator = call.operation.body
    if validator is None:
        if call.body is not None:
            yield "body: the operation has none"
        return
    if call.body is None:
        yield "body: is missing"
        return
    try:
        value = parse_json(call.body)
    except StrictJsonError as error:
        yield f"body: {error}"
        return
    yield from explain_errors(validator.find_errors(value), "body")
    yield from find_broken_limits(call.operation, value)
