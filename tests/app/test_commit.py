"""Windows of writes in one thread and in eight: one outcome for each entry, and true counts."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.app import workers
from cactions.app.apply import apply_to_people, resume_run
from cactions.app.commit import WINDOW, RunStores
from cactions.edges.store.people import LocalPeopleStore
from cactions.model import (
    Outcome,
    OutcomeUnknown,
    Plan,
    Receipt,
    RunAborted,
    RunEntry,
    StoreError,
    WorkspaceError,
    WorkspaceName,
)
from tests.app.crowd import NEW, OLD, apply, books, closed, crowd, head, plans, states, undo
from tests.fake_journal import FakeJournal
from tests.fakes import FakePeople, FakeRunLock

FULL = StoreError("the disk is full", hint="Make room.")
MAYBE = OutcomeUnknown("the disk met an error", hint="Look at it.")
SIZES = (1, WINDOW, WINDOW + 3, 3 * WINDOW)
SECONDS = 20


class WatchedPeople:
    """People whose writes are counted; ``before`` is called first, and may raise."""

    def __init__(self, inner: Any, before: Callable[[int, str], None] = lambda *_: None) -> None:
        self._inner, self._before = inner, before
        self._lock = threading.Lock()
        self.written: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def commit(self, plan: Plan, check: Callable[[], None] = lambda: None) -> Receipt:
        person_id = plan.subject.person_id
        with self._lock:
            self.written[person_id] += 1
            number = self.written.total()
        self._before(number, person_id)
        return self._inner.commit(plan, check)


def fresh(number: int, threads: int = 8, **how: Any) -> tuple[RunStores, WatchedPeople]:
    people = WatchedPeople(FakePeople(*crowd(number)), **how)
    return RunStores(people, FakeJournal(), FakeRunLock(), threads=threads), people


def changed(people: FakePeople, number: int) -> None:
    """Every seventh person was changed since the plan was made."""
    people.everybody = [
        replace(each, attributes={**OLD, "tier": "wood"}) if n % 7 == 0 and n < number else each
        for n, each in enumerate(people.everybody)
    ]


@pytest.mark.parametrize("number", SIZES)
def test_threads_make_no_difference(number: int) -> None:
    """Each person is written once, and has one receipt; the journals are the same."""
    runs, receipts = [], []
    for threads in (1, 8):
        kept, people = fresh(number, threads)
        changed(people._inner, number)
        receipts.append(apply(number, kept))
        assert {f"p{n:02}": 1 for n in range(number)} == dict(people.written)
        runs.append(kept.journal.read("run-1"))
    assert receipts[0] == receipts[1]
    assert runs[0] == runs[1]
    assert receipts[0] == [entry.receipt for entry in runs[0].entries]
    counts = runs[0].counts
    conflicts = (number + 6) // 7
    assert {Outcome.CONFLICT: conflicts, Outcome.APPLIED: number - conflicts} == {
        **dict.fromkeys((Outcome.CONFLICT, Outcome.APPLIED), 0), **counts.outcomes
    }  # fmt: skip
    assert (number, 0) == (counts.total, counts.open)


@pytest.mark.parametrize("threads", [1, 8])
def test_real_stores_are_written_by_threads(tmp_path: Path, threads: int) -> None:
    """A run and its undo; afterwards everyone is as before."""
    number = WINDOW + 3
    kept = replace(books(tmp_path, number), threads=threads)
    assert [Outcome.APPLIED] * number == [receipt.outcome for receipt in apply(number, kept)]
    assert ["new"] * number == states(kept, number)
    assert [Outcome.APPLIED] * number == [receipt.outcome for receipt in undo(kept)]
    assert ["old"] * number == states(kept, number)
    run = kept.journal.read("run-1")
    assert (number, 0, True) == (run.counts.undone, run.counts.standing, run.finished)
    closed(kept)


@pytest.mark.parametrize("threads", [1, 8])
@pytest.mark.parametrize("at", [1, WINDOW // 2, WINDOW + 1, 2 * WINDOW + 7])
def test_a_failing_store_stops_all_threads(at: int, threads: int) -> None:
    """Nothing is begun after it, what was under way is recorded, and the counts add up."""
    number = 3 * WINDOW
    failed = threading.Event()

    def fail(count: int, _person_id: str) -> None:
        if count == at:
            failed.set()
            raise FULL

    kept, people = fresh(number, threads, before=fail)
    with pytest.raises(RunAborted) as caught:
        apply(number, kept)
    begun = people.written.total()
    assert at <= begun < at + threads
    assert {1} == {*people.written.values()}
    run = kept.journal.read("run-1")
    applied = begun - 1
    assert applied == run.counts.outcomes.get(Outcome.APPLIED, 0)
    assert applied == sum(p.attributes == NEW for p in people._inner.everybody)
    assert (applied > 0) == caught.value.written
    words = f"{applied} applied, " if applied else ""
    assert f"interrupted: {words}{number - applied} open. Nothing was" in str(caught.value)
    done = resume_run(run, kept)
    assert run.counts.total == done.counts.outcomes[Outcome.APPLIED]
    assert number == done.counts.total + done.not_started


@pytest.mark.parametrize("threads", [2, 8])
def test_what_was_under_way_is_recorded_and_counted(threads: int) -> None:
    """It ends after the first one has failed."""
    together, failed = threading.Barrier(threads), threading.Event()

    def fail(_count: int, person_id: str) -> None:
        if int(person_id[1:]) < threads:
            together.wait(SECONDS)
        if person_id == "p00":
            failed.set()
            raise FULL
        failed.wait(SECONDS)

    kept, _ = fresh(30, threads, before=fail)
    with pytest.raises(RunAborted) as caught:
        apply(30, kept)
    applied = kept.journal.read("run-1").counts.outcomes[Outcome.APPLIED]
    assert applied >= threads - 1
    assert f"interrupted: {applied} applied, {30 - applied} open. " in str(caught.value)


REMOTE = WorkspaceName("intercom:w1")


def write_remotely(number: int, threads: int, refused: Collection[str]) -> tuple[str, RunStores]:
    """Write to everyone where Intercom refuses some; the error at the end, and the stores."""

    def fail(_count: int, person_id: str) -> None:
        if person_id in refused:
            raise WorkspaceError("Intercom refused the write", hint="Look at it.")

    kept, _ = fresh(number, threads, before=fail)
    kept = replace(kept, workspace=REMOTE)
    of_all = replace(head(people=number), workspace=REMOTE)
    with pytest.raises(RunAborted, match="Intercom refused the write") as caught:
        list(apply_to_people(of_all, plans(number), kept))
    return str(caught.value), kept


@pytest.mark.parametrize("threads", [0, 8])
def test_a_refused_write_leaves_its_entry_open(threads: int) -> None:
    """Everyone else is written; the error comes at the end."""
    number = WINDOW + 3
    why, kept = write_remotely(number, threads, {"p04", f"p{WINDOW}"})
    assert f"was interrupted: {number - 2} applied, 2 open. Nothing was" in why
    run = kept.journal.read("run-1")
    assert ["p04", f"p{WINDOW}"] == [entry.plan.subject.person_id for entry in run.open]
    assert {Outcome.APPLIED: number - 2} == dict(run.counts.outcomes)


@pytest.mark.parametrize("threads", [0, 8])
def test_many_refused_writes_end_the_run(threads: int) -> None:
    """Ten of the last fifty; what was begun then comes to its end."""
    number = 3 * WINDOW
    _, kept = write_remotely(number, threads, {f"p{n}" for n in range(120, number, 4)})
    applied = kept.journal.read("run-1").counts.outcomes[Outcome.APPLIED]
    last = 120 + 9 * 4
    assert last + 1 - 10 <= applied <= last + 1 - 10 + (2 * WINDOW if threads else 0)
    _, kept = write_remotely(number, threads, {f"p{n}" for n in range(120, number, 6)})
    assert number - 30 == kept.journal.read("run-1").counts.outcomes[Outcome.APPLIED]


@pytest.mark.parametrize("threads", [2, 8])
def test_each_write_of_unknown_outcome_is_counted(threads: int) -> None:
    """All that were under way, not only the first."""
    together = threading.Barrier(threads)

    def fail(count: int, _person_id: str) -> None:
        if count <= threads:
            together.wait(SECONDS)
            raise MAYBE

    kept, _ = fresh(30, threads, before=fail)
    words = f"30 open. For {threads} of these, the outcome of the write is unknown"
    with pytest.raises(OutcomeUnknown, match=words):
        apply(30, kept)


class BatchedPeople(WatchedPeople):
    """People who are written ten at a time; ``error`` comes where a batch would be stored."""

    batch_size = 10
    error: StoreError | None = None
    failed = 0

    @contextmanager
    def open_batch(self, _person_ids: Sequence[str] = ()) -> Iterator[None]:
        before = [*self._inner.everybody]
        yield
        if self.error:
            self._inner.everybody = before
            with self._lock:
                self.failed += 1
            raise self.error


@pytest.mark.parametrize("error", [FULL, MAYBE])
@pytest.mark.parametrize("threads", [0, 8])
def test_a_batch_fails_as_a_whole(threads: int, error: StoreError) -> None:
    """No receipt of it is kept, and everyone of it may have been written, or certainly not.

    With threads, an earlier batch may be under way where the error begins, and fails too.
    """
    kept, watched = fresh(30, threads)
    people = BatchedPeople(watched._inner)
    kept = replace(kept, people=people)
    reading = apply_to_people(head(people=30), plans(30), kept)

    def fail(count: int, _person_id: str) -> None:
        if count == 21:
            people.error = error

    people._before = fail
    with pytest.raises(StoreError) as caught:
        list(reading)
    assert 1 <= people.failed <= (3 if threads else 1)
    failed = 10 * people.failed
    assert (error is MAYBE) == isinstance(caught.value, OutcomeUnknown)
    assert (error is MAYBE) == (f"For {failed} of these, the outcome" in str(caught.value))
    run = kept.journal.read("run-1")
    assert 30 - failed == run.counts.outcomes.get(Outcome.APPLIED, 0)
    assert failed == len([*run.open])
    people.error = None
    done = resume_run(run, replace(kept, people=watched._inner))
    assert 30 == done.counts.outcomes[Outcome.APPLIED]


def test_a_person_who_is_gone_fails_alone(tmp_path: Path) -> None:
    """The others of the batch are written."""
    kept = books(tmp_path, 30)
    real = replace(kept, people=LocalPeopleStore(tmp_path / ".cactions", crowd(29)))
    receipts = apply(30, real)
    assert [Outcome.APPLIED] * 29 + [Outcome.FAILED] == [each.outcome for each in receipts]
    assert ["new"] * 29 == states(real, 29)
    closed(kept)
    closed(real)


def test_a_write_that_hangs_has_an_unknown_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may still be done after the error."""
    monkeypatch.setattr(workers, "DRAIN_SECONDS", 0.1)
    goes, hangs = threading.Event(), threading.Event()

    def fail(_count: int, person_id: str) -> None:
        if person_id == "p04":
            hangs.set()
            goes.wait(SECONDS)
        if person_id == "p01":
            assert hangs.wait(SECONDS)
            raise FULL

    kept, people = fresh(WINDOW + 3, 8, before=fail)
    try:
        with pytest.raises(OutcomeUnknown, match="For one of these, the outcome") as caught:
            apply(WINDOW + 3, kept)
        assert "the disk is full; " in str(caught.value)
    finally:
        goes.set()
    open_people = [e.plan.subject.person_id for e in kept.journal.read("run-1").open]
    assert {"p01", "p04"} <= {*open_people}
    run = resume_run(kept.journal.read("run-1"), replace(kept, people=people._inner))
    assert run.counts.total == run.counts.outcomes[Outcome.APPLIED]


