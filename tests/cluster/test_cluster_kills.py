"""Workers and drivers of a cluster are killed at random: no one is lost, or written twice.

Two or three kills in the normal run; 4 workers, 10,000 people and 200 kills with ``-m hostile``.
"""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest

from tests.case_counts import choose_number
from tests.cluster.attack import ClusterAttack, open_attack
from tests.run_report import REPORT

pytestmark = pytest.mark.hostile


def test_killed_workers_and_drivers_leave_what_one_machine_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    people, most = choose_number(150, 10_000), choose_number(2, 200)
    chance, longest = Random(choose_number(3, 11)), choose_number(16, 5) / 10
    with open_attack(tmp_path, monkeypatch, postgres_address, people) as attack:
        attack.start_workers(choose_number(2, 4))
        began = time.monotonic()

        def fire(attack: ClusterAttack) -> None:
            time.sleep(chance.uniform(0.05, longest))
            if attack.counts["kills"] >= most or not attack.read_id():
                return
            if chance.random() < 0.05:
                attack.driver.kill()
                attack.counts["kills"] += 1
            else:
                attack.kill_worker(chance)
            if attack.counts["kills"] % 20 == 0:
                attack.check_images()

        run = attack.run_under(fire, chance)
        seconds = time.monotonic() - began
        assert attack.counts["kills"] >= choose_number(0, most), "the run was too fast"
        outcomes = attack.judge(run)
        attack.undo(run)
        attack.check_words()
        REPORT.append(
            f"cluster, kills: {people:,} people, {dict(attack.counts)}, {dict(outcomes)},"
            f" {seconds:.0f} s"
        )
