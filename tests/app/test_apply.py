"""A run, its undo and its resumption, on ports in memory: a store fails when it is told to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from cactions.app.apply import (
    WINDOW,
    RunStores,
    apply_to_people,
    close_run,
    preview_resume,
    resume_run,
    undo_run,
)
from cactions.app.undo_steps import UndoStep, build_undo_steps
from cactions.model import (
    Conflict,
    Outcome,
    OutcomeUnknown,
    Person,
    Plan,
    Receipt,
    RunAborted,
    StoreError,
    UsageError,
)
from tests.app.crowd import NEW, OLD, crowd, head, plans
from tests.fakes import FakeJournal, FakePeople, FakeRunLock

FULL = StoreError("the disk is full", hint="Make room.")
MAYBE = OutcomeUnknown("the disk met an error", hint="Look at it.")


class Failing:
    """A port of which one method raises at its n-th call, before or after doing its work."""

    def __init__(self, inner: Any, method: str, call: int, error: Exception, *, late: bool) -> None:
        self._inner, self._method, self._left = inner, method, call
        self._error, self._late = error, late

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name != self._method:
            return method

        def failing(*given: Any) -> Any:
            self._left -= 1
            if self._left == 0 and not self._late:
                raise self._error
            result = method(*given)
            if self._left == 0:
                raise self._error
            return result

        return failing


def fresh(number: int = 3) -> RunStores:
    return RunStores(FakePeople(*crowd(number)), FakeJournal(), FakeRunLock())


def failing(kept: RunStores, port: str, method: str, call: int = 1, **how: Any) -> RunStores:
    error, late = how.get("error", FULL), how.get("late", False)
    return replace(kept, **{port: Failing(getattr(kept, port), method, call, error, late=late)})


def edit(kept: RunStores, person_id: str, **attributes: Any) -> None:
    """Somebody else changes a person; without attributes they go away."""
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
    """Books of a run that was cut off after so many writes; the last one was not settled."""
    kept = fresh(number)
    with pytest.raises(OutcomeUnknown):
        apply_to_people(head(), plans(number), failing(kept, "journal", "record_outcome", after))
    return kept


def outcomes(receipts: Sequence[Receipt | None]) -> list[str]:
    return [receipt.outcome.value if receipt else "open" for receipt in receipts]


# Runs


def test_everybody_gets_one_receipt_and_is_counted() -> None:
    """The head says how many were handed in."""
    kept = fresh()
    receipts = apply_to_people(head(), plans(3), kept)
    done = kept.journal.read("run-1")
    assert ["applied"] * 3 == outcomes(receipts)
    assert (3, 0, True, ()) == (done.people, done.not_started, done.finished, done.open)
    assert [NEW] * 3 == held(kept)


def test_no_write_comes_before_the_intents_of_its_whole_window() -> None:
    """A window is one call of the journal, and the next one waits until it is done."""
    seen: list[tuple[str, int]] = []

    class Told:
        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            method = getattr(self._inner, name)

            def told(*given: Any) -> Any:
                if name in ("record_plans", "commit"):
                    seen.append((name, len(given[-1]) if name == "record_plans" else 1))
                return method(*given)

            return told

    kept, number = fresh(2 * WINDOW + 1), 2 * WINDOW + 1
    watched = RunStores(Told(kept.people), Told(kept.journal), kept.turns)
    apply_to_people(head(), plans(number), watched)
    one = ("commit", 1)
    window = [("record_plans", WINDOW), *[one] * WINDOW]
    assert [*window, *window, ("record_plans", 1), one] == seen


def test_a_person_who_is_gone_fails_and_stops_nobody() -> None:
    """An exception about one person becomes that person's receipt."""
    kept = fresh()
    gone(kept, "p01")
    receipts = apply_to_people(head(), plans(3), kept)
    assert ["applied", "failed", "applied"] == outcomes(receipts)
    assert "no person" in receipts[1].message


