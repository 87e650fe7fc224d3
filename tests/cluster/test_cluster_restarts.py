"""The database of a cluster crashes under workers and driver: they come back by themselves."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest

from tests.case_counts import choose_number
from tests.cluster.attack import ClusterAttack, open_attack
from tests.cluster.scene import wait_until
from tests.postgres_server import PostgresServer, find_postgres
from tests.run_report import REPORT

pytestmark = pytest.mark.hostile


def test_a_database_that_crashes_loses_no_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five times; no worker has to be started again."""
    most = choose_number(0, 5)
    if not most:
        pytest.skip("in the long form: pytest -m hostile")
    found = find_postgres()
    if isinstance(found, str):
        pytest.skip(found)
    chance = Random(8)
    with (
        PostgresServer(found) as server,
        open_attack(tmp_path, monkeypatch, server.create_database(), 600, latency=0.05) as attack,
    ):
        attack.start_workers(2)
        began = time.monotonic()

        def fire(attack: ClusterAttack) -> None:
            time.sleep(chance.uniform(1, 5))
            if attack.counts["restarts"] < most:
                server.restart()
                attack.counts["restarts"] += 1

        run = attack.run_under(fire, chance)
        seconds = time.monotonic() - began
        outcomes = attack.judge(run)
        assert [None, None] == [worker.poll() for worker in attack.workers], attack.read_words()
        attack.undo(run)
        for worker in attack.workers:
            worker.terminate()
        assert [0, 0] == [worker.wait(30) for worker in attack.workers], attack.read_words()
        attack.check_words()
        REPORT.append(
            f"cluster, restarts: {dict(attack.counts)}, {dict(outcomes)}, {seconds:.0f} s"
        )


def test_a_worker_waits_for_a_database_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At its start, and for longer than its lease; then it takes what is there."""
    if not choose_number(0, 1):
        pytest.skip("in the long form: pytest -m hostile")
    found = find_postgres()
    if isinstance(found, str):
        pytest.skip(found)
    with (
        PostgresServer(found) as server,
        open_attack(tmp_path, monkeypatch, server.create_database(), 60) as attack,
    ):
        server.stop()
        attack.start_workers(1)
        [worker] = attack.workers
        time.sleep(35)
        assert worker.poll() is None, attack.read_words()
        server.start()
        attack.driver = attack.start(*attack.command)
        assert 1 == attack.driver.wait(120), attack.read_words()
        run = attack.read_run()
        assert run
        attack.judge(run)
        server.stop()
        time.sleep(20)
        assert worker.poll() is None, attack.read_words()
        worker.terminate()
        assert 0 == worker.wait(30), attack.read_words()
        wait_until(lambda: "has ended" in attack.read_words())
        attack.check_words()
