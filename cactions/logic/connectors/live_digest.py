"""Whether what is live at Intercom is what was published, and what differs if not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

from cactions.logic.connectors.body import build_connector
from cactions.logic.connectors.diff import compare_connector
from cactions.logic.connectors.drift import to_definition
from cactions.logic.connectors.mapping_diff import MappingDifference, MappingFault
from cactions.logic.strict_json import dump_json
from cactions.model import Action, Connector, Json, Project

_DERIVED: Final = ("fields", "unknown")
"""What Intercom takes from a test or a sample answer, and keys that its API may have from now on:
neither changes what is done."""


def digest_fields(connector: Connector) -> dict[str, str]:
    """A digest of each field of a version, but of who changed it and when."""
    return {
        name: hashlib.sha256(dump_json(_describe(value)).encode()).hexdigest()[:16]
        for name, value in sorted(to_definition(connector).items())
        if name not in _DERIVED
    }


def list_changed_fields(published: Mapping[str, str], live: Connector) -> list[str]:
    """The fields that are not as they were, also those that the file does not say."""
    now = digest_fields(live)
    return [name for name in sorted({*published, *now}) if published.get(name) != now.get(name)]


def list_live_differences(action: Action, project: Project, live: Connector) -> Iterator[str]:
    """How a version differs from the action, each as a short text; mappings included."""
    wanted = build_connector(action, project.attributes)
    compared = compare_connector(wanted, live, project.attributes)
    for field in compared.fields:
        yield f'{field.label} is "{field.in_intercom}", not "{field.in_file}"'
    if compared.mappings is None:
        yield "its mapping is not told"
    yield from map(describe_mapping, compared.mappings or ())
    yield from (f"it also maps {beyond}" for beyond in compared.beyond)
    yield from (f'"{name}" is a plain header, no token' for name in compared.plain_tokens)


def describe_mapping(difference: MappingDifference) -> str:
    """A difference of the mapping in one text."""
    found = f'"{difference.found_attribute}" from "{difference.found_path}"'
    wanted = f'"{difference.attribute}" from "{difference.path}"'
    match difference.fault:
        case MappingFault.MISSING:
            return f"{wanted} is not mapped"
        case MappingFault.EXTRA:
            return f"it also maps {found}"
        case MappingFault.NOT_POSSIBLE:
            return f"Intercom cannot map {wanted}: it stands in the rows of a list"
        case _:
            return f"it maps {found}, not {wanted}"


def _describe(value: object) -> Json:
    """Tuples and structs as lists, so that equal versions give equal documents."""
    if isinstance(value, tuple | list):
        return [_describe(item) for item in value]
    if hasattr(value, "__struct_fields__"):
        return [_describe(getattr(value, name)) for name in value.__struct_fields__]
    assert value is None or isinstance(value, str | bool), "a connector holds texts and flags"
    return value
