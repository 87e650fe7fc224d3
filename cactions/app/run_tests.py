"""Runs the ``tests:`` of an action: the path of a diff, with the file's expectations at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from cactions.app.propose import Job, PlanContext, propose_plan
from cactions.logic import strict_json
from cactions.logic.plan.equality import is_equal_as
from cactions.logic.request.inputs import resolve_inputs
from cactions.logic.request.redaction import mask_query
from cactions.model import (
    ABSENT,
    Action,
    ActionTest,
    CactionsError,
    Change,
    Expectation,
    FailureReason,
    KeptAttribute,
    Plan,
    PlanFailure,
    Subject,
    TestReport,
    UsageError,
    Value,
    is_empty,
)

Propose: TypeAlias = Callable[[Job, PlanContext], Plan | PlanFailure]


def run_test(
    action: Action, test: ActionTest, context: PlanContext, make: Propose = propose_plan
) -> TestReport:
    """One test; writes nothing. ``make`` makes a call that may change something elsewhere."""
    try:
        result = make(Job(action, test.person, resolve_inputs(action, test.inputs)), context)
    except UsageError as error:
        return find_untested(action, test, error, FailureReason.MISUSE)
    return TestReport(action.name, test.name, result, tuple(_find_problems(test.expect, result)))


def find_untested(
    action: Action,
    test: ActionTest,
    error: CactionsError,
    reason: FailureReason = FailureReason.NOT_RECORDED,
) -> TestReport:
    """The report of a test that cannot run, by default because of its recording."""
    subject = Subject("", mask_query(test.person, action.redacted))
    result = PlanFailure(action.name, subject, reason, str(error), error.hint)
    return TestReport(action.name, test.name, result, tuple(_find_problems(test.expect, result)))


def _find_problems(expect: Expectation, result: Plan | PlanFailure) -> Iterator[str]:
    status = result.call.status if result.call else None
    if expect.status is not None and status != expect.status:
        yield f"status: expected {expect.status}, found {status or 'no answer'}"
    if isinstance(result, PlanFailure):
        if expect.failure != result.reason.value:
            wanted = f"expected {expect.failure}, found " if expect.failure else ""
            yield f"{wanted}{result.reason.value}: {result.message}"
    elif expect.failure is not None:
        yield f"expected {expect.failure}, but nothing stops this plan"
    else:
        yield from _find_attribute_problems(expect, result)


def _find_attribute_problems(expect: Expectation, plan: Plan) -> Iterator[str]:
    holds: dict[str, tuple[Change | KeptAttribute, Value]] = {
        **{change.attribute: (change, change.after) for change in plan.changes},
        **{left.attribute: (left, left.before) for left in plan.left},
    }
    for name, wanted in (expect.attributes or {}).items():
        expected_change, found = holds[name]
        if not is_equal_as(expected_change.data_type, found, wanted):
            text = f"expected {_format_value(wanted)}, found {_format_value(found)}"
            yield f"{name}: {'another value than expected' if expected_change.redacted else text}"
    expected = set(expect.refused or ())
    for left in plan.refused:
        if left.attribute not in expected:
            yield f"{left.attribute}: refused ({left.reason.value}) {left.detail}".rstrip()
    for name in sorted(expected - {left.attribute for left in plan.refused}):
        yield f"{name}: expected to be refused, but it is not"


def _format_value(value: Value) -> str:
    return "nothing" if is_empty(value) or value is ABSENT else strict_json.dump_json(value)
