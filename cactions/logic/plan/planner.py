"""Builds the plan for one person from a response.

- Every mapping ends in ``changes`` or in ``left``, never in both, and nothing else does.
- ``before`` is the stored value, unchanged: the commit compares it again.
- Where the attribute already has the new value, ``after`` is ``before``: nothing is written for a
  difference without a meaning (null and ``""``, 5 and 5.0 in a float).
- A list or an object, such as a relationship, is never overwritten, nor is an invalid text.
- Planning again after applying a plan gives only changes of the kind SAME.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from cactions.logic.action_cache import ActionCache
from cactions.logic.exchange.row_choice import ReferenceValues
from cactions.logic.exchange.verify import verify_response
from cactions.logic.expressions.references import resolve_reference
from cactions.logic.plan.equality import is_equal_as
from cactions.logic.plan.extract import NewValue, extract, extract_nothing, keep_attribute
from cactions.model import (
    ABSENT,
    Action,
    Change,
    ChangeWarning,
    DataType,
    Input,
    InvalidText,
    KeepReason,
    KeptAttribute,
    Overwrite,
    Person,
    PersonAttribute,
    PersonField,
    Plan,
    PlanFailure,
    PlanningError,
    Precondition,
    Reference,
    Response,
    Rows,
    Scalar,
    SentCall,
    Subject,
    Value,
    describe_choice,
    is_empty,
)

_IDENTITY: Final = ("id", "role", "user_id", "email")
"""The fields that identify a person: a plan is only valid while they stay the same."""

SECONDS_OF_DAY: Final = 86_400

_NOT_SCALAR: Final = "the current value is a list or an object"
_NOT_UNICODE: Final = "the current value is not valid Unicode, and no undo could restore it"


class PlanInput(Struct, frozen=True):
    """One action for one person. ``call.line`` is empty until there is a request."""

    action: Action
    person: Person
    subject: Subject
    inputs: Mapping[str, Scalar]
    call: SentCall


def plan_changes(
    plan_input: PlanInput, received: Response, last_applied: Mapping[str, Value] | None = None
) -> Plan:
    """The changes that a response makes. Raises PlanningError where it may not be used.

    ``last_applied``: by attribute, the value that our journal applied last.
    """
    response = plan_input.action.response
    values = ReferenceValues(plan_input.person, plan_input.inputs)
    verified = verify_response(
        response, values, received, has_credential=plan_input.action.request.has_credential
    )
    outcomes = [
        _decide_change(outcome, plan_input.person, last_applied or {})
        if isinstance(outcome, NewValue)
        else outcome
        for outcome in (
            extract_nothing(response, plan_input.person)
            if verified.has_nothing
            else extract(response.mapping, verified.root, values)
        )
    ]
    outcomes = _add_row(response.rows, outcomes)
    return Plan(
        action=plan_input.action.name,
        subject=plan_input.subject,
        call=plan_input.call,
        changes=tuple(change for change in outcomes if isinstance(change, Change)),
        left=tuple(kept for kept in outcomes if isinstance(kept, KeptAttribute)),
        proof=verified.proof,
        premises=tuple(_list_preconditions(plan_input)),
        from_search=plan_input.person.from_search,
        inputs=plan_input.inputs,
    )


def _add_row(
    rows: Rows | None, outcomes: list[Change | KeptAttribute]
) -> list[Change | KeptAttribute]:
    """With the row that the values come from, where it is one of several of this person."""
    if rows is None or not rows.has_choice:
        return outcomes
    row = f"{rows.path}{describe_choice(rows)}"
    return [replace(each, source=f"{each.source} of {row}") for each in outcomes]


def _list_preconditions(plan_input: PlanInput) -> Iterator[Precondition]:
    """The values of this person that the plan rests on."""
    for reference in _REFERENCES.get(plan_input.action):
        expected = resolve_reference(reference, plan_input.person, plan_input.inputs)
        if not isinstance(expected, InvalidText):  # it identifies no one, and is never sent
            yield Precondition(reference, expected)


def list_premise_references(action: Action) -> tuple[PersonField | PersonAttribute, ...]:
    """What every plan of an action rests on: the person's identity, and each value that is read.

    That is by the request, the choice of the row, and the identity check.
    """
    response = action.response
    references: list[Reference] = [PersonField(name) for name in _IDENTITY]
    references += action.request.references
    references += [reference for _, reference in response.rows.where] if response.rows else ()
    chosen = [mapping.elements for mapping in response.mapping if mapping.elements]
    references += [reference for elements in chosen for _, reference in elements.where]
    references += [response.same_person.equals] if response.same_person else ()
    return tuple(each for each in dict.fromkeys(references) if not isinstance(each, Input))


_REFERENCES: Final = ActionCache(list_premise_references)


def build_failure(plan_input: PlanInput, error: PlanningError) -> PlanFailure:
    """The failure of a person for whom no plan could be made, before the request or after it."""
    return PlanFailure(
        action=plan_input.action.name,
        subject=plan_input.subject,
        reason=error.reason,
        message=str(error),
        hint=error.hint,
        call=plan_input.call if plan_input.call.line else None,
        proof=error.proof,
    )


def apply_plan(person: Person, plan: Plan) -> Person:
    """The person after the plan; an ``after`` of ABSENT removes the attribute."""
    new_values = {change.attribute: change.after for change in plan.effective}
    attributes = {**person.attributes, **new_values}
    present = {name: value for name, value in attributes.items() if value is not ABSENT}
    return replace(person, attributes=present)


def _decide_change(
    new_value: NewValue, person: Person, last_applied: Mapping[str, Value]
) -> Change | KeptAttribute:
    """The outcome of one new value: a change, or the old value kept by the policy."""
    mapping, attribute = new_value.mapping, new_value.mapping.attribute
    before = person.get_attribute(attribute.name)
    if is_equal_as(attribute.data_type, before, new_value.value):
        nothing = (ChangeWarning.NOTHING,) if new_value.is_nothing else ()
        return _build_change(new_value, before, before, nothing)
    if isinstance(before, list | dict | InvalidText):
        is_text = isinstance(before, InvalidText)
        reason = KeepReason.UNSUITABLE_TEXT if is_text else KeepReason.WRONG_TYPE
        return replace(
            keep_attribute(mapping, person, reason, new_value.received),
            refused=True,
            detail=_NOT_UNICODE if is_text else _NOT_SCALAR,
        )
    last_value = last_applied.get(attribute.name, ABSENT)
    is_ours = last_value is not ABSENT and is_equal_as(attribute.data_type, before, last_value)
    keep_reason = _find_keep_reason(mapping.overwrite, before, is_ours=is_ours)
    if keep_reason is not None:
        return keep_attribute(mapping, person, keep_reason, new_value.received)
    by_hand = attribute.name in last_applied and not is_empty(before) and not is_ours
    return _build_change(
        new_value, before, new_value.value, tuple(_list_warnings(new_value, by_hand=by_hand))
    )


def _build_change(
    new_value: NewValue, before: Value, after: Value, cautions: tuple[ChangeWarning, ...] = ()
) -> Change:
    mapping, attribute = new_value.mapping, new_value.mapping.attribute
    return Change(
        attribute=attribute.name,
        before=before,
        after=after,
        source=mapping.source,
        data_type=attribute.data_type,
        redacted=mapping.redacted,
        cautions=cautions,
    )


def _find_keep_reason(policy: Overwrite, before: Value, *, is_ours: bool) -> KeepReason | None:
    """Why the policy keeps the old value; None where it allows a write. NEVER fills nothing."""
    if policy is Overwrite.NEVER:
        return KeepReason.OVERWRITE_NEVER
    if is_empty(before) or policy is Overwrite.ALWAYS:
        return None
    if policy is Overwrite.IF_EMPTY:
        return KeepReason.NOT_EMPTY
    return None if is_ours else KeepReason.NOT_OURS


def _list_warnings(new_value: NewValue, *, by_hand: bool) -> Iterator[ChangeWarning]:
    """The warnings for a value that differs from the current one; an empty value clears it."""
    if new_value.mapping.attribute.user_editable:
        yield ChangeWarning.USER_EDITABLE
    if by_hand:
        yield ChangeWarning.HAND_EDITED
    if is_empty(new_value.value):
        yield ChangeWarning.CLEARS
    if new_value.forced:
        yield ChangeWarning.TYPE_FORCED
    if new_value.cut:
        yield ChangeWarning.CUT
    if _is_first_day(new_value):
        yield ChangeWarning.EPOCH
    if new_value.is_nothing:
        yield ChangeWarning.NOTHING


def _is_first_day(new_value: NewValue) -> bool:
    """Whether it is a date of 1 January 1970, which services write for none."""
    if new_value.mapping.attribute.data_type is not DataType.DATE or new_value.mapping.values:
        return False
    return isinstance(new_value.value, int) and 0 <= new_value.value < SECONDS_OF_DAY
