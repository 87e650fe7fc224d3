"""Processes are killed at any point of a run; afterwards it can be resumed or undone completely.

At least 40 kills in the normal run, 200 with ``-m hostile``.
"""

from __future__ import annotations

import json
import random
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cactions.app.apply import close_run, resume_run
from cactions.app.undo_steps import list_undo_steps
from cactions.model import Outcome, Run
from tests.app.crowd import begun, books, closed, states, undo
from tests.app.victims import SERVE
from tests.case_counts import COUNTS, choose_number
from tests.edges.processes import running, said, tell
from tests.run_report import REPORT

PEOPLE = 25
"""More than fit into two windows."""

Server = subprocess.Popen[str]
POINTS = [
    *((f"{when} {name}", 1) for name in ("create_run", "finish") for when in ("before", "after")),
    *((f"{when} record_plans", count) for count in (1, 2, 3) for when in ("before", "after")),
    *(
        (f"{when} {name}", count)
        for name, counts in (("commit", (1, 7, 10, 11, PEOPLE)), ("record_outcomes", (1, 2, 3, 4)))
        for count in counts
        for when in ("before", "after")
    ),
]

pytestmark = pytest.mark.hostile


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(SERVE) as process:
        yield process


@pytest.fixture(scope="module", autouse=True)
def counts() -> Iterator[Counter[str]]:
    """Reported at the end of the test run."""
    counted: Counter[str] = Counter({"kills": 0, "resumed": 0, "taken back": 0, "lost": 0})
    yield counted
    REPORT.append(", ".join(f"{name}: {number}" for name, number in counted.items()))


def asked(server: Server, **task: Any) -> dict[str, Any]:
    tell(server, json.dumps({"as": "victim", "people": PEOPLE, **task}))
    answer: dict[str, Any] = json.loads(said(server))
    assert not answer["failed"], task
    return answer


def rounds() -> Iterator[tuple[int, dict[str, Any]]]:
    """Each named point, then random moments, up to the number of kills for this test run."""
    chance = random.Random(3)
    for number in range(choose_number(40, 240)):
        if number < len(POINTS) * COUNTS.factor // 3 or number < len(POINTS):
            point, count = POINTS[number % len(POINTS)]
            yield number + number // len(POINTS), {"point": point, "count": count}
        else:
            yield number, {"after": chance.uniform(0.0, 0.12), "threads": chance.choice((1, 8))}


def resumed(folder: Path) -> Run | None:
    """Resume: every person in the journal has the new values, and is counted."""
    kept = books(folder, PEOPLE)
    run = begun(kept)
    if run and not run.finished:
        run = resume_run(run, kept)
    held = states(kept, PEOPLE)
    reached = len(run.entries) if run else 0
    assert ["new"] * reached + ["old"] * (PEOPLE - reached) == held
    closed(kept)
    return run


def taken_back(folder: Path) -> Run | None:
    """Undo: every person is as before, every entry has an outcome, a resume is impossible."""
    kept = books(folder, PEOPLE)
    run = begun(kept)
    if run:
        if any(one.plan.effective for one in list_undo_steps(run, kept)):
            undo(kept)
        elif not run.finished:
            close_run(run, kept)
        run = kept.journal.read("run-1")
        applied = [e for e in run.entries if e.receipt and e.receipt.outcome is Outcome.APPLIED]
        assert all(entry.undone_by for entry in applied)
        assert {} == kept.journal.get_last_applied("p00")
    assert ["old"] * PEOPLE == states(kept, PEOPLE)
    closed(kept)
    return run


def lost(folder: Path) -> int:
    """The number of people (half) written to without a before-image."""
    kept = books(folder, PEOPLE)
    run = begun(kept)
    known = {entry.plan.subject.person_id for entry in run.entries} if run else set()
    held = states(kept, PEOPLE)
    closed(kept)
    return sum(
        state == "torn" or (state == "new" and f"p{n:02}" not in known)
        for n, state in enumerate(held)
    )


def whole(run: Run | None) -> None:
    """The counts add up to the submitted people."""
    if run:
        receipts = [entry.receipt for entry in run.entries if entry.receipt]
        assert run.finished
        assert PEOPLE == len(receipts) + run.not_started


@pytest.mark.parametrize("end", [resumed, taken_back])
def test_a_run_killed_at_any_point_can_be_resumed_or_undone(
    server: Server, tmp_path: Path, counts: Counter[str], end: Callable[[Path], Run | None]
) -> None:
    """At each named point, and at any other moment; no person is lost or half written."""
    for number, how in rounds():
        if number % 2 == (end is taken_back):
            continue
        folder = tmp_path / f"{number}-{counts['kills']}"
        folder.mkdir()
        killed = asked(server, folder=str(folder), do="run", **how)["killed"]
        assert killed or "after" in how, how
        counts["kills"] += killed
        counts["lost"] += lost(folder)
        assert not counts["lost"]
        if killed and number % 3 == 0:  # the process that continues may be killed, too
            go_on = {"do": "run-1", "point": "after record_outcomes", "count": 2}
            if (folder / ".cactions" / "runs" / "run-1.db").exists() and "create_run" not in str(
                how
            ):
                kept = books(folder, PEOPLE)
                run = begun(kept)
                closed(kept)
                if run and not run.finished:
                    counts["kills"] += asked(server, folder=str(folder), **go_on)["killed"]
        whole(end(folder))
        counts[end.__name__.replace("_", " ")] += 1


@pytest.mark.parametrize(
    ("point", "count"),
    [
        (f"{when} {name}", count)
        for name in (
            "create_run",
            "record_plans",
            "commit",
            "record_outcomes",
            "mark_undone",
            "finish",
        )
        for when in ("before", "after")
        for count in (
            (1, 2)
            if name == "record_plans"
            else (1,)
            if name in ("create_run", "finish")
            else (1, 23)
            if name == "commit"
            else (1, 3)
        )
    ],
)
def test_a_killed_undo_can_be_resumed_and_completed(
    server: Server, tmp_path: Path, counts: Counter[str], point: str, count: int
) -> None:
    """The original run is marked; people that the undo did not reach are left for the next undo."""
    asked(server, folder=str(tmp_path), do="run")
    how = {"point": point, "count": count}
    assert asked(server, folder=str(tmp_path), do="undo", **how)["killed"]
    counts["kills"] += 1
    kept = books(tmp_path, PEOPLE)
    cut_off = begun(kept, "undo-1")
    if cut_off and not cut_off.finished:
        whole_undo = resume_run(cut_off, kept)
        assert (0, 0) == (whole_undo.not_started, whole_undo.counts.open)
        undone = [e for e in kept.journal.read("run-1").entries if e.undone_by == "undo-1"]
        assert len(whole_undo.entries) == len(undone) == states(kept, PEOPLE).count("old")
    undo(kept, "undo-2")
    assert ["old"] * PEOPLE == states(kept, PEOPLE)
    assert all(entry.undone_by for entry in kept.journal.read("run-1").entries)
    counts["taken back"] += 1
    closed(kept)


def test_resuming_a_run_without_plans_reports_that_it_is_empty(
    server: Server, tmp_path: Path
) -> None:
    """Every submitted person is counted as not started."""
    asked(server, folder=str(tmp_path), do="run", point="before record_plans")
    kept = books(tmp_path, PEOPLE)
    run = resume_run(kept.journal.read("run-1"), kept)
    assert (True, (), PEOPLE) == (run.finished, run.entries, run.not_started)
    closed(kept)
