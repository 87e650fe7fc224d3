"""Many people in memory, whom a search index knows as they were, and the planning of an action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from cactions.app.commit import RunStores
from cactions.app.plan_people import plan_people
from cactions.app.planning_task import Planned, PlanningTask
from cactions.app.propose import PlanContext
from cactions.logic.request.call import CallSpec
from cactions.model import (
    Action,
    JobRow,
    Person,
    PersonQuery,
    PlanBasis,
    Request,
    Response,
    RunHead,
    RunKind,
    UsageError,
)
from tests.builders import action, answer, mapping
from tests.fake_journal import FakeJournal
from tests.fakes import FakePeople, FakeRunLock

HEAD = RunHead("run-1", RunKind.APPLY, "loyalty", 1.0, "ada@desk")
LOYALTY = action(mapping("tier"))


class SearchedPeople(FakePeople):
    """``old`` are those whom the index has as they were; everyone else is not in the index."""

    def __init__(self, old: Sequence[Person], *current: Person) -> None:
        super().__init__(*current)
        self.old = FakePeople(*old)
        self.reads: Counter[str] = Counter()

    def find_many(
        self, queries: Sequence[PersonQuery]
    ) -> Iterator[tuple[PersonQuery, Person | UsageError]]:
        for query, found in self.old.find_many(queries):
            is_found = isinstance(found, Person)
            yield query, replace(found, from_search=True) if is_found else found

    def get(self, person_id: str) -> Person:
        self.reads[person_id] += 1
        return super().get(person_id)


class GoldCaller:
    """Everyone is gold."""

    source = ""

    def __init__(self) -> None:
        self.calls = 0

    def prepare(self, action: Action) -> None:
        """Nothing is needed."""

    def call(self, asked: CallSpec, sealed: Request) -> Response:
        self.calls += 1
        return answer({"email": asked.person.fields["email"], "tier": "gold"})


def build_person(number: int, tier: str) -> Person:
    return Person(
        f"p{number}",
        {"user_id": f"u-{number}", "email": f"p{number}@example.com"},
        {"tier": tier},
    )


def build_task(people: FakePeople, *, fresh: bool = False, **rest: Any) -> PlanningTask:
    """The planning, with a caller and a journal of its own."""
    stores = RunStores(people, FakeJournal(), FakeRunLock(), threads=rest.pop("threads", 0))
    context = PlanContext(people, GoldCaller())
    basis = PlanBasis("d", fresh=fresh)
    return PlanningTask(HEAD, LOYALTY, context, stores, probes=False, basis=basis, **rest)


def list_rows(people: int) -> list[JobRow]:
    return [JobRow(n + 2, PersonQuery("user_id", f"u-{n}")) for n in range(people)]


def plan(task: PlanningTask, people: int) -> Planned:
    return plan_people(task, list_rows(people))
