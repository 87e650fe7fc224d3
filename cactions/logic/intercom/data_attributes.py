"""Answers of ``GET /data_attributes`` and ``GET /me`` as a snapshot.

- A key that is missing is unknown, never false: older API versions lack ``messenger_writable``.
- An attribute of a data type that cactions does not know is left out and named, and stops nothing.
- Standard attributes (contact fields) are no custom attributes and are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cactions.logic.intercom.api import ApiReply
from cactions.logic.intercom.fields import read_flag, read_text
from cactions.logic.people.declared_type import parse_cell
from cactions.model import Attribute, DataType, Json, Scalar, WorkspaceIdentity

_KNOWN = {data_type.value for data_type in DataType}


def parse_attributes(items: Iterable[Mapping[str, Json]]) -> tuple[dict[str, Attribute], list[str]]:
    """The custom attributes by name, and the names of those of an unknown data type."""
    attributes: dict[str, Attribute] = {}
    unknown: list[str] = []
    for item in items:
        name, data_type = item.get("name"), item.get("data_type")
        if not isinstance(name, str) or not name or item.get("custom") is not True:
            continue
        if isinstance(data_type, str) and data_type in _KNOWN:
            attributes[name] = _build_attribute(name, DataType(data_type), item)
        else:
            unknown.append(name)
    return attributes, unknown


def parse_identity(reply: ApiReply) -> WorkspaceIdentity:
    """What ``GET /me`` tells of the workspace. Raises WorkspaceError where it is no object."""
    app = reply.get_object().get("app")
    known = app if isinstance(app, dict) else {}
    return WorkspaceIdentity(
        read_text(known, "id_code"),
        read_text(known, "name"),
        read_text(known, "region").lower(),
        read_text(known, "timezone"),
        read_flag(known, "identity_verification"),
        reply.version,
    )


def _build_attribute(name: str, data_type: DataType, item: Mapping[str, Json]) -> Attribute:
    options = item.get("options")
    listed = options if isinstance(options, list) else []
    return Attribute(
        name,
        data_type,
        tuple(value for option in listed if (value := _read_option(option, data_type)) is not None),
        read_flag(item, "messenger_writable"),
        archived=item.get("archived") is True,
        api_writable=read_flag(item, "api_writable"),
    )


def _read_option(option: Json, data_type: DataType) -> Scalar:
    """An option is a text, or an object with its value, as in requests that create attributes."""
    value = option.get("value") if isinstance(option, dict) else option
    value = parse_cell(value, data_type) if isinstance(value, str) else value
    return None if isinstance(value, dict | list) else value
