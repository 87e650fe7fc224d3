"""Compiles schemas of OpenAPI 3.0 to JSON Schema (draft 4, from which they derive), or fails.

What is read in which way:

- An object with ``properties`` is closed: another property is a problem ("drift"), unless the
  schema has ``additionalProperties``. An object with neither is free (``custom_attributes``), and
  so is a schema without any rule; ``Compiler.free`` names all of them.
- ``properties`` or ``required`` without ``type`` mean an object.
- ``nullable`` permits null, also beside an ``enum`` without null and beside ``oneOf``: examples of
  the descriptions do so. Beside ``$ref`` it is ignored, as OpenAPI 3.0 says.
- ``allOf`` is merged into one closed object. ``oneOf`` and ``anyOf`` beside ``properties``: each
  alternative is merged with them and closed, unless it only requires some of them.
- ``discriminator``: each alternative holds for its own values of that property only.
- ``readOnly`` properties are refused in requests, ``writeOnly`` ones in answers.
- Draft 4 has integers without a fraction part: 1.0 is no integer.

Every keyword that is not in a table below is an error that names the schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

from jsonschema import (  # type: ignore[import-untyped]
    Draft4Validator,
    SchemaError,
    ValidationError,
    validators,
)

from tests.contract.extract import DescriptionError, parse_reference
from tests.contract.formats import FORMATS, build_checker

Schema: TypeAlias = dict[str, Any]
Direction = Literal["request", "response"]

ANNOTATIONS = {"title", "description", "example", "default", "deprecated", "externalDocs"}
COPIED = {
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
}  # fmt: skip
"""Keywords that mean the same in draft 4."""
CONVERTED = {
    "type", "format", "enum", "nullable", "properties", "required", "additionalProperties", "items",
    "readOnly", "writeOnly",
}  # fmt: skip
COMPOSED = {"allOf", "oneOf", "anyOf", "discriminator"}
TYPES = {"string", "integer", "number", "boolean", "array", "object"}
HIDDEN: Mapping[Direction, str] = {"request": "readOnly", "response": "writeOnly"}


def _check_closed(_: Any, rule: Schema, instance: Any, __: Schema) -> Iterator[ValidationError]:
    """The keyword ``closed``: properties that the schema does not know."""
    if isinstance(instance, dict):
        for key in instance:
            if key in rule["hidden"]:
                yield ValidationError(f"{rule['name']}.{key} is {rule['hides']}")
            elif key not in rule["known"]:
                yield ValidationError(f"{rule['name']}.{key} is in no description")


_Validator = validators.extend(Draft4Validator, {"closed": _check_closed})
_CHECKER = build_checker()


class Compiler:
    """Compiles the schemas of one description for one direction.

    ``deviations`` holds, for the name of a schema, the keywords that replace its own; None removes.
    """

    def __init__(
        self,
        components: Mapping[str, Schema],
        direction: Direction,
        deviations: Mapping[str, Schema] | None = None,
    ) -> None:
        self._components = components
        self._hidden = HIDDEN[direction]
        self._deviations = deviations or {}
        self.definitions: dict[str, Schema] = {}
        self._roots: dict[str, Schema] = {}
        self.free: set[str] = set()
        self.applied: set[str] = set()

    def compile(self, schema: Schema, name: str) -> Validator:
        """The validator; everything that the schema reaches is compiled at once."""
        converted = self._roots[name] = self._convert(schema, name)
        return Validator(converted, self.definitions)

    def check(self) -> None:
        """Fail where anything that was compiled is no valid JSON Schema."""
        for name, converted in (*self.definitions.items(), *self._roots.items()):
            try:
                Draft4Validator.check_schema(converted)
            except SchemaError as error:
                raise DescriptionError(f"{name}: no valid JSON Schema: {error.message}") from error

    def _convert(self, schema: Schema, name: str) -> Schema:
        schema = self._deviate(schema, name)
        if "$ref" in schema:
            return self._refer(schema, name)
        _check_keywords(schema, name)
        if "allOf" in schema:
            return self._convert(self._merge_all(schema, name), self._name_merged(schema, name))
        if "oneOf" in schema or "anyOf" in schema:
            return self._convert_alternatives(schema, name)
        return self._convert_plain(schema, name)

    def _deviate(self, schema: Schema, name: str) -> Schema:
        if name not in self._deviations:
            return schema
        self.applied.add(name)
        merged = {**schema, **self._deviations[name]}
        return {key: value for key, value in merged.items() if value is not None}

    def _refer(self, schema: Schema, name: str) -> Schema:
        if unknown := set(schema) - ANNOTATIONS - {"$ref", "nullable"}:
            raise DescriptionError(f"{name}: {sorted(unknown)} beside $ref")
        target = self._name_reference(schema, name)
        if target not in self.definitions:
            self.definitions[target] = {}  # ends the recursion of a schema within itself
            self.definitions[target] = self._convert(self._components[target], target)
        return {"$ref": f"#/definitions/{target}"}

    def _name_reference(self, schema: Schema, name: str) -> str:
        kind, target = parse_reference(schema["$ref"])
        if kind != "schemas" or target not in self._components:
            raise DescriptionError(f"{name}: {schema['$ref']} is absent")
        return target

    def _resolve(self, schema: Schema, name: str) -> Schema:
        if "$ref" not in schema:
            return schema
        target = self._name_reference(schema, name)
        return self._deviate(self._components[target], target)

    def _name_merged(self, schema: Schema, name: str) -> str:
        """An object of an answer that extends one component is called as that component."""
        references = [self._name_reference(s, name) for s in schema["allOf"] if "$ref" in s]
        return references[0] if references and " " in name else name

    def _merge_all(self, schema: Schema, name: str) -> Schema:
        own = {key: value for key, value in schema.items() if key != "allOf"}
        parts = [self._resolve(part, name) for part in schema["allOf"]]
        nullable = own.get("nullable", all(part.get("nullable") for part in parts))
        merged: Schema = {}
        for part in (*parts, own):
            _check_mergeable(part, name, COMPOSED)
            merged = _merge(merged, part, name)
        return {**merged, "nullable": nullable}

    def _convert_alternatives(self, schema: Schema, name: str) -> Schema:
        keyword = "oneOf" if "oneOf" in schema else "anyOf"
        own = {key: value for key, value in schema.items() if key not in COMPOSED}
        alternatives = list(self._specialize(schema, schema[keyword], name))
        nullable = own.pop("nullable", False)
        if "properties" not in own:
            branches = [self._convert(part, part_name) for part_name, part in alternatives]
            converted = {keyword: branches}
            if set(own) - ANNOTATIONS - {"type"}:
                raise DescriptionError(f"{name}: {sorted(own)} beside {keyword}")
        elif all(set(part) - ANNOTATIONS <= {"required"} for _, part in alternatives):
            converted = {
                **self._convert_plain(own, name),
                keyword: [{"required": part["required"]} for _, part in alternatives],
            }
        else:
            converted = {
                keyword: [self._convert(_merge(own, part, name), name) for _, part in alternatives]
            }
        return {"anyOf": [{"enum": [None]}, converted]} if nullable else converted

    def _specialize(
        self, schema: Schema, alternatives: list[Schema], name: str
    ) -> Iterator[tuple[str, Schema]]:
        """Each alternative with its name, and with its own values of the discriminator."""
        discriminator = schema.get("discriminator")
        for number, part in enumerate(alternatives):
            part_name = self._name_reference(part, name) if "$ref" in part else f"{name}/{number}"
            if discriminator is None and "properties" not in schema:
                yield part_name, part
                continue
            resolved = self._resolve(part, name)
            _check_mergeable(resolved, name, COMPOSED)
            if discriminator is not None:
                extra = _discriminate(discriminator, part, name)
                resolved = _merge(resolved, extra, name, replaces=True)
            yield part_name, resolved

    def _convert_plain(self, schema: Schema, name: str) -> Schema:
        converted = {key: value for key, value in schema.items() if key in COPIED}
        kind = schema.get("type") or (
            "object" if {"properties", "required"} & set(schema) else None
        )
        if kind is not None:
            converted |= self._convert_type(schema, kind, name)
        if "enum" in schema:
            converted["enum"] = list(schema["enum"])
        if not converted or converted == {"type": "object"}:
            self.free.add(name)
        if schema.get("nullable"):
            if "type" in converted:
                converted["type"] = [converted["type"], "null"]
            if "enum" in converted and None not in converted["enum"]:
                converted["enum"].append(None)
        return converted

    def _convert_type(self, schema: Schema, kind: Any, name: str) -> Schema:
        if not isinstance(kind, str) or kind not in TYPES:
            raise DescriptionError(f"{name}: type {kind!r} is unknown")
        converted: Schema = {"type": kind}
        if "format" in schema:
            if (kind, schema["format"]) not in FORMATS:
                raise DescriptionError(f"{name}: format {schema['format']!r} has no check")
            converted["format"] = FORMATS[kind, schema["format"]]
        if kind == "array":
            if "items" not in schema:
                raise DescriptionError(f"{name}: an array without items")
            converted["items"] = self._convert(schema["items"], f"{name}[]")
        if kind == "object":
            converted |= self._convert_object(schema, name)
        return converted

    def _convert_object(self, schema: Schema, name: str) -> Schema:
        properties: Schema = schema.get("properties", {})
        hidden = {key for key, item in properties.items() if item.get(self._hidden)}
        required = [key for key in schema.get("required", ()) if key not in hidden]
        converted: Schema = {"required": required} if required else {}
        if properties:
            converted["properties"] = {
                key: self._convert(item, f"{name}.{key}")
                for key, item in properties.items()
                if key not in hidden
            }
        others = schema.get("additionalProperties")
        if isinstance(others, dict):
            converted["additionalProperties"] = self._convert(others, f"{name}.*")
        elif others is False or (others is None and properties):
            converted["closed"] = {
                "name": name,
                "known": sorted(properties),
                "hidden": sorted(hidden),
                "hides": self._hidden,
            }
        return converted


def _check_keywords(schema: Schema, name: str) -> None:
    known = ANNOTATIONS | COPIED | CONVERTED | COMPOSED
    unknown = {key for key in schema if key not in known and not key.startswith("x-")}
    if unknown:
        raise DescriptionError(f"{name}: {sorted(unknown)} cannot be compiled")
    if "oneOf" in schema and "anyOf" in schema:
        raise DescriptionError(f"{name}: oneOf and anyOf together cannot be compiled")


def _check_mergeable(part: Schema, name: str, forbidden: set[str]) -> None:
    _check_keywords(part, name)
    if found := forbidden & set(part):
        raise DescriptionError(f"{name}: {sorted(found)} inside a composition cannot be compiled")


def _merge(first: Schema, other: Schema, name: str, *, replaces: bool = False) -> Schema:
    """Both sets of rules as one; a keyword that both have with different values is an error."""
    merged = {**first, **other}
    shared = (set(first) & set(other)) - ANNOTATIONS - {"properties", "required", "nullable"}
    if different := [k for k in shared if first[k] != other[k] and not k.startswith("x-")]:
        raise DescriptionError(f"{name}: {sorted(different)} differ inside a composition")
    before, after = first.get("properties", {}), other.get("properties", {})
    clashes = [k for k in before if k in after and before[k] != after[k]]
    if clashes and not replaces:
        raise DescriptionError(f"{name}: {clashes} differ inside a composition")
    if before or after:
        merged["properties"] = {**before, **after}
    required = sorted({*first.get("required", ()), *other.get("required", ())})
    return {**merged, "required": required} if required else merged


def _discriminate(discriminator: Schema, part: Schema, name: str) -> Schema:
    """The rule that the discriminator adds to one alternative."""
    if "$ref" not in part:
        raise DescriptionError(f"{name}: a discriminator beside an alternative without a name")
    target = parse_reference(part["$ref"])[1]
    mapping: Mapping[str, str] = discriminator.get("mapping", {})
    values = [value for value, ref in mapping.items() if ref in (part["$ref"], target)] or [target]
    key = discriminator["propertyName"]
    return {"properties": {key: {"type": "string", "enum": values}}, "required": [key]}


class Validator:
    """One compiled schema."""

    def __init__(self, converted: Schema, definitions: Mapping[str, Schema]) -> None:
        schema = {"allOf": [converted], "definitions": definitions}
        self.schema = converted
        self._validator = _Validator(schema, format_checker=_CHECKER)

    def find_errors(self, value: Any) -> list[ValidationError]:
        """Every error, in the order of the document."""
        return sorted(self._validator.iter_errors(value), key=lambda e: list(map(str, e.path)))
