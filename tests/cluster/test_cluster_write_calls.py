"""Calls that change something at the third party, made by workers that are killed."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from cactions.model import Outcome, Run
from tests.bulk.outside import check_counts
from tests.bulk.scene import get_after, get_before
from tests.bulk.test_workspace_kills import drop_empty
from tests.case_counts import choose_number
from tests.cluster.attack import ClusterAttack, open_attack
from tests.run_report import REPORT

pytestmark = pytest.mark.hostile


@pytest.mark.parametrize("kind", ["once", "key"])
def test_a_call_is_not_made_again_by_another_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str, kind: str
) -> None:
    """Those of unknown outcome are listed; with a key, they are made again with the same one."""
    people, most = choose_number(0, 300), choose_number(0, 12)
    if not most:
        pytest.skip("in the long form: pytest -m hostile")
    chance = Random(6)
    with open_attack(tmp_path, monkeypatch, postgres_address, people, write=kind) as attack:
        attack.command = (*attack.command, "--live", "--at-most-once")
        attack.shop.delay = 0.5
        attack.start_workers(2)

        def fire(attack: ClusterAttack) -> None:
            time.sleep(chance.uniform(0.1, 1.2))
            if (
                attack.counts["kills"] < most
                and attack.shop.asked.total() > 5 * attack.counts["kills"] + 5
            ):
                attack.kill_worker(chance)

        run = attack.run_under(fire, chance)
        outcomes = judge(attack, run, kind)
        unknown = outcomes[Outcome.OUTCOME_UNKNOWN.value]
        assert unknown or kind == "key", "no call was cut off: the test shows nothing"
        attack.check_words()
        REPORT.append(f"cluster, write calls ({kind}): {dict(attack.counts)}, {dict(outcomes)}")


def judge(attack: ClusterAttack, run: Run, kind: str) -> Counter[str]:
    """The log of the third party, and that of the workspace, against the journal."""
    outcomes = check_counts(run, attack.people)
    asked, keys = attack.shop.asked, attack.shop.keys
    assert all(len(keys[user]) == 1 for user in asked), "a call with another key"
    if kind == "once":
        assert not {user for user, number in asked.items() if number > 1}
    else:
        assert not outcomes[Outcome.OUTCOME_UNKNOWN.value], outcomes
    entries = reversed([*run.entries])  # of two about one person, the first counts
    listed = {e.plan.subject.matched.value: e.receipt for e in entries if e.receipt}
    assert {*asked} <= {*listed}, "a call without an entry"
    puts = Counter(attack.list_puts())
    assert {*puts.values()} <= {1}, puts
    for number, held in enumerate(attack.read()):
        outcome = listed[f"u-{number}"].outcome
        is_unknown = outcome is Outcome.OUTCOME_UNKNOWN
        wanted = get_before(number) if is_unknown else get_after(number)
        assert drop_empty(wanted) == held, (number, outcome)
        assert (puts[attack.keys[number]] == 1) == (outcome is Outcome.APPLIED)
    return outcomes
