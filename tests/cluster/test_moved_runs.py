"""Plans and runs that begin on one machine and go on in the cluster, or on another machine."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.bulk.remote import call
from tests.bulk.scene import get_after, get_before
from tests.bulk.test_workspace_kills import drop_empty
from tests.cluster.scene import RUN, Cluster, open_cluster, wait_until

PEOPLE = 150


def list_states(get: Any) -> list[dict[str, Any]]:
    return [drop_empty(get(number)) for number in range(PEOPLE)]


def copy_machine(cluster: Cluster) -> Path:
    """Another machine: the same files and vault, and nothing else."""
    other = cluster.home.parent / "other"
    shutil.copytree(cluster.home, other, ignore=shutil.ignore_patterns(".cactions"))
    return other


def test_a_plan_of_one_machine_is_written_by_the_cluster_and_undone_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """Once: a plan that was started is known on every machine."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        made = cluster.call("diff", "loyalty", "--people", "people.csv", "--out", "night.plan")
        assert (tmp_path / "home/night.plan").exists(), made.stderr
        other = copy_machine(cluster)
        cluster.start_worker()
        done = call(other, "run loyalty --plan night.plan --cluster --yes")
        assert 1 == done.returncode, done.stdout + done.stderr
        assert list_states(get_after) == cluster.read()
        again = cluster.call("run", "loyalty", "--plan", "night.plan", "--yes")
        assert "was started before" in " ".join(again.stderr.split())
        back = cluster.call("runs", "undo", "last", "--yes")
        assert 0 == back.returncode, back.stderr
        assert list_states(get_before) == cluster.read()
        assert "undo" in call(other, "runs list").stdout
        assert not (other / ".cactions/runs").exists()


def test_a_run_that_was_killed_here_is_moved_and_finished_by_the_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """Begun without the database; then it is there, and no longer here."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        monkeypatch.delenv("CACTIONS_DATABASE")
        begun = cluster.start(*[word for word in RUN if word != "--cluster"])
        wait_until(cluster.count_writes)
        begun.kill()
        begun.communicate()
        monkeypatch.setenv("CACTIONS_DATABASE", postgres_address)
        assert "No runs yet" in cluster.call("runs", "list").stdout
        moved = cluster.call("cluster", "import", "last")
        assert 0 == moved.returncode, moved.stderr
        other = copy_machine(cluster)
        cluster.start_worker()
        done = call(other, "runs resume last --cluster --yes")
        assert 0 == done.returncode, done.stdout + done.stderr
        assert list_states(get_after) == cluster.read()
        assert {1} == {*cluster.count_writes().values()}
        assert "134 applied" in call(other, "runs list").stdout
        monkeypatch.delenv("CACTIONS_DATABASE")
        (cluster.home / ".cactions/database").unlink()
        assert "No runs yet" in cluster.call("runs", "list").stdout
