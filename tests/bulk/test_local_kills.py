"""A run for many people is killed at any point; the people of the local store are never lost.

About 20 kills in the normal run, several hundreds with ``-m hostile``.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.bulk.attack import RUN, Attack, list_points
from tests.bulk.scene import build_document, write_home
from tests.bulk.shop import Shop
from tests.case_counts import COUNTS
from tests.run_report import REPORT

PEOPLE = 30
LARGE = 1_000

pytestmark = pytest.mark.hostile


@pytest.fixture(scope="module", autouse=True)
def counts() -> Iterator[Counter[str]]:
    counted: Counter[str] = Counter(cases=0, kills=0, violations=0)
    yield counted
    REPORT.append(f"runs for many people, local: {dict(counted)}")


def test_a_run_that_is_killed_anywhere_is_finished_and_undone(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path, counts: Counter[str]
) -> None:
    """At every point and at any time; also again in resume and undo, and with a foreign writer."""
    home = write_home(tmp_path / "home", build_document(shop, PEOPLE), PEOPLE)
    whole = Attack(process, shutil.copytree(home, tmp_path / "whole"), PEOPLE, counts)
    points = list_points(whole.call(RUN))
    whole.judge(whole.finish())
    chance = Random(11)
    thorough = COUNTS.factor > 1
    cases = [*points, *[("", 0)] * 150] if thorough else chance.sample(points, 8)
    for number, (point, count) in enumerate(cases):
        shop.forget()
        folder = shutil.copytree(home, tmp_path / str(number))
        attack = Attack(process, folder, PEOPLE, counts)
        how = {"point": point, "count": count} if point else {"after": chance.uniform(0.02, 1.2)}
        attack.call(RUN, **how)
        attack.check()
        if number % 4 == 1 and attack.is_planned():
            attack.disturb(chance.sample(range(PEOPLE), 5))
        run = attack.finish(chance if number % 3 == 0 else None)
        attack.judge(run)
        if number % 2 == 0:
            attack.undo(run, chance if number % 4 == 0 else None)
        attack.drop()


def test_a_large_run_is_killed_at_any_time(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path, counts: Counter[str]
) -> None:
    """1,000 people with the true windows; each process that goes on may be killed, too."""
    if COUNTS.factor == 1:
        pytest.skip("in the long form: pytest -m hostile")
    home = write_home(tmp_path / "home", build_document(shop, LARGE), LARGE)
    chance = Random(13)
    for number in range(12):
        folder = shutil.copytree(home, tmp_path / str(number))
        attack = Attack(process, folder, LARGE, counts)
        attack.small = False
        point = chance.choice(("after send", "after commit", "after place", "after start_entries"))
        most = {"after send": LARGE, "after commit": LARGE, "after place": 3}.get(point, 9)
        attack.call(RUN, point=point, count=chance.randint(1, most))
        attack.check()
        if number % 3 == 1 and attack.is_planned():
            attack.disturb(chance.sample(range(LARGE), 50))
        run = attack.finish(chance)
        attack.judge(run)
        if number % 2:
            attack.undo(run, chance)
        attack.drop()
