"""The keys of ``schedule:``, and what does not fit an action that runs by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cactions.logic.expressions.cron import parse_cron
from cactions.logic.expressions.syntax_error import SyntaxProblem
from cactions.logic.people.condition_text import MOST_CONDITIONS, parse_condition
from cactions.logic.project.scope import Scope
from cactions.logic.yaml.decoder import LocatedValue
from cactions.logic.yaml.diagnostics import CONTRADICTION, WRONG_VALUE
from cactions.logic.yaml.schema import (
    BooleanSchema,
    FieldSchema,
    ListSchema,
    RecordSchema,
    TextSchema,
)
from cactions.model import ActionRequest, Condition, CronTimes, DataInput, Schedule

SCHEDULE: Final = RecordSchema(
    {
        "cron": FieldSchema(
            TextSchema(), 'minute, hour, day, month, day of the week, in UTC: "0 3 * * *"',
            required=True,
        ),
        "all": FieldSchema(BooleanSchema(), "true: for everyone of the workspace"),
        "where": FieldSchema(
            ListSchema(TextSchema(), least=1),
            "for those who fit all conditions, such as custom_attributes.tier = gold",
        ),
    }
)  # fmt: skip


def build_schedule(
    at: LocatedValue, request: ActionRequest, inputs: Iterable[DataInput], scope: Scope
) -> Schedule | None:
    """When the action runs by itself; None where that cannot be used."""
    _check_action(at, request, inputs, scope)
    cron_at, all_at, where_at = at.get("cron"), at.get("all"), at.get("where")
    times = _read_cron(cron_at, scope) if cron_at else None
    if all_at and all_at.value is False:
        scope.refuse_key(all_at, "all is true, or it is not there")
    elif all_at and where_at:
        message = "all and where exclude each other: one of them says for whom it runs"
        scope.add_fault(CONTRADICTION, where_at, message, "remove one of them")
    elif not (all_at or where_at or at.has_like(["all", "where"])):
        message, hint = "the schedule does not say for whom", "write `all: true`, or `where:`"
        scope.faults.add(CONTRADICTION, at.key, message, hint=hint, route=at.route)
    conditions = [_read_condition(item, scope) for item in (where_at.value if where_at else ())]
    if len(conditions) > MOST_CONDITIONS:
        message = f"there are {len(conditions)} conditions, and Intercom takes {MOST_CONDITIONS}"
        scope.add_fault(CONTRADICTION, where_at or at, message, "use IN for several values")
    return Schedule(times, tuple(filter(None, conditions))) if times else None


def _check_action(
    at: LocatedValue, request: ActionRequest, inputs: Iterable[DataInput], scope: Scope
) -> None:
    """An action that needs someone who answers, or this machine alone, runs by hand only."""

    def refuse(message: str, hint: str) -> None:
        scope.faults.add(CONTRADICTION, at.key, message, hint=hint, route=at.route)

    if not scope.at_intercom:
        refuse(
            "a schedule needs people at Intercom: those of a local workspace are on one machine",
            "write `workspace: {kind: intercom, ...}`, or remove the schedule",
        )
    if not request.repeatable:
        refuse(
            "a schedule makes this write request without an operator, and the service is not told"
            " how to recognise a repeated one",
            "declare `idempotency` under its request, or remove the schedule",
        )
    for each in inputs:
        if each.required and each.default_value is None:
            refuse(
                f'the data input "{each.name}" is required, and a schedule gives no inputs',
                "give it a `default_value`, or remove the schedule",
            )


def _read_cron(at: LocatedValue, scope: Scope) -> CronTimes | None:
    try:
        return parse_cron(at.value)
    except SyntaxProblem as problem:
        span = at.get_part(problem.start, problem.end)
        scope.faults.add(WRONG_VALUE, span, problem.message, hint=problem.hint, route=at.route)
        return None


def _read_condition(at: LocatedValue, scope: Scope) -> Condition | None:
    declared = {name: each for name, each in scope.attributes.items() if each is not None}
    try:
        return parse_condition(at.value, declared)
    except SyntaxProblem as problem:
        span = at.get_part(problem.start, problem.end)
        scope.faults.add(WRONG_VALUE, span, problem.message, hint=problem.hint, route=at.route)
        return None
