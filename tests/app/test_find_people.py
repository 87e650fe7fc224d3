"""Old values are as old as the search that found a person, or as the planning."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from cactions.model import Outcome, Person
from tests.app.many_people import SearchedPeople, build_person, build_task, plan

PEOPLE = 40


@pytest.fixture
def people() -> SearchedPeople:
    """The index has everyone as silver, and every second one is bronze by now."""
    current = [build_person(n, "bronze" if n % 2 else "silver") for n in range(PEOPLE)]
    return SearchedPeople([build_person(n, "silver") for n in range(PEOPLE)], *current)


@pytest.mark.parametrize("threads", [0, 4])
@pytest.mark.parametrize("fresh", [False, True])
def test_fresh_people_are_read_once_each_by_id(
    people: SearchedPeople, threads: int, *, fresh: bool
) -> None:
    """Each with what they have now; otherwise with what the index has, which the plan says."""
    task = build_task(people, fresh=fresh, threads=threads)
    summary = plan(task, PEOPLE).summary.build()
    entries = [*task.stores.journal.read("run-1").entries]
    found = [entry.plan.changes[0].before for entry in entries]
    assert ["bronze" if fresh and n % 2 else "silver" for n in range(PEOPLE)] == found
    assert {not fresh} == {entry.plan.from_search for entry in entries}
    expected = (0, PEOPLE) if fresh else (PEOPLE, 0)
    assert expected == (summary.from_search, summary.from_reading)
    assert ([1] * PEOPLE if fresh else []) == [*people.reads.values()]


def change_user_id(person: Person) -> Person:
    return replace(person, fields={**person.fields, "user_id": "u-other"})


@pytest.mark.parametrize("threads", [0, 4])
@pytest.mark.parametrize("gone", [True, False])
def test_who_is_not_meant_any_more_gets_no_plan(
    people: SearchedPeople, threads: int, *, gone: bool
) -> None:
    """Someone who was deleted, or whose user id is another one now; all others are planned."""
    third = people.everybody.pop(3)
    if not gone:
        people.everybody.append(change_user_id(third))
    task = build_task(people, fresh=True, threads=threads)
    summary = plan(task, PEOPLE).summary.build()
    assert (PEOPLE - 1, {Outcome.FAILED: 1}) == (summary.writing, dict(summary.outcomes))
    assert PEOPLE - 1 == summary.from_reading
    [failed] = [entry for entry in task.stores.journal.read("run-1").entries if entry.receipt]
    assert 4 == failed.number


def test_an_unknown_person_is_not_read(people: SearchedPeople) -> None:
    """There is no id to read them by."""
    summary = plan(build_task(people, fresh=True), PEOPLE + 2).summary.build()
    assert (PEOPLE, 2) == (summary.writing, summary.outcomes[Outcome.FAILED])
    assert PEOPLE == people.reads.total()


def test_exact_people_are_not_read_again() -> None:
    """In a local workspace, --fresh changes nothing."""
    people = SearchedPeople((), *(build_person(n, "silver") for n in range(PEOPLE)))
    people.find_many = super(SearchedPeople, people).find_many  # type: ignore[method-assign]
    summary = plan(build_task(people, fresh=True), PEOPLE).summary.build()
    assert (0, PEOPLE) == (summary.from_search, summary.from_reading)
    assert 0 == people.reads.total()
