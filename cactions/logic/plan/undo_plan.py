"""Builds the inverse of a plan, and the plan that undoes it.

Applying and then undoing a plan restores the person.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from cactions.logic.plan.equality import is_equal_as
from cactions.model import Change, Conflict, Person, PersonQuery, Plan, SentCall, Subject

_NAMES: Final = ("name", "email", "user_id")


def invert_plan(plan: Plan) -> Plan:
    """The plan that reverses the effective changes; it has no call of its own."""
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
    return Plan(plan.action, plan.subject, SentCall(""), changes)


def plan_undo(plan: Plan, person: Person) -> tuple[Plan, tuple[Conflict, ...]]:
    """The changes that can be undone for the person as they are now, and the conflicts.

    A value is restored where the attribute still has the value that the plan wrote. An attribute
    that has its old value again is left out. Any other value is a Conflict.
    """
    changes: list[Change] = []
    conflicts: list[Conflict] = []
    inverse = invert_plan(plan)
    for change in inverse.changes:
        current = person.get_attribute(change.attribute)
        if is_equal_as(change.data_type, current, change.before):
            changes.append(replace(change, before=current))
        elif not is_equal_as(change.data_type, current, change.after):
            conflicts.append(Conflict(change.attribute, change.before, current, change.redacted))
    subject = Subject(person.id, PersonQuery("id", person.id), _choose_label(plan, person))
    return replace(inverse, subject=subject, changes=tuple(changes)), tuple(conflicts)


def _choose_label(plan: Plan, person: Person) -> str:
    """The label of the plan where it still is a name of the person, otherwise their id.

    A stored plan can be forged, and their other names may be redacted.
    """
    known_labels = {person.get_label_without(_NAMES[:hidden]) for hidden in range(len(_NAMES))}
    return plan.subject.label if plan.subject.label in known_labels else person.id
