"""One run for each workspace and action over all machines, and any machine goes on with it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from cactions.model import Outcome
from tests.bulk.scene import get_before
from tests.bulk.test_workspace_kills import drop_empty
from tests.case_counts import choose_number
from tests.cluster.attack import ClusterAttack, open_attack
from tests.cluster.scene import wait_until

LOCAL = ("run", "loyalty", "--people", "people.csv", "--yes")
TAKEN = "is being run in the"
LATENCY = 0.15

pytestmark = pytest.mark.hostile


@pytest.fixture(autouse=True)
def _long_form() -> None:
    if not choose_number(0, 1):
        pytest.skip("in the long form: pytest -m hostile")


@pytest.fixture
def attack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str):  # type: ignore[no-untyped-def] # noqa: ANN201
    with open_attack(tmp_path, monkeypatch, postgres_address, 300, latency=LATENCY) as attack:
        yield attack


def begin_writing(attack: ClusterAttack, workers: int = 1) -> str:
    """A run of which some people are written; its id."""
    attack.start_workers(workers)
    attack.driver = attack.start(*attack.command)
    wait_until(lambda: len(attack.list_puts()) > 20)
    return attack.find_id()


def test_two_drivers_at_once_are_one_run(attack: ClusterAttack) -> None:
    """The other one is refused, and so is a run on one machine."""
    other = attack.copy_home("other")
    drivers = [attack.start(*attack.command, home=home) for home in (attack.home, other)]
    wait_until(lambda: any(driver.poll() is not None for driver in drivers))
    refused = attack.call_at(other, *LOCAL)
    assert 0 != refused.returncode
    assert TAKEN in " ".join(refused.stderr.split())
    assert 1 == len(attack.query("SELECT 1 FROM cactions.run"))
    attack.start_workers(2)
    codes = [driver.wait(120) for driver in drivers]
    assert 1 in codes, attack.read_words()
    assert 1 == sum(TAKEN in " ".join(text.read_text().split()) for text in attack.outputs[:2])
    run = attack.read_run()
    assert run
    attack.judge(run)
    attack.check_words()


def test_two_machines_that_hand_a_run_in_again_do_not_take_parts_from_workers(
    attack: ClusterAttack,
) -> None:
    """Each of them finds the run cut off; the second one follows what the first one began."""
    run_id = begin_writing(attack)
    attack.driver.kill()
    assert 0 == attack.call("cluster", "stop", run_id).returncode
    wait_until(lambda: not attack.query("SELECT 1 FROM cactions.part WHERE leased_until > now()"))
    attack.query("DELETE FROM cactions.cluster_run RETURNING 1")
    words = ("runs", "resume", run_id, "--cluster", "--yes", "--json")
    homes = [attack.home, attack.copy_home("b"), attack.copy_home("c")]
    drivers = [attack.start(*words, home=home) for home in homes]
    codes = [driver.wait(120) for driver in drivers]
    assert {0, 1} & {*codes}, attack.read_words()
    assert {*codes} <= {0, 1, 3}, attack.read_words()
    run = attack.read_run()
    assert run
    assert run.finished, attack.read_words()
    attack.judge(run)


def test_a_run_that_was_stopped_is_finished_and_undone_on_another_machine(
    attack: ClusterAttack,
) -> None:
    run_id = begin_writing(attack, 2)
    other = attack.copy_home("other")
    busy = attack.call_at(other, "runs", "resume", run_id, "--yes")
    assert TAKEN in " ".join(busy.stderr.split()), "workers are at work on it"
    assert 0 == attack.call_at(other, "cluster", "stop", run_id).returncode
    assert 1 == attack.driver.wait(60), attack.read_words()
    status = attack.call_at(other, "cluster", "status", "--json")
    assert [True] == [run["stopped"] for run in json.loads(status.stdout)["runs"]]
    done = attack.call_at(other, "runs", "resume", run_id, "--yes", "--json")
    assert done.returncode in (0, 1), done.stderr
    run = attack.read_run()
    assert run
    attack.judge(run)
    attack.home = other
    attack.undo(run)
    attack.check_words()


def test_a_run_that_was_stopped_is_undone_without_being_finished(attack: ClusterAttack) -> None:
    run_id = begin_writing(attack)
    other = attack.copy_home("other")
    assert 0 == attack.call_at(other, "cluster", "stop", run_id).returncode
    attack.driver.wait(60)
    done = attack.call_at(other, "runs", "undo", run_id, "--yes")
    assert 0 == done.returncode, done.stdout + done.stderr
    assert [drop_empty(get_before(n)) for n in range(attack.people)] == attack.read()
    assert 0 == sum(run["leased"] for run in read_status(attack))


def read_status(attack: ClusterAttack) -> list[dict[str, int]]:
    runs: list[dict[str, int]] = json.loads(attack.call("cluster", "status", "--json").stdout)[
        "runs"
    ]
    return runs


def test_workers_finish_a_run_without_its_driver_and_make_room_for_the_next(
    attack: ClusterAttack,
) -> None:
    """It can be undone, and the action can be run again, in the cluster and without."""
    begin_writing(attack)
    attack.driver.kill()
    wait_until(lambda: attack.query("SELECT 1 FROM cactions.run WHERE finished"))
    run = attack.read_run()
    assert run
    attack.judge(run)
    assert [] == read_status(attack)
    again = attack.start(*attack.command)
    assert 1 == again.wait(120), attack.read_words()
    attack.undo(run)
    done = attack.call(*LOCAL)
    assert done.returncode == 1, done.stderr
    attack.check_words()


def test_a_part_that_fails_again_and_again_stops_the_run_and_says_why(
    attack: ClusterAttack,
) -> None:
    """Five times; what was written stays, and the rest is written when the cause is gone."""
    attack.start_workers(1)
    attack.driver = attack.start(*attack.command)
    wait_until(lambda: len(attack.list_puts()) > 20)
    attack.remote.intercom.fail("PUT", "/contacts/*", status=403, times=100_000)
    assert 1 == attack.driver.wait(120), attack.read_words()
    words = " ".join(attack.outputs[-1].read_text().split())
    assert "the workers have stopped" in words
    status = " ".join(attack.call("cluster", "status").stdout.split())
    assert "was stopped: " in status
    assert "403" in status or "Intercom" in status
    attack.remote.intercom.clear_faults()
    run_id = attack.find_id()
    done = attack.call("runs", "resume", run_id, "--yes", "--json")
    assert done.returncode in (0, 1), done.stderr
    run = attack.read_run()
    assert run
    attack.check_words()
    failed = [e for e in run.entries if e.receipt and e.receipt.outcome is Outcome.FAILED]
    assert len(failed) == 3, [e.receipt for e in failed][:5]
    attack.judge(run)


def test_a_worker_ends_its_part_at_the_first_signal_and_at_the_second_at_once(
    attack: ClusterAttack,
) -> None:
    begin_writing(attack)
    [worker] = attack.workers
    worker.terminate()
    time.sleep(0.3)
    assert worker.poll() is None, "its part was cut off"
    assert 0 == worker.wait(60), attack.read_words()
    assert not attack.query("SELECT 1 FROM cactions.part WHERE leased_until > now()")
    assert not attack.query("SELECT 1 FROM cactions.worker")
    attack.start_workers(1)
    number = len(attack.list_puts())
    wait_until(lambda: len(attack.list_puts()) > number)
    worker = attack.workers[-1]
    worker.terminate()
    time.sleep(0.2)
    began = time.monotonic()
    worker.terminate()
    assert -15 == worker.wait(60)
    assert time.monotonic() < began + 1
    attack.start_workers(1)
    assert 1 == attack.driver.wait(120), attack.read_words()
    run = attack.read_run()
    assert run
    attack.judge(run)
    attack.check_words()
