"""Compare-and-set for one person: what a commit decides, from the person as they are now.

- All effective changes are written, or none: one ``before`` that does not hold refuses the plan.
- Who was planned for is who is written to: each premise of the plan must still hold.
- ``before`` is compared by ``same``: null is not absent here, and 1 is not 1.0.
- A plan that changes nothing is UNCHANGED, whoever the person is by now.
- All or nothing is what makes ``found`` possible: who holds every ``after`` was written to.
"""

from __future__ import annotations

from typing import Final

from cactions.logic.expressions.references import resolve_reference
from cactions.logic.plan.planner import apply_plan
from cactions.model import (
    Conflict,
    Outcome,
    Person,
    PersonAttribute,
    Plan,
    Receipt,
    is_same,
)

CALL_IN_DOUBT: Final = (
    "the call may have been carried out, and is not sent again: look at the service whether it was"
)
"""What is known of a pending plan whose answer never came."""

_CHANGED: Final = "the person was changed since the plan was made"


def is_unchanged(plan: Plan) -> Receipt | None:
    """The receipt of a plan that has nothing to write; None where there is something."""
    return None if plan.effective else Receipt(plan.subject.person_id, Outcome.UNCHANGED)


def commit_plan(plan: Plan, person: Person) -> tuple[Person | None, Receipt]:
    """Whom to write, None for nobody, and the receipt that is true once that is done."""
    if idle := is_unchanged(plan):
        return None, idle
    if found := list_conflicts(plan, person):
        return None, Receipt(person.id, Outcome.CONFLICT, _CHANGED, found)
    return apply_plan(person, plan), Receipt(person.id, Outcome.APPLIED)


def find_conflicts(plan: Plan, person: Person) -> Receipt | None:
    """What became of a plan whose outcome was never recorded; None where it was not written.

    It was applied where the person holds every ``after``, and not written where they hold every
    ``before``. Anything else is a conflict: somebody changed the person meanwhile.
    """
    if idle := is_unchanged(plan):
        return idle
    if all(is_same(each.after, person.attribute_value(each.attribute)) for each in plan.effective):
        return Receipt(person.id, Outcome.APPLIED)
    others = list_conflicts(plan, person)
    return Receipt(person.id, Outcome.CONFLICT, _CHANGED, others) if others else None


def list_conflicts(plan: Plan, person: Person) -> tuple[Conflict, ...]:
    """What does not hold as the plan promised: who the person is, then the attributes."""
    return _others(plan, person) + tuple(
        Conflict(change.attribute, change.before, found, change.redacted)
        for change in plan.effective
        if not is_same(change.before, found := person.attribute_value(change.attribute))
    )


def _others(plan: Plan, person: Person) -> tuple[Conflict, ...]:
    """What makes them somebody else than the plan was made for.

    Shown like the proof is; an attribute that served as a key is not shown at all.
    """
    hidden = plan.proof is not None and plan.proof.redacted
    return tuple(
        Conflict(
            str(one.reference), one.value, now, hidden or isinstance(one.reference, PersonAttribute)
        )
        for one in plan.premises
        if not is_same(one.value, now := resolve_reference(one.reference, person, {}))
    )
