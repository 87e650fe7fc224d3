"""Shapes how an answer is read: success, rows, the proof, and the mapping onto attributes."""

from __future__ import annotations

from cactions.logic.project.attribute_values import build_scalar, build_scalars
from cactions.logic.project.response_conditions import build_success
from cactions.logic.project.scope import Scope
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import (
    CONTRADICTION,
    IDENTITY_TARGET,
    MISSING_KEY,
    UNKNOWN_NAME,
    WRONG_VALUE,
)
from cactions.model import (
    CONTACT_FIELDS,
    IDENTITY_FIELDS,
    ActionResponse,
    Attribute,
    AttributeMapping,
    DataType,
    DateForm,
    Overwrite,
    Path,
    Reference,
    Rows,
    SamePerson,
    Scalar,
    WhenEmpty,
)


def build_response(at: LocatedValue, scope: Scope) -> ActionResponse:
    """The response of an action; broken parts are left out."""
    mapping_at = at.get("mapping")
    entries = mapping_at.items() if mapping_at else ()
    mapping = [build_mapping_entry(name, item, scope) for name, item in entries]
    return ActionResponse(
        success_when=build_success(at.get("success_when"), scope),
        rows=_build_rows(at.get("rows"), scope),
        same_person=_build_same_person(at.get("same_person"), scope),
        mapping=tuple(entry for entry in mapping if entry is not None),
    )


def _build_rows(at: LocatedValue | None, scope: Scope) -> Rows | None:
    path_at = at.get("path") if at else None
    if at is None or path_at is None:
        return None
    path = scope.parse_path(path_at, rows=True)
    where_at = at.get("where")
    where: list[tuple[Path, Reference]] = []
    for text, item in where_at.items() if where_at else ():
        key = scope.parse_path_text(text, item.front, item.route)
        reference = scope.parse_reference(item)
        if key and reference:
            where.append((key, reference))
    return Rows(path, tuple(where)) if path else None


def _build_same_person(at: LocatedValue | None, scope: Scope) -> SamePerson | None:
    if at is None:
        return None
    path_at, equals_at = at.get("path"), at.get("equals")
    path = scope.parse_path(path_at) if path_at else None
    equals = scope.parse_reference(equals_at) if equals_at else None
    if path is None or equals is None:
        return None
    return SamePerson(path, equals, at.scalar("verified", ""), equals in scope.redacted)


def build_mapping_entry(name: str, at: LocatedValue, scope: Scope) -> AttributeMapping | None:
    """One entry of ``mapping``: a bare path, or a path with policies."""
    attribute = _find_target(name, at, scope)
    short = isinstance(at.value, str)
    path_at = at if short else at.get("path")
    path = scope.parse_path(path_at) if path_at else None
    if attribute is None or path is None:
        return None
    if short:
        _check_date_form(attribute, None, at, scope)
        return AttributeMapping(attribute, path, redacted=attribute.redacted)
    _check_policies(attribute, at, scope)
    forced, date = at.scalar("type"), at.scalar("date")
    return AttributeMapping(
        attribute,
        path,
        type=DataType(forced) if forced else None,
        max_length=at.scalar("max_length"),
        one_of=build_scalars(at.get("one_of"), attribute, scope),
        values=_build_values(at.get("values"), attribute, scope),
        date=DateForm(date) if date else None,
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
        scope.faults.add(UNKNOWN_NAME, at.key, message, hint=hint, route=at.route)
    return scope.attributes.get(name)


def _build_values(
    at: LocatedValue | None, attribute: Attribute, scope: Scope
) -> tuple[tuple[str, Scalar], ...]:
    """Pairs of response text and attribute value; null clears."""
    entries = at.items() if at else ()
    return tuple((text, build_scalar(item, attribute, scope)) for text, item in entries)


def _check_policies(attribute: Attribute, at: LocatedValue, scope: Scope) -> None:
    date, forced, length = at.get("date"), at.get("type"), at.get("max_length")
    if date or not at.has("date"):
        _check_date_form(attribute, date, at, scope)
    if forced and forced.value != attribute.data_type.value:
        message = f'"{attribute.name}" is of type {attribute.data_type.value}'
        scope.add_fault(CONTRADICTION, forced, message, f"write type: {attribute.data_type.value}")
    if length and attribute.data_type is not DataType.STRING:
        message = f'"{attribute.name}" is no text and has no length'
        scope.faults.add(CONTRADICTION, length.key, message, hint="remove it", route=length.route)


def _check_date_form(
    attribute: Attribute, date: LocatedValue | None, at: LocatedValue, scope: Scope
) -> None:
    """Seconds and milliseconds look alike: a date says how it is written, and nothing else does."""
    if attribute.data_type is DataType.DATE and date is None:
        if isinstance(at.value, dict) and at.get("values"):
            return  # the author writes the dates out
        message = f'"{attribute.name}" is a date: how does the third party write it?'
        hint = "add date: iso8601, iso8601_date, unix_s or unix_ms"
        scope.faults.add(MISSING_KEY, at.key, message, hint=hint, route=at.route)
    elif date and attribute.data_type is not DataType.DATE:
        message = f'"{attribute.name}" is no date but of type {attribute.data_type.value}'
        scope.faults.add(CONTRADICTION, date.key, message, hint="remove it", route=date.route)
