"""A call that changes something: in the journal before it goes, made once, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.app.apply import RunStores, close_run, preview_resume, resume_run
from cactions.app.propose import Job, PlanContext
from cactions.app.undo_steps import build_undo_steps
from cactions.app.write_calls import CallRecord, call_once
from cactions.logic.request.call import CallSpec
from cactions.model import (
    Action,
    ActionRequest,
    Effect,
    FailureReason,
    Outcome,
    PersonQuery,
    Plan,
    PlanFailure,
    PlanningError,
    Request,
    RequestFailed,
    Response,
    Run,
    RunAborted,
    RunHead,
    RunKind,
    SentCall,
    StoreError,
    Template,
    UsageError,
)
from tests.app.test_apply import FULL, Failing
from tests.builders import about_ada, action, mapping, person
from tests.fakes import FakeJournal, FakePeople, FakeRunLock

URL = "https://api.shop.example/refunds"
REFUND = replace(
    action(mapping()),
    name="refund",
    request=ActionRequest("post", Template((URL,)), effect=Effect.WRITE),
)
JOB = Job(REFUND, PersonQuery("user_id", "u-1"), {})
DOUBT = PlanningError(FailureReason.OUTCOME_UNKNOWN, "the connection was reset")


class Line:
    """A caller that answers, or fails, as it is told, and looks into the journal as it does."""

    source = ""

    def __init__(self, came: Response | Exception, journal: FakeJournal) -> None:
        self.came, self.journal = came, journal
        self.seen: list[tuple[bool, str]] = []
        self.unready: Exception | None = None

    def prepare(self, action: Action) -> None:
        if self.unready:
            raise self.unready

    def call(self, asked: CallSpec, _sealed: Request) -> Response:
        [entry] = self.journal.read("run-1").entries if not self.seen else [None]
        self.seen.append((bool(entry and entry.plan.pending), asked.key))
        if isinstance(self.came, Exception):
            raise self.came
        return self.came


def head(run_id: str = "run-1") -> RunHead:
    return RunHead(run_id, RunKind.APPLY, "refund", 1.0, "ada@desk")


def books(**attributes: Any) -> RunStores:
    return RunStores(FakePeople(person(**attributes)), FakeJournal(), FakeRunLock())


def made(came: Response | Exception, kept: RunStores, run: str = "run-1", **how: Any) -> CallRecord:
    assert isinstance(kept.journal, FakeJournal | Failing)
    line = how.pop("line", None) or Line(came, kept.journal)  # type: ignore[arg-type]
    desk = PlanContext(kept.people, line, kept.journal)
    return call_once(head(run), JOB, desk, kept, **{"again": False, **how})


def state(kept: RunStores, run: str = "run-1") -> tuple[Run, list[Outcome | None]]:
    found = kept.journal.read(run)
    return found, [entry.receipt.outcome if entry.receipt else None for entry in found.entries]


def test_the_journal_knows_of_a_call_before_it_is_made() -> None:
    """Whatever happens from then on, somebody can look for it; its key is the run's own."""
    kept = books(tier="silver")
    assert isinstance(kept.journal, FakeJournal)
    line = Line(about_ada(tier="gold"), kept.journal)
    made(about_ada(tier="gold"), kept, line=line)
    assert [(True, "run-1-1")] == line.seen


def test_what_came_of_it_is_kept_and_can_be_applied_without_another_call() -> None:
    """The run stays open until somebody resumes it."""
    kept = books(tier="silver")
    done = made(about_ada(tier="gold"), kept)
    assert isinstance(done.result, Plan)
    run, outcomes = state(kept)
    assert ([None], False) == (outcomes, run.finished)
    assert [done.result] == [entry.plan for entry in run.entries]
    assert "silver" == kept.people.get("p1").attributes["tier"]
    resume_run(run, kept)
    run, outcomes = state(kept)
    assert ([Outcome.APPLIED], True) == (outcomes, run.finished)
    assert "gold" == kept.people.get("p1").attributes["tier"]


@pytest.mark.parametrize(
    ("came", "outcome"),
    [
        (DOUBT, Outcome.OUTCOME_UNKNOWN),
        (about_ada(tier=12), None),
        (Response(500), Outcome.FAILED),
        (RequestFailed("nobody listens", reason=FailureReason.NO_ANSWER), Outcome.FAILED),
    ],
)
def test_every_end_of_a_call_is_one_end_of_the_run(
    came: Response | Exception, outcome: Outcome | None
) -> None:
    """A call that failed is finished; one in doubt is finished, and listed so."""
    kept = books(tier="silver")
    done = made(came, kept)
    run, outcomes = state(kept)
    assert ([outcome], outcome is not None) == (outcomes, run.finished)
    assert done.run == run
    assert "silver" == kept.people.get("p1").attributes["tier"]


def test_a_request_that_cannot_be_made_is_no_run() -> None:
    """Nothing was sent, so there is nothing to remember."""
    kept = books()
    leads = replace(REFUND, audiences=("leads",))
    desk = PlanContext(kept.people, Line(DOUBT, FakeJournal()), kept.journal)
    done = call_once(head(), replace(JOB, action=leads), desk, kept, again=False)
    assert isinstance(done.result, PlanFailure)
    assert (None, []) == (done.run, list(kept.journal.list_runs()))


def killed(kept: RunStores) -> Run:
    """A process that died while the call was under way."""
    with pytest.raises(SystemError):
        made(SystemError("kill -9"), kept)
    return kept.journal.read("run-1")


