"""Runs whose requests change something at the third party are killed: none is sent twice.

About 8 kills in the normal run, more than 100 with ``-m hostile``.
"""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from cactions.model import Outcome, Run
from tests.bulk.attack import RUN, Attack, list_points
from tests.bulk.outside import check_counts, read_local, read_run
from tests.bulk.scene import build_document, get_after, get_before, write_home
from tests.bulk.shop import BROKEN, BUSY, LOST, Shop
from tests.case_counts import choose_number
from tests.run_report import REPORT

PEOPLE = 30
PAGE = 8
"""So many requests are durable at once, and may be of unknown outcome after a kill."""

WRITES = f"{RUN} --at-most-once"

pytestmark = pytest.mark.hostile


@pytest.fixture(scope="module", autouse=True)
def counts() -> Iterator[Counter[str]]:
    counted: Counter[str] = Counter(cases=0, kills=0, violations=0, unknown=0)
    yield counted
    REPORT.append(f"write requests for many people: {dict(counted)}")


@pytest.mark.parametrize("kind", ["once", "key"])
def test_a_write_request_is_not_sent_again(
    process: subprocess.Popen[str], shop: Shop, tmp_path: Path, counts: Counter[str], kind: str
) -> None:
    """Those of unknown outcome are listed; with a key, they are sent again with the same one."""
    home = write_home(tmp_path / "home", build_document(shop, PEOPLE, write=kind), PEOPLE)
    whole = Attack(process, shutil.copytree(home, tmp_path / "whole"), PEOPLE, counts)
    shop.forget()
    points = list_points(whole.call(WRITES))
    whole.judge(whole.finish())
    chance = Random(5)
    few = choose_number(3, 70)
    for number, (point, count) in enumerate(chance.sample(points, few)):
        shop.forget()
        shop.faults = {f"u-{n}": [chance.choice((LOST, BUSY, BROKEN))] for n in (11, 12, 14, 20)}
        folder = shutil.copytree(home, tmp_path / str(number))
        attack = Attack(process, folder, PEOPLE, counts)
        attack.command = WRITES
        if number % 5 == 4:
            attack.call(WRITES, after=chance.uniform(0.05, 1.0))
        else:
            attack.call(WRITES, point=point, count=count)
        attack.check()
        if read_run(folder) is None:
            assert not shop.asked.total()
        judge(attack, attack.finish(chance if number % 3 == 0 else None), shop, kind)
        attack.drop()


def judge(attack: Attack, run: Run, shop: Shop, kind: str) -> None:
    """The log of the third party against the journal."""
    outcomes = check_counts(run, PEOPLE)
    again = {user for user, number in shop.asked.items() if number > 1}
    if kind == "once":
        assert not again, again
    else:
        assert not outcomes[Outcome.OUTCOME_UNKNOWN.value], outcomes
    assert all(len(keys) == 1 for keys in shop.keys.values())
    unknown = outcomes[Outcome.OUTCOME_UNKNOWN.value]
    attack.counts["unknown"] += unknown
    assert unknown <= PAGE * attack.kills + 4, outcomes
    entries = reversed([*run.entries])  # of two about one person, the first counts
    listed = {e.plan.subject.matched.value: e.receipt for e in entries if e.receipt}
    assert {*shop.asked} <= {*listed}, "a request without an entry"
    for at, attributes in enumerate(read_local(attack.home, PEOPLE)):
        receipt = listed[f"u-{at}"]
        applied = receipt.outcome is Outcome.APPLIED
        assert (get_after(at) if applied else get_before(at)) == attributes, (at, receipt)
        if applied:
            assert shop.asked[f"u-{at}"] >= 1
