"""A call that changes data: in the journal before it is sent, made once, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.app.apply import close_run, preview_resume, resume_run
from cactions.app.commit import RunStores
from cactions.app.propose import Job, PlanContext
from cactions.app.settle import build_settled_receipts, find_unsettled_run, settle_calls
from cactions.app.undo_steps import list_undo_steps
from cactions.app.write_calls import (
    CallRecord,
    call_for_test,
    call_once,
    find_unknown_outcomes,
)
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
from tests.fake_journal import FakeJournal
from tests.fakes import FakePeople, FakeRunLock

URL = "https://api.shop.example/refunds"
REFUND = replace(
    action(mapping()),
    name="refund",
    request=ActionRequest("post", Template((URL,)), effect=Effect.WRITE),
)
JOB = Job(REFUND, PersonQuery("user_id", "u-1"), {})
DOUBT = PlanningError(FailureReason.OUTCOME_UNKNOWN, "the connection was reset")


class Line:
    """A caller that answers or fails as configured, and reads the journal at that moment."""

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


def test_the_journal_has_the_call_before_it_is_sent() -> None:
    """After any failure the operator can look for it; its idempotency key belongs to the run."""
    kept = books(tier="silver")
    assert isinstance(kept.journal, FakeJournal)
    line = Line(about_ada(tier="gold"), kept.journal)
    made(about_ada(tier="gold"), kept, line=line)
    assert [(True, "run-1-1")] == line.seen


def test_a_stored_answer_can_be_applied_without_another_call() -> None:
    """The run stays open until it is resumed."""
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
def test_each_outcome_of_a_call_ends_the_run_accordingly(
    came: Response | Exception, outcome: Outcome | None
) -> None:
    """A failed call is finished; one with an unknown outcome is finished and listed as such."""
    kept = books(tier="silver")
    done = made(came, kept)
    run, outcomes = state(kept)
    assert ([outcome], outcome is not None) == (outcomes, run.finished)
    assert done.run == run
    assert "silver" == kept.people.get("p1").attributes["tier"]


@pytest.mark.parametrize("status", [400, 404, 409, 500])
def test_an_answer_is_in_the_journal_before_its_outcome(status: int) -> None:
    """A process that is killed between the two has left no call of unknown outcome."""
    kept = books(tier="silver")
    failing = replace(
        kept, journal=Failing(kept.journal, "record_outcomes", 1, SystemError(), late=False)
    )
    with pytest.raises(SystemError):
        made(Response(status), failing)
    run, outcomes = state(kept)
    [entry] = run.entries
    assert (status, False, [None]) == (entry.plan.call.status, entry.plan.pending, outcomes)
    assert {} == find_unknown_outcomes(kept.journal)
    assert isinstance(made(about_ada(tier="gold"), kept, "run-2").result, Plan)


@pytest.mark.parametrize(
    ("came", "outcome", "pending"),
    [
        (about_ada(tier="gold"), Outcome.UNCHANGED, False),
        (Response(500), Outcome.FAILED, False),
        (DOUBT, Outcome.OUTCOME_UNKNOWN, True),
    ],
)
def test_the_call_of_a_test_is_closed_at_once_and_writes_no_person(
    came: Response | Exception, outcome: Outcome, pending: bool
) -> None:
    """Nothing of it can be resumed; what is not known stays so."""
    kept = books(tier="silver")
    assert isinstance(kept.journal, FakeJournal)
    desk = PlanContext(kept.people, Line(came, kept.journal), kept.journal)
    call_for_test(head(), JOB, desk, kept, again=False)
    run, outcomes = state(kept)
    assert ([outcome], True) == (outcomes, run.finished)
    assert pending == run.entries[0].plan.pending
    assert "silver" == kept.people.get("p1").attributes["tier"]


def test_a_test_whose_request_cannot_be_built_has_no_run() -> None:
    """The failure is its result."""
    kept = books()
    job = replace(JOB, action=replace(REFUND, audiences=("leads",)))
    desk = PlanContext(kept.people, Line(DOUBT, FakeJournal()), kept.journal)
    assert isinstance(call_for_test(head(), job, desk, kept, again=False), PlanFailure)
    assert [] == list(kept.journal.list_runs())


def test_the_newest_run_of_unknown_outcome_is_found() -> None:
    """A call that failed for certain has none."""
    kept = books()
    with pytest.raises(UsageError, match="no run has a request of unknown outcome"):
        find_unsettled_run(kept.journal)
    made(DOUBT, kept)
    made(Response(500), kept, "run-2", again=True)
    assert "run-1" == find_unsettled_run(kept.journal).head.id
    settled = build_settled_receipts(kept.journal.read("run-1").entries, "ada@desk", done=False)
    settle_calls(kept.journal.read("run-1").head, settled, kept.journal, kept.turns)
    with pytest.raises(UsageError, match="no run has a request of unknown outcome"):
        find_unsettled_run(kept.journal)


def test_a_request_that_cannot_be_built_creates_no_run() -> None:
    """Nothing was sent, so there is nothing to store."""
    kept = books()
    leads = replace(REFUND, audiences=("leads",))
    desk = PlanContext(kept.people, Line(DOUBT, FakeJournal()), kept.journal)
    done = call_once(head(), replace(JOB, action=leads), desk, kept, again=False)
    assert isinstance(done.result, PlanFailure)
    assert (None, []) == (done.run, list(kept.journal.list_runs()))


def killed(kept: RunStores) -> Run:
    """A process that died during the call."""
    with pytest.raises(SystemError):
        made(SystemError("kill -9"), kept)
    return kept.journal.read("run-1")


@pytest.mark.parametrize("then", [resume_run, close_run])
def test_a_call_of_a_killed_process_keeps_an_unknown_outcome(
    then: Callable[[Run, RunStores], Run],
) -> None:
    """It is not sent again; nothing is written, and there is nothing to undo."""
    kept = books(tier="silver")
    run = killed(kept)
    assert run.entries[0].plan.pending
    assert not run.leaves_something
    [(_, ahead)] = preview_resume(run, kept, 20)
    assert ahead
    assert Outcome.OUTCOME_UNKNOWN is ahead.outcome
    assert [] == [*list_undo_steps(run, kept)]
    then(run, kept)
    run, outcomes = state(kept)
    assert ([Outcome.OUTCOME_UNKNOWN], True) == (outcomes, run.finished)


@pytest.mark.parametrize("settled", [True, False])
def test_a_new_call_is_refused_while_an_outcome_is_unknown(settled: bool) -> None:
    """Unless the operator confirms having checked it."""
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


def test_an_unknown_outcome_ends_with_a_later_confirmed_call() -> None:
    """A later replay, undo or call to another environment does not count."""
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


def test_an_unreadable_run_counts_as_an_unknown_outcome() -> None:
    """No call is made before the operator has checked it."""
    kept = books(tier="silver")
    assert isinstance(kept.journal, FakeJournal)
    kept.journal.unreadable.append(("run-0", "it is no database"))
    with pytest.raises(StoreError, match="run-0 cannot be read") as caught:
        made(about_ada(tier="gold"), kept)
    assert "--again" in caught.value.hint
    assert isinstance(made(about_ada(tier="gold"), kept, again=True).result, Plan)


def test_an_unknown_outcome_blocks_only_its_person_and_action() -> None:
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


def test_a_journal_failure_before_the_call_prevents_it() -> None:
    """No call without its intent on the disk."""
    for method in ("create_run", "record_plans"):
        kept = books()
        assert isinstance(kept.journal, FakeJournal)
        line = Line(about_ada(), kept.journal)
        failing = Failing(kept.journal, method, 1, FULL, late=False)
        with pytest.raises(StoreError):
            made(about_ada(), replace(kept, journal=failing), line=line)
        assert [] == line.seen


def test_a_missing_secret_leaves_no_unknown_outcome() -> None:
    """It is read before the journal says that a call may have been made."""
    kept = books()
    assert isinstance(kept.journal, FakeJournal)
    line = Line(about_ada(), kept.journal)
    line.unready = UsageError("no secret")
    with pytest.raises(UsageError, match="no secret"):
        made(about_ada(), kept, line=line)
    assert ([], []) == (line.seen, list(kept.journal.list_runs()))


def test_a_journal_failure_after_the_call_leaves_the_outcome_unknown() -> None:
    """The answer was not stored, so a resume must not assume that there was none."""
    kept = books(tier="silver")
    failing = replace(
        kept, journal=Failing(kept.journal, "replace_pending_plan", 1, FULL, late=False)
    )
    with pytest.raises(StoreError):
        made(about_ada(tier="gold"), failing)
    run, outcomes = state(kept)
    assert (True, [None]) == (run.entries[0].plan.pending, outcomes)


def test_only_one_changing_call_runs_at_a_time() -> None:
    """The second call gets an error, and sends nothing."""
    kept = books()
    with kept.turns.hold(head("other")), pytest.raises(RunAborted):
        made(about_ada(), kept)
    assert [] == list(kept.journal.list_runs())
