"""A saved plan is carried out once, and an action runs once at a time, however close starts are.

4 pairs in the normal run, 50 of each kind with ``-m hostile``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from tests.bulk.attack import RUN, Attack, list_points
from tests.bulk.child import SERVE, get_errors
from tests.bulk.outside import read_run
from tests.bulk.scene import build_document, write_home
from tests.bulk.shop import Shop
from tests.case_counts import choose_number
from tests.edges.processes import running, said, tell
from tests.run_report import REPORT

PEOPLE = 20
DIFF = "diff loyalty --people people.csv --live --out plan"
TAKE = "run loyalty --plan plan --yes --live"

pytestmark = pytest.mark.hostile
Process = subprocess.Popen[str]


@pytest.fixture(scope="module")
def processes(shop: Shop) -> Iterator[tuple[Process, Process]]:
    assert shop.server
    trusted = str(shop.server.ca_file)
    with (
        running(SERVE, CACTIONS_CA_FILE=trusted) as one,
        running(SERVE, CACTIONS_CA_FILE=trusted) as other,
    ):
        yield one, other


@pytest.fixture(scope="module", autouse=True)
def counts() -> Iterator[Counter[str]]:
    counted: Counter[str] = Counter(cases=0, kills=0, violations=0)
    yield counted
    REPORT.append(f"one plan, started twice: {dict(counted)}")


def start_both(
    processes: tuple[Process, Process], home: Path, words: str, pause: float
) -> list[tuple[dict[str, Any], str]]:
    """Two starts, the second after the pause; the answers, with what each has said."""
    for number, process in enumerate(processes):
        task = {"folder": str(home), "words": words.split(), "suffix": str(number)}
        tell(process, json.dumps(task))
        time.sleep(pause)
    answers = [json.loads(said(process)) for process in processes]
    return [(answer, get_errors(home, str(number))) for number, answer in enumerate(answers)]


def test_of_two_starts_of_a_plan_exactly_one_proceeds(
    processes: tuple[Process, Process], shop: Shop, tmp_path: Path, counts: Counter[str]
) -> None:
    """The other says that the plan was started before."""
    home = write_home(tmp_path / "home", build_document(shop, PEOPLE), PEOPLE)
    assert Exit.FINDINGS == Attack(processes[0], home, PEOPLE, counts).call(DIFF)["code"]
    chance = Random(1)
    for number in range(choose_number(4, 50)):
        folder = shutil.copytree(home, tmp_path / str(number))
        answers = start_both(processes, folder, TAKE, chance.uniform(0, 0.01))
        [(_, refused)] = [each for each in answers if each[0]["code"] == Exit.MISUSE]
        assert "was started before" in refused
        attack = Attack(processes[0], folder, PEOPLE, counts)
        run = read_run(folder)
        assert run
        assert run.finished
        attack.judge(run)
        assert Exit.MISUSE == attack.call(TAKE)["code"]
        attack.drop()


def test_a_plan_is_not_taken_again_after_its_run_was_deleted(
    processes: tuple[Process, Process], shop: Shop, tmp_path: Path, counts: Counter[str]
) -> None:
    """Also where someone has taken it back meanwhile, so that it could be written again."""
    home = write_home(tmp_path / "home", build_document(shop, PEOPLE), PEOPLE)
    attack = Attack(processes[0], home, PEOPLE, counts)
    attack.call(DIFF)
    assert Exit.FINDINGS == attack.call(TAKE)["code"]
    attack.call("runs undo last --yes")
    assert Exit.CLEAN == attack.call("runs prune --keep 0 --yes")["code"]
    assert read_run(home) is None
    assert Exit.MISUSE == attack.call(TAKE)["code"]
    assert "was started before" in get_errors(home)
    assert "was deleted since" in get_errors(home)
    assert read_run(home) is None
    assert [] == [path.name for path in (home / ".cactions" / "runs").glob(".plan-*")]


def test_of_two_starts_of_an_action_exactly_one_proceeds(
    processes: tuple[Process, Process], shop: Shop, tmp_path: Path, counts: Counter[str]
) -> None:
    """The other says who runs the action."""
    home = write_home(tmp_path / "home", build_document(shop, PEOPLE), PEOPLE)
    chance = Random(2)
    for number in range(choose_number(4, 50)):
        folder = shutil.copytree(home, tmp_path / str(number))
        answers = start_both(processes, folder, RUN, chance.uniform(0, 0.01))
        codes = sorted(answer["code"] for answer, _ in answers)
        attack = Attack(processes[0], folder, PEOPLE, counts)
        run = read_run(folder)
        assert run
        if codes == [Exit.FINDINGS, Exit.NOTHING_DONE]:
            [(_, refused)] = [each for each in answers if each[0]["code"] == Exit.NOTHING_DONE]
            assert "is being run in the local workspace (.cactions) by" in refused
            assert "To go on" not in refused  # it has no run, or one that waits for an answer
            attack.judge(attack.finish())
        else:  # the second began when the first had ended
            assert [Exit.FINDINGS] * 2 == codes, answers
            counts["one after the other"] += 1
        attack.drop()


def test_of_two_retries_of_write_requests_exactly_one_proceeds(
    processes: tuple[Process, Process], shop: Shop, tmp_path: Path, counts: Counter[str]
) -> None:
    """However close they are: a request that was turned down is made once more, not twice."""
    home = write_home(tmp_path / "home", build_document(shop, PEOPLE, write="once"), PEOPLE)
    first = Attack(processes[0], home, PEOPLE, counts)
    first.call(f"{RUN} --at-most-once")
    chance = Random(4)
    for number in range(choose_number(4, 50)):
        folder = shutil.copytree(home, tmp_path / str(number))
        run = read_run(folder)
        assert run
        shop.forget()
        words = f"runs retry {run.head.id} --yes --at-most-once"
        answers = start_both(processes, folder, words, chance.uniform(0, 0.05))
        assert {"u-7": 1} == dict(shop.asked)
        codes = sorted(answer["code"] for answer, _ in answers)
        assert codes in ([Exit.FINDINGS, Exit.MISUSE], [Exit.FINDINGS, Exit.NOTHING_DONE]), answers
        retry = read_run(folder)
        assert retry
        assert (run.head.id, True) == (retry.head.retries, retry.finished)
        shutil.rmtree(folder)


def test_a_killed_plan_is_carried_out_at_most_once(
    processes: tuple[Process, Process], shop: Shop, tmp_path: Path, counts: Counter[str]
) -> None:
    """It is finished by a resume; where it was not begun, the plan can be given again."""
    home = write_home(tmp_path / "home", build_document(shop, PEOPLE), PEOPLE)
    Attack(processes[0], home, PEOPLE, counts).call(DIFF)
    whole = Attack(processes[0], shutil.copytree(home, tmp_path / "whole"), PEOPLE, counts)
    points = list_points(whole.call(TAKE))
    chance = Random(3)
    few = choose_number(3, 60)
    for number, (point, count) in enumerate(chance.sample(points, min(few, len(points)))):
        folder = shutil.copytree(home, tmp_path / str(number))
        attack = Attack(processes[0], folder, PEOPLE, counts)
        attack.command = TAKE
        shop.forget()
        attack.call(TAKE, point=point, count=count)
        attack.check()
        if begun := read_run(folder):
            assert Exit.MISUSE == attack.call(TAKE)["code"]
            assert f"runs resume {begun.head.id}" in get_errors(folder)
        attack.judge(attack.finish())
        assert not shop.asked.total()
        attack.drop()
