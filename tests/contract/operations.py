"""The operations of a description: their paths, parameters, bodies and answers, compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tests.contract.deviations import list_known_parameters
from tests.contract.extract import DescriptionError, parse_reference
from tests.contract.schemas import Compiler, Schema, Validator

JSON = "application/json"
VERSION_HEADER = "Intercom-Version"
BOOLEANS = {"true": True, "false": False}
INTEGER = re.compile(r"-?(?:0|[1-9]\d*)")
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")

KNOWN_OPERATION = {
    "summary", "description", "operationId", "tags", "parameters", "requestBody", "responses",
}  # fmt: skip
KNOWN_PARAMETER = {"name", "in", "required", "schema", "description", "example"}
KNOWN_BODY = {"description", "required", "content"}
KNOWN_RESPONSE = {"description", "headers", "content"}
KNOWN_MEDIA = {"schema", "example", "examples"}
KNOWN_HEADER = {"description", "schema", "required", "example"}


@dataclass(frozen=True)
class Parameter:
    """A parameter of the path, the query or the header."""

    name: str
    place: str
    required: bool
    type: str
    validator: Validator

    def convert(self, text: str) -> Any:
        """The value that the text stands for; the text itself where it stands for none."""
        if self.type == "boolean":
            return BOOLEANS.get(text, text)
        if self.type == "integer" and INTEGER.fullmatch(text):
            return int(text)
        return text


@dataclass(frozen=True)
class Reply:
    """What an operation answers with one status."""

    validator: Validator
    headers: Mapping[str, Validator]
    examples: Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    id: str
    parameters: tuple[Parameter, ...]
    body: Validator | None
    body_examples: Mapping[str, Any]
    replies: Mapping[int, Reply]

    @property
    def name(self) -> str:
        """``PUT /contacts/{contact_id}``."""
        return f"{self.method} {self.path}"

    def match(self, path: str) -> dict[str, str] | None:
        """The values of the path's parameters, decoded; nothing where the path is another."""
        names = PLACEHOLDER.findall(self.path)
        pattern = "([^/]+)".join(map(re.escape, PLACEHOLDER.split(self.path)[::2]))
        found = re.fullmatch(pattern, path)
        return dict(zip(names, map(unquote, found.groups()), strict=True)) if found else None


class OperationReader:
    """Reads operations; a keyword that it does not know is an error, as in schemas."""

    def __init__(
        self, components: Mapping[str, Any], request: Compiler, response: Compiler
    ) -> None:
        self._components = components
        self._request = request
        self._response = response

    def read_all(self, paths: Mapping[str, Mapping[str, Any]]) -> Iterator[Operation]:
        """Every operation of these paths."""
        for path, item in paths.items():
            for method, node in item.items():
                yield self._read(method.upper(), path, node)

    def _read(self, method: str, path: str, node: Schema) -> Operation:
        name = f"{method} {path}"
        _check(node, KNOWN_OPERATION, name)
        nodes = [*node.get("parameters", ()), *list_known_parameters(name)]
        parameters = tuple(self._read_parameter(p, name) for p in nodes)
        described = {p.name for p in parameters if p.place == "path"}
        if set(PLACEHOLDER.findall(path)) != described:
            raise DescriptionError(f"{name}: the path's parameters are {sorted(described)}")
        body, examples = self._read_body(node.get("requestBody"), name)
        replies = {
            int(status): self._read_reply(reply, f"{name} {status}")
            for status, reply in node["responses"].items()
        }
        return Operation(method, path, node["operationId"], parameters, body, examples, replies)

    def _read_parameter(self, node: Schema, name: str) -> Parameter:
        _check(node, KNOWN_PARAMETER, f"{name} {node.get('name')}")
        if node["in"] not in ("path", "query", "header"):
            raise DescriptionError(f"{name}: a parameter in {node['in']!r}")
        schema = self._resolve(node["schema"])
        kind = schema.get("type")
        if kind not in ("string", "integer", "boolean"):
            raise DescriptionError(f"{name}: parameter {node['name']} is of type {kind!r}")
        validator = self._request.compile(node["schema"], f"{name} {node['name']}")
        required = node.get("required", False)
        return Parameter(node["name"], node["in"], required, kind, validator)

    def _read_body(self, node: Schema | None, name: str) -> tuple[Validator | None, Any]:
        if node is None:
            return None, {}
        node = self._resolve(node)
        _check(node, KNOWN_BODY, f"{name} body")
        media = _only_json(node["content"], name)
        validator = self._request.compile(media["schema"], f"{name} body")
        return validator, _read_examples(media)

    def _read_reply(self, node: Schema, name: str) -> Reply:
        node = self._resolve(node)
        _check(node, KNOWN_RESPONSE, name)
        media = _only_json(node["content"], name)
        headers = {
            key: self._read_header(header, f"{name} {key}")
            for key, header in node.get("headers", {}).items()
        }
        validator = self._response.compile(media["schema"], name)
        return Reply(validator, headers, _read_examples(media))

    def _read_header(self, node: Schema, name: str) -> Validator:
        _check(node, KNOWN_HEADER, name)
        return self._response.compile(node["schema"], name)

    def _resolve(self, node: Schema) -> Schema:
        if "$ref" not in node:
            return node
        kind, name = parse_reference(node["$ref"])
        found: Schema = self._components[kind][name]
        return found


def _check(node: Schema, known: set[str], name: str) -> None:
    if unknown := {key for key in node if key not in known and not key.startswith("x-")}:
        raise DescriptionError(f"{name}: {sorted(unknown)} cannot be read")


def _only_json(content: Mapping[str, Schema], name: str) -> Schema:
    if list(content) != [JSON]:
        raise DescriptionError(f"{name}: content {sorted(content)}")
    _check(content[JSON], KNOWN_MEDIA, name)
    return content[JSON]


def _read_examples(media: Schema) -> dict[str, Any]:
    named = {name: example["value"] for name, example in media.get("examples", {}).items()}
    return {**named, **({"example": media["example"]} if "example" in media else {})}
