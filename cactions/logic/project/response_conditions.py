"""Shapes what an answer is held against: what makes it a success, and what denies a token."""

from __future__ import annotations

from cactions.logic.project.scope import Scope
from cactions.logic.request.checks import HEADER_NAME
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import CONTRADICTION, MISSING_KEY, WRONG_VALUE
from cactions.logic.yaml.nodes import to_json
from cactions.model import BodyCheck, Denial, NotFound, Success


def build_success(at: LocatedValue | None, scope: Scope) -> Success:
    """All of what makes a success; status 200 where nothing else is said."""
    return Success(*_build_checks(at, (200,), scope))


def build_nothing(at: LocatedValue | None, scope: Scope) -> NotFound | None:
    """What tells that the service has nothing about a person; None where nothing does."""
    if at is None:
        return None
    path_at = at.get("empty")
    path = scope.parse_path(path_at) if path_at else None
    return NotFound(*_build_checks(at, (), scope), path)


def build_denial(at: LocatedValue | None, scope: Scope) -> Denial:
    """Any of what denies a token; status 401 where no other is said."""
    return Denial(*_build_checks(at, (401,), scope))


def _build_checks(
    at: LocatedValue | None, default: tuple[int, ...], scope: Scope
) -> tuple[tuple[int, ...], tuple[BodyCheck, ...], tuple[tuple[str, str], ...]]:
    if at is None:
        return default, (), ()
    status, body = at.get("status"), at.get("body")
    if status:
        alone = isinstance(status.value, int)
        default = (status.value,) if alone else tuple(item.value for item in status.value)
    checks = [_build_check(item, scope) for item in body.value] if body else []
    return default, tuple(check for check in checks if check), tuple(_build_headers(at, scope))


def _build_headers(at: LocatedValue, scope: Scope) -> list[tuple[str, str]]:
    named = at.get("headers")
    pairs = [*named.items()] if named else []
    for name, item in pairs:
        if not HEADER_NAME.fullmatch(name):
            scope.faults.add(WRONG_VALUE, item.key, f'"{name}" is no header name', route=item.route)
    return [(name, item.value) for name, item in pairs]


def _build_check(at: LocatedValue, scope: Scope) -> BodyCheck | None:
    path_at, equals, absent = at.get("path"), at.get("equals"), at.get("absent")
    path = scope.parse_path(path_at) if path_at else None
    if equals is None and absent is None:
        if not at.has_like(("equals", "absent")):
            hint = "add equals: VALUE, or absent: true"
            message = "it does not say what must be there"
            scope.faults.add(MISSING_KEY, at.key, message, hint=hint, route=at.route)
        return None
    if equals and absent:
        message = "a member that is absent equals nothing"
        scope.add_fault(CONTRADICTION, absent, message, "keep one of the two")
    if path is None:
        return None
    if equals is None:
        return BodyCheck(path, any_value=not at.scalar("absent"))
    return BodyCheck(path, to_json(equals.node))
