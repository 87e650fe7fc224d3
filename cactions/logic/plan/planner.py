"""The plan for one person, from an answer; its inverse; and what is left of it to undo.

- Every mapping ends in ``changes`` or in ``left``, never in both, and nothing else does.
- ``before`` is what the person holds, as it is held: the commit compares it again.
- Where the attribute already says what is wanted, ``after`` is ``before``: nothing is written
  for a difference that nobody can read (null and ``""``, 5 and 5.0 in a float).
- What holds a list or an object, as relationships do, is never written over.
- Applying and then undoing restores; planning again after applying is all SAME.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from cactions.logic.exchange.verify import ReferenceValues, verify_response
from cactions.logic.expressions.references import resolve_reference
from cactions.logic.plan.equality import is_equal_as
from cactions.logic.plan.extract import NewValue, extract, keep_attribute
from cactions.model import (
    ABSENT,
    Action,
    Change,
    ChangeWarning,
    Conflict,
    Input,
    KeepReason,
    KeptAttribute,
    Overwrite,
    Person,
    PersonField,
    PersonQuery,
    Plan,
    PlanFailure,
    PlanningError,
    Precondition,
    Reference,
    Response,
    Scalar,
    SentCall,
    Subject,
    Value,
    frozen,
    is_empty,
    template_references,
)

_NAMES: Final = ("name", "email", "user_id")
_WHO: Final = ("id", "role", "user_id", "email")
"""What says who somebody is; a plan for one of them is for nobody else."""

_MANY: Final = "the person holds a list or an object here"


@frozen
class PlanInput:
    """One action for one person. ``call.line`` is empty until there is a request."""

    action: Action
    person: Person
    subject: Subject
    inputs: Mapping[str, Scalar]
    call: SentCall


def plan_changes(
    case: PlanInput, answer: Response, ours: Mapping[str, Value] | None = None
) -> Plan:
    """The plan that the answer gives rise to. Raises PlanningError where it may not be used.

    ``ours``: by attribute, what our journal applied last; without a journal nothing is ours.
    """
    response = case.action.response
    verified = verify_response(response, ReferenceValues(case.person, case.inputs), answer)
    outcomes = [
        _decide(outcome, case.person, ours or {}) if isinstance(outcome, NewValue) else outcome
        for outcome in extract(response.mapping, verified.root, case.person)
    ]
    return Plan(
        action=case.action.name,
        subject=case.subject,
        call=case.call,
        changes=tuple(each for each in outcomes if isinstance(each, Change)),
        left=tuple(each for each in outcomes if isinstance(each, KeptAttribute)),
        proof=verified.proof,
        premises=tuple(_premises(case)),
    )


def _premises(case: PlanInput) -> Iterator[Precondition]:
    """Who the person is, and all of them that the request, the rows or the proof have read."""
    response, request = case.action.response, case.action.request
    read: list[Reference] = [PersonField(name) for name in _WHO]
    for template in (request.url, *request.query.values(), *request.headers.values()):
        read += template.references
    read += template_references(request.body.content) if request.body else ()
    read += [reference for _, reference in response.rows.where] if response.rows else ()
    read += [response.same_person.equals] if response.same_person else ()
    for reference in dict.fromkeys(read):
        if not isinstance(reference, Input):
            yield Precondition(reference, resolve_reference(reference, case.person, case.inputs))


def build_failure(case: PlanInput, error: PlanningError) -> PlanFailure:
    """What to report where no plan could be made, before the request or after it."""
    return PlanFailure(
        action=case.action.name,
        subject=case.subject,
        reason=error.reason,
        message=str(error),
        hint=error.hint,
        call=case.call if case.call.line else None,
        proof=error.proof,
    )


def apply_plan(person: Person, plan: Plan) -> Person:
    """The person after the plan; an ``after`` of ABSENT takes the attribute away."""
    wanted = {change.attribute: change.after for change in plan.effective}
    attributes = {**person.attributes, **wanted}
    held = {name: value for name, value in attributes.items() if value is not ABSENT}
    return replace(person, attributes=held)


def invert_plan(plan: Plan) -> Plan:
    """What takes the plan back: its effective changes, turned round; no call stands behind it."""
    changes = tuple(
        Change(
            attribute=change.attribute,
            before=change.after,
            after=change.before,
            data_type=change.data_type,
            redacted=change.redacted,
        )
        for change in plan.effective
    )
    return replace(plan, call=SentCall(""), changes=changes, left=(), proof=None, premises=())


def plan_undo(plan: Plan, person: Person) -> tuple[Plan, tuple[Conflict, ...]]:
    """What of the plan can be taken back for the person as they are now, and what cannot.

    Restored is what still holds the value that the plan put there. What is back at its old value
    is left out; whatever else was changed since is a Conflict.
    """
    changes: list[Change] = []
    conflicts: list[Conflict] = []
    back = invert_plan(plan)
    for change in back.changes:
        now = person.attribute_value(change.attribute)
        if is_equal_as(change.data_type, now, change.before):
            changes.append(replace(change, before=now))
        elif not is_equal_as(change.data_type, now, change.after):
            conflicts.append(Conflict(change.attribute, change.before, now, change.redacted))
    subject = Subject(person.id, PersonQuery("id", person.id), _called(plan, person))
    return replace(back, subject=subject, changes=tuple(changes)), tuple(conflicts)


def _called(plan: Plan, person: Person) -> str:
    """As the plan calls them, where that is still a name of theirs; else by their id.

    A kept plan can have been forged; their other names may be what nobody is to see.
    """
    theirs = {person.label_without(_NAMES[:hidden]) for hidden in range(len(_NAMES))}
    return plan.subject.label if plan.subject.label in theirs else person.id


def _decide(wanted: NewValue, person: Person, ours: Mapping[str, Value]) -> Change | KeptAttribute:
    """What becomes of one wanted value: a change, or the old value kept by policy."""
    mapping, attribute = wanted.mapping, wanted.mapping.attribute
    before = person.attribute_value(attribute.name)
    if is_equal_as(attribute.data_type, before, wanted.value):
        return _change(wanted, before, before)
    if isinstance(before, list | dict):
        return replace(
            keep_attribute(mapping, person, KeepReason.WRONG_TYPE, wanted.got),
            refused=True,
            detail=_MANY,
        )
    last = ours.get(attribute.name, ABSENT)
    is_ours = last is not ABSENT and is_equal_as(attribute.data_type, before, last)
    why = _why_kept(mapping.overwrite, before, is_ours=is_ours)
    if why is not None:
        return keep_attribute(mapping, person, why, wanted.got)
    by_hand = attribute.name in ours and not is_empty(before) and not is_ours
    return _change(wanted, before, wanted.value, tuple(_cautions(wanted, by_hand=by_hand)))


def _change(
    wanted: NewValue, before: Value, after: Value, cautions: tuple[ChangeWarning, ...] = ()
) -> Change:
    mapping, attribute = wanted.mapping, wanted.mapping.attribute
    return Change(
        attribute=attribute.name,
        before=before,
        after=after,
        source=mapping.path.text,
        data_type=attribute.data_type,
        redacted=mapping.redacted,
        cautions=cautions,
    )


def _why_kept(policy: Overwrite, before: Value, *, is_ours: bool) -> KeepReason | None:
    """Why the policy keeps the old value; None where it lets go. NEVER fills nothing either."""
    if policy is Overwrite.NEVER:
        return KeepReason.OVERWRITE_NEVER
    if is_empty(before) or policy is Overwrite.ALWAYS:
        return None
    if policy is Overwrite.IF_EMPTY:
        return KeepReason.NOT_EMPTY
    return None if is_ours else KeepReason.NOT_OURS


def _cautions(wanted: NewValue, *, by_hand: bool) -> Iterator[ChangeWarning]:
    """Of a value that differs from the one before: where it is empty, it clears."""
    if wanted.mapping.attribute.user_editable:
        yield ChangeWarning.USER_EDITABLE
    if by_hand:
        yield ChangeWarning.HAND_EDITED
    if is_empty(wanted.value):
        yield ChangeWarning.CLEARS
    if wanted.forced:
        yield ChangeWarning.TYPE_FORCED
