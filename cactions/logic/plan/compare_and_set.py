"""Compare-and-set for one person: decides what a commit writes to the person as they are now.

- All effective changes are written, or none: one ``before`` that does not hold refuses the plan.
- Only the person of the plan is written: each precondition of the plan must still hold.
- ``before`` is compared with ``is_same``: null is not absent here, and 1 is not 1.0.
- A plan that changes nothing is UNCHANGED, even if the person's identity has changed.
- Because a commit is all or nothing, ``find_conflicts`` can tell later whether it happened: a
  person who has every ``after`` was written.
"""

from __future__ import annotations

from typing import Final

from cactions.logic.expressions.references import resolve_reference
from cactions.logic.plan.equality import is_equal_as
from cactions.logic.plan.planner import apply_plan
from cactions.model import (
    Change,
    Conflict,
    Outcome,
    Person,
    PersonAttribute,
    Plan,
    Receipt,
    is_same,
)

CALL_OUTCOME_UNKNOWN: Final = (
    "the call may have succeeded, and is not sent again: check at the service whether it did"
)
"""The message for a pending plan whose response never came."""

_CHANGED: Final = "the person was changed since the plan was made"


def is_unchanged(plan: Plan) -> Receipt | None:
    """The receipt of a plan that has nothing to write; None where there is something."""
    return None if plan.effective else Receipt(plan.subject.person_id, Outcome.UNCHANGED)


def commit_plan(plan: Plan, person: Person) -> tuple[Person | None, Receipt]:
    """The person to write, None for no write, and the receipt that is true after the write."""
    if unchanged := is_unchanged(plan):
        return None, unchanged
    if conflicts := list_conflicts(plan, person):
        return None, Receipt(person.id, Outcome.CONFLICT, _CHANGED, conflicts)
    return apply_plan(person, plan), Receipt(person.id, Outcome.APPLIED)


def find_outcome(plan: Plan, person: Person) -> Receipt | None:
    """The outcome of a plan that was never recorded; None where the plan was not written.

    It was applied if the person has every ``after``, and not written if they have every
    ``before``. Anything else is a conflict: the person was changed in between.
    """
    if unchanged := is_unchanged(plan):
        return unchanged
    if all(_is_written(change, person) for change in plan.effective):
        return Receipt(person.id, Outcome.APPLIED)
    conflicts = list_conflicts(plan, person)
    return Receipt(person.id, Outcome.CONFLICT, _CHANGED, conflicts) if conflicts else None


def _is_written(change: Change, person: Person) -> bool:
    """Whether the person has the new value; a store may keep 5.0 as 5, and ``""`` as null."""
    return is_equal_as(change.data_type, change.after, person.get_attribute(change.attribute))


def list_conflicts(plan: Plan, person: Person) -> tuple[Conflict, ...]:
    """What differs from the plan: first the identity of the person, then the attributes."""
    return _list_failed_preconditions(plan, person) + tuple(
        Conflict(change.attribute, change.before, current, change.redacted)
        for change in plan.effective
        if not is_same(change.before, current := person.get_attribute(change.attribute))
    )


def _list_failed_preconditions(plan: Plan, person: Person) -> tuple[Conflict, ...]:
    """The preconditions of the plan that no longer hold.

    They are redacted like the proof; the value of a custom attribute is never shown.
    """
    hidden = plan.proof is not None and plan.proof.redacted
    return tuple(
        Conflict(
            str(precondition.reference),
            precondition.value,
            current,
            hidden or isinstance(precondition.reference, PersonAttribute),
        )
        for precondition in plan.premises
        if not is_same(
            precondition.value, current := resolve_reference(precondition.reference, person, {})
        )
    )
