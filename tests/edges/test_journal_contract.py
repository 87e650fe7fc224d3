"""The contract of runs for many people: states, counts, pages, marks, and rows that wait.

It holds for the journal in files, in each layout that makes sense, and for the one in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.app.ports import Journal
from cactions.model import (
    JobRow,
    Outcome,
    PersonQuery,
    Plan,
    PlannedEntry,
    Receipt,
    RunEntry,
    RunHead,
    RunKind,
    RunPhase,
    SentCall,
    Subject,
    UsageError,
)
from tests.builders import a_plan, change
from tests.edges.journals import ALL_KINDS, NEW_KINDS, open_journal

RUN = "run-1"
HEAD = RunHead(RUN, RunKind.APPLY, "loyalty", 1.5, "ada@desk")
MANY = 503
"""More than one page."""
CALLING = replace(a_plan(), call=SentCall("POST https://api.shop.example/refunds"))


@pytest.fixture(params=ALL_KINDS)
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    get_address = partial(request.getfixturevalue, "postgres_address")
    with open_journal(request.param, tmp_path / ".cactions", get_address) as opened:
        yield opened


@pytest.fixture(params=NEW_KINDS)
def planning(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """A journal with a run that is being planned."""
    get_address = partial(request.getfixturevalue, "postgres_address")
    with open_journal(request.param, tmp_path / ".cactions", get_address) as opened:
        opened.create_run(HEAD, RunPhase.PLANNING)
        yield opened


def about(number: int, plan: Plan | None = None) -> Plan:
    subject = Subject(f"p{number}", PersonQuery("user_id", f"u-{number}"))
    return replace(plan or a_plan(change("silver", "gold")), subject=subject)


def receipt(number: int, outcome: Outcome = Outcome.APPLIED) -> Receipt:
    return Receipt(f"p{number}", outcome)


def row(number: int) -> JobRow:
    return JobRow(number + 1, PersonQuery("user_id", f"u-{number}"), {"amount": number, "note": ""})


def numbers(entries: object) -> list[int]:
    return [entry.number for entry in entries]  # type: ignore[attr-defined]


# Entries


def test_every_entry_is_counted_once(journal: Journal) -> None:
    """By its outcome or by its state; the counts add up."""
    journal.create_run(HEAD)
    plans = [about(1), about(2), about(3), about(4), about(5, CALLING), about(6)]
    assert [1, 2, 3, 4, 5, 6] == [*journal.record_plans(RUN, plans)]
    journal.record_outcomes(
        RUN, [(1, receipt(1)), (2, receipt(2)), (3, receipt(3, Outcome.CONFLICT))]
    )
    journal.mark_undone(RUN, ["p2"], "undo-1")
    counts = journal.read(RUN).counts
    assert {Outcome.APPLIED: 2, Outcome.CONFLICT: 1} == dict(counts.outcomes)
    assert (0, 0, 2, 1) == (counts.waiting, counts.planned, counts.started, counts.calling)
    assert (1, 3, 3, 6) == (counts.undone, counts.standing, counts.open, counts.total)
    journal.forget("p1")
    journal.forget("p4")
    counts = journal.read(RUN).counts
    assert {Outcome.APPLIED: 2, Outcome.CONFLICT: 1} == dict(counts.outcomes)
    assert (1, 1, 6) == (counts.undone, counts.standing, counts.total)


def test_the_counts_are_those_of_the_entries(journal: Journal) -> None:
    """However they are counted."""
    journal.create_run(HEAD)
    journal.record_plans(RUN, [*map(about, range(7)), CALLING])
    journal.record_outcomes(RUN, [(n + 1, receipt(n, o)) for n, o in enumerate([*Outcome][:5])])
    journal.mark_undone(RUN, ["p0"], "undo-1")
    run = journal.read(RUN)
    others = replace(run, stored_counts=None).counts
    assert dict(others.outcomes) == dict(run.counts.outcomes)
    assert replace(others, outcomes={}) == replace(run.counts, outcomes={})
    assert run.leaves_something


def test_outcomes_are_stored_all_or_none(journal: Journal) -> None:
    """A window is one transaction."""
    journal.create_run(HEAD)
    journal.record_plans(RUN, [about(1)])
    for record in (
        journal.record_outcomes,
        lambda run, given: journal.start_entries(run, [], given),
    ):
        with pytest.raises(UsageError, match="no entry 2"):
            record(RUN, [(1, receipt(1)), (2, receipt(2))])
    assert [None] == [entry.receipt for entry in journal.read(RUN).entries]
    journal.start_entries(RUN, [], [(1, receipt(1))])
    assert [receipt(1)] == [entry.receipt for entry in journal.read(RUN).entries]


def test_open_entries_are_read_in_pages(journal: Journal) -> None:
    """In order, each one once; those with an outcome are left out."""
    journal.create_run(HEAD)
    journal.record_plans(RUN, [about(n, CALLING if n % 3 else None) for n in range(MANY)])
    journal.record_outcomes(RUN, [(2, receipt(1)), (MANY, receipt(MANY - 1))])
    found: list[RunEntry] = []
    while page := journal.read_open(RUN, found[-1].number if found else 0, started=True):
        assert len(page) < MANY - 2
        found += page
    assert [1, *range(3, MANY)] == numbers(found)
    assert all(entry.started and not entry.receipt for entry in found)
    assert [] == [*journal.read_open(RUN, 0, started=False)]


def test_the_entries_of_people_are_found(journal: Journal) -> None:
    """All of each person, in order; other people and unknown ones add nothing."""
    journal.create_run(HEAD)
    journal.record_plans(RUN, [about(1), about(2), about(1), about(3)])
    assert [1, 3, 4] == numbers(journal.list_of_people(RUN, iter(["p3", "p1", "p9"])))
    assert [] == [*journal.list_of_people(RUN, [])]
    journal.forget("p1")
    assert [4] == numbers(journal.list_of_people(RUN, ["p3", "p1"]))


def test_many_people_are_marked_as_undone_at_once(journal: Journal) -> None:
    """Every entry of theirs; none of them if one is not in the run."""
    journal.create_run(HEAD)
    journal.record_plans(RUN, [about(1), about(2), about(1), about(3)])
    with pytest.raises(UsageError, match="no entry for the person p9"):
        journal.mark_undone(RUN, ["p1", "p9"], "undo-1")
    assert [""] * 4 == [entry.undone_by for entry in journal.read(RUN).entries]
    journal.mark_undone(RUN, iter(["p3", "p1"]), "undo-1")
    journal.mark_undone(RUN, [], "undo-2")
    undone = [entry.undone_by for entry in journal.read(RUN).entries]
    assert ["undo-1", "", "undo-1", "undo-1"] == undone


def test_entries_of_a_large_run_are_all_there(journal: Journal) -> None:
    """In order, as often as they are asked for."""
    journal.create_run(HEAD)
    journal.record_plans(RUN, [*map(about, range(MANY))])
    run = journal.reopen(RUN)
    assert MANY == len(run.entries) == run.counts.total
    for _ in range(2):
        assert [*range(1, MANY + 1)] == numbers(run.entries)
    assert next(iter(run.entries)) in run.entries
    assert MANY == len([*run.open])


# Rows and plans in their place


def test_rows_wait_until_their_plan_takes_their_place(planning: Journal) -> None:
    """They are counted, and are no entries yet; nothing was written to anyone."""
    rows = planning.open_rows(RUN)
    refused = PlannedEntry(2, about(2), receipt(2, Outcome.REFUSED))
    rows.add([(1, row(1)), (3, row(3)), (4, row(4))], [refused])
    assert [(1, row(1)), (3, row(3)), (4, row(4))] == [*rows.read_waiting(0)]
    assert [(4, row(4))] == [*rows.read_waiting(3)]
    run = planning.read(RUN)
    assert (3, 4, [2]) == (run.counts.waiting, run.counts.total, numbers(run.entries))
    assert (RunPhase.PLANNING, 3, False) == (run.phase, run.not_started, run.leaves_something)
    failed = PlannedEntry(4, about(4), receipt(4, Outcome.FAILED))
    rows.place([PlannedEntry(3, about(3)), failed], durable=True)
    rows.place([PlannedEntry(1, about(1, CALLING))])
    assert [] == [*rows.read_waiting(0)]
    run = planning.read(RUN)
    assert (0, 1, 1, 0) == (
        run.counts.waiting, run.counts.planned, run.counts.calling, run.counts.standing
    )  # fmt: skip
    assert [about(1, CALLING), about(2), about(3), about(4)] == [e.plan for e in run.entries]
    assert [None, refused.receipt, None, failed.receipt] == [e.receipt for e in run.entries]
    assert [True, True, False, True] == [entry.started for entry in run.entries]


def test_a_plan_takes_the_place_of_a_call(planning: Journal) -> None:
    """The answer has come; the entry is planned, and not started."""
    rows = planning.open_rows(RUN)
    rows.add([(1, row(1))], [])
    rows.place([PlannedEntry(1, about(1, CALLING))], durable=True)
    assert [1] == numbers(planning.read_open(RUN, 0, started=True))
    rows.place([PlannedEntry(1, about(1))])
    assert [] == [*planning.read_open(RUN, 0, started=True)]
    assert [1] == numbers(planning.read_open(RUN, 0, started=False))


def test_a_call_that_was_not_begun_waits_again(planning: Journal) -> None:
    """Only a pending one; a plan is left alone."""
    rows = planning.open_rows(RUN)
    rows.add([(1, row(1)), (2, row(2))], [])
    rows.place([PlannedEntry(1, about(1, CALLING)), PlannedEntry(2, about(2))], durable=True)
    rows.put_back([(1, row(1)), (2, row(2))])
    assert [(1, row(1))] == [*rows.read_waiting(0)]
    assert [2] == numbers(planning.read(RUN).entries)


def test_only_planned_entries_are_held(planning: Journal) -> None:
    """Each that is named, and no other; one with an outcome, and one that is begun, are left."""
    rows = planning.open_rows(RUN)
    refused = receipt(1, Outcome.REFUSED)
    placed = [PlannedEntry(1, about(1), refused), *(PlannedEntry(n, about(n)) for n in range(2, 7))]
    rows.add([(7, row(7))], placed)
    planning.start_entries(RUN, [6])
    held = rows.hold([(number, f"why {number}") for number in (1, 3, 5, 6, 7, 8)])
    assert [(3, about(3), "why 3"), (5, about(5), "why 5")] == [
        (entry.number, entry.plan, why) for entry, why in held
    ]
    receipts = {entry.number: entry.receipt for entry in planning.read(RUN).entries}
    assert receipts == {1: refused, 2: None, 4: None, 6: None} | {
        number: Receipt(f"p{number}", Outcome.HELD, f"why {number}") for number in (3, 5)
    }
    assert [2, 4] == numbers(planning.read_open(RUN, 0, started=False))


def test_planned_entries_are_started_with_earlier_outcomes(planning: Journal) -> None:
    """In one transaction; what has an outcome, or is no plan, cannot be started."""
    rows = planning.open_rows(RUN)
    rows.add([(5, row(5))], [PlannedEntry(n, about(n)) for n in (1, 2, 3)])
    rows.add([], [PlannedEntry(4, about(4, CALLING))])
    planning.start_entries(RUN, [1])
    assert ([1, 4], [2, 3]) == (
        numbers(planning.read_open(RUN, 0, started=True)),
        numbers(planning.read_open(RUN, 0, started=False)),
    )
    planning.start_entries(RUN, iter([2]), iter([(1, receipt(1))]))
    run = planning.read(RUN)
    assert (1, 1, 1, 2) == (
        run.counts.planned, run.counts.started, run.counts.calling, run.counts.standing
    )  # fmt: skip
    for number in (1, 4, 5, 6):
        with pytest.raises(UsageError, match=f"no entry {number} to start"):
            planning.start_entries(RUN, [3, number], [(2, receipt(2))])
    assert run == planning.read(RUN)
    planning.start_entries(RUN, [2])
    assert [3] == numbers(planning.read_open(RUN, 0, started=False))


def test_waiting_rows_are_read_in_pages(planning: Journal) -> None:
    """Each one once."""
    rows = planning.open_rows(RUN)
    rows.add([(n, row(n)) for n in range(1, MANY + 1)], [])
    found: list[int] = []
    while page := rows.read_waiting(found[-1] if found else 0):
        assert len(page) < MANY
        found += [number for number, _ in page]
    assert [*range(1, MANY + 1)] == found
    assert 0 == len(planning.read(RUN).entries)


def test_repeated_texts_are_found_by_their_kind(planning: Journal) -> None:
    """A text that one entry has twice is not repeated, nor is an empty one."""
    rows = planning.open_rows(RUN)
    rows.add([(n, row(n)) for n in range(1, 6)], [])
    rows.mark([("source:a", 1), ("source:b", 2), ("source:", 3), ("source:", 4), ("sourced:a", 5)])
    rows.place([PlannedEntry(3, about(3), marks=("source:b", "person:a", "source:c:d"))])
    rows.place([PlannedEntry(3, about(3), marks=("source:b",))])
    rows.mark([("person:a", 1), ("person:a", 3), ("source:c:d", 4)])
    assert [[2, 3], [3, 4]] == [[*group] for group in rows.list_repeated("source")]
    assert [[1, 3]] == [[*group] for group in rows.list_repeated("person")]
    assert [] == [*rows.list_repeated("sourced")] == [*rows.list_repeated("other")]


def test_what_calls_have_shown_is_kept_until_everyone_is_planned(planning: Journal) -> None:
    """In the order of the entries, the last for each; a forgotten person's is erased."""
    rows = planning.open_rows(RUN)
    rows.add([(n, row(n)) for n in (1, 2, 3, 4, 99)], [])
    rows.place([PlannedEntry(n, about(n), evidence={"own": [n]}) for n in (3, 99)])
    rows.place([PlannedEntry(1, about(1), evidence=[]), PlannedEntry(2, about(2))])
    rows.place([PlannedEntry(1, about(1), evidence={"own": [1]})], durable=True)
    planning.reopen(RUN)
    shown = [(n, {"own": [n]}) for n in (1, 3, 99)]
    assert shown == [*planning.open_rows(RUN).list_evidence()]
    planning.forget("p3")
    assert [shown[0], shown[2]] == [*planning.open_rows(RUN).list_evidence()]
    planning.open_rows(RUN).advance(RunPhase.PLANNED, "")
    assert [] == [*planning.open_rows(RUN).list_evidence()]


