"""Who can change the database and has no key cannot have a person written who was held back."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import psycopg
import pytest

from cactions import __version__
from tests.cluster.scene import RUN, open_cluster, wait_until
from tests.intercom_projects import PUBLISH
from tests.run_report import REPORT

PEOPLE = 60
FORGET_WHO_IS_HELD = """
    CREATE FUNCTION cactions.let_go() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE cactions.entry SET state = 'planned', receipt = NULL WHERE state = 'held';
        RETURN NEW;
    END $$;
    CREATE TRIGGER let_go AFTER UPDATE OF phase ON cactions.run
        FOR EACH ROW WHEN (NEW.phase = 'running') EXECUTE FUNCTION cactions.let_go()
"""
"""Just before the writing, after everyone was shown and agreed to."""


def test_a_person_who_was_held_is_not_written_after_a_change_in_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """Without its outcome, the row that was held looks like a plan: workers refuse the run."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        with psycopg.connect(postgres_address) as connection:
            connection.execute(FORGET_WHO_IS_HELD)
        cluster.start_worker()
        driver = cluster.start(*RUN)

        def read_status() -> str:
            assert driver.poll() is None
            return cluster.call("cluster", "status").stdout

        wait_until(lambda: "does not hold the people back" in " ".join(read_status().split()))
        assert {} == cluster.count_writes()
        driver.kill()
        driver.communicate()


KEEP_CELLS = """
    CREATE TABLE cactions.kept (summary bytea, step bytea);
    CREATE FUNCTION cactions.keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO cactions.kept SELECT OLD.summary, c.step
            FROM cactions.cluster_run c WHERE c.run = OLD.number;
        RETURN NEW;
    END $$;
    CREATE TRIGGER keep BEFORE UPDATE OF phase ON cactions.run
        FOR EACH ROW EXECUTE FUNCTION cactions.keep()
"""
"""What was sealed for the run while it was planned."""

CELLS = {"none": "''::bytea", "another one": "'\\x00'::bytea", "that of the planning": "step"}
PHASES = {
    "as it is": "",
    "as if it was accepted": "UPDATE cactions.run SET phase = 'running';",
    "as if it was planned again": "UPDATE cactions.run SET phase = 'planning', summary ="
    " (SELECT summary FROM cactions.kept WHERE summary IS NOT NULL LIMIT 1);",
}


def test_a_plan_that_was_not_accepted_is_not_written_after_a_change_in_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """Parts for its writing can be made with SQL; what workers were asked to do cannot."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        path = cluster.home / "actions.yaml"
        document = json.loads(path.read_text())
        document["actions"]["loyalty"]["breakers"] = {"overwritten": 0}
        path.write_text(json.dumps(document))
        assert 0 == cluster.call(*shlex.split(PUBLISH)).returncode
        with psycopg.connect(postgres_address) as connection:
            connection.execute(KEEP_CELLS)
        cluster.start_worker()
        asked = cluster.call(*RUN)
        assert "needs your approval" in " ".join(asked.stderr.split()), asked.stderr
        tried = 0
        for cell in CELLS.values():
            for phase in PHASES.values():
                _hand_in_by_sql(postgres_address, cell, phase)
                refused = wait_until(lambda: _read_refusal(postgres_address))
                assert "changed" in refused, refused
                tried += 1
        assert {} == cluster.count_writes()
        REPORT.append(f"hand-ins by SQL: {tried} tried, 0 written")


def _hand_in_by_sql(address: str, cell: str, phase: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute(
            f"""DELETE FROM cactions.cluster_run; {phase}
            UPDATE cactions.entry SET state = 'planned', receipt = NULL WHERE state = 'held';
            INSERT INTO cactions.cluster_run (place, run, version, generation, step)
                SELECT 'x', (SELECT max(number) FROM cactions.run), '{__version__}', generation,
                    (SELECT {cell} FROM cactions.kept WHERE step IS NOT NULL LIMIT 1)
                FROM cactions.newest_vault;
            INSERT INTO cactions.part (run, step, first, last, stage)
                SELECT run, 'write', 1, {PEOPLE}, 0 FROM cactions.cluster_run"""
        )


def _read_refusal(address: str) -> str:
    with psycopg.connect(address) as connection:
        [(refusal,)] = connection.execute("SELECT refusal FROM cactions.cluster_run").fetchall()
    return str(refusal)
