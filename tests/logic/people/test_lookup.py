"""One person, or none: who is meant where several people have the same key."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cactions.logic.people.lookup import require_one_person
from cactions.model import Person, PersonQuery, Role, UsageError

USER = Person("p1", {"email": "ada@example.com", "role": "user"})
LEAD = Person("p2", {"email": "ada@example.com", "role": "lead"})
OTHER = Person("p3", {"email": "ada@example.com", "role": "lead"})


def find(people: Sequence[Person], role: Role | None) -> Person | str:
    """The person, or why there is not exactly one."""
    try:
        return require_one_person(PersonQuery("email", "ada@example.com", role), people)
    except UsageError as error:
        return str(error)


@pytest.mark.parametrize("people", [[USER, LEAD], [LEAD, USER], [USER, LEAD, OTHER]])
def test_of_several_people_the_one_with_the_role_is_meant(people: list[Person]) -> None:
    """In any order; two of that role are too many."""
    assert USER is find(people, Role.USER)
    of_leads = find(people, Role.LEAD)
    assert (LEAD is of_leads) is (OTHER not in people)


@pytest.mark.parametrize("people", [[LEAD, OTHER], [USER, LEAD, OTHER]])
def test_without_one_of_the_role_everyone_is_named(people: list[Person]) -> None:
    """So that the operator can choose; no person is taken because there is no other."""
    why = find(people, Role.USER if USER not in people else None)
    assert f"{len(people)} people have email ada@example.com" in str(why)
    assert all(f"{person.role.value} {person.id}" in str(why) for person in people)


def test_one_person_is_found_whatever_the_role() -> None:
    """The role only decides between several."""
    assert LEAD is find([LEAD], Role.USER)
    assert "there is no person with email ada@example.com" == find([], Role.USER)
