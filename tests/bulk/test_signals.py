"""SIGINT and SIGTERM: nothing new is begun, what is under way ends and is recorded."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from cactions.model import Outcome, RunPhase
from tests.bulk.attack import RUN, begin_attack
from tests.bulk.child import WINDOW, get_errors
from tests.bulk.outside import check_counts, read_local, read_run
from tests.bulk.scene import get_after, get_before
from tests.bulk.shop import SLOW, Shop
from tests.case_counts import choose_number
from tests.json_documents import list_faults

PEOPLE = 30
UNKNOWN = 1
"""The person of the last row, whom no one knows: no request is sent for them."""

THREADS = 8
CODES = {"SIGINT": Exit.INTERRUPTED, "SIGTERM": Exit.TERMINATED}
pytestmark = pytest.mark.hostile
WRITES = f"{RUN} --at-most-once"


@pytest.mark.parametrize("threads", [1, THREADS])
@pytest.mark.parametrize("name", CODES)
def test_a_signal_while_planning_ends_what_is_under_way(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path, name: str, threads: int
) -> None:
    """Each answer to a write request is kept; the others wait, and a resume sends them once."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path, "once")
    shop.delay = 0.05
    words = f"{WRITES} --threads {threads}"
    answer = attack.call(words, point="before send", count=13, signal=name, exits=True)
    assert CODES[name] == answer["code"], get_errors(attack.home)
    sent = shop.asked.total()
    assert 13 <= sent < 13 + threads
    run = read_run(attack.home)
    assert run
    assert RunPhase.PLANNING is run.phase
    assert (0, PEOPLE + UNKNOWN - sent) == (run.counts.calling, run.counts.waiting)
    assert "ended" not in get_errors(attack.home)
    shop.delay = 0
    attack.judge(attack.finish())
    assert {1} == set(shop.asked.values())


@pytest.mark.parametrize("name", CODES)
def test_a_planning_that_a_signal_cut_off_goes_on_where_it_was(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path, name: str
) -> None:
    """Nothing was changed anywhere, and the answers that had come are not asked for again."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path)
    answer = attack.call(RUN, point="before send", count=13, signal=name, exits=True)
    assert CODES[name] == answer["code"], get_errors(attack.home)
    # what waits for a thread may be begun until this process looks at the signal
    assert 13 <= answer["points"]["before send"] <= 13 + 2 * THREADS
    run = read_run(attack.home)
    assert run
    assert RunPhase.PLANNING is run.phase
    errors = get_errors(attack.home)
    assert "nothing was written" in errors
    assert f"cactions runs resume {run.head.id}" in errors
    attack.judge(attack.finish())


@pytest.mark.parametrize("threads", [1, THREADS])
@pytest.mark.parametrize("name", CODES)
def test_a_signal_while_writing_ends_what_is_under_way(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path, name: str, threads: int
) -> None:
    """Everyone who was written to is recorded as such; a resume writes the others."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path)
    words = f"{RUN} --threads {threads}"
    answer = attack.call(words, point="before commit", count=15, signal=name, exits=True)
    assert CODES[name] == answer["code"], get_errors(attack.home)
    # the last of the window under way is number 16; the next one was taken before, and a thread
    # may begin it until this process looks at the signal
    assert 15 <= answer["points"]["before commit"] <= 16 + WINDOW
    run = read_run(attack.home)
    assert run
    held = read_local(attack.home, PEOPLE)
    new = [at for at in range(PEOPLE) if get_before(at) != held[at] == get_after(at)]
    assert len(new) == run.counts.outcomes[Outcome.APPLIED]
    errors = get_errors(attack.home)
    for verb in ("resume", "undo"):
        assert f"cactions runs {verb} {run.head.id}" in errors
    attack.judge(attack.finish())


@pytest.mark.parametrize(("point", "count"), [("before send", 13), ("before commit", 15)])
def test_a_run_that_is_cut_off_is_one_document_that_names_what_goes_on(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path, point: str, count: int
) -> None:
    """With --json: the commands of its error carry the run on, and what came of it fits, too."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path)
    answer = attack.call(f"{RUN} --json", point=point, count=count, signal="SIGINT", exits=True)
    document = json.loads((attack.home / "out").read_text())
    assert [] == [*list_faults(document)]
    assert Exit.INTERRUPTED == answer["code"] == document["exit_code"]
    run = read_run(attack.home)
    assert run
    assert f"cactions runs resume {run.head.id}" in document["commands"]
    attack.judge(attack.finish())


@pytest.mark.parametrize("write", ["", "once"])
def test_a_call_that_hangs_is_waited_for_ten_seconds_at_most(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path, write: str
) -> None:
    """The process ends then; the one call that hangs stays pending, and its outcome unknown."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path, write)
    shop.faults, shop.hangs = {"u-4": [SLOW]}, attack.home / "hangs"
    began = time.monotonic()
    drain = choose_number(2, 10)
    signals = [(str(shop.hangs), "SIGINT")]
    answer = attack.call(WRITES, signals=signals, exits=True, drain=drain)
    assert Exit.INTERRUPTED == answer["code"], get_errors(attack.home)
    assert time.monotonic() - began < 40
    if write:
        run = attack.finish()
        outcomes = check_counts(run, PEOPLE)
        assert 1 == outcomes[Outcome.OUTCOME_UNKNOWN.value]
        assert {1} == set(shop.asked.values())


def test_a_second_signal_ends_at_once(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path
) -> None:
    """Also while a call hangs; a resume goes on from there."""
    attack = begin_attack(process, shop, PEOPLE, tmp_path, "once")
    shop.faults, shop.hangs = {"u-4": [SLOW]}, attack.home / "hangs"
    began = time.monotonic()
    signals = [(str(shop.hangs), "SIGINT"), (0.5, "SIGINT")]
    answer = attack.call(WRITES, signals=signals, exits=True, drain=60)
    assert -2 == answer["code"]
    assert time.monotonic() - began < 40
    outcomes = check_counts(attack.finish(), PEOPLE)
    assert 1 <= outcomes[Outcome.OUTCOME_UNKNOWN.value] <= 8
    assert {1} == set(shop.asked.values())
    shutil.rmtree(attack.home)
