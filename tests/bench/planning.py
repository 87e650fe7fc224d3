"""How long a plan takes in the program itself, for ten mapped attributes of one person.

From the request to the receipt: bind, find the recorded answer, verify, extract, coerce, plan,
and write the receipt's JSON. Everything but network and disk. The extra cost of a run for its
journal, the text of the whole plan, is shown beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import cycle
from math import inf
from pathlib import Path
from typing import Final

from cactions.app.propose import Job, PlanContext, ReplayCaller, propose_plan, send_request
from cactions.edges.cassette.reader import CassetteSender
from cactions.logic import documents
from cactions.logic.project import SourceFile, load_project
from cactions.logic.strict_json import dump_json
from cactions.model import (
    Json,
    Outcome,
    Person,
    PersonQuery,
    Plan,
    Project,
    Receipt,
    Request,
    Response,
)
from tests.bench.measuring import Reading, medians, own
from tests.recordings import write_cassette

PEOPLE: Final = 200
LIMIT: Final = 150.0

YAML: Final = """
version: 1
workspace: {kind: local, people: people.csv}
servers: {shop: {production: "https://api.shop.example"}}
attributes:
  tier: {data_type: string, options: [silver, gold]}
  store: {data_type: string}
  coupon: {data_type: string}
  nickname: {data_type: string}
  points: {data_type: integer}
  orders: {data_type: integer}
  rating: {data_type: float}
  active: {data_type: boolean}
  since: {data_type: date}
  due: {data_type: date}
actions:
  loyalty:
    match: user_id
    request: {http_method: get, server: shop, url: "/v1/customers/{{ person.user_id }}"}
    response:
      success_when: {status: 200}
      same_person: {path: $.email, equals: person.email}
      mapping:
        tier: $.tier
        store: {path: $.store.name, max_length: 80}
        coupon: {path: $.coupon, on_null: clear}
        nickname: {path: $.nickname, overwrite: if_empty}
        points: $.points
        orders: "$.orders[0].number"
        rating: $.rating
        active: {path: $.status, values: {active: true, ended: false}}
        since: {path: $.since, date: iso8601}
        due: {path: $.due, date: unix_s}
"""

ANSWER: Final[dict[str, Json]] = {
    "tier": "gold",
    "store": {"name": "Marylebone"},
    "coupon": None,
    "nickname": "Countess",
    "points": 1280,
    "orders": [{"number": 7}, {"number": 6}],
    "rating": 4.5,
    "status": "active",
    "since": "2020-01-01T00:00:00Z",
    "due": 1764759600,
}


class Room:
    """People in memory, by ``user_id``."""

    def __init__(self, people: list[Person]) -> None:
        self._people = {person.fields["user_id"]: person for person in people}

    def find(self, query: PersonQuery) -> Person:
        """The person with this ``user_id``."""
        return self._people[query.value]

    def get(self, person_id: str) -> Person:
        """Not used: no look-ups by contact id here."""
        raise NotImplementedError

    batch_size = 1

    def open_batch(self, _person_ids: Sequence[str] = ()) -> AbstractContextManager[None]:
        return nullcontext()

    def commit(self, plan: Plan) -> Receipt:
        """Not used: nothing is written here."""
        raise NotImplementedError


def readings(folder: Path, rounds: int) -> Iterator[Reading]:
    """Microseconds of CPU per person."""
    work = planner(folder)
    made = work()
    works = {
        "plan": lambda: own(lambda: receipt(work()), PEOPLE * 2),
        "text": lambda: own(
            lambda: dump_json(documents.plan_to_json(made, redact=False)), PEOPLE * 2
        ),
    }
    taken = medians(works, rounds)
    yield Reading("plan: ten attributes of a person", taken["plan"] * 1e6, LIMIT, "us of CPU")
    yield Reading("  its text for a journal, besides", taken["text"] * 1e6, inf, "us of CPU")


def planner(folder: Path) -> Callable[[], Plan]:
    """A function that plans for the next person, one after the other."""
    action = project(YAML).actions["loyalty"]
    people = [person(number) for number in range(PEOPLE)]
    jobs = [Job(action, PersonQuery("user_id", str(one.fields["user_id"])), {}) for one in people]
    width = Room(people)
    path = folder / "ten-attributes.json"
    write_cassette(
        path, [(asked(job, width), answer(one)) for job, one in zip(jobs, people, strict=True)]
    )
    desk = PlanContext(width, ReplayCaller(CassetteSender(path)))
    turns = cycle(jobs)

    def work() -> Plan:
        made = propose_plan(next(turns), desk)
        assert isinstance(made, Plan), made
        return made

    return work


def receipt(plan: Plan) -> str:
    """The text of the receipt that the plan was applied."""
    applied = Receipt(plan.subject.person_id, Outcome.APPLIED)
    return dump_json(documents.receipt_to_json(applied, redact=False))


def project(text: str) -> Project:
    """The project of a YAML text without errors."""
    shaped = load_project([SourceFile("actions.yaml", text.encode())])
    assert shaped.project, shaped.findings
    return shaped.project


def asked(job: Job, width: Room) -> Request:
    """The request of the job."""
    request = send_request(job, width)
    assert isinstance(request, Request), request
    return request


def person(number: int) -> Person:
    """A person with old values in half of the attributes."""
    fields: dict[str, Json] = {"user_id": f"u-{number}", "email": f"u{number}@example.com"}
    held: dict[str, Json] = {"tier": "silver", "coupon": "SPRING", "points": number, "active": True}
    return Person(f"p{number}", fields, held)


def answer(whose: Person) -> Response:
    """The service's answer about that person."""
    body = dump_json({"email": whose.fields["email"], **ANSWER})
    return Response(200, (("Content-Type", "application/json"),), body.encode())
