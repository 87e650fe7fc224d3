"""A planning that is cut off and resumed stops, holds and plans the same as one that is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.app.plan_people import continue_planning, plan_part, plan_people, store_people
from cactions.app.planning_task import Planned, PlanningStopped, PlanningTask
from cactions.app.propose import PlanContext
from cactions.logic.request.call import CallSpec
from cactions.model import Outcome, PartStep, Request, Response, RunPart
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


def show_an_earlier_account(number: int) -> Response:
    return answer(about(number, number, account=f"u-{5 if number == 20 else number}"))


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
    (PROVEN, show_an_earlier_account),
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
        assert "" == asked.key, "it changes nothing"
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
    summary = done.summary.build()
    counted = Counter(outcomes)
    assert (len(outcomes), counted.pop(None, 0)) == (summary.people, summary.writing)
    assert counted == Counter(summary.outcomes)
    return outcomes, done.calls, summary.writing, done.alarms


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


@pytest.mark.parametrize("cuts", [(), (12,), (3, 4, 13), range(1, PEOPLE)])
@pytest.mark.parametrize(("tested", "respond"), SERVICES)
def test_parts_are_judged_together(
    tested: Any, respond: Callable[[int], Response], cuts: Sequence[int]
) -> None:
    """Each is planned by another process, which sees only its own; the whole is judged at the end.

    What stops the whole stops a part, or the end; who is held of the whole is held at the end.
    """
    task = prepare(tested, respond)
    whole = describe(lambda: plan_people(task, list_rows(PEOPLE)), task)
    again = prepare(tested, respond)
    store_people(again, list_rows(PEOPLE))

    def plan_parts() -> Planned:
        counts = Counter[str]()
        for first, last in pairwise((0, *cuts, PEOPLE)):
            part = RunPart(again.head.id, PartStep.PLAN, first + 1, last)
            totals: set[int] = set()
            followed = replace(again, on_progress=lambda _done, total, _counts: totals.add(total))  # noqa: B023
            found = plan_part(followed, part)
            assert ({last - first}, last - first) == (totals, sum(found.values()))
            counts += found
        entries = again.stores.journal.read(again.head.id).entries
        ends = (e.receipt.outcome.value if e.receipt else "planned" for e in entries)
        assert Counter(ends) == counts
        return continue_planning(again)

    end = describe(plan_parts, again)
    assert isinstance(whole, str) == isinstance(end, str)
    if not isinstance(whole, str):
        assert whole == end


@pytest.mark.parametrize("respond", [give_everyone_the_first, fail_often])
def test_a_planning_that_was_stopped_stays_stopped(respond: Callable[[int], Response]) -> None:
    """Without another call: what was seen is kept."""
    task = prepare(UNPROVEN, respond)
    first = describe(lambda: plan_people(task, list_rows(PEOPLE)), task)
    assert isinstance(task.context.caller, CuttingCaller)
    calls = task.context.caller.calls
    assert isinstance(first, str)
    assert first == describe(lambda: continue_planning(task), task)
    assert calls == task.context.caller.calls < PEOPLE


def test_a_person_whom_no_one_knows_is_asked_for_first() -> None:
    """Where an answer comes back, nothing else is asked."""
    task = replace(prepare(UNPROVEN, give_everyone_the_first), probes=True)
    why = describe(lambda: plan_people(task, list_rows(PEOPLE)), task)
    assert "stopped: " in str(why)
    assert isinstance(task.context.caller, CuttingCaller)
    assert 1 == task.context.caller.calls


def test_a_call_that_changes_nothing_is_not_noted_before_it_is_made() -> None:
    """Its row waits until its answer is there: a cut leaves nothing that may have happened."""

    def look(number: int) -> Response:
        counts = task.stores.journal.read(task.head.id).counts
        assert (0, PEOPLE) == (counts.calling, counts.waiting)
        return answer_honestly(number)

    task = prepare(PROVEN, look)
    plan_people(task, list_rows(PEOPLE))


def list_outcomes(end: object) -> list[Outcome | None]:
    """The outcomes of a planning that came to its end; none of one that was stopped."""
    return end[0] if isinstance(end, tuple) else []
