"""A planning that is cut off and resumed stops, holds and plans the same as one that is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.app.plan_people import continue_planning, plan_people
from cactions.app.planning_task import Planned, PlanningStopped, PlanningTask
from cactions.app.propose import PlanContext
from cactions.logic.request.call import CallSpec
from cactions.model import Outcome, Request, Response
from tests.app.many_people import GoldCaller, build_person, build_task, list_rows
from tests.builders import action, answer, mapping, same_person
from tests.fakes import FakePeople
from tests.run_report import REPORT

PEOPLE = 24
ACTION = action(mapping("tier"), mapping("points", "integer"))
PROVEN = replace(ACTION, response=replace(ACTION.response, same_person=same_person()))
UNPROVEN = replace(ACTION, response=replace(ACTION.response, same_person=None))


def about(number: int, shown: int, **members: Any) -> dict[str, Any]:
    """A record of person ``shown`` as the response to person ``number``."""
    return {
        "id": f"cus-{shown * 7919}", "email": f"p{shown}@example.com", "account": f"u-{shown}",
        "tier": "silver" if number % 3 == 0 else "gold", "points": number, **members,
    }  # fmt: skip


def answer_honestly(number: int) -> Response:
    return answer(about(number, number))


def fail_identity(number: int) -> Response:
    return answer(about(number, number + 1 if number in (1, 3, 5, 9, 14, 20) else number))


def show_another_account(number: int) -> Response:
    return answer(about(number, number, account=f"u-{20 if number == 5 else number}"))


def give_one_record(number: int) -> Response:
    return answer(about(number, number, id="cus-1" if number in (2, 13) else f"cus-{number * 31}"))


def give_everyone_the_first(_number: int) -> Response:
    return answer(about(0, 0))


def fail_often(number: int) -> Response:
    return answer({}, status=500) if number % 2 else answer(about(number, number))


SERVICES = (
    (PROVEN, answer_honestly),
    (PROVEN, fail_identity),
    (PROVEN, show_another_account),
    (UNPROVEN, show_another_account),
    (PROVEN, give_one_record),
    (UNPROVEN, give_everyone_the_first),
    (PROVEN, fail_often),
)


class CuttingCaller(GoldCaller):
    """Answers as a service does; the call after so many others is interrupted."""

    def __init__(self, respond: Callable[[int], Response], cut: int = 0) -> None:
        super().__init__()
        self._respond, self.cut = respond, cut

    def call(self, asked: CallSpec, sealed: Request) -> Response:
        self.calls += 1
        if self.calls == self.cut:
            raise KeyboardInterrupt
        return self._respond(int(str(asked.person.fields["user_id"])[2:]))


def prepare(tested: Any, respond: Callable[[int], Response], cut: int = 0) -> PlanningTask:
    people = FakePeople(*(build_person(number, "silver") for number in range(PEOPLE)))
    task = build_task(people)
    caller = CuttingCaller(respond, cut)
    return replace(task, action=tested, context=PlanContext(people, caller))


def describe(planned: Callable[[], Planned], task: PlanningTask) -> object:
    """What a planning came to: why it was stopped, or what became of each entry."""
    try:
        done = planned()
    except PlanningStopped as stopped:
        return str(stopped)
    entries = task.stores.journal.read(task.head.id).entries
    outcomes = [entry.receipt.outcome if entry.receipt else None for entry in entries]
    return outcomes, done.calls, done.summary.build().writing


@pytest.mark.parametrize(("tested", "respond"), SERVICES)
def test_each_cut_leads_to_the_same_end(tested: Any, respond: Callable[[int], Response]) -> None:
    """Cut at each call: the signs of a leak before and after it are seen together."""
    task = prepare(tested, respond)
    whole = describe(lambda: plan_people(task, list_rows(PEOPLE)), task)
    tried, ends = 0, [whole]
    for cut in range(1, PEOPLE + 1):
        again = prepare(tested, respond, cut)
        try:
            plan_people(again, list_rows(PEOPLE))
        except KeyboardInterrupt:
            ends.append(describe(lambda: continue_planning(again), again))  # noqa: B023
            tried += 1
        except PlanningStopped as stopped:
            ends.append(str(stopped))
    assert [whole] * (PEOPLE + 1) == ends
    REPORT.append(f"planning cut off, {respond.__name__}: {tried} cuts, the same end")
    assert tried >= 2
    looks_right = {Outcome.HELD, Outcome.FAILED}.isdisjoint(list_outcomes(whole))
    assert (respond is answer_honestly) == (looks_right and not isinstance(whole, str))


def list_outcomes(end: object) -> list[Outcome | None]:
    """The outcomes of a planning that came to its end; none of one that was stopped."""
    return end[0] if isinstance(end, tuple) else []
