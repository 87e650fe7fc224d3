"""Calls that change something: none is made twice, and none is forgotten, wherever it ends."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace

from cactions.app import row_planner, workers
from cactions.app.lost_calls import settle_lost_calls
from cactions.app.plan_people import continue_planning, store_people
from cactions.app.planned_entries import build_row
from cactions.app.planning_task import PlanningTask
from cactions.app.propose import PlanContext
from cactions.logic.request.call import CallSpec
from cactions.logic.request.idempotency import build_key_header
from cactions.model import (
    Outcome,
    PersonQuery,
    Plan,
    PlannedEntry,
    Receipt,
    Request,
    Response,
    RunPhase,
    SentCall,
    Subject,
)
from tests.app.many_people import HEAD, GoldCaller, build_person, build_task, list_rows
from tests.builders import action, mapping
from tests.fakes import FakePeople
from tests.interrupts import interrupt
from tests.run_report import REPORT

PEOPLE = 10
STEP = 3
"""Of so many lines, one is interrupted."""


def prepare(*, keyed: bool = False, threads: int = 0, keys_hold: bool = False) -> PlanningTask:
    """An action whose calls change something, for everyone."""
    people = FakePeople(*(build_person(number, "silver") for number in range(PEOPLE)))
    task = build_task(people, threads=threads, writes=True, keys_hold=keys_hold)
    context = PlanContext(people, CountingCaller())
    tested = action(mapping("tier"))
    request = replace(tested.request, http_method="POST", idempotency="X-Key" if keyed else "")
    return replace(task, action=replace(tested, request=request), context=context)


class CountingCaller(GoldCaller):
    """Knows for whom a call was made, and how often."""

    def __init__(self) -> None:
        super().__init__()
        self.made: Counter[str] = Counter()

    def call(self, asked: CallSpec, sealed: Request) -> Response:
        self.made[asked.person.id] += 1
        assert asked.key.startswith(f"{HEAD.id}-")
        return super().call(asked, sealed)


@pytest.mark.parametrize("keys_hold", [False, True])
@pytest.mark.parametrize("keyed", [False, True])
def test_a_lost_call_is_repeated_only_with_its_key(*, keyed: bool, keys_hold: bool) -> None:
    """And only while the service recognizes it; else its outcome is not known."""
    task = prepare(keyed=keyed, keys_hold=keys_hold)
    journal = task.stores.journal
    journal.create_run(HEAD, RunPhase.PLANNING)
    call = SentCall("POST https://shop.example/", key=build_key_header(task.action, "run-0-1"))
    subject = Subject("p1", PersonQuery("user_id", "u-1"))
    plan = Plan(task.action.name, subject, call, inputs={})
    rows = journal.open_rows(HEAD.id)
    rows.place([PlannedEntry(1, plan)])
    entries = [*journal.read(HEAD.id).entries]
    settle_lost_calls(task, entries)
    if keyed and keys_hold:
        assert [(1, build_row(entries[0], task.action, "run-0-1"))] == [*rows.read_waiting(0)]
        assert [] == [*journal.read(HEAD.id).entries]
        return
    assert [] == [*rows.read_waiting(0)]
    [entry] = journal.read(HEAD.id).entries
    assert isinstance(entry.receipt, Receipt)
    assert ("p1", Outcome.OUTCOME_UNKNOWN) == (entry.receipt.person_id, entry.receipt.outcome)


@pytest.mark.parametrize("threads", [0, 3])
def test_no_interrupt_makes_a_call_twice(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At any line: who was called is not called again; everyone else is, and all are counted."""
    monkeypatch.setattr(row_planner, "PAGE_OF_WRITES", 6)
    tried, unknown = 0, Counter[str]()
    while True:
        task = prepare(threads=threads)
        planner = row_planner.RowPlanner(task, store_people(task, list_rows(PEOPLE)))
        if not interrupt(planner.plan, tried * STEP + 1, row_planner, workers):
            break
        tried += 1
        continue_planning(task)
        run = task.stores.journal.read(HEAD.id)
        caller = task.context.caller
        assert isinstance(caller, CountingCaller)
        assert caller.made.total() == len(caller.made), f"made twice: interrupted at {tried}"
        lost = [
            e for e in run.entries if e.receipt and e.receipt.outcome is Outcome.OUTCOME_UNKNOWN
        ]
        assert len(lost) <= (threads or 1) + 1, "those who were never called wait again"
        unknown["people"] += len(lost)
        planned = {e.plan.subject.person_id for e in run.entries} - {
            entry.plan.subject.person_id for entry in lost
        }
        assert planned <= caller.made.keys()
        assert (PEOPLE, 0) == (len(run.entries), run.counts.waiting)
    assert tried > 100
    REPORT.append(
        f"write calls, {threads} threads: interrupted at {tried} lines, 0 made twice,"
        f" {unknown['people']} of unknown outcome"
    )
