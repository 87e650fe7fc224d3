"""Compares the file's ``response.mapping`` with the mapping of a connector, which no API writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Final

from msgspec import Struct

from cactions.logic.connectors.normal_form import normalize_path
from cactions.model import ConnectorMapping

_PREFIX: Final = re.compile(r"(?:(?:user|contact|person)\.)?(?:custom_attributes?\.)?")
_IDENTIFIERS: Final = {"external_id": "user_id"}
_USER: Final = "user"
_PEOPLE: Final = ("user", "contact", "lead", "")


class MappingFault(Enum):
    """What must be done in the web page, in one word."""

    MISSING = "missing"
    EXTRA = "extra"
    OTHER_PATH = "other_path"
    OTHER_ATTRIBUTE = "other_attribute"
    NOT_POSSIBLE = "not_possible"
    """Intercom maps the rows of a list onto custom objects only."""


class MappingDifference(Struct, frozen=True):
    """One row of the table: what the file says, and what Intercom has in its place."""

    fault: MappingFault
    attribute: str
    path: str
    object_type: str = _USER
    found_attribute: str = ""
    found_path: str = ""


def compare_mappings(
    wanted: Sequence[ConnectorMapping], found: Sequence[ConnectorMapping]
) -> tuple[MappingDifference, ...]:
    """Every difference of what goes onto a person, those of the file first, in its order."""
    found = [mapping for mapping in found if is_on_person(mapping)]
    left = [mapping for mapping in found if not any(_is_same(mapping, want) for want in wanted)]
    open_rows = [want for want in wanted if not any(_is_same(mapping, want) for mapping in found)]
    return tuple(_pair_rows(open_rows, left))


def _pair_rows(
    wanted: Sequence[ConnectorMapping], left: list[ConnectorMapping]
) -> Iterator[MappingDifference]:
    """Each open row of the file with what stands in its place; ``left`` gets shorter."""
    targets = {want.attribute for want in wanted}
    for want in wanted:
        if want.object_path:
            yield MappingDifference(MappingFault.NOT_POSSIBLE, want.attribute, want.path)
            continue
        same_target = [found for found in left if get_attribute_name(found) == want.attribute]
        same_path = [
            found
            for found in left
            if get_attribute_name(found) not in targets and get_full_path(found) == want.path
        ]
        stand_in = next(iter(same_target or same_path), None)
        if stand_in is None:
            yield MappingDifference(MappingFault.MISSING, want.attribute, want.path)
            continue
        left.remove(stand_in)
        fault = MappingFault.OTHER_PATH if same_target else MappingFault.OTHER_ATTRIBUTE
        yield _build(fault, want.attribute, want.path, stand_in)
    for extra in left:
        yield _build(MappingFault.EXTRA, "", "", extra)


def _build(
    fault: MappingFault, attribute: str, path: str, found: ConnectorMapping
) -> MappingDifference:
    return MappingDifference(
        fault, attribute, path, found.object_type, get_attribute_name(found), get_full_path(found)
    )


def _is_same(found: ConnectorMapping, want: ConnectorMapping) -> bool:
    return (
        not want.object_path
        and get_attribute_name(found) == want.attribute
        and get_full_path(found) == want.path
    )


def is_on_person(mapping: ConnectorMapping) -> bool:
    """Whether it writes onto a person, as the mapping of a file does."""
    return mapping.object_type in _PEOPLE


def get_attribute_name(mapping: ConnectorMapping) -> str:
    """The attribute without the names of the object that it belongs to."""
    name = _PREFIX.sub("", mapping.attribute, count=1)
    return _IDENTIFIERS.get(name, name)


def get_full_path(mapping: ConnectorMapping) -> str:
    """The path from the root: Intercom's may begin at the object, or name it again."""
    around, path = mapping.object_path, mapping.path
    if not around or path == around or path.startswith((f"{around}.", f"{around}[")):
        return normalize_path(path)
    return normalize_path(f"{around}.{path}")
