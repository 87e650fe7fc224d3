"""One person, or none: who is meant where several people have the same key."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cactions.logic.people.lookup import (
    build_lookup_key,
    index_by_key,
    is_any_key,
    require_one_person,
)
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


@pytest.mark.parametrize(
    ("field", "asked", "kept", "same"),
    [
        ("email", "ada@SHOP.example", "ada@shop.example", True),
        ("email", "Ada@shop.example", "ada@shop.example", False),
        ("user_id", "U-1", "u-1", False),
        ("email", "\ud800", "\ud800", True),
        ("email", "\ud800", "\ud801", False),
        ("email", "", "", False),
    ],
)
def test_a_key_is_known_in_each_form_that_finds_the_same(
    field: str, asked: str, kept: str, *, same: bool
) -> None:
    """What is forgotten of a person is also what was asked for in another form, or in none."""
    others = [PersonQuery(field, "other"), PersonQuery("id", kept)]
    assert same is is_any_key(PersonQuery(field, asked), [*others, PersonQuery(field, kept)])
    assert not is_any_key(PersonQuery(field, asked), others)


def test_one_person_is_found_whatever_the_role() -> None:
    """The role only decides between several."""
    assert LEAD is find([LEAD], Role.USER)
    assert "there is no person with email ada@example.com" == find([], Role.USER)


def test_people_are_found_by_the_keys_that_they_have() -> None:
    """Only by those of the named fields; what is missing is no key."""
    ada = Person("p1", {"user_id": "u-1", "email": "Ada@Shop.Example"})
    bob = Person("p2", {"user_id": "u-2"})
    wanted = {("id", "p1"): [ada], ("user_id", "u-1"): [ada], ("email", "Ada@shop.example"): [ada],
              ("id", "p2"): [bob], ("user_id", "u-2"): [bob]}  # fmt: skip
    assert wanted == index_by_key([ada, bob])
    for field in ("id", "user_id", "email"):
        own = {key: people for key, people in wanted.items() if key[0] == field}
        assert own == index_by_key([ada, bob], field)


@pytest.mark.parametrize("text", ["", "ada", "@shop.example", "ada@", "a@b@c", "\u00e4da@x.y", "@"])
def test_what_is_no_address_of_ascii_is_no_key(text: str) -> None:
    """No one is found by it."""
    assert build_lookup_key("email", text) is None
