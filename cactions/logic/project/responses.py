"""Shapes how an answer is read: success, rows, the proof, and the mapping onto attributes."""

from __future__ import annotations

from cactions.logic.project.mapping_entries import build_mapping_entry
from cactions.logic.project.response_conditions import build_nothing, build_success
from cactions.logic.project.row_choices import build_rows
from cactions.logic.project.scope import Scope
from cactions.logic.suggest import join_names
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import CONTRADICTION, MISSING_KEY
from cactions.model import ActionResponse, AnswerFormat, SamePerson, Success, WhenEmpty


def build_response(at: LocatedValue, scope: Scope) -> ActionResponse:
    """The response of an action; broken parts are left out."""
    mapping_at = at.get("mapping")
    entries = mapping_at.items() if mapping_at else ()
    mapping = [build_mapping_entry(name, item, scope) for name, item in entries]
    rows_at = at.get("rows")
    success = build_success(at.get("success_when"), scope)
    _check_nothing(at, success, scope)
    return ActionResponse(
        success_when=success,
        rows=build_rows(rows_at, rows_at.get("path"), scope) if rows_at else None,
        same_person=_build_same_person(at.get("same_person"), scope),
        mapping=tuple(entry for entry in mapping if entry is not None),
        format=AnswerFormat(at.scalar("format", "json")),
        nothing_when=build_nothing(at.get("nothing_when"), scope),
        on_nothing=WhenEmpty(at.scalar("on_nothing", "keep")),
    )


def _check_nothing(at: LocatedValue, success: Success, scope: Scope) -> None:
    nothing, what = at.get("nothing_when"), at.get("on_nothing")
    if what and not at.has("nothing_when"):
        message = "nothing says when the service has nothing about a person"
        hint = "add nothing_when, such as {status: 404}"
        scope.faults.add(MISSING_KEY, what.key, message, hint=hint, route=what.route)
    if nothing and not nothing.value and isinstance(nothing.value, dict):
        message = "it holds for every answer"
        scope.add_fault(CONTRADICTION, nothing, message, "add status, body, headers or empty")
        return
    built = build_nothing(nothing, scope) if nothing and [*nothing.value] == ["status"] else None
    if nothing and built and (both := sorted({*built.statuses} & {*success.statuses})):
        message = f"status {join_names(map(str, both))} is a success, and means nothing there"
        scope.add_fault(CONTRADICTION, nothing, message, "keep one of the two")


def _build_same_person(at: LocatedValue | None, scope: Scope) -> SamePerson | None:
    if at is None:
        return None
    path_at, equals_at = at.get("path"), at.get("equals")
    path = scope.parse_path(path_at) if path_at else None
    equals = scope.parse_reference(equals_at) if equals_at else None
    if path is None or equals is None:
        return None
    return SamePerson(
        path,
        equals,
        at.scalar("verified", ""),
        equals in scope.redacted,
        any_case=at.scalar("case") == "any",
    )
