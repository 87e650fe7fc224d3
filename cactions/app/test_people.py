"""The people of a workspace without those who are no test people: for a definition not yet live."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

from cactions.app.ports import People
from cactions.model import Condition, Person, PersonQuery, Plan, Receipt, UsageError


class TestPeopleOnly:
    """The same, where every other person is refused before anything is sent for them."""

    def __init__(self, people: People) -> None:
        self._people = people
        self.batch_size = people.batch_size

    def open_batch(self, person_ids: Sequence[str] = ()) -> AbstractContextManager[None]:
        """As the people's own."""
        return self._people.open_batch(person_ids)

    def find(self, query: PersonQuery) -> Person:
        """As the people's own. Raises UsageError for a person who is no test person."""
        return _require_test(self._people.find(query))

    def get(self, person_id: str) -> Person:
        """As the people's own. Raises UsageError for a person who is no test person."""
        return _require_test(self._people.get(person_id))

    def find_many(
        self, queries: Sequence[PersonQuery]
    ) -> Iterable[tuple[PersonQuery, Person | UsageError]]:
        """As the people's own, with an error for each person who is no test person."""
        for query, found in self._people.find_many(queries):
            is_other = isinstance(found, Person) and not found.test
            yield query, _build_refusal() if is_other else found

    def search(self, conditions: Sequence[Condition]) -> Iterator[Person]:
        """The test people for whom all conditions hold."""
        return (person for person in self._people.search(conditions) if person.test)

    def commit(self, plan: Plan, check: Callable[[], None] = lambda: None) -> Receipt:
        """As the people's own. Raises UsageError for a person who is no test person by now.

        A saved plan may be of anyone.
        """
        self.get(plan.subject.person_id)
        return self._people.commit(plan, check)


def _require_test(person: Person) -> Person:
    if not person.test:
        raise _build_refusal()
    return person


def _build_refusal() -> UsageError:
    return UsageError(
        "this is no test person, and a draft runs for test people only",
        hint="Mark a person with `test: true`, at Intercom under `workspace.test_people`. Or"
        " publish the action.",
    )
