"""A worker that is frozen, or cut off from the database, for longer than its lease.

Another one takes its part; when it is there again, it writes to no person, and nothing into the
journal.
"""

from __future__ import annotations

import signal
import time
from pathlib import Path
from random import Random

import pytest

from tests.case_counts import choose_number
from tests.cluster.attack import LEASE, ClusterAttack, open_attack
from tests.cluster.scene import wait_until
from tests.cluster.tcp_proxy import TcpProxy
from tests.postgres_server import PostgresServer
from tests.run_report import REPORT

PEOPLE = 150
LATENCY = 0.1
"""Seconds: most of the time, a worker waits for an answer, and so it is frozen there."""

pytestmark = pytest.mark.hostile


def wait_for_puts(attack: ClusterAttack, number: int) -> None:
    wait_until(lambda: len(attack.list_puts()) >= number)


def finish(attack: ClusterAttack) -> None:
    """Let another worker finish the run, and see that nothing happens after that."""
    attack.driver.wait(120)
    assert attack.driver.returncode == 1, attack.read_words()


class Silence:
    """What people and journal are like, before a worker comes back to a run that is finished."""

    def __init__(self, attack: ClusterAttack) -> None:
        self._attack = attack
        self._before = self._read()

    def check(self, seconds: float) -> None:
        """Nothing is written to people, nor into the journal, for so long."""
        time.sleep(seconds)
        assert self._before == self._read(), self._attack.read_words()

    def _read(self) -> tuple[int, str]:
        return len(self._attack.list_puts()), self._attack.read_journal()


def judge(attack: ClusterAttack) -> None:
    run = attack.read_run()
    assert run
    assert run.finished
    attack.judge(run)
    attack.check_words()


def test_a_frozen_worker_writes_nothing_when_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """Frozen at any moment of its writing, mostly between reading a person and writing to them."""
    rounds = choose_number(0, 6)
    if not rounds:
        pytest.skip("in the long form: pytest -m hostile")
    chance = Random(5)
    for number in range(rounds):
        folder = tmp_path / str(number)
        with open_attack(folder, monkeypatch, postgres_address, PEOPLE, latency=LATENCY) as attack:
            attack.start_workers(1)
            [frozen] = attack.workers
            attack.driver = attack.start(*attack.command)
            wait_for_puts(attack, chance.randint(1, 40))
            time.sleep(chance.uniform(0, 2 * LATENCY))
            frozen.send_signal(signal.SIGSTOP)
            attack.start_workers(1)
            finish(attack)
            silence = Silence(attack)
            frozen.send_signal(signal.SIGCONT)
            silence.check(4)
            judge(attack)
            for worker in attack.workers:
                worker.terminate()
            assert [0, 0] == [worker.wait(30) for worker in attack.workers], attack.read_words()
    REPORT.append(f"cluster, frozen workers: {rounds} rounds, no write after the lease")


def test_a_worker_that_is_cut_off_from_the_database_stops_before_its_lease_ends(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    postgres_server: PostgresServer,
    postgres_address: str,
) -> None:
    """Its connections are frozen and not closed, while it has people left to write to."""
    if not choose_number(0, 1):
        pytest.skip("in the long form: pytest -m hostile")
    with (
        TcpProxy(postgres_server.port) as proxy,
        open_attack(tmp_path, monkeypatch, postgres_address, 300, latency=0.8) as attack,
    ):
        near = postgres_address.replace(f":{postgres_server.port}/", f":{proxy.port}/")
        attack.start_workers(1, CACTIONS_DATABASE=near)
        [cut_off] = attack.workers
        attack.driver = attack.start(*attack.command)
        wait_for_puts(attack, 30)
        proxy.freeze()
        frozen = time.monotonic()
        attack.start_workers(1)
        last, number = frozen, len(attack.list_puts())
        while time.monotonic() < frozen + LEASE - 1:
            if number < (number := len(attack.list_puts())):
                last = time.monotonic()
            time.sleep(0.1)
        assert last > frozen + 3, "it had nothing left to write: the test shows nothing"
        assert last < frozen + LEASE - 3, "it goes on to the end of its lease"
        finish(attack)
        silence = Silence(attack)
        proxy.thaw()
        silence.check(4)
        judge(attack)
        for worker in attack.workers:
            worker.terminate()
        assert [0, 0] == [worker.wait(30) for worker in attack.workers], attack.read_words()
        assert cut_off.returncode == 0
    REPORT.append(f"cluster, cut off: it wrote for {last - frozen:.1f} s of its {LEASE:.0f} s")
