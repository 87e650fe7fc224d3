"""A run, its undo and its resume, with in-memory ports that fail on demand."""

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
    """A port with one method that raises at its n-th call, before or after doing its work."""

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
        apply_to_people(head(), plans(number), failing(kept, "journal", "record_outcome", after))
    return kept


def outcomes(receipts: Sequence[Receipt | None]) -> list[str]:
    return [receipt.outcome.value if receipt else "open" for receipt in receipts]


# Runs


def test_every_person_gets_one_receipt_and_is_counted() -> None:
    """The head holds the number of submitted people."""
    kept = fresh()
    receipts = apply_to_people(head(), plans(3), kept)
    done = kept.journal.read("run-1")
    assert ["applied"] * 3 == outcomes(receipts)
    assert (3, 0, True, ()) == (done.people, done.not_started, done.finished, done.open)
    assert [NEW] * 3 == held(kept)


def test_writes_start_after_all_intents_of_their_window() -> None:
    """A window is one call of the journal; the next window waits until it is done."""
    seen: list[tuple[str, int]] = []

    class OrderRecorder:
        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            method = getattr(self._inner, name)

            def wrapper(*given: Any) -> Any:
                if name in ("record_plans", "commit"):
                    seen.append((name, len(given[-1]) if name == "record_plans" else 1))
                return method(*given)

            return wrapper

    kept, number = fresh(2 * WINDOW + 1), 2 * WINDOW + 1
    watched = RunStores(OrderRecorder(kept.people), OrderRecorder(kept.journal), kept.turns)
    apply_to_people(head(), plans(number), watched)
    one = ("commit", 1)
    window = [("record_plans", WINDOW), *[one] * WINDOW]
    assert [*window, *window, ("record_plans", 1), one] == seen


def test_a_deleted_person_fails_without_stopping_the_others() -> None:
    """An exception about one person becomes the receipt of that person."""
    kept = fresh()
    gone(kept, "p01")
    receipts = apply_to_people(head(), plans(3), kept)
    assert ["applied", "failed", "applied"] == outcomes(receipts)
    assert "no person" in receipts[1].message


def test_a_person_changed_since_is_a_conflict_with_both_values() -> None:
    """The plan no longer applies, and nothing of it is written."""
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
def test_a_failing_store_stops_the_run_and_reports_the_writes(
    port: str, method: str, call: int, applied: int, begun: bool
) -> None:
    """If the outcome is certain; the journal says the same."""
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
        applied_part = f"{applied} applied, " if applied else ""
        assert f"run-1 was interrupted: {applied_part}{3 - applied} open. Nothing was" in str(
            caught.value
        )
        assert "`cactions runs resume run-1`" in caught.value.hint
    else:
        assert str(caught.value).endswith("nothing was written")
    with kept.turns.hold(head()):
        pass


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("port", "method", "error"), [("people", "commit", MAYBE), ("journal", "record_outcome", FULL)]
)
def test_an_unknown_outcome_of_a_write_is_reported(
    port: str, method: str, error: Exception, late: bool
) -> None:
    """Nothing is written after it, and a resume finds out whether the value was stored."""
    kept = fresh()
    with pytest.raises(OutcomeUnknown, match="For one of these, the outcome") as caught:
        apply_to_people(head(), plans(3), failing(kept, port, method, 2, error=error, late=late))
    assert held(kept).count(NEW) <= 2
    assert "1 applied, 2 open" in str(caught.value) or late
    done = resume_run(kept.journal.read("run-1"), kept)
    assert ["applied"] * 3 == outcomes([entry.receipt for entry in done.entries])
    assert [NEW] * 3 == held(kept)


def test_an_unrecorded_conflict_leaves_no_unknown_outcome() -> None:
    """Nothing was written to that person."""
    kept = fresh()
    edit(kept, "p00", **{**OLD, "tier": "wood"})
    with pytest.raises(RunAborted):
        apply_to_people(head(), plans(3), failing(kept, "journal", "record_outcome"))
    assert 0 == held(kept).count(NEW)


def test_a_second_run_of_the_same_action_is_refused() -> None:
    """Also an undo or a resume is refused."""
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


