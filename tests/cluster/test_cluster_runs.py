"""Runs that workers carry out: the same people are written as by one machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.bulk.scene import get_after, list_expected
from tests.bulk.test_workspace_kills import drop_empty
from tests.cluster.scene import RUN, open_cluster

PEOPLE = 130


def test_two_workers_write_what_one_machine_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        cluster.start_worker()
        cluster.start_worker()
        done = cluster.call(*RUN, "--json")
        words = cluster.stop_workers()
        assert 1 == done.returncode, done.stderr + words
        result = json.loads(done.stdout)["result"]
        outcomes = {word: number for word, number in result["outcomes"].items() if number}
        assert list_expected(PEOPLE) == outcomes
        assert result["finished"]
        assert [drop_empty(get_after(number)) for number in range(PEOPLE)] == cluster.read()
        assert {1} == {*cluster.count_writes().values()}


def test_where_the_database_is_not_named_no_run_begins_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """As in a second terminal; until this operator says that runs are here again."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, 3) as cluster:
        cluster.start_worker()
        cluster.call(*RUN)
        written = cluster.count_writes()
        monkeypatch.delenv("CACTIONS_DATABASE")
        for words in (
            ("run", "loyalty", "--people", "people.csv", "--yes"),
            ("runs", "list"), ("runs", "show", "last"), ("runs", "undo", "last", "--yes"),
        ):  # fmt: skip
            refused = cluster.call(*words)
            assert 2 == refused.returncode, (words, refused.stdout)
            assert "Set CACTIONS_DATABASE" in " ".join(refused.stderr.split())
        assert written == cluster.count_writes()
        (cluster.home / ".cactions/database").unlink()
        assert "No runs yet" in cluster.call("runs", "list").stdout


def test_doctor_says_whether_the_database_can_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """With the tables and a worker, without them, and where there is no server."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, 1) as cluster:

        def check() -> dict[str, Any]:
            checks = json.loads(cluster.call("doctor", "--json").stdout)["checks"]
            [found] = [each for each in checks if each["topic"] == "database"]
            return found

        cluster.start_worker()
        assert ("ok", True) == (check()["health"], "1 worker" in check()["message"])
        cluster.stop_workers()
        with psycopg.connect(postgres_address) as connection:
            connection.execute("UPDATE cactions.layout SET version = 999")
        assert "a newer cactions" in check()["message"]
        with psycopg.connect(postgres_address) as connection:
            connection.execute("DROP SCHEMA cactions CASCADE")
        assert "`cactions cluster init`" in check()["hint"]
        monkeypatch.setenv("CACTIONS_DATABASE", "postgresql://ada@127.0.0.1:1/none")
        assert ("problem", True) == (check()["health"], "cannot be reached" in check()["message"])
