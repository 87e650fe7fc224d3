"""Compares what an action says of its connector with a version of it at Intercom.

- What the file does not state is not compared: an empty name or description, a missing flag.
- The values of headers are hidden by the API: their names are compared, their values are unknown.
- The order of headers, inputs, audiences and tokens does not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from cactions.logic import strict_json
from cactions.logic.intercom.connector_body import FLAGS, WRITABLE, is_default_header
from cactions.logic.intercom.connector_mapping_diff import MappingDifference, compare_mappings
from cactions.logic.strict_json import StrictJsonError
from cactions.model import MASKED_VALUE, Connector, ConnectorInput

NOTHING: Final = "(none)"
"""Stands for a value that one of the sides does not have."""

_HOLE: Final = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_JSON_PART: Final = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')
_DEFAULT_NAMES: Final = ("accept", "content-type")


class FieldDifference(Struct, frozen=True):
    """One difference: the file's text and Intercom's. ``part`` names an input or a header."""

    field: str
    in_file: str
    in_intercom: str
    part: str = ""

    @property
    def label(self) -> str:
        """Field and part."""
        return f"{self.field}.{self.part}" if self.part else self.field


class ConnectorComparison(Struct, frozen=True):
    """What differs, what must be entered by hand, and what could not be compared.

    ``mappings`` None: Intercom did not tell them. ``hidden_headers`` are those whose values cannot
    be compared; ``unknown_keys`` those of Intercom's answer that this version does not know.
    """

    fields: tuple[FieldDifference, ...] = ()
    mappings: tuple[MappingDifference, ...] | None = ()
    hidden_headers: tuple[str, ...] = ()
    unknown_keys: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether nothing is known to differ."""
        return not self.fields and not self.mappings

    @property
    def writable(self) -> tuple[str, ...]:
        """The fields to write, each once, in the order of WRITABLE."""
        differing = {difference.field for difference in self.fields}
        return tuple(name for name in WRITABLE if name in differing)


def compare_connector(wanted: Connector, found: Connector) -> ConnectorComparison:
    """How the version ``found`` differs from ``wanted``, which is built from the file."""
    mappings = None
    if found.mappings is not None:
        mappings = compare_mappings(wanted.mappings or (), found.mappings)
    return ConnectorComparison(
        tuple(_list_differences(wanted, found)), mappings, _list_hidden(found), found.unknown
    )


def _list_differences(wanted: Connector, found: Connector) -> Iterator[FieldDifference]:
    if wanted.name:
        yield from _compare_texts("name", wanted.name, found.name)
    if wanted.description:
        yield from _compare_texts("description", wanted.description, found.description)
    yield from _compare_texts("http_method", wanted.http_method, found.http_method)
    yield from _compare_texts("url", wanted.url, found.url, _normalize_holes)
    yield from _compare_texts("body", wanted.body, found.body, normalize_body)
    yield from _compare_headers(wanted, found)
    yield from _compare_inputs(wanted.inputs, found.inputs)
    yield from _compare_sets("audiences", wanted.audiences, found.audiences)
    yield from _compare_sets("token_ids", wanted.token_ids, found.token_ids)
    for flag in FLAGS:
        stated, held = getattr(wanted, flag), getattr(found, flag)
        if stated is not None and bool(held) is not stated:
            yield FieldDifference(flag, format_flag(stated), format_flag(held))


def format_flag(flag: bool | None) -> str:
    """A flag in the words of YAML."""
    return {True: "true", False: "false", None: NOTHING}[flag]


def normalize_body(text: str) -> str:
    """A text that two bodies share exactly if they mean the same: JSON without its blanks."""
    text = _normalize_holes(text)
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return strict_json.dump_json(strict_json.parse_json(text))
    except StrictJsonError:  # a hole without quotes is no JSON
        return _JSON_PART.sub(lambda part: part[1] or "", text)


def _normalize_holes(text: str) -> str:
    return _HOLE.sub(r"{{\1}}", text)


def _compare_texts(
    field: str, wanted: str, found: str, normalize: Callable[[str], str] = lambda text: text
) -> Iterator[FieldDifference]:
    if normalize(wanted) != normalize(found):
        yield FieldDifference(field, wanted or NOTHING, found or NOTHING)


def _compare_sets(
    field: str, wanted: Sequence[str], found: Sequence[str]
) -> Iterator[FieldDifference]:
    if set(wanted) != set(found):
        texts = (", ".join(sorted(side)) or NOTHING for side in (set(wanted), set(found)))
        yield FieldDifference(field, *texts)


def _compare_headers(wanted: Connector, found: Connector) -> Iterator[FieldDifference]:
    """By name, in any case; a value only where Intercom shows it."""
    held = {name.lower(): (name, value) for name, value in found.headers}
    stated = {name.lower(): (name, value) for name, value in wanted.headers}
    for key, (name, value) in stated.items():
        if key not in held:
            if not is_default_header(name, value):
                yield FieldDifference("headers", value, NOTHING, name)
        elif held[key][1] not in (MASKED_VALUE, value):
            yield FieldDifference("headers", value, held[key][1], name)
    for key, (name, value) in held.items():
        if key not in stated and key not in _DEFAULT_NAMES:
            yield FieldDifference("headers", NOTHING, value, name)


def _list_hidden(found: Connector) -> tuple[str, ...]:
    return tuple(name for name, value in found.headers if value == MASKED_VALUE)


def _compare_inputs(
    wanted: Sequence[ConnectorInput], found: Sequence[ConnectorInput]
) -> Iterator[FieldDifference]:
    stated = {data_input.name: data_input for data_input in wanted}
    held = {data_input.name: data_input for data_input in found}
    for name in dict.fromkeys([*stated, *held]):
        sides = stated.get(name), held.get(name)
        if sides[0] != sides[1]:
            in_file, in_intercom = map(describe_input, sides)
            yield FieldDifference("data_inputs", in_file, in_intercom, name)


def describe_input(data_input: ConnectorInput | None) -> str:
    """A data input in one text."""
    if data_input is None:
        return NOTHING
    need = "required" if data_input.required else "optional"
    default = f", default {data_input.default_value!r}" if data_input.default_value else ""
    return f"{data_input.type}, {need}{default}: {data_input.description}"
