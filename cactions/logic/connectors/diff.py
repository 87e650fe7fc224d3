"""Compares what an action says of its connector with a version of it at Intercom.

- What the file does not state is not compared: an empty name or description, a missing flag.
- The values of headers are hidden by the API: their names are compared, their values are unknown.
- The order of headers, inputs, audiences and tokens does not count, nor does the spelling of a
  variable or of a URL.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from msgspec import Struct

from cactions.logic.connectors.body import FLAGS, WRITABLE, is_default_header
from cactions.logic.connectors.mapping_diff import (
    MappingDifference,
    compare_mappings,
    get_full_path,
    is_on_person,
)
from cactions.logic.connectors.normal_form import NormalForm
from cactions.logic.secrets.credential_mask import mask_credentials
from cactions.model import MASKED_VALUE, Connector, ConnectorInput
from cactions.rules.credentials import mask_secrets

NOTHING: Final = "(none)"
"""Stands for a value that one of the sides does not have."""

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
    be compared; ``plain_tokens`` those that a token of the file carries, and that are plain headers
    in Intercom; ``unknown_keys`` those of Intercom's answer that this version does not know;
    ``beyond`` are mappings onto other objects than a person, which no file can state.
    """

    fields: tuple[FieldDifference, ...] = ()
    mappings: tuple[MappingDifference, ...] | None = ()
    hidden_headers: tuple[str, ...] = ()
    plain_tokens: tuple[str, ...] = ()
    unknown_keys: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether nothing is known to differ."""
        return not self.fields and not self.mappings

    @property
    def writable(self) -> tuple[str, ...]:
        """The fields to write, each once, in the order of WRITABLE."""
        differing = {difference.field for difference in self.fields}
        return tuple(name for name in WRITABLE if name in differing)


def compare_connector(
    wanted: Connector, found: Connector, attributes: Collection[str] = ()
) -> ConnectorComparison:
    """How the version ``found`` differs from ``wanted``, which is built from the file.

    ``attributes`` are the names of those that the files or their snapshot know.
    """
    mappings = None
    if found.mappings is not None:
        mappings = compare_mappings(wanted.mappings or (), found.mappings)
    return ConnectorComparison(
        tuple(_list_differences(wanted, found, attributes)),
        mappings,
        _list_hidden(found),
        _list_plain_tokens(wanted, found),
        found.unknown,
        tuple(_list_beyond(found)),
    )


def _list_differences(
    wanted: Connector, found: Connector, attributes: Collection[str]
) -> Iterator[FieldDifference]:
    own, other = NormalForm(wanted, attributes), NormalForm(found, attributes)
    if wanted.name:
        yield from _compare_texts("name", wanted.name, found.name)
    if wanted.description:
        yield from _compare_texts("description", wanted.description, found.description)
    yield from _compare_texts("http_method", wanted.http_method, found.http_method)
    if own.format_url(wanted.url) != other.format_url(found.url):
        yield _build_difference("url", wanted.url, found.url)
    if own.format_body(wanted.body) != other.format_body(found.body):
        yield _build_difference("body", wanted.body, found.body)
    yield from _compare_headers(wanted, found)
    yield from _compare_inputs(own.rename_inputs(wanted.inputs), other.rename_inputs(found.inputs))
    yield from _compare_sets("audiences", wanted.audiences, found.audiences)
    yield from _compare_sets("token_ids", wanted.token_ids, found.token_ids)
    for flag in FLAGS:
        stated, held = getattr(wanted, flag), getattr(found, flag)
        if stated is not None and bool(held) is not stated:
            yield FieldDifference(flag, format_flag(stated), format_flag(held))


def format_flag(flag: bool | None) -> str:
    """A flag in the words of YAML."""
    return {True: "true", False: "false", None: NOTHING}[flag]


def _compare_texts(field: str, wanted: str, found: str) -> Iterator[FieldDifference]:
    if wanted != found:
        yield _build_difference(field, wanted, found)


def _build_difference(field: str, wanted: str, found: str) -> FieldDifference:
    """What Intercom has may hold a credential, which is not shown."""
    return FieldDifference(
        field, wanted or NOTHING, mask_secrets(mask_credentials(found)) or NOTHING
    )


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
    carried = {name.lower() for name in wanted.token_headers}
    for key, (name, value) in held.items():
        if key not in stated and key not in _DEFAULT_NAMES and key not in carried:
            yield FieldDifference("headers", NOTHING, value, name)


def _list_hidden(found: Connector) -> tuple[str, ...]:
    return tuple(name for name, value in found.headers if value == MASKED_VALUE)


def _list_plain_tokens(wanted: Connector, found: Connector) -> tuple[str, ...]:
    carried = {name.lower() for name in wanted.token_headers}
    return tuple(name for name, _ in found.headers if name.lower() in carried)


def _list_beyond(found: Connector) -> Iterator[str]:
    for mapping in found.mappings or ():
        if not is_on_person(mapping):
            yield f"{get_full_path(mapping)} to {mapping.attribute} ({mapping.object_type})"


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
