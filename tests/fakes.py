"""In-memory ports for tests of use cases. They fulfil the same contracts as the real ones.

The contracts are in ``tests/edges/test_contracts.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from cactions.logic.people.condition_match import create_matcher
from cactions.logic.people.lookup import (
    build_lookup_key,
    check_field,
    list_lookup_keys,
    require_one_person,
)
from cactions.logic.plan.compare_and_set import commit_plan, is_unchanged
from cactions.model import (
    Condition,
    FailureReason,
    Person,
    PersonQuery,
    Plan,
    PlanningError,
    Receipt,
    Request,
    Response,
    RunAborted,
    RunHead,
    UsageError,
)


class FakePeople:
    """People in a list."""

    def __init__(self, *people: Person) -> None:
        self.everybody = list(people)

    def find(self, query: PersonQuery) -> Person:
        check_field(query)
        key = build_lookup_key(query.field, query.value)
        fitting = [
            each for each in self.everybody if key and list_lookup_keys(each)[query.field] == key
        ]
        return require_one_person(query, fitting, self._near(query.field))

    def get(self, person_id: str) -> Person:
        return self.find(PersonQuery("id", person_id))

    def find_many(
        self, queries: Sequence[PersonQuery]
    ) -> Iterator[tuple[PersonQuery, Person | UsageError]]:
        for query in queries:
            try:
                yield query, self.find(query)
            except UsageError as error:
                yield query, error

    def search(self, conditions: Sequence[Condition]) -> Iterator[Person]:
        return filter(create_matcher(conditions), self.everybody)

    batch_size = 1

    def open_batch(self, _person_ids: Sequence[str] = ()) -> AbstractContextManager[None]:
        return nullcontext()

    def commit(self, plan: Plan, check: Callable[[], None] = lambda: None) -> Receipt:
        if idle := is_unchanged(plan):
            return idle
        before = self.get(plan.subject.person_id)
        after, receipt = commit_plan(plan, before)
        if after:
            check()
            self.everybody[self.everybody.index(before)] = after
        return receipt

    def _near(self, name: str) -> Iterator[str]:
        keys = (list_lookup_keys(each)[name] for each in self.everybody)
        return (key for key in keys if key and name != "email")


class FakeRunLock:
    """Locks within one process."""

    def __init__(self) -> None:
        self.taken: set[tuple[str, str]] = set()

    def check(self) -> None:
        """It is not lost."""

    @contextmanager
    def hold(self, head: RunHead) -> Iterator[None]:
        turn = (head.workspace, head.action)
        if turn in self.taken:
            raise RunAborted(f"{head.action} is being run", hint="Let it end.")
        self.taken.add(turn)
        try:
            yield
        finally:
            self.taken.remove(turn)


class FakeSender:
    """Answers by request line (``GET https://…``), each any number of times."""

    def __init__(self, answers: Mapping[str, Response], source: str = "") -> None:
        self.source = source
        self.sent: list[Request] = []
        self._answers = answers

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        if request.line not in self._answers:
            raise PlanningError(FailureReason.NOT_RECORDED, f"no answer to {request.line}")
        return self._answers[request.line]


@dataclass
class FakeClock:
    """A clock that advances only when a test says so."""

    seconds: float = 1_700_000_000.0

    def get_time(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