@pytest.mark.parametrize("threads", [0, 8])
@pytest.mark.parametrize("call", [1, 2])
def test_a_failing_journal_stops_all_threads(call: int, threads: int) -> None:
    """What was under way comes to its end, and is recorded as well."""
    number = 3 * WINDOW
    kept, people = fresh(number, threads)
    assert isinstance(kept.journal, FakeJournal)
    journal, calls, real = kept.journal, Counter[str](), kept.journal.record_plans

    def record_plans(run_id: str, window: list[Plan]) -> Any:
        calls["plans"] += 1
        if calls["plans"] > call:
            raise FULL
        return real(run_id, window)

    journal.record_plans = record_plans  # type: ignore[method-assign, assignment]
    with pytest.raises(RunAborted) as caught:
        apply(number, kept)
    applied = people.written.total()
    counts = journal.read("run-1").counts
    assert applied == counts.outcomes.get(Outcome.APPLIED, 0)
    assert f"interrupted: {applied} applied, {number - applied} open. No" in str(caught.value)
    assert call * WINDOW == counts.total
    assert applied == call * WINDOW or threads > 0


def test_a_window_is_durable_before_its_first_write() -> None:
    """For every person, also with threads."""
    number = 2 * WINDOW + 3
    early: list[str] = []

    def check(_count: int, person_id: str) -> None:
        if person_id not in {e.plan.subject.person_id for e in kept.journal.read("run-1").entries}:
            early.append(person_id)

    kept, _ = fresh(number, 8, before=check)
    apply(number, kept)
    assert [] == early


def test_plans_are_taken_as_they_are_needed() -> None:
    """One window is written while the next one is made; no more are held."""
    taken, seen = [0], [0]

    def make() -> Iterator[Plan]:
        for plan in plans(5 * WINDOW):
            taken[0] += 1
            yield plan

    kept, people = fresh(5 * WINDOW)
    for _ in apply_to_people(head(people=5 * WINDOW), make(), kept):
        seen[0] += 1
        assert taken[0] - seen[0] <= 2 * WINDOW + 1
    assert 5 * WINDOW == seen[0] == people.written.total()


def test_a_reader_that_goes_away_stops_all_threads() -> None:
    """What was under way is recorded."""
    number = 3 * WINDOW
    kept, people = fresh(number)
    reading = apply_to_people(head(people=number), plans(number), kept)
    entry, receipt = next(reading)
    assert isinstance(entry, RunEntry)
    assert receipt.outcome is Outcome.APPLIED
    reading.close()
    applied = kept.journal.read("run-1").counts.outcomes[Outcome.APPLIED]
    assert applied == people.written.total() < number
