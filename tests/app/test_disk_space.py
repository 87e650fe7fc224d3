"""A disk that is too small for the plans of many people is found before the first call."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from cactions.app.disk_space import LARGE, check_disk_space, compute_needed_bytes
from cactions.app.plan_people import continue_planning
from cactions.app.planning_task import PlanningTask
from cactions.app.vault.row_cipher import VaultRowCipher
from cactions.edges.store.journal import LocalJournal
from cactions.model import (
    DiskSpace,
    Outcome,
    PersonField,
    Plan,
    PlannedEntry,
    Precondition,
    Proof,
    Receipt,
    RunAborted,
    RunPhase,
    SentCall,
)
from tests.app.crowd import plans
from tests.app.many_people import (
    HEAD,
    GoldCaller,
    SearchedPeople,
    build_person,
    build_task,
    list_rows,
    plan,
)
from tests.fake_journal import FakeJournal
from tests.vaults import new_vault

PEOPLE = 30
NEEDED = compute_needed_bytes(PEOPLE, 1, seals=False)


def build(free: int, *, cautions: list[str] | None = None) -> tuple[PlanningTask, FakeJournal]:
    everyone = [build_person(n, "silver") for n in range(PEOPLE)]
    said = [] if cautions is None else cautions
    task = build_task(SearchedPeople(everyone, *everyone), on_caution=said.append)
    journal = task.stores.journal
    assert isinstance(journal, FakeJournal)
    journal.space = DiskSpace("/state", free)
    return task, journal


def count_calls(task: PlanningTask) -> int:
    assert isinstance(task.context.caller, GoldCaller)
    return task.context.caller.calls


@pytest.mark.parametrize(("free", "fits"), [(NEEDED, True), (NEEDED - 1, False), (0, False)])
def test_a_planning_that_does_not_fit_is_refused_before_its_first_call(
    free: int, *, fits: bool
) -> None:
    """Nothing of it is left, and the error says what is missing where."""
    task, journal = build(free)
    if fits:
        assert PEOPLE == plan(task, PEOPLE).summary.build().writing
        assert PEOPLE == count_calls(task)
        return
    with pytest.raises(RunAborted, match="the plans of 30 people take about 32 kB") as caught:
        plan(task, PEOPLE)
    assert f"the disk of /state has {free / 1000:.0f} kB left; no call" in str(caught.value)
    assert 0 == count_calls(task)
    assert [] == [*journal.list_runs()]


def test_a_planning_that_is_continued_keeps_its_run_until_there_is_room() -> None:
    """What was planned already does not count."""
    task, journal = build(10**12)
    journal.create_run(HEAD, RunPhase.PLANNING)
    rows = journal.open_rows(HEAD.id)
    rows.add([*enumerate(list_rows(PEOPLE), 1)], ())
    rows.place([PlannedEntry(1, plans(1)[0], Receipt("p00", Outcome.UNCHANGED))])
    journal.space = DiskSpace("/state", NEEDED * (PEOPLE - 1) // PEOPLE - 1)
    with pytest.raises(RunAborted, match="the plans of 29 people"):
        continue_planning(task)
    assert (0, 29) == (count_calls(task), journal.read(HEAD.id).counts.waiting)
    journal.space = DiskSpace("/state", NEEDED * (PEOPLE - 1) // PEOPLE)
    continue_planning(task)
    assert PEOPLE - 1 == count_calls(task)


def test_only_a_large_need_is_said() -> None:
    """With its figure and the folder."""
    cautions: list[str] = []
    task, _ = build(10**12, cautions=cautions)
    plan(task, PEOPLE)
    assert [] == cautions
    each = compute_needed_bytes(1, 1, seals=False)
    check_disk_space(task, LARGE // each)
    assert [] == cautions
    check_disk_space(task, 2_000_000)
    assert ["The plans of 2,000,000 people take about 2.1 GB in /state."] == cautions


def complete(stored: Plan) -> Plan:
    """The plan with what a real one has: who is meant, the call, the proof and its premises."""
    email = "ada.lovelace@mail.example.com"
    return replace(
        stored,
        subject=replace(stored.subject, label="Ada Lovelace"),
        call=SentCall("GET https://api.shop.example/v1/customers/u-1", 200),
        proof=Proof("$.email", "person.email", email, email, verified="the shop confirms them"),
        premises=tuple(Precondition(PersonField(name), email) for name in ("id", "email")),
        from_search=True,
    )


def store(journal: LocalJournal, number: int) -> None:
    """Plans with three changes each, and their outcomes."""
    journal.create_run(HEAD, RunPhase.READING)
    rows = journal.open_rows(HEAD.id)
    rows.add([*enumerate(list_rows(number), 1)], ())
    rows.place(
        PlannedEntry(n, each, None, (f"person:{n}", f"record:{n}"))
        for n, each in enumerate(map(complete, plans(number)), 1)
    )
    rows.advance(RunPhase.RUNNING, "")
    journal.start_entries(HEAD.id, range(1, number + 1))
    done = ((n, Receipt(f"p{n:02}", Outcome.APPLIED)) for n in range(1, number + 1))
    journal.record_outcomes(HEAD.id, done)


@pytest.mark.parametrize("seals", [False, True])
def test_the_estimate_is_of_the_size_of_a_stored_run(tmp_path: Path, *, seals: bool) -> None:
    """From three quarters to the double of what is stored."""
    number = 3_000
    vault = new_vault(tmp_path / "vault")
    cipher = VaultRowCipher(lambda: vault) if seals else None
    with closing(LocalJournal(tmp_path / ".cactions", cipher)) as journal:
        store(journal, number)
        assert seals == journal.get_disk_space().seals
    size = sum(file.stat().st_size for file in (tmp_path / ".cactions" / "runs").iterdir())
    estimate = compute_needed_bytes(number, 3, seals=seals)
    assert 0.75 * size <= estimate <= 2 * size, (size / number, estimate / number)


def test_the_journal_knows_the_disk_that_it_is_on(tmp_path: Path) -> None:
    """What is free there, and whose folder it is."""
    with closing(LocalJournal(tmp_path / ".cactions")) as journal:
        journal.create_run(HEAD)
        space = journal.get_disk_space()
    assert str(tmp_path / ".cactions") == space.folder
    assert shutil.disk_usage(tmp_path).free == pytest.approx(space.free, rel=0.2)
