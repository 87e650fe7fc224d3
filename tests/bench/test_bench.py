"""The bench measures what it says; how fast anything is, only the bench itself tells."""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from math import inf
from pathlib import Path

import pytest

from tests.bench import linting, planning, replaying, sending, starting, unsealing, validating
from tests.bench.measuring import Reading, compiling, largest, medians, own, process, wall
from tests.bench.table import table


def test_every_round_takes_all_turns_and_the_first_does_not_count() -> None:
    """What is warmed up only in its first turn would seem slow."""
    log: list[str] = []

    def work(name: str, *seconds: float) -> float:
        log.append(name)
        return seconds[log.count(name) - 1]

    found = medians(
        {"a": lambda: work("a", 9, 1, 2, 3), "b": lambda: work("b", 9, 4, 6, 5)}, rounds=3
    )
    assert {"a": 2, "b": 5} == found
    assert ["ab", "ba", "ab", "ba"] == ["".join(log[i : i + 2]) for i in range(0, 8, 2)]


def test_a_process_is_measured_to_its_end(tmp_path: Path) -> None:
    """Its CPU time, in its folder, and without a sound; one that fails is no measurement."""
    seconds = process([sys.executable, "-c", "open('here', 'w'); print('x' * 9)"], tmp_path)
    assert 0 < seconds < 60
    assert (tmp_path / "here").exists()
    with pytest.raises(OSError, match="ended with 3"):
        process([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)


def test_byte_code_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it every import takes twice as long."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in compiling()
    assert os.environ["PATH"] == compiling()["PATH"]


def test_own_work_is_done_as_often_as_said() -> None:
    """And the time is that of one repetition."""
    done: list[int] = []
    assert 0 <= own(lambda: done.append(1), 7) < 1
    assert 7 == len(done)


def test_ten_attributes_are_planned_each_time(tmp_path: Path) -> None:
    """Each turn is another person, and no mapping is skipped."""
    work = planning.planner(tmp_path)
    first, second = work(), work()
    assert 10 == len(first.changes) + len(first.left)
    assert () == first.refused
    assert ["p0", "p1"] == [plan.subject.person_id for plan in (first, second)]
    assert "applied" == json.loads(planning.receipt(first))["outcome"]


def test_replays_and_files_are_as_large_as_said(tmp_path: Path) -> None:
    """Every request is answered, and every action is shaped."""
    assert b'{"ok": true}' == replaying.replayer(tmp_path, 20)().body
    assert 20 == len(json.loads((tmp_path / "20.json").read_text())["interactions"])
    validating.validator(3)()


def test_the_commands_of_the_bench_are_those_that_work(tmp_path: Path) -> None:
    """In a folder with the example, by this very checkout."""
    home = starting.example(tmp_path)
    for _, words in starting.COMMANDS.values():
        start = f"import sys; sys.path.insert(0, {str(starting.ROOT)!r})"
        run = f"sys.argv[1:] = {words!r}; from cactions.__main__ import main; main()"
        process([sys.executable, "-c", f"{start}; {run}"], home)


def test_the_vault_of_the_bench_is_as_large_as_said(tmp_path: Path) -> None:
    """And a process of its own opens a secret."""
    assert 20 == unsealing.listed(tmp_path / "20.vault", 20)()
    process([sys.executable, "-I", "-c", unsealing.MAKE], tmp_path)
    process([sys.executable, "-I", "-c", unsealing.OPEN], tmp_path)


def test_both_senders_of_the_bench_get_the_same_answer() -> None:
    """From one server, each over its own kept connection."""
    with (
        sending.served() as place,
        sending.guarded(place) as ours,
        sending.bare(place) as theirs,
        ThreadPoolExecutor(2) as pool,
    ):
        assert {b'{"email": "ada@example.com", "tier": "gold", "points": 1234}'} == {
            ask() for ask in (ours, theirs) for _ in range(2)
        }
        assert 0 < sending.spent(ours, pool, 2) < 1


def test_the_linters_of_the_bench_look_at_as_much(tmp_path: Path) -> None:
    """As many files, lines and characters; ours are clean under all rules."""
    home, other = linting.ours(tmp_path / "ours", 20), linting.theirs(tmp_path / "theirs", 20)
    assert (21, 20) == (len([*home.iterdir()]), len([*other.rglob("*.yml")]))
    assert linting.ACTION.count("\n") == linting.WORKFLOW.count("\n")
    assert 0.9 < len(linting.ACTION) / len(linting.WORKFLOW) < 1.1
    assert 0 < linting.timed(linting.named(20)) < 60
    assert 0 < wall(linting.command(tmp_path, home), starting.ROOT) < 60
    assert 10 < largest(linting.command(tmp_path, home), starting.ROOT) / 2**20 < 200


def test_a_linter_that_is_not_there_is_said() -> None:
    """Nothing is measured, and nothing holds by accident."""
    assert "not installed" in linting.left_out("zizmor").what
    assert linting.found("no-such-tool") is None


def test_the_slope_is_that_of_the_logarithms() -> None:
    """Twice the work for twice the files is one."""
    assert 0.3 < linting.exponent((10, 40, 160)) < 1.6


def test_the_table_says_what_holds() -> None:
    """Numbers under numbers, and a broken promise in capitals."""
    shown = table(
        [
            Reading("one", 9.5, 10, "x"),
            Reading("another", 150.25, 150, "us"),
            Reading("told", 40, inf, "us"),
        ]
    )
    assert (
        "         measured   limit\n"
        "one          9.50   10.00  x   holds\n"
        "another    150.25  150.00  us  DOES NOT HOLD\n"
        "told        40.00          us\n"
    ) == shown
