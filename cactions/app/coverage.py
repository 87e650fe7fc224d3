"""Which points of an action its tests have met. Only tests that passed count.

The points of an action are:

- ``attribute NAME``, for each mapped attribute: a response had a value for it;
- ``success_when refuses``, and where the action has them ``rows refuses none``, ``rows refuses
  many`` and ``same_person refuses``: the check stopped a response;
- ``failure not_json`` and ``failure no_value``, where they can happen: a test expects it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cactions.model import (
    Action,
    ActionCoverage,
    AnswerFormat,
    CoveragePoint,
    FailureReason,
    Input,
    PersonField,
    Plan,
    Reference,
    TestReport,
    is_empty,
)


def measure_coverage(
    actions: Iterable[Action], reports: Sequence[TestReport]
) -> tuple[ActionCoverage, ...]:
    """The points of each action, also of one without tests."""
    return tuple(_measure_action(action, reports) for action in actions)


def _measure_action(action: Action, reports: Sequence[TestReport]) -> ActionCoverage:
    results = [
        report.result for report in reports if report.action == action.name and report.passed
    ]
    seen = {name for result in results if isinstance(result, Plan) for name in _list_seen(result)}
    ended = {result.reason for result in results if not isinstance(result, Plan)}
    attributes = (
        CoveragePoint(f"attribute {mapping.attribute.name}", mapping.attribute.name in seen)
        for mapping in action.response.mapping
    )
    checks = (CoveragePoint(name, reason in ended) for name, reason in _list_failures(action))
    return ActionCoverage(action.name, (*attributes, *checks))


def _list_seen(plan: Plan) -> Iterator[str]:
    """The attributes for which the response had a value."""
    for change in plan.changes:
        if not is_empty(change.after):
            yield change.attribute
    for left in plan.left:
        if not is_empty(left.received):
            yield left.attribute


def _list_failures(action: Action) -> Iterator[tuple[str, FailureReason]]:
    """The checks that can stop a response, and the other failures that a recording can show."""
    response = action.response
    yield "success_when refuses", FailureReason.NOT_SUCCESS
    if response.rows:
        yield "rows refuses none", FailureReason.NO_ROW
        yield "rows refuses many", FailureReason.MANY_ROWS
    if response.same_person:
        yield "same_person refuses", FailureReason.NOT_SAME_PERSON
    if response.is_body_read:
        is_xml = response.format is AnswerFormat.XML
        reason = FailureReason.NOT_XML if is_xml else FailureReason.NOT_JSON
        yield f"failure {reason.value}", reason
    if any(_may_be_missing(action, reference) for reference in action.request.references):
        yield "failure no_value", FailureReason.NO_VALUE


def _may_be_missing(action: Action, reference: Reference) -> bool:
    """Whether a person who was found, or the inputs that were checked, can lack it."""
    if isinstance(reference, PersonField):
        return reference.name not in ("id", "role", action.match)
    if isinstance(reference, Input):
        declared = {data_input.name: data_input for data_input in action.inputs}
        found = declared.get(reference.name)
        return found is None or not (found.required or found.default_value is not None)
    return True
