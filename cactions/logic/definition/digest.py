"""Digests of a definition: the action, the attributes that it touches, the ways to its hosts.

- Whatever can change a plan changes a digest: every part is told apart by its type and its place.
- Comments, layout and the order of keys in the files change nothing, nor does the order of
  mappings, and what is for readers only.
- A part that has its default value is left out: what a later version can say besides changes no
  digest of a definition that does not say it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Final, TypeAlias

from msgspec import NODEFAULT, Struct
from msgspec.structs import replace

from cactions.logic.strict_json import dump_json
from cactions.model import (
    Action,
    ActionRequest,
    ActionResponse,
    Attribute,
    AttributeMapping,
    DataInput,
    Denial,
    Json,
    NotFound,
    PersonAttribute,
    Project,
    ProofStrength,
    Rows,
    SecretRef,
    Success,
)

_LEFT_OUT: Final = frozenset(
    {
        (Action, "description"),
        (Action, "place"),
        (Action, "tests"),
        (DataInput, "description"),
    }
)
"""What changes no plan."""

_UNORDERED: Final = frozenset(
    {
        (ActionResponse, "mapping"),
        (AttributeMapping, "values"),
        (NotFound, "body"),
        (NotFound, "headers"),
        (Rows, "literals"),
        (Rows, "where"),
        (Success, "body"),
        (Success, "headers"),
        (Denial, "body"),
        (Denial, "headers"),
        (Action, "fallbacks"),
    }
)
"""Lists that stand in the file as keys, in any order."""

_Key: TypeAlias = "tuple[type[Struct], str]"


def digest_action(action: Action) -> str:
    """The digest of the action; its attributes have their own."""
    touched = list_attributes(action)
    redacted = (
        reference
        for reference in action.redacted
        if not isinstance(reference, PersonAttribute) or reference.name in touched
    )
    return _digest(_describe(replace(action, redacted=frozenset(redacted))))


def digest_attribute(declared: Attribute | None, recorded: Attribute | None) -> str:
    """The digest of an attribute: as the project has it, and as its snapshot does."""
    return _digest([_describe(declared), _describe(recorded)])


def digest_definition(action: Action, project: Project) -> str:
    """One digest of the action and of all that its project adds to what it does.

    That is every attribute that it touches, the private addresses that stand for its hosts, and
    what identifies a person. What a leak analysis says of it is no part of it, nor which connector
    it belongs to.
    """
    attributes: list[Json] = [
        [name, _describe(project.attributes.get(name))] for name in sorted(list_attributes(action))
    ]
    definition = digest_action(_drop_analysis(action))
    return _digest([definition, attributes, *_describe_surroundings(action, project)])


def digest_plan(action: Action, project: Project) -> str:
    """The digest of what plans of the action are made with; its attributes have their own.

    What a leak analysis says of it is a part of that.
    """
    return _digest([digest_action(action), *_describe_surroundings(action, project)])


def _describe_surroundings(action: Action, project: Project) -> tuple[Json, Json]:
    """The private addresses that stand for its hosts, and what identifies a person."""
    hosts = list_hosts(action)
    allowed: list[Json] = [
        [way.host, way.address, way.port] for way in project.allowed if way.host in hosts
    ]
    return _sort(allowed), project.workspace.identity_verification.value


def list_hosts(action: Action) -> frozenset[str]:
    """The hosts that calls of the action go to, with those that fetch its tokens."""
    return frozenset(part.host for part in _walk(action) if isinstance(part, ActionRequest))


def _drop_analysis(action: Action) -> Action:
    """The action as its file has it, without the connector that it belongs to."""
    proof = action.response.same_person
    if proof:
        proof = replace(proof, strength=ProofStrength.PROVEN, basis="")
    response = replace(action.response, same_person=proof)
    return replace(action, response=response, connector_id="", connector_name="")


def list_attributes(action: Action) -> frozenset[str]:
    """The names of the attributes that the action writes or reads, or is scheduled by."""
    names = (
        part.attribute.name if isinstance(part, AttributeMapping) else part.name
        for part in _walk(replace(action, redacted=frozenset()))
        if isinstance(part, AttributeMapping | PersonAttribute)
    )
    conditions = action.schedule.conditions if action.schedule else ()
    return frozenset(names) | {each.attribute for each in conditions if each.attribute}


def list_secrets(action: Action) -> frozenset[str]:
    """The names of the secrets that calls of the action use, with those that fetch its tokens."""
    return frozenset(part.name for part in _walk(action) if isinstance(part, SecretRef))


def _digest(document: Json) -> str:
    return hashlib.sha256(dump_json(document).encode()).hexdigest()[:32]


def _describe(value: object, key: _Key | None = None) -> Json:
    """The value as JSON in which different values differ."""
    match value:
        case Attribute() if key:
            return value.name  # it has a digest of its own
        case Struct():
            kind = type(value)
            members: dict[str, Json] = {
                name: _describe(getattr(value, name), (kind, name)) for name in _list_fields(kind)
            }
            defaults = _describe_defaults(kind)
            stated = {
                name: described
                for name, described in members.items()
                if dump_json(described) != defaults.get(name)
            }
            return [kind.__name__, stated]
        case Enum():
            return [type(value).__name__, value.name]
        case Mapping():
            pairs: list[Json] = [[_describe(name), _describe(part)] for name, part in value.items()]
            return ["mapping", _sort(pairs)]
        case frozenset():
            return ["set", _sort([*map(_describe, value)])]
        case tuple() | list():
            parts = [*map(_describe, value)]
            return ["list", _sort(parts) if key in _UNORDERED else parts]
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"a {type(value).__name__} has no digest")


@cache
def _describe_defaults(kind: type[Struct]) -> Mapping[str, str]:
    """The default values of a struct's last fields, as they are described."""
    defaults = kind.__struct_defaults__
    names = kind.__struct_fields__[len(kind.__struct_fields__) - len(defaults) :]
    found: dict[str, str] = {}
    for name, default in zip(names, defaults, strict=True):
        if default is not NODEFAULT:
            value = default.factory() if hasattr(default, "factory") else default
            found[name] = dump_json(_describe(value, (kind, name)))
    return found


def _sort(parts: list[Json]) -> list[Json]:
    return sorted(parts, key=dump_json)


def _walk(value: object) -> Iterator[object]:
    """The value and everything in it."""
    yield value
    parts: Iterator[object] = iter(())
    match value:
        case Struct():
            parts = (getattr(value, name) for name in _list_fields(type(value)))
        case Mapping():
            parts = iter(value.values())
        case frozenset() | tuple() | list():
            parts = iter(value)
    for part in parts:
        yield from _walk(part)


def _list_fields(kind: type[Struct]) -> Iterator[str]:
    return (name for name in kind.__struct_fields__ if (kind, name) not in _LEFT_OUT)
