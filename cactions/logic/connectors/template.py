"""Templates of data connectors: ours as Intercom writes them, and Intercom's as ours.

Reading never fails. A variable that is no data input, contact field or known attribute becomes a
data input that the customer may choose, and is reported as unknown. Braces that are no variable
stay as text, with a space between them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct

from cactions.model import (
    CONTACT_FIELDS,
    Input,
    PersonAttribute,
    PersonField,
    Reference,
    Template,
)

_PEOPLE: Final = frozenset(["user", "person", "customer", "contact", "lead", "visitor"])
_INPUTS: Final = frozenset(["input", "inputs", "data_input", "data_inputs"])
_CUSTOM: Final = frozenset(["custom_attribute", "custom_attributes", "attribute", "attributes"])
_FIELDS: Final[Mapping[str, str]] = {
    **{name: name for name in CONTACT_FIELDS},
    "external_id": "user_id",
    "phone_number": "phone",
    "email_address": "email",
    "full_name": "name",
}
_PARTS_OF_NAMES: Final = ("first_name", "last_name")
"""Parts of ``name``: read as the whole name, and reported as unknown."""
_ASSIGNED: Final = frozenset(
    {"conversation.id", "conversation_id", "conversation.conversation_id", "ticket.id",
     "conversation.created_at", "app.id", "app.name", "app.id_code", "workspace.id",
     "workspace.name", "teammate.id", "teammate.name", "teammate.email", "admin.id",
     "admin.name", "admin.email"}
)  # fmt: skip
"""Variables that Intercom itself fills in, and that no customer can choose."""
_FALLBACK: Final = re.compile(r"""(?:fallback|default)\s*:\s*\\?["'](.*?)\\?["']\s*\Z""", re.DOTALL)
_TAG: Final = "{%"
_LONGEST_NAME: Final = 48
_LONGEST_SHOWN: Final = 60


class ConnectorText(Struct, frozen=True):
    """A text of a connector in our terms.

    ``unknown`` are the variables, as Intercom has them, whose source is not known. ``assigned`` are
    the inputs that stand for what Intercom itself fills in. ``fallbacks`` are the values that are
    used where a reference has none. ``spellings`` are inputs whose variable is spelled otherwise.
    """

    template: Template
    unknown: tuple[str, ...] = ()
    assigned: tuple[str, ...] = ()
    fallbacks: tuple[tuple[Reference, str], ...] = ()
    spellings: tuple[tuple[str, str], ...] = ()


def format_reference(reference: Reference) -> str:
    """The name of a variable at Intercom."""
    if isinstance(reference, Input):
        return reference.name
    if isinstance(reference, PersonAttribute):
        return f"user.custom_attributes.{reference.name}"
    return f"user.{reference.name}"


def format_template(template: Template) -> str:
    """The text with Intercom's variables."""
    return "".join(
        part if isinstance(part, str) else f"{{{{{format_reference(part)}}}}}"
        for part in template.pieces
    )


def build_input_name(name: str) -> str:
    """A name that templates can hold; the same for the same text."""
    plain = unicodedata.normalize("NFKD", name[:200]).encode("ascii", "ignore").decode()
    word = re.sub(r"[^A-Za-z0-9_]+", "_", plain).strip("_")[:_LONGEST_NAME] or "value"
    return f"_{word}" if word[0].isdigit() else word


def name_inputs(names: Iterable[str]) -> dict[str, str]:
    """Our name of each data input, by Intercom's: unique, and unchanged where it can be."""
    found: dict[str, str] = {}
    names = list(dict.fromkeys(names))
    taken = {name for name in names if build_input_name(name) == name}
    for name in names:
        ours, number = build_input_name(name), 1
        while ours != name and ours in taken:
            number += 1
            ours = f"{build_input_name(name)}_{number}"
        taken.add(ours)
        found[name] = ours
    return found


def parse_template(
    text: str, inputs: Mapping[str, str], attributes: Collection[str]
) -> ConnectorText:
    """A connector's text in our terms.

    ``inputs`` maps the names of its data inputs to ours (``name_inputs``), ``attributes`` are the
    custom attributes of the workspace.
    """
    parts: list[str | Reference] = []
    unknown: list[str] = [_TAG] if _TAG in text else []
    assigned: list[str] = []
    fallbacks: list[tuple[Reference, str]] = []
    spellings: list[tuple[str, str]] = []
    for literal, variable in _split(text):
        parts.append(literal)
        if variable is None:
            continue
        name, _, filters = variable.partition("|")
        reference, is_known = _resolve(name.strip(), inputs, attributes)
        parts.append(reference)
        spelled = " ".join(name.split())[:_LONGEST_SHOWN]
        if isinstance(reference, Input) and reference.name != spelled:
            spellings.append((reference.name, spelled))
        if isinstance(reference, Input) and name.strip().lower() in _ASSIGNED:
            assigned += [reference.name] if not is_known else []
        elif not is_known:
            unknown.append(spelled)
        if found := _FALLBACK.search(filters):
            fallbacks.append((reference, found[1]))
    return ConnectorText(
        build_template(parts),
        tuple(dict.fromkeys(unknown)),
        tuple(dict.fromkeys(assigned)),
        tuple(fallbacks),
        tuple(dict.fromkeys(spellings)),
    )


def _resolve(
    variable: str, inputs: Mapping[str, str], attributes: Collection[str]
) -> tuple[Reference, bool]:
    """What a variable names, and whether that is known."""
    if variable in inputs:
        return Input(inputs[variable]), True
    first, _, rest = variable.partition(".")
    if first.lower() in _INPUTS and rest in inputs:
        return Input(inputs[rest]), True
    on_person = first.lower() in _PEOPLE and bool(rest)
    named = rest if on_person else variable
    if field := _FIELDS.get(named.lower()):
        return PersonField(field), True
    if on_person and named.lower() in _PARTS_OF_NAMES:
        return PersonField("name"), False
    name = _find_attribute(named, attributes)
    if name is not None:
        return PersonAttribute(name), True
    return Input(build_input_name(variable)), False


def _find_attribute(named: str, attributes: Collection[str]) -> str | None:
    """The custom attribute that a path names, written with dots, brackets or nothing."""
    found = re.match(r"(\w+)\s*(?:\.|\[\s*['\"]?)", named)
    if found and found[1].lower() in _CUSTOM:
        named = re.sub(r"['\"]?\s*\]\Z", "", named[found.end() :])
    return named if named in attributes else None


def _split(text: str) -> Iterator[tuple[str, str | None]]:
    """Each literal text with the variable behind it; None behind the last. Linear in the length."""
    done, start, end = 0, text.find("{{"), -1
    while start >= 0:
        if end < start + 2:
            end = text.find("}}", start + 2)
        if end < 0:
            break
        inner = text.rfind("{{", start, end)
        opened = inner + 2
        extra = 0
        while inner > done and text[inner - 1] == "{" and text[end + 2 + extra :][:1] == "}":
            inner, extra = inner - 1, extra + 1
        yield text[done:inner], text[opened:end]
        done = end + 2 + extra
        start = text.find("{{", done)
    yield text[done:], None


def build_template(parts: Iterable[str | Reference]) -> Template:
    """The template of these parts: no empty text, no two texts side by side, no stray braces."""
    merged: list[str | Reference] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    last = len(merged) - 1
    return Template(
        tuple(
            _separate_braces(part, before_hole=number < last) if isinstance(part, str) else part
            for number, part in enumerate(merged)
        )
    )


def _separate_braces(literal: str, *, before_hole: bool) -> str:
    """Two opening braces side by side would begin a hole."""
    apart = re.sub(r"\{(?=\{)", "{ ", literal)
    return f"{apart} " if before_hole and apart.endswith("{") else apart
