"""A person with random keys, whom no third party can know: a record for them is a leak.

Only for actions that read: the probe is a real call.
"""

from __future__ import annotations

import re
from random import Random
from string import ascii_lowercase, digits
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from cactions.logic.bulk.identifiers import get_prefix, is_email
from cactions.logic.bulk.request_keys import list_identity_references
from cactions.logic.expressions.references import resolve_reference
from cactions.model import (
    ABSENT,
    Absent,
    Action,
    FailureReason,
    Json,
    KeepReason,
    KeptAttribute,
    Person,
    PersonField,
    Plan,
    PlanFailure,
    Trip,
    TripKind,
    Value,
    is_empty,
)

_LENGTH: Final = 14
"""Random characters: no key of this length exists by chance."""

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NOTHING: Final = frozenset((KeepReason.MISSING, KeepReason.NULL, KeepReason.EMPTY_STRING))
_HINT: Final = "Look at the request: the service may not read the key where the action puts it."


def build_probe_person(person: Person, action: Action, random: Random) -> Person:
    """The person with random values for all that identifies them or finds their record."""
    references = {*list_identity_references(action), PersonField("user_id"), PersonField("email")}
    fields: dict[str, Json] = {**person.fields}
    attributes: dict[str, Json] = {**person.attributes}
    person_id = person.id
    for reference in sorted(references, key=str):
        value = build_random_value(resolve_reference(reference, person, {}), random)
        if value is ABSENT:
            continue
        if reference == PersonField("id"):
            person_id = str(value)
        elif isinstance(reference, PersonField):
            fields[reference.name] = value
        else:
            attributes[reference.name] = value
    return replace(person, id=person_id, fields=fields, attributes=attributes)


def judge_probe(result: Plan | PlanFailure) -> Trip | None:
    """Why a run must not start, from what the probe person got; None where they got no record."""
    if isinstance(result, PlanFailure):
        what = "the record of a person" if _shows_person(result) else ""
    else:
        paths = [left.source for left in result.left if _has_value(left)]
        paths += [change.source for change in result.changes if not is_empty(change.after)]
        what = f"a value at {paths[0]}" if paths else ""
    if not what:
        return None
    message = f"the third party returned {what} for a random key: it ignores the key"
    return Trip(TripKind.IGNORED_KEY, message, hint=_HINT)


def _shows_person(failure: PlanFailure) -> bool:
    proof = failure.proof
    other = failure.reason is FailureReason.NOT_SAME_PERSON
    return other and proof is not None and not is_empty(proof.found)


def _has_value(left: KeptAttribute) -> bool:
    """A refused list or object is a value, although the plan does not keep it."""
    return left.reason not in _NOTHING and (left.refused or not is_empty(left.received))


def build_random_value(value: Value, random: Random) -> str | int | Absent:
    """A value of the same form that no one has; ABSENT where there is nothing to replace."""
    if isinstance(value, str) and value:
        return _randomize_text(value, random)
    if type(value) is int:
        return random.randrange(10 ** (_LENGTH - 1), 10**_LENGTH)
    return ABSENT


def _randomize_text(text: str, random: Random) -> str:
    if is_email(text):
        local = "".join(random.choices(ascii_lowercase, k=_LENGTH))
        return f"{local}@example.com"
    if _UUID.fullmatch(text):
        return str(UUID(int=random.getrandbits(128), version=4))
    if text.isdecimal():
        return str(build_random_value(1, random))
    alphabet = digits if get_prefix(text) else ascii_lowercase
    return get_prefix(text) + "".join(random.choices(alphabet, k=_LENGTH))
