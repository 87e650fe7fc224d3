"""Takes the test people of a workspace at Intercom, for work without a network."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from cactions.app.ports import People
from cactions.logic.people.declared_type import InvalidValue, parse_declared_value
from cactions.model import Attribute, Person, Project, UsageError


class PulledPeople(Struct, frozen=True):
    """The people, and the names of attributes that were left out.

    ``undeclared`` are in no file; ``misfits`` hold a value of another type for someone.
    """

    people: tuple[Person, ...]
    undeclared: tuple[str, ...] = ()
    misfits: tuple[str, ...] = ()


def take_test_people(people: People, project: Project) -> PulledPeople:
    """Everyone whom the files name as a test person, read by id.

    Raises UsageError where they name none, or where one of them is not found.
    """
    connection = project.workspace.intercom
    queries = connection.test_people if connection else ()
    if not queries:
        raise UsageError(
            "the files name no test people",
            hint="Write `test_people: [{email: ada@example.com}]` under `workspace`.",
        )
    found: dict[str, Person] = {}
    for _, person in people.find_many(queries):
        if isinstance(person, UsageError):
            raise person
        found[person.id] = people.get(person.id)
    undeclared: dict[str, None] = {}
    misfits: dict[str, None] = {}
    kept = tuple(
        _keep_declared(person, project.attributes, undeclared, misfits) for person in found.values()
    )
    return PulledPeople(kept, tuple(undeclared), tuple(misfits))


def _keep_declared(
    person: Person,
    declared: Mapping[str, Attribute],
    undeclared: dict[str, None],
    misfits: dict[str, None],
) -> Person:
    attributes = {}
    for name, value in person.attributes.items():
        if name not in declared:
            undeclared[name] = None
            continue
        try:
            attributes[name] = parse_declared_value(value, declared[name].data_type)
        except InvalidValue:
            misfits[name] = None
    return replace(person, attributes=attributes, test=True)
