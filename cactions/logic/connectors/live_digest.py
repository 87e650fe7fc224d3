"""Whether what is live at Intercom is what was published, and what differs if not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from cactions.logic.connectors.body import build_connector
from cactions.logic.connectors.diff import compare_connector
from cactions.logic.connectors.drift import to_definition
from cactions.logic.connectors.mapping_diff import MappingDifference, MappingFault
from cactions.logic.strict_json import dump_json
from cactions.model import Action, Connector, Json, Project

_DERIVED: Final = ("fields",)
"""What Intercom takes from a test or a sample answer: it changes nothing that is done."""


def digest_connector(connector: Connector) -> str:
    """The digest of everything that Intercom tells of a version, but who changed it and when."""
    definition = to_definition(connector)
    document: Json = [
        [name, _describe(definition[name])] for name in sorted(definition) if name not in _DERIVED
    ]
    return hashlib.sha256(dump_json(document).encode()).hexdigest()[:32]


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
