"""A driver of the breakers as the bulk engine is one, with its index of digests in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from cactions.logic.bulk.breakers import Breakers, Verdict
from cactions.logic.bulk.evidence import gather_evidence
from cactions.logic.bulk.totals import list_unique_digests
from cactions.logic.plan.planner import PlanInput, build_failure, plan_changes
from cactions.model import (
    Action,
    Person,
    PersonQuery,
    Plan,
    PlanFailure,
    PlanningError,
    Response,
    SentCall,
    Subject,
    Trip,
)

STAGES = (10, 110)
"""Canary people: after 10 and 110 planned people, those who are not held are written."""


class Outcome(Struct):
    """How a run went. ``stopped_at`` is the number of the person at whom it stopped, 0 for none."""

    trip: Trip | None
    stopped_at: int
    held: set[int]
    written: int
    canary_written: int
    wrong: int
    breakers: Breakers


def plan_person(action: Action, person: Person, response: Response) -> Plan | PlanFailure:
    """The plan of one person, or why there is none."""
    subject = Subject(person.id, PersonQuery("user_id", str(person.fields["user_id"])))
    case = PlanInput(action, person, subject, {}, SentCall("GET /", response.status))
    try:
        return plan_changes(case, response)
    except PlanningError as error:
        return build_failure(case, error)


def run(
    action: Action,
    people: Iterable[Person],
    answer: Callable[[int], Response],
    is_wrong: Callable[[int], bool] = lambda _: False,
) -> Outcome:
    """Plan everyone, and count who is written.

    ``written``: everyone is planned before anyone is written. ``canary_written``: a stage is
    written as soon as it is planned. ``wrong`` are those of the latter with another's data.
    """
    breakers = Breakers(action)
    records: dict[object, int] = {}
    held: set[int] = set()
    writable: list[int] = []
    for number, person in enumerate(people, start=1):
        response = answer(number - 1)
        evidence = gather_evidence(action, person, response)
        result = plan_person(action, person, response)
        verdicts = [breakers.observe_plan(number, evidence, result)]
        keys: list[tuple[object, str]] = [(evidence.record, "")]
        if isinstance(result, Plan):
            writable += [number] if result.effective else []
            keys += [(digest, name) for name, digest in list_unique_digests(action, result)]
        for key, name in keys:
            earlier = records.setdefault(key, number) if key is not None else number
            if earlier != number:
                verdicts.append(breakers.observe_repeat(number, earlier, name))
        trip = hold(verdicts, number, held)
        if trip is not None:
            stage = max((n for n in STAGES if n < number), default=0)
            canary = [n for n in writable if n <= stage and n not in held]
            wrong = sum(is_wrong(n - 1) for n in canary)
            return Outcome(trip, number, held, 0, len(canary), wrong, breakers)
    written = [n for n in writable if n not in held]
    wrong = sum(is_wrong(n - 1) for n in written)
    return Outcome(None, 0, held, len(written), len(written), wrong, breakers)


def hold(verdicts: list[Verdict], number: int, held: set[int]) -> Trip | None:
    """Keep who is held; the first trip."""
    for verdict in verdicts:
        held.update((number,) if verdict.hold else ())
        held.update(verdict.also)
    return next((verdict.stop for verdict in verdicts if verdict.stop), None)
