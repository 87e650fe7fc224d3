"""Checks requests and answers against an official description of Intercom's API.

    description = load_description("2.16")  # skips the test where the description is absent
    assert [] == description.check_request("GET", "/contacts/5", headers, None)
    assert [] == description.check_response("GET", "/contacts/5", 200, headers, body)

Each problem is one sentence that names the operation, the place and the rule. Nothing is passed
over: all that the covered operations reach is compiled when the description is loaded, or loading
fails. Where live answers differ from the description, ``deviations`` says so by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, TypeAlias

import pytest

from tests.contract import answers, calls
from tests.contract.deviations import DEVIATIONS
from tests.contract.extract import find_description, read_extract
from tests.contract.operations import Operation, OperationReader
from tests.contract.schemas import Compiler

Headers: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]


class Description:
    """The covered operations of one version."""

    def __init__(
        self, extract: Mapping[str, Any], deviations: Mapping[str, dict[str, Any]] | None = None
    ) -> None:
        self.extract = extract
        self.version: str = extract["info"]["version"]
        if deviations is None:
            deviations = {item.name: item.change for item in DEVIATIONS}
        schemas = extract["components"].get("schemas", {})
        self.request = Compiler(schemas, "request", deviations)
        self.response = Compiler(schemas, "response", deviations)
        reader = OperationReader(extract["components"], self.request, self.response)
        self.operations = tuple(reader.read_all(extract["paths"]))
        self.needs_token = bool(extract["security"])
        self.request.check()
        self.response.check()
        self.error = self.response.compile({"$ref": "#/components/schemas/error"}, "error")

    def find_operation(self, method: str, path: str) -> Operation | None:
        """The operation, if the path fits exactly one template and the template has the method."""
        fitting = self._find_templates(path)
        found = [o for o in self.operations if o.path in fitting and o.method == method]
        return found[0] if len(fitting) == 1 and found else None

    def _find_templates(self, path: str) -> set[str]:
        """The templates that fit; one without parameters goes before those with (OpenAPI 3.0)."""
        fitting = {o.path for o in self.operations if o.match(path) is not None}
        return {path} if path in fitting else fitting

    def explain_path(self, method: str, path: str) -> str:
        """Why there is no such operation."""
        fitting = self._find_templates(path)
        if len(fitting) == 1:
            methods = sorted(o.method for o in self.operations if o.path in fitting)
            return f"{method} {fitting.pop()}: the path has {', '.join(methods)} only"
        if fitting:
            return f"{method} {path}: the path fits each of {', '.join(sorted(fitting))}"
        return f"{method} {path}: the path fits no template of {self.version}"

    def check_request(
        self, method: str, path_with_query: str, headers: Headers, body: bytes | None
    ) -> list[str]:
        """Every problem of a request."""
        path, _, query = path_with_query.partition("?")
        operation = self.find_operation(method, path)
        if operation is None:
            return [self.explain_path(method, path)]
        call = calls.Call(operation, path, query, _read_pairs(headers), body)
        return [f"{operation.name} {text}" for text in calls.find_problems(self, call)]

    def check_response(
        self, method: str, path_with_query: str, status: int, headers: Headers, body: bytes
    ) -> list[str]:
        """Every problem of an answer; properties in no description are among them, by name."""
        operation = self.find_operation(method, path_with_query.partition("?")[0])
        if operation is None:
            return [self.explain_path(method, path_with_query.partition("?")[0])]
        answer = answers.Answer(operation, status, _read_pairs(headers), body)
        place = f"{operation.name} {status}"
        return [f"{place} {text}" for text in answers.find_problems(self, answer)]


def _read_pairs(headers: Headers) -> list[tuple[str, str]]:
    items = headers.items() if isinstance(headers, Mapping) else headers
    return [(name.lower(), value) for name, value in items]


@cache
def _load(version: str) -> Description | None:
    path = find_description(version)
    return Description(read_extract(path)) if path else None


def load_description(version: str) -> Description:
    """The description of this version; the test is skipped where it is absent."""
    description = _load(version)
    if description is None:
        pytest.skip(f"the official description {version} is not beside the project")
    return description