def test_resume_records_finished_writes_and_makes_the_missing_ones() -> None:
    """Afterwards the result is that of an uninterrupted run."""
    kept = cut_off(2)
    before = kept.journal.read("run-1")
    assert ["applied", "open"] == outcomes(preview_resume(before, kept))
    done = resume_run(before, kept)
    assert kept.journal.read("run-1") == done
    uninterrupted = fresh()
    apply_to_people(head(), plans(3), uninterrupted)
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
    apply_to_people(head(), plans(3), kept)
    with pytest.raises(UsageError, match="run-1 is finished"):
        resume_run(kept.journal.read("run-1"), kept)


def test_people_missing_in_the_journal_are_counted() -> None:
    """As not started, which is neither open nor an outcome."""
    kept = fresh(WINDOW + 2)
    with pytest.raises(RunAborted):
        apply_to_people(head(), plans(WINDOW + 2), failing(kept, "journal", "record_plans", 2))
    done = resume_run(kept.journal.read("run-1"), kept)
    assert (WINDOW, 2, WINDOW + 2) == (len(done.entries), done.not_started, done.people)


# Undoing


def test_undo_closes_an_interrupted_run() -> None:
    """A run that was undone cannot be resumed."""
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
    apply_to_people(head(), plans(3), kept)
    back = build_undo_steps(kept.journal.read("run-1"), kept.people)
    with pytest.raises(StoreError):
        undo_run(head("undo-1", "run-1"), back, failing(kept, "journal", "mark_undone", 2))
    resume_run(kept.journal.read("undo-1"), kept)
    done = kept.journal.read("run-1")
    assert ["undo-1"] * 3 == [entry.undone_by for entry in done.entries]
    assert [OLD] * 3 == held(kept)


def test_a_resumed_undo_does_not_need_the_original_run() -> None:
    """There is nothing left to mark."""
    kept = fresh()
    apply_to_people(head(), plans(3), kept)
    back = build_undo_steps(kept.journal.read("run-1"), kept.people)
    with pytest.raises(StoreError):
        undo_run(head("undo-1", "run-1"), back, failing(kept, "people", "commit", 2))
    kept.journal.discard("run-1")
    assert resume_run(kept.journal.read("undo-1"), kept).finished


def test_undo_skips_deleted_and_forgotten_people() -> None:
    """A deleted person has failed, with the reason; a forgotten person has no id any more."""
    kept = fresh()
    apply_to_people(head(), plans(3), kept)
    gone(kept, "p00")
    kept.journal.forget("p01")
    back = build_undo_steps(kept.journal.read("run-1"), kept.people)
    assert ["p00", "p02"] == [one.plan.subject.person_id for one in back]
    receipts = undo_run(head("undo-1", "run-1"), back, kept)
    assert ["failed", "applied"] == outcomes(receipts)
    assert "no person" in receipts[0].message


def test_a_value_changed_since_is_a_conflict_without_an_entry() -> None:
    """Nothing is written for it, so nothing has to be stored."""
    kept = fresh(1)
    apply_to_people(head(), plans(1), kept)
    edit(kept, "p00", tier="wood", points=8, coupon="NEW")
    back: Sequence[UndoStep] = build_undo_steps(kept.journal.read("run-1"), kept.people)
    [receipt] = undo_run(head("undo-1", "run-1"), back, kept)
    assert (Outcome.CONFLICT, 3) == (receipt.outcome, len(receipt.conflicts))
    assert () == kept.journal.read("undo-1").entries


def test_a_plan_needs_a_person_id() -> None:
    """The empty id is reserved for forgotten people."""
    kept = RunStores(FakePeople(Person("", {}, OLD)), FakeJournal(), FakeRunLock())
    without_person: list[Plan] = [
        replace(plans(1)[0], subject=replace(plans(1)[0].subject, person_id=""))
    ]
    assert ["failed"] == outcomes(apply_to_people(head(), without_person, kept))


def test_values_skipped_by_an_undo_can_be_undone_later() -> None:
    """Only people whose values were all restored are marked."""
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
