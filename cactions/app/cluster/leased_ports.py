"""People and calls for as long as a lease holds: after it, nothing is sent any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

from cactions.app.cluster.ports import Lease
from cactions.app.ports import Caller, People
from cactions.logic.request.call import CallSpec
from cactions.model import (
    Action,
    Condition,
    Person,
    PersonQuery,
    Plan,
    Receipt,
    Request,
    Response,
    UsageError,
)


class LeasedPeople:
    """Implements ``People``; a commit raises LeaseLost once the lease may be over."""

    def __init__(self, people: People, lease: Lease) -> None:
        self._people, self._lease = people, lease
        self.batch_size = people.batch_size

    def open_batch(self, person_ids: Sequence[str] = ()) -> AbstractContextManager[None]:
        return self._people.open_batch(person_ids)

    def find(self, query: PersonQuery) -> Person:
        return self._people.find(query)

    def get(self, person_id: str) -> Person:
        return self._people.get(person_id)

    def find_many(
        self, queries: Sequence[PersonQuery]
    ) -> Iterable[tuple[PersonQuery, Person | UsageError]]:
        return self._people.find_many(queries)

    def search(self, conditions: Sequence[Condition]) -> Iterator[Person]:
        return self._people.search(conditions)

    def commit(self, plan: Plan, check: Callable[[], None] = lambda: None) -> Receipt:
        def check_both() -> None:
            check()
            self._lease.check()

        self._lease.check()
        return self._people.commit(plan, check_both)


class LeasedCaller:
    """Implements ``Caller``; a call raises LeaseLost once the lease may be over."""

    def __init__(self, caller: Caller, lease: Lease) -> None:
        self._caller, self._lease = caller, lease
        self.source = caller.source

    def prepare(self, action: Action) -> None:
        self._caller.prepare(action)

    def call(self, asked: CallSpec, sealed: Request) -> Response:
        self._lease.check()
        return self._caller.call(asked, sealed)
