"""People of the workspace as what one action runs for: each is named by contact id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from cactions.logic.people.job_rows import JobRows
from cactions.logic.request.inputs import resolve_inputs
from cactions.model import (
    CONTACT_FIELDS,
    Action,
    Condition,
    InvalidText,
    JobRow,
    Person,
    PersonAttribute,
    PersonField,
    PersonQuery,
    Precondition,
    Scalar,
    Value,
)

_OUR_FIELDS: Final[Mapping[str, str]] = {"external_id": "user_id", "email_domain": "email"}
_MOVING: Final = ("last_seen_at", "updated_at")
"""What a person changes by being there: it may differ at the commit."""


def build_selected_rows(
    people: Iterable[Person],
    conditions: Sequence[Condition],
    action: Action,
    inputs: Mapping[str, Scalar],
) -> JobRows:
    """A row for each person, with the same inputs. Raises UsageError for inputs that do not fit.

    The id is the strongest key: no one but the platform assigns it. A search index may be old, so
    that the values by which a person was found are compared again at the commit.
    """
    resolved = resolve_inputs(action, inputs)
    rows = (
        JobRow(
            number, PersonQuery("id", person.id), resolved, (*_list_premises(person, conditions),)
        )
        for number, person in enumerate(people, 1)
    )
    return JobRows(rows, {})


def _list_premises(person: Person, conditions: Sequence[Condition]) -> Iterator[Precondition]:
    references: dict[PersonField | PersonAttribute, Value] = {}
    for condition in conditions:
        name = _OUR_FIELDS.get(condition.field, condition.field)
        if condition.attribute:
            value = person.get_attribute(condition.attribute)
            references[PersonAttribute(condition.attribute)] = value
        elif name in CONTACT_FIELDS and name not in _MOVING:
            references[PersonField(name)] = person.get_field(name)
    for reference, value in references.items():
        if not isinstance(value, InvalidText | list | dict):
            yield Precondition(reference, value)
