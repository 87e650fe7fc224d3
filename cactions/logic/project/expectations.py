"""Shapes what a test expects: values, kinds of change, refusals, the request, a failure."""

from __future__ import annotations

from collections.abc import Mapping

from cactions.logic.project.attribute_values import build_scalar
from cactions.logic.project.scope import Scope
from cactions.logic.request.checks import HEADER_NAME
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import CONTRADICTION, UNKNOWN_NAME, WRONG_VALUE
from cactions.logic.yaml.nodes import to_json
from cactions.model import (
    ABSENT,
    Attribute,
    Expectation,
    ExpectedChange,
    ExpectedKind,
    ExpectedRequest,
    Json,
)

_LISTING = ("attributes", "changes")
"""What expects nothing where it is empty."""

Targets = Mapping[str, Attribute | None]
"""The attributes that an action maps, by name."""


def build_expectation(at: LocatedValue, targets: Targets, scope: Scope) -> Expectation:
    """The expectation; a fault for an attribute that is not mapped, and for what says nothing."""
    refused = at.get("refused")
    for item in refused.value if refused else ():
        _find_mapped_attribute(item.value, targets, item, scope)
    if all(key in _LISTING and not at.value[key].value for key in at.value):
        scope.add_fault(WRONG_VALUE, at, "this expects nothing, and can never fail")
    return Expectation(
        status=at.scalar("status"),
        attributes=_build_attributes(at.get("attributes"), targets, scope),
        refused=tuple(item.value for item in refused.value) if refused else None,
        failure=at.scalar("failure"),
        changes=_build_changes(at.get("changes"), targets, scope),
        request=_build_request(at.get("request"), scope),
    )


def _build_attributes(
    at: LocatedValue | None, targets: Targets, scope: Scope
) -> dict[str, Json] | None:
    if at is None:
        return None
    expected: dict[str, Json] = {}
    for name, item in at.items():
        target = _find_mapped_attribute(name, targets, item, scope)
        if target:
            expected[name] = build_scalar(item, target, scope)
    return expected


def _build_changes(
    at: LocatedValue | None, targets: Targets, scope: Scope
) -> dict[str, ExpectedChange] | None:
    if at is None:
        return None
    expected: dict[str, ExpectedChange] = {}
    for name, item in at.items():
        _find_mapped_attribute(name, targets, item, scope)
        if isinstance(item.value, str):
            expected[name] = ExpectedChange(ExpectedKind(item.value))
        elif len(item.value) == 1:
            [(kind, reason)] = item.items()
            expected[name] = ExpectedChange(ExpectedKind(kind), reason.value)
        else:
            scope.add_fault(CONTRADICTION, item, "an attribute is either kept or refused")
    return expected


def _build_request(at: LocatedValue | None, scope: Scope) -> ExpectedRequest | None:
    if at is None:
        return None
    if not at.value:
        scope.add_fault(WRONG_VALUE, at, "this expects nothing of the request")
    url, headers, body = at.get("url"), at.get("headers"), at.get("json")
    if url and ("?" in url.value or "#" in url.value):
        hint = "write the parameters under `query:` beside it"
        scope.add_fault(CONTRADICTION, url, "the URL of an expectation has no query", hint)
    for name, item in headers.items() if headers else ():
        if not HEADER_NAME.fullmatch(name):
            scope.faults.add(WRONG_VALUE, item.key, f'"{name}" is no header name', route=item.route)
    return ExpectedRequest(
        url.value if url else None,
        at.scalar("method"),
        _build_query(at.get("query")),
        _build_texts(headers),
        to_json(body.node) if body else ABSENT,
    )


def _build_query(at: LocatedValue | None) -> dict[str, tuple[str, ...]] | None:
    if at is None:
        return None
    several = {
        name: item.value if isinstance(item.value, list) else [item] for name, item in at.items()
    }
    return {name: tuple(item.value for item in items) for name, items in several.items()}


def _build_texts(at: LocatedValue | None) -> dict[str, str] | None:
    return {name: item.value for name, item in at.items()} if at else None


def _find_mapped_attribute(
    name: str, targets: Targets, at: LocatedValue, scope: Scope
) -> Attribute | None:
    """The attribute that a test speaks of; a fault where the action does not map it."""
    if name not in targets:
        message = f'this action does not map "{name}"'
        hint = scope.faults.suggest_name(name, targets)
        scope.faults.add(UNKNOWN_NAME, at.key, message, hint=hint, route=at.route)
    return targets.get(name)