def test_a_person_who_was_changed_since_is_a_conflict_with_both_values() -> None:
    """The plan's word does not hold, and nothing of it is written."""
    kept = fresh()
    edit(kept, "p01", **{**OLD, "tier": "wood"})
    receipts = apply_to_people(head(), plans(3), kept)
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
        ("journal", "finish", 1, 3, True),
    ],
)
def test_a_store_that_fails_stops_the_run_and_says_what_was_written(
    port: str, method: str, call: int, applied: int, begun: bool
) -> None:
    """Where that is certain; the journal says the same."""
    kept = fresh()
    with pytest.raises(RunAborted) as caught:
        apply_to_people(head(), plans(3), failing(kept, port, method, call))
    assert applied == held(kept).count(NEW)
    assert str(caught.value).startswith("the disk is full; ")
    assert (applied > 0) == caught.value.written
    if begun:
        done = kept.journal.read("run-1")
        settled = sum(entry.receipt is not None for entry in done.entries)
        assert (applied, 3, False) == (settled, done.people, done.finished)
        told = f"{applied} applied, " if applied else ""
        assert f"run-1 was interrupted: {told}{3 - applied} open. Nothing was" in str(caught.value)
        assert "`cactions runs resume run-1`" in caught.value.hint
    else:
        assert str(caught.value).endswith("nothing was written")
    with kept.turns.hold(head()):
        pass


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("port", "method", "error"), [("people", "commit", MAYBE), ("journal", "record_outcome", FULL)]
)
def test_where_the_outcome_of_a_write_is_not_known_it_is_said(
    port: str, method: str, error: Exception, late: bool
) -> None:
    """Whether it was kept or not, nothing is written after it, and a resume finds the truth."""
    kept = fresh()
    with pytest.raises(OutcomeUnknown, match="For one of these, the outcome") as caught:
        apply_to_people(head(), plans(3), failing(kept, port, method, 2, error=error, late=late))
    assert held(kept).count(NEW) <= 2
    assert "1 applied, 2 open" in str(caught.value) or late
    done = resume_run(kept.journal.read("run-1"), kept)
    assert ["applied"] * 3 == outcomes([entry.receipt for entry in done.entries])
    assert [NEW] * 3 == held(kept)


def test_a_conflict_that_cannot_be_recorded_leaves_nobody_in_doubt() -> None:
    """Nothing was written to that person."""
    kept = fresh()
    edit(kept, "p00", **{**OLD, "tier": "wood"})
    with pytest.raises(RunAborted):
        apply_to_people(head(), plans(3), failing(kept, "journal", "record_outcome"))
    assert 0 == held(kept).count(NEW)


def test_a_second_run_of_the_same_action_is_told_so_and_does_nothing() -> None:
    """So are an undo and a resumption."""
    kept = cut_off(2)
    done = kept.journal.read("run-1")
    with kept.turns.hold(head()):
        for use in (
            lambda: apply_to_people(head("run-2"), plans(3), kept),
            lambda: undo_run(head("undo-1", "run-1"), build_undo_steps(done, kept.people), kept),
            lambda: resume_run(done, kept),
            lambda: close_run(done, kept),
            lambda: preview_resume(done, kept),
        ):
            with pytest.raises(RunAborted, match="is being run"):
                use()
    assert [done] == list(kept.journal.list_runs())


# Resuming


def test_resuming_records_what_was_written_and_writes_what_was_not() -> None:
    """Afterwards it is as if nothing had happened."""
    kept = cut_off(2)
    before = kept.journal.read("run-1")
    assert ["applied", "open"] == outcomes(preview_resume(before, kept))
    done = resume_run(before, kept)
    assert kept.journal.read("run-1") == done
    uninterrupted = fresh()
    apply_to_people(head(), plans(3), uninterrupted)
    assert uninterrupted.journal.read("run-1") == done
    assert held(uninterrupted) == held(kept)


def test_resuming_leaves_whoever_was_changed_alone() -> None:
    """A third value is a conflict with both values, so is half of ours; whoever is gone failed."""
    kept = cut_off(1, 5)
    edit(kept, "p01", **{**OLD, "tier": "wood"})
    edit(kept, "p02", **{**OLD, "tier": "gold"})
    gone(kept, "p03")
    done = resume_run(kept.journal.read("run-1"), kept)
    receipts = [entry.receipt for entry in done.entries]
    assert ["applied", "conflict", "conflict", "failed", "applied"] == outcomes(receipts)
    assert receipts[1]
    assert (Conflict("tier", "silver", "wood"),) == receipts[1].conflicts


def test_a_finished_run_is_not_resumed() -> None:
    """There is nothing to do, and that is said."""
    kept = fresh()
    apply_to_people(head(), plans(3), kept)
    with pytest.raises(UsageError, match="run-1 is finished"):
        resume_run(kept.journal.read("run-1"), kept)


def test_whoever_never_came_into_the_journal_is_counted() -> None:
    """As not started, which is neither open nor an outcome."""
    kept = fresh(WINDOW + 2)
    with pytest.raises(RunAborted):
        apply_to_people(head(), plans(WINDOW + 2), failing(kept, "journal", "record_plans", 2))
    done = resume_run(kept.journal.read("run-1"), kept)
    assert (WINDOW, 2, WINDOW + 2) == (len(done.entries), done.not_started, done.people)


# Undoing