@pytest.mark.parametrize("then", [resume_run, close_run])
def test_a_call_whose_process_died_is_in_doubt_whatever_is_done_with_the_run(
    then: Callable[[Run, RunStores], Run],
) -> None:
    """Nobody sends it again; nothing is written, and nothing is there to take back."""
    kept = books(tier="silver")
    run = killed(kept)
    assert run.entries[0].plan.pending
    assert not run.leaves_something
    [ahead] = preview_resume(run, kept)
    assert ahead
    assert Outcome.OUTCOME_UNKNOWN is ahead.outcome
    assert [()] == [one.plan.effective for one in build_undo_steps(run, kept.people)]
    then(run, kept)
    run, outcomes = state(kept)
    assert ([Outcome.OUTCOME_UNKNOWN], True) == (outcomes, run.finished)


@pytest.mark.parametrize("settled", [True, False])
def test_another_call_is_refused_while_one_is_in_doubt(settled: bool) -> None:
    """Unless the operator says that they have looked."""
    kept = books(tier="silver")
    if settled:
        made(DOUBT, kept)
    else:
        killed(kept)
    with pytest.raises(UsageError, match="unknown \\(run run-1\\)") as caught:
        made(about_ada(tier="gold"), kept, "run-2")
    assert "--again" in caught.value.hint
    assert ["run-1"] == [run.head.id for run in kept.journal.list_runs()]
    assert isinstance(made(about_ada(tier="gold"), kept, "run-2", again=True).result, Plan)


def test_a_doubt_ends_with_a_call_that_was_made_in_knowledge_of_it() -> None:
    """What was replayed, undone or asked of another environment since is no such call."""
    kept = books(tier="silver")
    made(DOUBT, kept)
    [outcome_unknown] = kept.journal.read("run-1").entries
    replayed = replace(head("run-2"), source="cassettes/refund.json", started=2.0)
    undone = replace(head("run-3"), kind=RunKind.UNDO, started=3.0)
    elsewhere = replace(head("run-6"), environment="staging", started=4.0)
    for other in (replayed, undone, elsewhere):
        kept.journal.create_run(other)
        kept.journal.record_plans(
            other.id, [replace(outcome_unknown.plan, call=SentCall("GET /", 200))]
        )
        with pytest.raises(UsageError, match="run-1"):
            made(about_ada(), kept, "run-4")
    assert isinstance(made(about_ada(), kept, "run-4", again=True).result, Plan)
    assert isinstance(made(about_ada(), kept, "run-5").result, Plan)


def test_a_run_that_cannot_be_read_may_hold_a_doubt() -> None:
    """No call is made before somebody has looked."""
    kept = books(tier="silver")
    assert isinstance(kept.journal, FakeJournal)
    kept.journal.unreadable.append(("run-0", "it is no database"))
    with pytest.raises(UsageError, match="run-0 cannot be read") as caught:
        made(about_ada(tier="gold"), kept)
    assert "--again" in caught.value.hint
    assert isinstance(made(about_ada(tier="gold"), kept, again=True).result, Plan)


def test_a_doubt_about_somebody_else_or_something_else_refuses_nobody() -> None:
    """One person and one action at a time."""
    kept = books()
    made(DOUBT, kept)
    other = person({"user_id": "u-2", "email": "ada@example.com"})
    assert isinstance(kept.people, FakePeople)
    kept.people.everybody.append(replace(other, id="p2"))
    job = replace(JOB, query=PersonQuery("user_id", "u-2"))
    line = Line(about_ada(tier="gold"), FakeJournal())
    line.seen.append((True, ""))
    done = call_once(
        head("run-2"), job, PlanContext(kept.people, line, kept.journal), kept, again=False
    )
    assert isinstance(done.result, Plan)


def test_a_journal_that_fails_before_the_call_stops_it() -> None:
    """No call without its intent on the disk."""
    for method in ("create_run", "record_plans"):
        kept = books()
        assert isinstance(kept.journal, FakeJournal)
        line = Line(about_ada(), kept.journal)
        failing = Failing(kept.journal, method, 1, FULL, late=False)
        with pytest.raises(StoreError):
            made(about_ada(), replace(kept, journal=failing), line=line)
        assert [] == line.seen


def test_a_secret_that_is_missing_leaves_no_doubt() -> None:
    """It is looked for before the journal says that a call may have been made."""
    kept = books()
    assert isinstance(kept.journal, FakeJournal)
    line = Line(about_ada(), kept.journal)
    line.unready = UsageError("no secret")
    with pytest.raises(UsageError, match="no secret"):
        made(about_ada(), kept, line=line)
    assert ([], []) == (line.seen, list(kept.journal.list_runs()))


def test_a_journal_that_fails_after_the_call_leaves_it_in_doubt() -> None:
    """The answer was not kept, so that whoever resumes must not believe that there was none."""
    kept = books(tier="silver")
    failing = replace(
        kept, journal=Failing(kept.journal, "replace_pending_plan", 1, FULL, late=False)
    )
    with pytest.raises(StoreError):
        made(about_ada(tier="gold"), failing)
    run, outcomes = state(kept)
    assert (True, [None]) == (run.entries[0].plan.pending, outcomes)


def test_one_such_call_at_a_time() -> None:
    """Whoever comes second is told so, and sends nothing."""
    kept = books()
    with kept.turns.hold(head("other")), pytest.raises(RunAborted):
        made(about_ada(), kept)
    assert [] == list(kept.journal.list_runs())
