"""A run, its undo and its resume, with in-memory ports that fail on demand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.app.apply import (
    apply_to_people,
    close_run,
    commit_planned,
    finish_undos,
    list_cut_off_undos,
    preview_resume,
    resume_run,
    undo_run,
)
from cactions.app.commit import WINDOW, RunStores
from cactions.app.undo_steps import list_undo_steps
from cactions.logic.workspace_name import LOCAL_WORKSPACE
from cactions.model import (
    Conflict,
    Outcome,
    OutcomeUnknown,
    Person,
    Plan,
    PlannedEntry,
    Receipt,
    RunAborted,
    RunEntry,
    RunPhase,
    StoreError,
    UsageError,
)
from tests.app.crowd import NEW, OLD, apply, crowd, head, plans, undo
from tests.fake_journal import FakeJournal
from tests.fakes import FakePeople, FakeRunLock

FULL = StoreError("the disk is full", hint="Make room.")
MAYBE = OutcomeUnknown("the disk met an error", hint="Look at it.")


class Failing:
    """A port with one method that raises at its n-th call, before or after doing its work.

    With ``forever``, it also raises at every later call.
    """

    def __init__(  # noqa: PLR0913 - a table of faults
        self,
        inner: Any,
        method: str,
        call: int,
        error: Exception,
        *,
        late: bool,
        forever: bool = False,
    ) -> None:
        self._inner, self._method, self._left = inner, method, call
        self._error, self._late, self._forever = error, late, forever

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name != self._method:
            return method

        def failing(*given: Any) -> Any:
            self._left -= 1
            fails = self._left == 0 or (self._forever and self._left < 0)
            if fails and not self._late:
                raise self._error
            result = method(*given)
            if fails:
                raise self._error
            return result

        return failing


def fresh(number: int = 3) -> RunStores:
    return RunStores(FakePeople(*crowd(number)), FakeJournal(), FakeRunLock())


def failing(kept: RunStores, port: str, method: str, call: int = 1, **how: Any) -> RunStores:
    how = {"error": FULL, "late": False, **how}
    return replace(kept, **{port: Failing(getattr(kept, port), method, call, **how)})


def edit(kept: RunStores, person_id: str, **attributes: Any) -> None:
    """Another program changes a person; without attributes the person is deleted."""
    assert isinstance(kept.people, FakePeople)
    kept.people.everybody = [
        replace(p, attributes=attributes) if p.id == person_id else p for p in kept.people.everybody
    ]


def gone(kept: RunStores, person_id: str) -> None:
    assert isinstance(kept.people, FakePeople)
    kept.people.everybody = [p for p in kept.people.everybody if p.id != person_id]


def held(kept: RunStores, number: int = 3) -> list[Any]:
    return [kept.people.get(f"p{n:02}").attributes for n in range(number)]


def cut_off(after: int, number: int = 3) -> RunStores:
    """Stores of a run interrupted after this number of writes; the last one is not settled."""
    kept = fresh(number)
    with pytest.raises(OutcomeUnknown):
        apply(number, failing(kept, "people", "commit", after, error=MAYBE, late=True))
    return kept


def outcomes(receipts: Sequence[Receipt | None]) -> list[str]:
    return [receipt.outcome.value if receipt else "open" for receipt in receipts]


# Runs


def test_every_person_gets_one_receipt_and_is_counted() -> None:
    """The head holds the number of submitted people."""
    kept = fresh()
    receipts = apply(3, kept)
    done = kept.journal.read("run-1")
    assert ["applied"] * 3 == outcomes(receipts)
    assert (3, 0, True, []) == (done.people, done.not_started, done.finished, [*done.open])
    assert [NEW] * 3 == held(kept)


def test_writes_start_after_all_intents_of_their_window() -> None:
    """A window is one call of the journal; the next window waits until it is done."""
    seen: list[tuple[str, int]] = []

    class OrderRecorder:
        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            method = getattr(self._inner, name)
            if name not in ("record_plans", "commit"):
                return method

            def wrapper(*given: Any) -> Any:
                seen.append((name, len(given[-1]) if name == "record_plans" else 1))
                return method(*given)

            return wrapper

    kept, number = fresh(2 * WINDOW + 1), 2 * WINDOW + 1
    watched = RunStores(OrderRecorder(kept.people), OrderRecorder(kept.journal), kept.turns)
    apply(number, watched)
    one = ("commit", 1)
    window = [("record_plans", WINDOW), *[one] * WINDOW]
    assert [*window, *window, ("record_plans", 1), one] == seen


@pytest.mark.parametrize(
    ("people", "made", "kept_number"),
    [(None, plans(3), 3), (7, plans(3), 7), (None, iter(plans(3)), None)],
)
def test_a_run_knows_for_how_many_people_it_is(
    people: int | None, made: Any, kept_number: int | None
) -> None:
    """As it is told, else by its plans where they can be counted."""
    kept = fresh()
    assert 3 == len([*apply_to_people(head(people=people), made, kept)])
    assert kept_number == kept.journal.read("run-1").head.people


def test_a_run_that_is_no_undo_marks_no_other_run() -> None:
    """It does not even look for one."""
    kept = fresh()
    for method in ("list_of_people", "mark_undone"):
        kept = failing(kept, "journal", method, forever=True)
    assert ["applied"] * 3 == outcomes(apply(3, kept))


def test_a_deleted_person_fails_without_stopping_the_others() -> None:
    """An exception about one person becomes the receipt of that person."""
    kept = fresh()
    gone(kept, "p01")
    receipts = apply(3, kept)
    assert ["applied", "failed", "applied"] == outcomes(receipts)
    assert "no person" in receipts[1].message


def test_a_person_changed_since_is_a_conflict_with_both_values() -> None:
    """The plan no longer applies, and nothing of it is written."""
    kept = fresh()
    edit(kept, "p01", **{**OLD, "tier": "wood"})
    receipts = apply(3, kept)
    assert ["applied", "conflict", "applied"] == outcomes(receipts)
    assert (Conflict("tier", "silver", "wood"),) == receipts[1].conflicts


# Stores that fail


@pytest.mark.parametrize(
    ("port", "method", "call", "applied", "begun"),
    [
        ("journal", "create_run", 1, 0, False),
        ("journal", "record_plans", 1, 0, True),
        ("people", "commit", 1, 0, True),
        ("people", "commit", 3, 2, True),
        ("journal", "record_outcomes", 1, 0, True),
        ("journal", "record_outcomes", 2, 3, True),
        ("journal", "finish", 1, 3, True),
    ],
)
def test_a_failing_store_stops_the_run_and_reports_the_writes(
    port: str, method: str, call: int, applied: int, begun: bool
) -> None:
    """If the outcome is certain; the journal says the same."""
    kept = fresh()
    with pytest.raises(RunAborted) as caught:
        apply(3, failing(kept, port, method, call))
    assert applied == held(kept).count(NEW)
    assert str(caught.value).startswith("the disk is full; ")
    assert (applied > 0) == caught.value.written
    if begun:
        done = kept.journal.read("run-1")
        settled = sum(entry.receipt is not None for entry in done.entries)
        assert (applied, 3, False) == (settled, done.people, done.finished)
        applied_part = f"{applied} applied, " if applied else ""
        counts = f"{applied_part}{3 - applied} open. Nothing was"
        text = f"run-1 in the {LOCAL_WORKSPACE} was interrupted: {counts}"
        assert text in str(caught.value)
        assert "`cactions runs resume run-1`" in caught.value.hint
    else:
        assert str(caught.value).endswith("nothing was written")
    with kept.turns.hold(head()):
        pass


@pytest.mark.parametrize("late", [False, True])
def test_an_unknown_outcome_of_a_write_is_reported(late: bool) -> None:
    """Nothing is written after it, and a resume finds out whether the value was stored."""
    kept = fresh()
    with pytest.raises(OutcomeUnknown, match="For one of these, the outcome") as caught:
        apply(3, failing(kept, "people", "commit", 2, error=MAYBE, late=late))
    assert held(kept).count(NEW) == 1 + late
    assert "1 applied, 2 open" in str(caught.value)
    first, *others = kept.journal.read("run-1").entries
    assert ["applied", "open", "open"] == outcomes([each.receipt for each in (first, *others)])
    done = resume_run(kept.journal.read("run-1"), kept)
    assert ["applied"] * 3 == outcomes([entry.receipt for entry in done.entries])
    assert [NEW] * 3 == held(kept)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("call", [2, 3])
def test_lost_outcomes_are_found_again_by_reading_the_people(call: int, late: bool) -> None:
    """Those of a window are recorded with the next one; without them it is known what was written.

    So the error says how many were applied, and no outcome is unknown.
    """
    number = 2 * WINDOW + 3
    kept = fresh(number)
    edit(kept, "p01", **{**OLD, "tier": "wood"})
    with pytest.raises(RunAborted) as caught:
        apply(
            number,
            failing(kept, "journal", "record_outcomes", call, late=late, forever=True),
        )
    written = (call - 1) * WINDOW - 1
    assert (True, written) == (caught.value.written, held(kept, number).count(NEW))
    open_ = f"{number - written - 1} open. Nothing was written to those"
    assert f"{written} applied, 1 conflict, {open_}" in str(caught.value)
    run = kept.journal.read("run-1")
    recorded = (call - 1 if late else call - 2) * WINDOW
    assert (recorded, (call - 1) * WINDOW) == (sum(run.counts.outcomes.values()), run.counts.total)
    done = resume_run(run, kept)
    assert {Outcome.APPLIED: written, Outcome.CONFLICT: 1} == dict(done.counts.outcomes)
    assert (number - (call - 1) * WINDOW, written) == (
        done.not_started,
        held(kept, number).count(NEW),
    )


def test_an_unrecorded_conflict_was_not_written() -> None:
    """Neither did the command write anything, nor is an outcome unknown."""
    kept = fresh(1)
    edit(kept, "p00", **{**OLD, "tier": "wood"})
    with pytest.raises(RunAborted, match="1 conflict, 0 open") as caught:
        apply(1, failing(kept, "journal", "record_outcomes", 2, forever=True))
    assert (False, 0) == (caught.value.written, held(kept, 1).count(NEW))


def test_an_observer_stops_a_run_and_loses_no_outcome() -> None:
    """Also a reader of the run that goes away."""

    class Stopping:
        def observe(self, entry: RunEntry, _receipt: Receipt) -> None:
            if entry.number == 2:
                raise RunAborted("enough", hint="Look at it.")

    kept = fresh()
    with pytest.raises(
        RunAborted, match=r"enough; the run run-1 in .*: 2 applied, 1 open"
    ) as caught:
        apply(3, replace(kept, observers=(Stopping(),)))
    assert caught.value.written
    left = fresh()
    reading = apply_to_people(head(people=3), plans(3), left)
    next(reading)
    reading.close()
    for stores, applied in ((kept, 2), (left, 1)):
        receipts = [entry.receipt for entry in stores.journal.read("run-1").entries]
        assert ["applied"] * applied + ["open"] * (3 - applied) == outcomes(receipts)
        assert applied == held(stores).count(NEW)
        with stores.turns.hold(head()):
            pass


def test_a_second_run_of_the_same_action_is_refused() -> None:
    """Also an undo or a resume is refused."""
    kept = cut_off(2)
    done = kept.journal.read("run-1")
    with kept.turns.hold(head()):
        for use in (
            lambda: [*apply_to_people(head("run-2"), plans(3), kept)],
            lambda: undo(kept),
            lambda: resume_run(done, kept),
            lambda: close_run(done, kept),
            lambda: preview_resume(done, kept, 20),
        ):
            with pytest.raises(RunAborted, match="is being run"):
                use()
    assert [done] == list(kept.journal.list_runs())


# Resuming


def test_resume_records_finished_writes_and_makes_the_missing_ones() -> None:
    """Afterwards the result is that of an uninterrupted run."""
    kept = cut_off(2)
    before = kept.journal.read("run-1")
    ahead = preview_resume(before, kept, 20)
    assert [2, 3] == [entry.number for entry, _ in ahead]
    assert ["applied", "open"] == outcomes([receipt for _, receipt in ahead])
    done = resume_run(before, kept)
    assert kept.journal.read("run-1") == done
    uninterrupted = fresh()
    apply(3, uninterrupted)
    assert uninterrupted.journal.read("run-1") == done
    assert held(uninterrupted) == held(kept)


def test_resume_does_not_write_to_changed_people() -> None:
    """A third value, or half of our values, is a conflict; a deleted person has failed."""
    kept = cut_off(1, 5)
    edit(kept, "p01", **{**OLD, "tier": "wood"})
    edit(kept, "p02", **{**OLD, "tier": "gold"})
    gone(kept, "p03")
    done = resume_run(kept.journal.read("run-1"), kept)
    receipts = [entry.receipt for entry in done.entries]
    assert ["applied", "conflict", "conflict", "failed", "applied"] == outcomes(receipts)
    assert receipts[1]
    assert (Conflict("tier", "silver", "wood"),) == receipts[1].conflicts


def test_a_finished_run_cannot_be_resumed() -> None:
    """There is nothing to do, and the error says so."""
    kept = fresh()
    apply(3, kept)
    with pytest.raises(UsageError, match="run-1 is finished"):
        resume_run(kept.journal.read("run-1"), kept)


@pytest.mark.parametrize("phase", [RunPhase.RUNNING, RunPhase.PLANNING, None])
def test_only_a_run_that_waits_for_its_start_is_started(phase: RunPhase | None) -> None:
    """Not one that another process has begun meanwhile (or closed: None), nor half a plan."""
    kept = fresh()
    kept.journal.create_run(head(), RunPhase.PLANNED)
    rows = kept.journal.open_rows("run-1")
    rows.add([], [PlannedEntry(n, plan) for n, plan in enumerate(plans(3), 1)])
    planned = kept.journal.read("run-1")
    if phase is None:
        kept.journal.finish("run-1")
    else:
        rows.advance(phase, "")
    with pytest.raises(UsageError, match="run-1 was started or closed already"):
        commit_planned(planned, kept)
    assert [OLD] * 3 == held(kept)
    if phase is RunPhase.RUNNING:
        rows.advance(RunPhase.PLANNED, "")
        done = commit_planned(planned, kept)
        assert (["applied"] * 3, [NEW] * 3) == (
            outcomes([entry.receipt for entry in done.entries]), held(kept)
        )  # fmt: skip
        assert done.finished


def test_people_missing_in_the_journal_are_counted() -> None:
    """As not started, which is neither open nor an outcome."""
    kept = fresh(WINDOW + 2)
    with pytest.raises(RunAborted):
        apply(WINDOW + 2, failing(kept, "journal", "record_plans", 2))
    done = resume_run(kept.journal.read("run-1"), kept)
    assert (WINDOW, 2, WINDOW + 2) == (len(done.entries), done.not_started, done.people)


# Undoing


def test_undo_closes_an_interrupted_run() -> None:
    """A run that was undone cannot be resumed."""
    kept = cut_off(2)
    assert ["applied", "applied"] == outcomes(undo(kept))
    assert [OLD] * 3 == held(kept)
    done = kept.journal.read("run-1")
    assert (True, []) == (done.finished, [*done.open])
    settled = [entry.receipt for entry in done.entries]
    assert ["applied", "applied", "failed"] == outcomes(settled)
    assert ["undo-1", "undo-1", ""] == [entry.undone_by for entry in done.entries]


def test_closing_a_run_writes_no_person() -> None:
    """It only records the outcome of each person."""
    kept = cut_off(2)
    before = held(kept)
    done = close_run(kept.journal.read("run-1"), kept)
    assert (True, before) == (done.finished, held(kept))
    assert ["applied", "applied", "failed"] == outcomes([e.receipt for e in done.entries])


def test_a_resumed_undo_marks_the_original_run() -> None:
    """The original run names the undo for each person that was undone."""
    kept = fresh()
    apply(3, kept)
    with pytest.raises(StoreError):
        undo(failing(kept, "journal", "mark_undone", 1))
    resume_run(kept.journal.read("undo-1"), kept)
    done = kept.journal.read("run-1")
    assert ["undo-1"] * 3 == [entry.undone_by for entry in done.entries]
    assert [OLD] * 3 == held(kept)


def test_a_resumed_undo_does_not_need_the_original_run() -> None:
    """There is nothing left to mark."""
    kept = fresh()
    apply(3, kept)
    with pytest.raises(StoreError):
        undo(failing(kept, "people", "commit", 2))
    kept.journal.discard("run-1")
    assert resume_run(kept.journal.read("undo-1"), kept).finished


@pytest.mark.parametrize("after", [1, 2, 3, WINDOW + 1, WINDOW + 2])
@pytest.mark.parametrize("late", [False, True])
def test_an_undo_that_is_given_again_finishes_the_one_that_was_cut_off(
    after: int, *, late: bool
) -> None:
    """Together they are the whole: everyone is restored and marked, and no undo is left open."""
    number = WINDOW + 2
    kept = fresh(number)
    apply(number, kept)
    with pytest.raises(StoreError):
        undo(failing(kept, "people", "commit", after, error=MAYBE, late=late))
    assert ["undo-1"] == [*list_cut_off_undos("run-1", kept.journal)]
    assert [] == [*list_cut_off_undos("run-2", kept.journal)]
    receipts = undo(kept, "undo-2")
    assert {Outcome.APPLIED} >= {receipt.outcome for receipt in receipts}
    assert [OLD] * number == held(kept, number)
    done, first, second = (kept.journal.read(name) for name in ("run-1", "undo-1", "undo-2"))
    assert (number, 0) == (done.counts.undone, done.counts.standing)
    assert (True, True) == (first.finished, second.finished)
    assert number == sum(run.counts.outcomes.get(Outcome.APPLIED, 0) for run in (first, second))


def test_an_undo_that_had_restored_everyone_is_only_finished() -> None:
    """Where it was cut off before that was recorded."""
    kept = fresh()
    apply(3, kept)
    with pytest.raises(StoreError):
        undo(failing(kept, "journal", "mark_undone", 1))
    done = kept.journal.read("run-1")
    assert [OLD] * 3 == held(kept)
    assert 3 == done.counts.standing
    finish_undos(done, kept)
    assert [] == [*list_cut_off_undos("run-1", kept.journal)]
    assert 0 == kept.journal.read("run-1").counts.standing


def test_undo_skips_deleted_and_forgotten_people() -> None:
    """A deleted person has failed, with the reason; a forgotten person has no id any more."""
    kept = fresh()
    apply(3, kept)
    gone(kept, "p00")
    kept.journal.forget("p01")
    back = list_undo_steps(kept.journal.read("run-1"), kept)
    assert ["p00", "p02"] == [one.plan.subject.person_id for one in back]
    receipts = undo(kept)
    assert ["failed", "applied"] == outcomes(receipts)
    assert "no person" in receipts[0].message


def test_a_value_changed_since_is_a_conflict_without_an_entry() -> None:
    """Nothing is written for it, so nothing has to be stored."""
    kept = fresh(1)
    apply(1, kept)
    edit(kept, "p00", tier="wood", points=8, coupon="NEW")
    [receipt] = undo(kept)
    assert (Outcome.CONFLICT, 3) == (receipt.outcome, len(receipt.conflicts))
    assert () == kept.journal.read("undo-1").entries
    assert kept.journal.read("undo-1").finished


def test_a_plan_needs_a_person_id() -> None:
    """The empty id is reserved for forgotten people."""
    kept = RunStores(FakePeople(Person("", {}, OLD)), FakeJournal(), FakeRunLock())
    without_person: list[Plan] = [
        replace(plans(1)[0], subject=replace(plans(1)[0].subject, person_id=""))
    ]
    assert ["failed"] == outcomes(
        [receipt for _, receipt in apply_to_people(head(), without_person, kept)]
    )


def test_values_skipped_by_an_undo_can_be_undone_later() -> None:
    """Only people whose values were all restored are marked."""
    kept = fresh(1)
    apply(1, kept)
    edit(kept, "p00", **{**NEW, "tier": "wood"})
    undo(kept)
    done = kept.journal.read("run-1")
    assert "" == done.entries[0].undone_by
    assert done.leaves_something
    edit(kept, "p00", **{**OLD, "tier": NEW["tier"]})
    undo(kept, "undo-2")
    assert "undo-2" == kept.journal.read("run-1").entries[0].undone_by
    assert [OLD] == held(kept, 1)


def test_receipts_of_an_undo_are_in_the_order_of_the_run() -> None:
    """Whether there is something to write for a person or not."""
    number = WINDOW + 4
    kept = fresh(number)
    apply(number, kept)
    idle = ("p00", "p02", "p03", f"p{WINDOW}", f"p{number - 1}")
    for person_id in idle:
        gone(kept, person_id)
    edit(kept, "p05", tier="wood", points=8, coupon="NEW")
    done = [*undo_run(head("undo-1", "run-1"), kept)]
    names = [f"p{n:02}" for n in range(number)]
    assert names == [step.plan.subject.person_id for step, _ in done]
    assert names == [receipt.person_id for _, receipt in done]
    expected = ["failed" if name in idle else "applied" for name in names]
    expected[5] = "conflict"
    assert expected == outcomes([receipt for _, receipt in done])
    assert number - 6 == len(kept.journal.read("undo-1").entries)
    assert number - 6 == kept.journal.read("run-1").counts.undone


def test_a_failing_undo_says_how_many_are_open() -> None:
    """Of those that it has reached; how many follow is not known yet."""
    kept = fresh(WINDOW + 4)
    apply(WINDOW + 4, kept)
    with pytest.raises(RunAborted) as caught:
        undo(failing(kept, "people", "commit", 3))
    text = f"undo-1 in the {LOCAL_WORKSPACE} was interrupted: 2 applied, {WINDOW - 2} open. Nothing"
    assert text in str(caught.value)


def test_a_person_forgotten_during_an_undo_does_not_keep_others_from_being_marked() -> None:
    """The marks of many people are written at once."""
    kept = fresh()
    apply(3, kept)
    steps = undo_run(head("undo-1", "run-1"), kept)
    next(steps)
    kept.journal.forget("p00")
    assert 2 == len([*steps])
    assert ["", "undo-1", "undo-1"] == [e.undone_by for e in kept.journal.read("run-1").entries]
