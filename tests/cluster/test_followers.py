"""What the command that follows the workers says of them: what was written, and what goes on."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.case_counts import choose_number
from tests.cluster.scene import RUN, open_cluster, wait_until
from tests.cluster.tcp_proxy import TcpProxy
from tests.postgres_server import PostgresServer

PEOPLE = 150


def test_a_run_that_is_stopped_after_some_were_written_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """By its exit code; and it is in the way of the next one, until it is finished or undone."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        with psycopg.connect(postgres_address) as connection:
            connection.execute(STOP_EARLY)
        cluster.start_worker()
        done = cluster.call(*RUN)
        assert cluster.count_writes()
        assert 1 == done.returncode, done.stderr
        words = " ".join(done.stderr.split())
        assert "an operator has stopped it" in words
        [run_id] = {word for word in words.split() if word.startswith("20")} & {
            line.split()[0] for line in cluster.call("runs", "list").stdout.splitlines() if line
        }
        taken = cluster.call(*RUN)
        hint = " ".join(taken.stderr.split())
        assert 3 == taken.returncode
        assert "was stopped and is not finished" in hint
        assert f"`cactions runs resume {run_id} --cluster`" in hint
        assert f"`cactions runs undo {run_id}`" in hint
        undone = cluster.call("runs", "undo", run_id, "--yes")
        assert 0 == undone.returncode, undone.stderr
        with psycopg.connect(postgres_address) as connection:
            connection.execute("DROP TRIGGER stop_early ON cactions.part")
        again = cluster.call(*RUN)
        assert "is finished" in again.stdout, again.stderr


STOP_EARLY = """
    CREATE FUNCTION cactions.stop_early() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE cactions.cluster_run SET stopped = true WHERE run = NEW.run;
        RETURN NEW;
    END $$;
    CREATE TRIGGER stop_early AFTER UPDATE OF done ON cactions.part
        FOR EACH ROW WHEN (NEW.step = 'write' AND NEW.done) EXECUTE FUNCTION cactions.stop_early()
"""
"""As ``cluster stop`` does, once the first part of the writing is done."""


def test_a_plan_that_waits_is_not_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """Where its driver has ended before everyone was planned."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        driver = cluster.start(*RUN)
        wait_until(lambda: "loyalty" in cluster.call("cluster", "status").stdout)
        driver.send_signal(2)
        left = " ".join(driver.communicate(timeout=60)[0].split())
        assert "write nothing before you accept" in left
        cluster.start_worker("--until-idle").wait(120)
        status = " ".join(cluster.call("cluster", "status").stdout.split())
        assert "is planned, and nothing is written before its plan is accepted" in status
        assert "running" not in cluster.call("runs", "list").stdout
        assert {} == cluster.count_writes()
        cluster.start_worker()
        done = cluster.call("runs", "resume", "last", "--cluster", "--yes")
        assert "is finished" in done.stdout, done.stderr


@pytest.mark.hostile
def test_a_follower_that_loses_the_database_does_not_say_that_nothing_was_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    postgres_server: PostgresServer,
    postgres_address: str,
) -> None:
    """It waits for a minute; the workers go on, and their run can be followed again."""
    if choose_number(0, 1) == 0:
        pytest.skip("in the long form: pytest -m hostile")
    settings = {"limit": 1_000_000, "latency": 0.2}
    with open_cluster(tmp_path, monkeypatch, postgres_address, 400, **settings) as cluster:
        cluster.start_worker()
        with TcpProxy(postgres_server.port) as proxy:
            near = postgres_address.replace(f":{postgres_server.port}/", f":{proxy.port}/")
            monkeypatch.setenv("CACTIONS_DATABASE", near)
            driver = cluster.start(*RUN)
            wait_until(cluster.count_writes)
        said = " ".join(driver.communicate(timeout=200)[0].split())
        assert 4 == driver.returncode, said
        assert "nothing was written" not in said.lower()
        assert "--cluster" in said
        monkeypatch.setenv("CACTIONS_DATABASE", postgres_address)
        wait_until(lambda: "finished" in cluster.call("runs", "list").stdout)
        assert {1} == {*cluster.count_writes().values()}
