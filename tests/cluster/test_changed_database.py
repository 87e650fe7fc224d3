"""Who can change the database and has no key cannot have a person written who was held back."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.cluster.scene import RUN, open_cluster, wait_until

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
