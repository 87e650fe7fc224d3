"""What a worker needs to begin, what it holds open, and how it is with one that cannot do a run."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import psycopg
import pytest

from tests.bulk.remote import call
from tests.cluster.scene import RUN, Cluster, count_connections, open_cluster, wait_until

PEOPLE = 120


def test_a_worker_holds_no_more_open_after_many_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """A server has a hundred connections, and a worker lives for months."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, 2) as cluster:
        cluster.start_worker()
        assert cluster.call(*RUN).returncode == 1
        first = wait_until(lambda: count_connections(postgres_address))
        for _ in range(4):
            cluster.call(*RUN)
        assert count_connections(postgres_address) <= max(first, 10)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("key", "no-such.key"), ("tables", "cactions cluster init"),
        ("password", "this user with this password"), ("vault", "there is no vault"),
    ],
)  # fmt: skip
def test_a_worker_that_could_do_nothing_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str, fault: str, words: str
) -> None:
    """It says what is missing at once, and not when the first run comes."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, 2) as cluster:
        if fault == "key":
            monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", str(tmp_path / "no-such.key"))
        if fault == "tables":
            with psycopg.connect(postgres_address) as connection:
                connection.execute("DROP SCHEMA cactions CASCADE")
        if fault == "password":
            wrong = postgres_address.replace("://cactions:", "://cactions:x")
            monkeypatch.setenv("CACTIONS_DATABASE", wrong)
        if fault == "vault":
            (cluster.home / "cactions.vault").unlink()
        for more in ((), ("--until-idle",)):
            done = cluster.call("worker", *more)
            assert done.returncode in (2, 3), done.stderr
            assert words in " ".join(done.stderr.split())


def copy_older(cluster: Cluster, folder: Path) -> Path:
    """A machine whose vault is of an earlier generation."""
    older = folder / "older"
    shutil.copytree(cluster.home, older)
    done = cluster.call(
        "vault", "seal", "other", "--host", "api.example.com", text="a-new-secret-1"
    )
    assert 0 == done.returncode, done.stderr
    return older


def test_a_machine_with_an_older_vault_hands_nothing_in_and_holds_no_one_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """Its worker leaves the parts to others, without a pause for them."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        older = copy_older(cluster, tmp_path)
        home, cluster.home = cluster.home, older
        cluster.start_worker()
        cluster.home = home
        driver = cluster.start(*RUN)
        wait_until(lambda: "refused" in cluster.call("cluster", "status").stdout)
        cluster.start_worker()
        began = time.monotonic()
        said = driver.communicate(timeout=120)[0]
        assert time.monotonic() - began < 40, "a part that is refused waits for a sweep"
        assert "is finished" in said
        refused = call(older, " ".join(RUN))
        assert 2 == refused.returncode
        assert "another machine has had generation" in " ".join(refused.stderr.split())
        assert {1} == {*cluster.count_writes().values()}
        assert "of generation" in " ".join(cluster.stop_workers().split())


def test_a_worker_that_ends_does_not_wait_for_a_run_that_it_cannot_carry_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """It leaves the parts; a worker that can do them finds them."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        other = tmp_path / "other"
        shutil.copytree(cluster.home, other)
        path = other / "actions.yaml"
        path.write_text(path.read_text().replace('"points": "$.points"', '"points": "$.p"'))
        driver = cluster.start(*RUN)
        wait_until(lambda: "loyalty" in cluster.call("cluster", "status").stdout)
        refused = call(other, "worker --until-idle")
        assert 0 == refused.returncode, refused.stderr
        assert "is left to other workers" in " ".join(refused.stderr.split())
        cluster.start_worker()
        assert "is finished" in driver.communicate(timeout=120)[0]
        assert {1} == {*cluster.count_writes().values()}


def test_a_stopped_run_is_finished_by_workers_when_it_is_handed_in_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """Also one that was stopped before anything of it was begun."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        driver = cluster.start(*RUN)
        wait_until(lambda: "loyalty" in cluster.call("cluster", "status").stdout)
        assert 0 == cluster.call("cluster", "stop", "last").returncode
        said = driver.communicate(timeout=60)[0]
        assert "an operator has stopped it" in " ".join(said.split())
        cluster.start_worker()
        done = cluster.call("runs", "resume", "last", "--cluster", "--yes")
        assert 1 == done.returncode, done.stdout + done.stderr
        assert {1} == {*cluster.count_writes().values()}
        assert "finished" in cluster.call("runs", "list").stdout
