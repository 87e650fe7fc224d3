"""The benchmark measures what it claims; speed itself is only checked by the benchmark."""

from __future__ import annotations

import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from math import inf
from pathlib import Path

import pytest

from tests.bench import (
    bulk,
    crowd,
    linting,
    pages,
    planning,
    reading,
    replaying,
    sending,
    starting,
    suites,
    unsealing,
    validating,
    watching,
)
from tests.bench.measuring import Reading, compiling, largest, medians, own, process, wall
from tests.bench.table import table
from tests.browser import MISSING
from tests.servers import authority


def test_every_round_runs_everything_and_the_first_is_discarded() -> None:
    """Work that warms up in its first round would seem slow."""
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
    """Its CPU time, in its folder, without output; a failing process is not a measurement."""
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


def test_own_work_is_repeated_as_requested() -> None:
    """The time is that of one repetition."""
    done: list[int] = []
    assert 0 <= own(lambda: done.append(1), 7) < 1
    assert 7 == len(done)


def test_every_plan_has_ten_attributes(tmp_path: Path) -> None:
    """Each one is for another person, and no mapping is skipped."""
    work = planning.planner(tmp_path)
    first, second = work(), work()
    assert 10 == len(first.changes) + len(first.left)
    assert () == first.refused
    assert ["p0", "p1"] == [plan.subject.person_id for plan in (first, second)]
    assert "applied" == json.loads(planning.receipt(first))["outcome"]


def test_replays_and_files_have_the_stated_size(tmp_path: Path) -> None:
    """Every request is answered, and every action is loaded."""
    assert b'{"ok": true}' == replaying.replayer(tmp_path, 20)().body
    assert 20 == len(json.loads((tmp_path / "20.json").read_text())["interactions"])
    validating.validator(3)()


def test_the_same_cases_pass_with_us_and_with_vcrpy(tmp_path: Path) -> None:
    """Each asks for an answer of its own."""
    assert 20 == suites.prepare(tmp_path, 20)() == suites.prepare_plain(tmp_path, 20)()


def test_the_commands_of_the_bench_succeed(tmp_path: Path) -> None:
    """In a folder with the example, with this checkout."""
    home = starting.example(tmp_path)
    for _, words in starting.COMMANDS.values():
        start = f"import sys; sys.path.insert(0, {str(starting.ROOT)!r})"
        run = f"sys.argv[1:] = {words!r}; from cactions.__main__ import main; main()"
        process([sys.executable, "-c", f"{start}; {run}"], home)
    for _, words in starting.COMPLETIONS.values():
        run = f"sys.argv[1:] = {words!r}; from cactions.__main__ import main; main()"
        process([*starting.COMPLETING, sys.executable, "-c", f"{start}; {run}"], home)


def test_the_vault_of_the_bench_has_the_stated_size(tmp_path: Path) -> None:
    """And a separate process opens a secret."""
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


def test_the_linters_of_the_bench_check_the_same_amount(tmp_path: Path) -> None:
    """As many files, lines and characters; ours have no findings under all rules."""
    home, other = linting.ours(tmp_path / "ours", 20), linting.theirs(tmp_path / "theirs", 20)
    assert (21, 20) == (len([*home.iterdir()]), len([*other.rglob("*.yml")]))
    assert linting.ACTION.count("\n") == linting.WORKFLOW.count("\n")
    assert 0.9 < len(linting.ACTION) / len(linting.WORKFLOW) < 1.1
    assert 0 < linting.timed(linting.named(20)) < 60
    assert 0 < wall(linting.command(tmp_path, home), starting.ROOT) < 60
    assert 10 < largest(linting.command(tmp_path, home), starting.ROOT) / 2**20 < 200


def test_both_readers_of_the_bench_read_every_row(tmp_path: Path) -> None:
    """And the memory is that of a whole process."""
    path = reading.people(tmp_path, 20)
    assert (20, 20) == (reading.read(path), reading.bare(path))
    assert 10 < reading.memory(tmp_path, path) / 2**20 < 200


def test_a_run_of_the_bench_goes_through_every_step(tmp_path: Path) -> None:
    """One of twenty people changes; the run that was cut off comes to its end."""
    shop = crowd.Shop(9, authority().ca_file)
    used, size = bulk.measure_run(tmp_path / "run", shop, 40, "none")
    assert ["plan", "write", "show", "undo", "resume"] == [*used]
    assert all(10 < each.memory / 2**20 < 200 and each.cpu > 0 for each in used.values())
    assert size > 40 * 100
    out = (tmp_path / "run" / "out").read_text()
    assert {"2 applied", "38 unchanged"} <= {*re.findall(r"\d+ applied|\d+ unchanged", out)}


def test_the_bare_loop_of_the_bench_asks_about_everyone(tmp_path: Path) -> None:
    """By the same sender; a process that fails is not a measurement."""
    with crowd.open_shop() as shop:
        home = crowd.make_home(tmp_path / "loop", shop, 3)
        loop = ["-m", "tests.bench.loops", "bare", str(shop.port), shop.ca_file]
        assert crowd.call([*loop, "3"], home, shop).seconds > 0
        with pytest.raises(OSError, match="ended with 1"):
            crowd.call([*loop, "x"], home, shop)


def test_the_watch_of_the_bench_shows_every_save(tmp_path: Path) -> None:
    """Each has other words, and its tests are replayed."""
    with watching.watched(tmp_path, 3) as save:
        assert [True, True] == [0 < save(number) < 60 for number in range(2)]


def test_the_page_of_the_bench_finds_what_it_looks_for(tmp_path: Path) -> None:
    """In both pages; where there is no browser, that is said."""
    found = [*pages.readings(tmp_path, (20, 40))]
    assert 'data-rows="40"' in (tmp_path / "page_40.html").read_text()
    assert found[-1].unit in ("", "x with 20")
    assert all(reading.measured >= 0 for reading in found)
    assert [MISSING != ""] == [*{len(found) == 3}]


def test_a_missing_linter_is_reported() -> None:
    """Nothing is measured, and no limit is met by accident."""
    assert "not installed" in linting.left_out("zizmor").what
    assert linting.found("no-such-tool") is None


def test_the_exponent_is_the_slope_of_the_logarithms() -> None:
    """Twice the work for twice the files is an exponent of one."""
    assert 0.3 < linting.exponent((10, 40, 160)) < 1.6


def test_the_table_shows_which_limits_are_met() -> None:
    """Aligned numbers, and an exceeded limit in capitals."""
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