def test_an_undo_of_a_run_that_was_cut_off_closes_it() -> None:
    """Nobody resumes what was taken back."""
    kept = cut_off(2)
    back = build_undo_steps(kept.journal.read("run-1"), kept.people)
    receipts = undo_run(head("undo-1", "run-1"), back, kept)
    assert ["applied", "applied", "unchanged"] == outcomes(receipts)
    assert [OLD] * 3 == held(kept)
    done = kept.journal.read("run-1")
    assert (True, ()) == (done.finished, done.open)
    settled = [entry.receipt for entry in done.entries]
    assert ["applied", "applied", "failed"] == outcomes(settled)
    assert ["undo-1", "undo-1", ""] == [entry.undone_by for entry in done.entries]


def test_closing_writes_nothing() -> None:
    """It only says what became of everybody."""
    kept = cut_off(2)
    before = held(kept)
    done = close_run(kept.journal.read("run-1"), kept)
    assert (True, before) == (done.finished, held(kept))
    assert ["applied", "applied", "failed"] == outcomes([e.receipt for e in done.entries])


def test_an_undo_that_was_cut_off_is_resumed_and_marks_the_run() -> None:
    """The original says by whom it was undone, for whomever that is true."""
    kept = fresh()
    apply_to_people(head(), plans(3), kept)
    back = build_undo_steps(kept.journal.read("run-1"), kept.people)
    with pytest.raises(StoreError):
        undo_run(head("undo-1", "run-1"), back, failing(kept, "journal", "mark_undone", 2))
    resume_run(kept.journal.read("undo-1"), kept)
    done = kept.journal.read("run-1")
    assert ["undo-1"] * 3 == [entry.undone_by for entry in done.entries]
    assert [OLD] * 3 == held(kept)


def test_a_resumed_undo_does_without_a_run_that_was_deleted() -> None:
    """There is nothing left to mark."""
    kept = fresh()
    apply_to_people(head(), plans(3), kept)
    back = build_undo_steps(kept.journal.read("run-1"), kept.people)
    with pytest.raises(StoreError):
        undo_run(head("undo-1", "run-1"), back, failing(kept, "people", "commit", 2))
    kept.journal.discard("run-1")
    assert resume_run(kept.journal.read("undo-1"), kept).finished


def test_an_undo_passes_over_the_gone_and_the_forgotten() -> None:
    """Whoever is gone has failed, with the reason; the forgotten are nobody any more."""
    kept = fresh()
    apply_to_people(head(), plans(3), kept)
    gone(kept, "p00")
    kept.journal.forget("p01")
    back = build_undo_steps(kept.journal.read("run-1"), kept.people)
    assert ["p00", "p02"] == [one.plan.subject.person_id for one in back]
    receipts = undo_run(head("undo-1", "run-1"), back, kept)
    assert ["failed", "applied"] == outcomes(receipts)
    assert "no person" in receipts[0].message


def test_what_is_no_longer_ours_is_a_conflict_and_no_entry() -> None:
    """Nothing is written for it, and so nothing has to be kept."""
    kept = fresh(1)
    apply_to_people(head(), plans(1), kept)
    edit(kept, "p00", tier="wood", points=8, coupon="NEW")
    back: Sequence[UndoStep] = build_undo_steps(kept.journal.read("run-1"), kept.people)
    [receipt] = undo_run(head("undo-1", "run-1"), back, kept)
    assert (Outcome.CONFLICT, 3) == (receipt.outcome, len(receipt.conflicts))
    assert () == kept.journal.read("undo-1").entries


def test_a_plan_without_a_person_is_nobody() -> None:
    """The empty id is kept for the forgotten."""
    kept = RunStores(FakePeople(Person("", {}, OLD)), FakeJournal(), FakeRunLock())
    nobody: list[Plan] = [replace(plans(1)[0], subject=replace(plans(1)[0].subject, person_id=""))]
    assert ["failed"] == outcomes(apply_to_people(head(), nobody, kept))


def test_what_an_undo_left_alone_can_still_be_taken_back() -> None:
    """Only who got everything back is marked."""
    kept = fresh(1)
    apply_to_people(head(), plans(1), kept)
    edit(kept, "p00", **{**NEW, "tier": "wood"})
    undo_run(
        head("undo-1", undoes="run-1"),
        build_undo_steps(kept.journal.read("run-1"), kept.people),
        kept,
    )
    done = kept.journal.read("run-1")
    assert "" == done.entries[0].undone_by
    assert done.leaves_something
    edit(kept, "p00", **{**OLD, "tier": NEW["tier"]})
    undo_run(head("undo-2", undoes="run-1"), build_undo_steps(done, kept.people), kept)
    assert "undo-2" == kept.journal.read("run-1").entries[0].undone_by
    assert [OLD] == held(kept, 1)
