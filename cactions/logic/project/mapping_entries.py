"""Shapes the entries of ``mapping``: where a value comes from, and what keeps it safe."""

from __future__ import annotations

from typing import Final

from cactions.logic.project.attribute_values import build_scalar, build_scalars
from cactions.logic.project.date_formats import build_date_format
from cactions.logic.project.scope import Scope
from cactions.logic.project.value_sources import ValueSource, build_value_source
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import (
    CONTRADICTION,
    IDENTITY_TARGET,
    MISSING_KEY,
    UNKNOWN_NAME,
    WRONG_VALUE,
)
from cactions.model import (
    ABSENT,
    CONTACT_FIELDS,
    EACH,
    IDENTITY_FIELDS,
    Attribute,
    AttributeMapping,
    DataType,
    Overwrite,
    Scalar,
    WhenEmpty,
)

_UNDECIDED: Final = "decide"
"""The attribute in a new action that a person has not chosen yet."""


def build_mapping_entry(name: str, at: LocatedValue, scope: Scope) -> AttributeMapping | None:
    """One entry of ``mapping``: a bare path, or a path with policies."""
    attribute = _find_target(name, at, scope)
    is_short = isinstance(at.value, str)
    if is_short:
        path = scope.parse_path(at)
        if attribute is None or path is None:
            return None
        _check_date_form(attribute, None, at, scope)
        return AttributeMapping(attribute, path, redacted=attribute.redacted)
    source = build_value_source(at, scope)
    if attribute is None or source is None:
        return None
    _check_policies(attribute, source, at, scope)
    forced, date, length, others = map(at.get, ("type", "date", "max_length", "else"))
    is_cut = length is not None and not isinstance(length.value, int)
    return AttributeMapping(
        attribute,
        source.path,
        elements=source.elements,
        aggregate=source.aggregate,
        text=source.text,
        parse=source.parse,
        join=at.scalar("join"),
        type=DataType(forced.value) if forced else None,
        divide=at.scalar("divide"),
        max_length=length.scalar("cut") if length and is_cut else at.scalar("max_length"),
        cut=is_cut,
        one_of=build_scalars(at.get("one_of"), attribute, scope),
        values=_build_values(at.get("values"), attribute, scope),
        otherwise=build_scalar(others, attribute, scope) if others else ABSENT,
        any_case=at.scalar("case") == "any",
        date=build_date_format(date, scope) if date else None,
        empty=tuple(item.value for item in empty_at.value)
        if (empty_at := at.get("empty_when"))
        else (),
        redacted=attribute.redacted,
        verified=at.scalar("verified", ""),
        on_missing=WhenEmpty(at.scalar("on_missing", "keep")),
        on_null=WhenEmpty(at.scalar("on_null", "keep")),
        overwrite=Overwrite(at.scalar("overwrite", "always")),
        unique=at.scalar("unique", False),
    )


def _find_target(name: str, at: LocatedValue, scope: Scope) -> Attribute | None:
    if name in IDENTITY_FIELDS:
        message = f'"{name}" says who a person is; a response may not write it'
        hint = "map it onto a custom attribute"
        scope.faults.add(IDENTITY_TARGET, at.key, message, hint=hint, route=at.route)
    elif name in CONTACT_FIELDS and name not in scope.attributes:
        message = f'"{name}" is a contact field; only custom attributes can be mapped'
        scope.faults.add(WRONG_VALUE, at.key, message, route=at.route)
    elif name not in scope.attributes:
        hint = scope.faults.suggest_name(name, scope.attributes)
        hint = hint or "declare it under attributes:"
        message = f'there is no attribute "{name}"'
        if name == _UNDECIDED:
            message = "this is not decided yet"
            hint = "the comment above it says what there is to choose from"
        scope.faults.add(UNKNOWN_NAME, at.key, message, hint=hint, route=at.route)
    return scope.attributes.get(name)


def _build_values(
    at: LocatedValue | None, attribute: Attribute, scope: Scope
) -> tuple[tuple[str, Scalar], ...]:
    """Pairs of response text and attribute value; null clears."""
    entries = at.items() if at else ()
    return tuple((text, build_scalar(item, attribute, scope)) for text, item in entries)


def _check_policies(
    attribute: Attribute, source: ValueSource, at: LocatedValue, scope: Scope
) -> None:
    date, forced, length = at.get("date"), at.get("type"), at.get("max_length")
    kind = attribute.data_type
    if date or not at.has("date"):
        _check_date_form(attribute, date, at, scope)
    if forced and forced.value != kind.value:
        message = f'"{attribute.name}" is of type {kind.value}'
        scope.add_fault(CONTRADICTION, forced, message, f"write type: {kind.value}")
    if length and kind is not DataType.STRING:
        scope.refuse_key(length, f'"{attribute.name}" is no text and has no length')
    divide, has_values = at.get("divide"), at.has("values")
    if divide and (kind in (DataType.BOOLEAN, DataType.DATE) or has_values):
        what = "values are looked up" if has_values else f'"{attribute.name}" is no number'
        scope.refuse_key(divide, f"{what}: there is nothing to divide")
    for name in ("else", "case"):
        if (key := at.get(name)) and not has_values:
            scope.refuse_key(key, f"{name} belongs to values, which is not there")
    _check_join(source, at, scope)


def _check_join(source: ValueSource, at: LocatedValue, scope: Scope) -> None:
    """A list of texts becomes a text by ``join`` alone."""
    join = at.get("join")
    is_list = EACH in source.path.segments and not (source.elements or source.aggregate)
    if join and (source.text or source.aggregate):
        scope.refuse_key(join, "there is no list to join")
    elif is_list and not at.has("join"):
        hint = 'add join: ", ", or count, sum, min or max; in: takes one element'
        scope.faults.add(MISSING_KEY, at.key, "[*] is a list of values", hint=hint, route=at.route)


def _check_date_form(
    attribute: Attribute, date: LocatedValue | None, at: LocatedValue, scope: Scope
) -> None:
    """Seconds and milliseconds look alike: a date says how it is written, and nothing else does."""
    if attribute.data_type is DataType.DATE and date is None:
        if isinstance(at.value, dict) and at.get("values"):
            return  # the author writes the dates out
        message = f'"{attribute.name}" is a date: how does the third party write it?'
        hint = "add date: iso8601, iso8601_date, rfc2822, unix_s or unix_ms, or a pattern"
        scope.faults.add(MISSING_KEY, at.key, message, hint=hint, route=at.route)
    elif date and attribute.data_type is not DataType.DATE:
        message = f'"{attribute.name}" is no date but of type {attribute.data_type.value}'
        scope.refuse_key(date, message)