def test_a_phase_is_entered_with_a_summary(planning: Journal) -> None:
    """The texts that should not repeat are not needed any more."""
    rows = planning.open_rows(RUN)
    assert "" == rows.read_summary()
    rows.mark([("source:a", 1), ("source:a", 2)])
    rows.advance(RunPhase.PLANNED, "many people")
    assert "many people" == planning.open_rows(RUN).read_summary()
    assert [] == [*rows.list_repeated("source")]
    assert RunPhase.PLANNED is planning.read(RUN).phase
    rows.advance(RunPhase.RUNNING, "")
    assert ("", RunPhase.RUNNING) == (rows.read_summary(), planning.read(RUN).phase)


def test_a_forgotten_person_is_not_in_the_summary(planning: Journal) -> None:
    """It has samples of the plans."""
    rows = planning.open_rows(RUN)
    rows.add([], [PlannedEntry(1, about(1)), PlannedEntry(2, about(2))])
    rows.advance(RunPhase.RUNNING, "p1 gets gold")
    planning.forget("p9")
    assert "p1 gets gold" == rows.read_summary()
    assert 1 == planning.forget("p1")
    assert "" == planning.open_rows(RUN).read_summary()


def test_recent_runs_are_those_that_began_since_or_are_open(planning: Journal) -> None:
    """Newest first; one that is finished meanwhile is recent only by its time."""
    for number in (2, 3, 4):
        planning.create_run(replace(HEAD, id=f"run-{number}", started=float(number)))
    planning.finish("run-2")
    planning.finish("run-4")
    found = [[head.id for head in planning.list_recent(since)] for since in (0.0, 3.5, 9.0)]
    assert [["run-4", "run-3", "run-2", RUN], ["run-4", "run-3", RUN], ["run-3", RUN]] == found
    planning.finish("run-3")
    assert [RUN] == [head.id for head in planning.list_recent(9.0)]


def test_waiting_rows_hide_no_applied_value(planning: Journal) -> None:
    """They are of no known person yet."""
    rows = planning.open_rows(RUN)
    rows.add([(1, row(1))], [PlannedEntry(2, about(2))])
    planning.record_outcomes(RUN, [(2, receipt(2))])
    assert {"tier": "gold"} == planning.get_last_applied("p2")
    assert {} == planning.get_last_applied("p1") == planning.get_last_applied("")
