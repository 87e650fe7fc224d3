"""The mapping of a connector in our terms: dotted paths onto attributes of the person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from cactions.logic.connectors.mapping_diff import get_full_path
from cactions.logic.connectors.notes import ConnectorNote, NoteKind
from cactions.logic.expressions.json_path import PathError, parse_path
from cactions.logic.yaml.writer import YamlValue, fits_key
from cactions.model import (
    CONTACT_FIELDS,
    IDENTITY_FIELDS,
    Attribute,
    Connector,
    ConnectorMapping,
    DataType,
)

_USER: Final = frozenset({"user", "contact", "lead", ""})
_PREFIX: Final = re.compile(r"(?:(?:user|contact|person)\.)?(?:custom_attributes?\.)?")
_CUSTOM: Final = re.compile(r"(?:(?:user|contact|person)\.)?custom_attributes?\.")
_STEP: Final = re.compile(r"\[(?P<index>-?\d+|\*|)\]|\.?(?P<name>[^.\[]+|\[)|(?P<dot>\.)")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NUMBER: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")
_IDENTIFIERS: Final[Mapping[str, str]] = {"external_id": "user_id"}


class ConnectorTargets(Struct, frozen=True):
    """``mapping`` is that of the file; ``missing`` are attributes that the workspace lacks."""

    mapping: Mapping[str, YamlValue]
    missing: tuple[str, ...] = ()
    notes: tuple[ConnectorNote, ...] = ()


def read_targets(connector: Connector, attributes: Mapping[str, Attribute]) -> ConnectorTargets:
    """What a connector writes onto the person."""
    if connector.mappings is None:
        note = ConnectorNote(NoteKind.MAPPING, "Intercom does not return the mapping")
        return ConnectorTargets({}, notes=(note,))
    found: dict[str, YamlValue] = {}
    missing: list[str] = []
    notes = list(_list_reference_notes(connector))
    kinds = {field.path: field.type for field in connector.fields}
    for mapping in connector.mappings:
        name = _find_target(mapping)
        reason = _find_objection(mapping, name, found)
        if reason:
            notes.append(ConnectorNote(NoteKind.TARGET, reason))
            continue
        full = get_full_path(mapping)
        found[name] = _build_entry(full, attributes.get(name), kinds.get(full, ""))
        if name not in attributes and name not in IDENTITY_FIELDS:
            missing.append(name)
    return ConnectorTargets(found, tuple(missing), tuple(notes))


def _find_target(mapping: ConnectorMapping) -> str:
    name = _PREFIX.sub("", mapping.attribute, count=1)
    return _IDENTIFIERS.get(name, name)


def _find_objection(mapping: ConnectorMapping, name: str, found: Mapping[str, object]) -> str:
    """Why a mapping cannot stand in the file; empty where it can."""
    if mapping.object_type not in _USER:
        return f"{mapping.attribute} of the {mapping.object_type} is mapped, which is no person"
    if not fits_key(name):
        return "a mapping names no attribute"
    if _CUSTOM.match(mapping.attribute) and name in CONTACT_FIELDS:
        return f"the custom attribute {name} has the name of a contact field"
    if name in CONTACT_FIELDS and name not in IDENTITY_FIELDS:
        return f"{name} is mapped, a contact field that the file cannot map"
    return f"{name} is mapped more than once" if name in found else ""


def _build_entry(path: str, attribute: Attribute | None, kind: str) -> YamlValue:
    """The path, with the form of a date where the attribute is one."""
    ours = convert_path(path)
    if attribute is None or attribute.data_type is not DataType.DATE:
        return ours
    return {"path": ours, "date": "unix_s" if kind in ("integer", "decimal") else "iso8601"}


def _list_reference_notes(connector: Connector) -> Iterator[ConnectorNote]:
    for kind, name in connector.references:
        text = f"the answer refers to {name or 'an object'} of the {kind}, which is not mapped here"
        yield ConnectorNote(NoteKind.TARGET, text)


def convert_path(path: str) -> str:
    """``customer.orders[0].id`` as ``$.customer.orders[0].id``; any text becomes a path.

    A list without a number stands for its first element, which is what a single value can be.
    """
    text = "$"
    for step in _STEP.finditer(path.removeprefix("$").removeprefix(".")):
        if step["dot"]:
            continue
        index = step["index"]
        name = step["name"] if index is None else (index or "0").replace("*", "0")
        if _NUMBER.fullmatch(name):
            text += f"[{name}]"
        else:
            text += f".{name}" if _NAME.fullmatch(name) else f"[{_quote(name)}]"
    try:
        parse_path(text)
    except PathError:
        return "$"
    return text


def _quote(name: str) -> str:
    """A string literal of RFC 9535: as JSON, since YAML's other escapes are none there."""
    inner = name.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f]", lambda sign: f"\\u{ord(sign[0]):04x}", inner) + '"'
