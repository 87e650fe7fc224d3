"""Runs that workers start by themselves: what is published, once for each moment."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cactions.cli.bulk_options import THREADS
from cactions.cli.cluster_schedules import Timetable
from cactions.cli.cluster_wiring import find_shared_database
from cactions.cli.cluster_worker import WorkerProject
from cactions.cli.live_options import LiveOptions
from cactions.cli.project_folder import ProjectFolder
from cactions.edges.postgres.queue import PostgresQueue
from cactions.logic.expressions.cron import find_next, parse_cron
from cactions.model import Project, Workspace
from tests.bulk.scene import get_after
from tests.bulk.test_workspace_kills import drop_empty
from tests.cluster.scene import Cluster, count_connections, open_cluster, wait_until
from tests.intercom_projects import API, PUBLISH

PEOPLE = 60
CRON = "0 3 * * *"
EVERYONE = {"cron": CRON, "all": True}


def write_schedule(cluster: Cluster, schedule: Any, *, publish: bool = True, **keys: Any) -> None:
    """Give the action a schedule, and other keys; and make that live."""
    path = cluster.home / "actions.yaml"
    document = json.loads(path.read_text())
    document["actions"]["loyalty"] |= {"schedule": schedule, **keys}
    path.write_text(json.dumps(document))
    if publish:
        done = cluster.call(*shlex.split(PUBLISH))
        assert 0 == done.returncode, done.stderr


@contextmanager
def open_timetable(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Timetable, list[str]]]:
    """That of a worker in this process, with what it says."""
    monkeypatch.chdir(cluster.home)
    said: list[str] = []
    shared = find_shared_database(cluster.home)
    assert shared
    options = LiveOptions(ca_file=Path(os.environ["CACTIONS_CA_FILE"]))
    home = ProjectFolder(cluster.home, Project(Workspace(), {}, {}))
    database = shared.connect()
    queue = PostgresQueue(shared.address, database, shared.project)
    queue.count_workers()  # connects
    place = WorkerProject(None, None, options, THREADS)
    with closing(database), closing(shared.database):
        yield Timetable(shared, place, home, queue, said.append), said


def find_due() -> int:
    """The next moment of the schedule; workers go by the clock, and do not come to it."""
    return find_next(parse_cron(CRON), time.time())


def read_moments(address: str) -> list[dict[str, Any]]:
    """The moments that were due, in order."""
    with psycopg.connect(address, row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute("SELECT * FROM cactions.schedule_run ORDER BY due").fetchall()


def wait_for_end(address: str) -> dict[str, Any]:
    """The last moment, once its run is over."""
    ends = ("finished", "held", "stopped", "skipped", "missed")
    return wait_until(lambda: (m := read_moments(address)[-1])["state"] in ends and m)


def write_notifier(told: Path) -> str:
    """A command that keeps the notices that it is given in a file, line by line."""
    program = told.with_suffix(".py")
    program.write_text(f"import sys; open({str(told)!r}, 'a').write(sys.stdin.read())")
    return shlex.join([sys.executable, str(program)])


def test_workers_write_what_is_due_and_tell_an_operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """Also those whom the files would not run: what they say since then is not published."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        write_schedule(cluster, EVERYONE)
        with open_timetable(cluster, monkeypatch) as (timetable, said):
            due = find_due()
            timetable.look(due - 1)
            assert [] == read_moments(postgres_address)
            timetable.look(due + 1)
            timetable.look(due + 2)
        sealed = cluster.call("vault", "seal", "other", "--host", API, text="not-used-here")
        assert 0 == sealed.returncode, sealed.stderr
        [moment] = read_moments(postgres_address)
        assert (due, "planning") == (moment["due"], moment["state"]), said
        write_schedule(cluster, EVERYONE, publish=False, description="x", match="email")
        told = tmp_path / "told"
        notify = f'{sys.executable} -c \'import sys; open("{told}", "a").write(sys.stdin.read())\''
        cluster.start_worker("--notify", notify)
        cluster.start_worker()
        moment = wait_for_end(postgres_address)
        wait_until(told.exists)
        words = cluster.stop_workers()
        assert "finished" == moment["state"], moment["text"] + words
        assert [drop_empty(get_after(number)) for number in range(PEOPLE)] == cluster.read()
        assert {1} == {*cluster.count_writes().values()}
        [notice] = map(json.loads, told.read_text().splitlines())
        assert (moment["run_id"], "finished", due) == (
            notice["run"], notice["event"], notice["due"],
        )  # fmt: skip
        assert {"applied": 53, "failed": 1, "unchanged": 6} == notice["counts"]
        assert "intercom:" in notice["workspace"]
        shown = json.loads(cluster.call("cluster", "status", "--json").stdout)
        [found] = shown["schedules"]
        assert ("loyalty", CRON, due) == (found["action"], found["cron"], found["last"]["due"])
        assert (1, 0) == (found["last"]["notice_tries"], found["last"]["notice_exit"])
        assert "schedule@" in cluster.call("runs", "show", moment["run_id"]).stdout
        check_canaries(postgres_address, told.read_text() + words)


def check_canaries(address: str, text: str) -> None:
    """No value of a person in what is told, nor in the tables of schedules."""
    with psycopg.connect(address) as connection:
        for table in ("schedule", "schedule_run", "newest_vault"):
            text += str(connection.execute(f"SELECT * FROM cactions.{table}").fetchall())
    assert [] == [word for word in ("@example.com", "u-1", "SPRING", "gold") if word in text]


def test_a_breaker_holds_it_until_an_operator_approves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        write_schedule(cluster, EVERYONE, breakers={"overwritten": 0})
        before = cluster.read()
        with open_timetable(cluster, monkeypatch) as (timetable, _):
            timetable.look(find_due() + 1)
        told = tmp_path / "told"
        cluster.start_worker("--notify", write_notifier(told))
        moment = wait_for_end(postgres_address)
        assert ("held", True) == (moment["state"], bool(moment["text"]))
        wait_until(told.exists)
        assert before == cluster.read()
        assert {} == cluster.count_writes()
        run_id = moment["run_id"]
        status = cluster.call("cluster", "status").stdout
        assert run_id in status
        asked = cluster.call("runs", "resume", run_id, "--cluster", "--yes")
        [code] = re.findall(r"--approve (\w+)", asked.stdout + asked.stderr)
        assert {} == cluster.count_writes()
        done = cluster.call("runs", "resume", run_id, "--cluster", "--yes", "--approve", code)
        assert 1 == done.returncode, done.stderr
        assert [drop_empty(get_after(number)) for number in range(PEOPLE)] == cluster.read()
        [found] = json.loads(cluster.call("cluster", "status", "--json").stdout)["schedules"]
        assert "finished" == found["last"]["state"]
        check_canaries(postgres_address, told.read_text() + cluster.stop_workers())


def test_what_looks_like_a_leak_stops_it_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """The next moment starts anew; what was seen is told without a value."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        path = cluster.home / "actions.yaml"
        document = json.loads(path.read_text())
        proof = document["actions"]["loyalty"]["response"]["same_person"]
        path.write_text(path.read_text().replace(json.dumps(proof), json.dumps(
            {**proof, "path": "$.tier"}
        )))  # fmt: skip
        write_schedule(cluster, EVERYONE)
        before, due = cluster.read(), find_due()
        with open_timetable(cluster, monkeypatch) as (timetable, _):
            timetable.look(due + 1)
            told = tmp_path / "told"
            cluster.start_worker("--notify", write_notifier(told))
            moment = wait_for_end(postgres_address)
            assert "stopped" == moment["state"]
            wait_until(told.exists)
            timetable.look(due + 86_401)
            assert ["stopped", "planning"] == [
                each["state"] for each in read_moments(postgres_address)
            ]
        assert before == cluster.read()
        assert "stopped" == json.loads(told.read_text())["event"]
        resumed = cluster.call("runs", "resume", moment["run_id"], "--yes")
        assert resumed.returncode
        assert {} == cluster.count_writes()
        check_canaries(postgres_address, told.read_text() + cluster.stop_workers())


def test_only_those_who_fit_are_planned_and_only_what_is_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """`validate` says nothing of it, `publish` shows what it makes live."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        gold = {"cron": CRON, "where": ["custom_attributes.tier = gold"]}
        write_schedule(cluster, gold, publish=False)
        assert 0 == cluster.call("validate").returncode
        due = find_due()
        with open_timetable(cluster, monkeypatch) as (timetable, _):
            timetable.look(due + 1)
            assert [] == read_moments(postgres_address)
            shown = cluster.call(*shlex.split(PUBLISH))
            assert CRON in shown.stdout
            timetable.look(due + 1)
        cluster.start_worker()
        moment = wait_for_end(postgres_address)
        run = json.loads(cluster.call("runs", "show", moment["run_id"], "--json").stdout)
        assert ("finished", PEOPLE // 10) == (moment["state"], len(run["entries"]))


def test_a_scheduled_step_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """A worker lives for months; each step opens the published project and its calls anew."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, 2) as cluster:
        write_schedule(cluster, EVERYONE)
        due = find_due()
        with open_timetable(cluster, monkeypatch) as (timetable, said):
            timetable.look(due - 1)
            before, threads = count_connections(postgres_address), threading.active_count()
            timetable.look(due + 1)
            assert "planning" == read_moments(postgres_address)[-1]["state"], said
            assert before == count_connections(postgres_address)
            assert threads == threading.active_count()


def test_a_worker_with_an_older_vault_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    with open_cluster(tmp_path, monkeypatch, postgres_address, 3) as cluster:
        write_schedule(cluster, EVERYONE)
        vault = next(cluster.home.glob("*vault*"))
        older = vault.read_bytes()
        write_schedule(cluster, {"cron": "0 4 * * *", "all": True})
        later = find_next(parse_cron("0 4 * * *"), time.time())
        with open_timetable(cluster, monkeypatch) as (timetable, _):
            timetable.look(later + 1)
        [before] = read_moments(postgres_address)
        vault.write_bytes(older)
        monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", str(tmp_path / "ada.key"))
        with open_timetable(cluster, monkeypatch) as (timetable, said):
            timetable.look(find_due() + 1)
        assert [before] == read_moments(postgres_address), said
        assert any("newer vault" in text for text in said), said


def test_killed_workers_leave_one_run_and_write_everyone_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    """A worker is killed as soon as the run comes to each of its states."""
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        write_schedule(cluster, EVERYONE)
        with open_timetable(cluster, monkeypatch) as (timetable, _):
            take_moment(timetable, find_due() + 1)
        seen: set[str] = set()
        for state in ("starting", "planning", "judged", "writing"):
            worker = cluster.start_worker()
            wait_until(lambda state=state: is_past(postgres_address, state, seen), 120)
            worker.kill()
        cluster.start_worker()
        cluster.start_worker()
        moment = wait_for_end(postgres_address)
        assert "finished" == moment["state"], moment
        assert [drop_empty(get_after(number)) for number in range(PEOPLE)] == cluster.read()
        assert {1} == {*cluster.count_writes().values()}
        runs = json.loads(cluster.call("runs", "list", "--json").stdout)["runs"]
        assert [moment["run_id"]] == [run["head"]["id"] for run in runs]


def take_moment(timetable: Timetable, now: float) -> None:
    """Take what is due, as a worker does that is killed at once after it."""
    timetable._take(timetable._known.read()[1], now)


def is_past(address: str, state: str, seen: set[str]) -> bool:
    """Whether the run is in this state, or in a later one."""
    order = ("starting", "planning", "judged", "writing", "finished")
    seen.add(now := read_moments(address)[-1]["state"])
    return order.index(now) >= order.index(state) and (state != "starting" or _is_begun(address))


def _is_begun(address: str) -> bool:
    with psycopg.connect(address) as connection:
        return bool(connection.execute("SELECT 1 FROM cactions.run").fetchall())


def test_a_write_request_that_has_a_key_runs_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    with open_cluster(tmp_path, monkeypatch, postgres_address, PEOPLE) as cluster:
        document = json.loads((cluster.home / "actions.yaml").read_text())
        request = document["actions"]["loyalty"]["request"] | {
            "http_method": "post", "effect": "write", "json": {"reason": "a test"},
        }  # fmt: skip
        write_schedule(cluster, EVERYONE, publish=False, request=request)
        refused = cluster.call("validate")
        assert 1 == refused.returncode
        assert "idempotency" in refused.stdout
        keyed = {**request, "idempotency": {"header": "Idempotency-Key"}}
        write_schedule(cluster, EVERYONE, request=keyed)
        with open_timetable(cluster, monkeypatch) as (timetable, _):
            timetable.look(find_due() + 1)
        cluster.start_worker()
        moment = wait_for_end(postgres_address)
        assert "finished" == moment["state"], moment["text"] + cluster.stop_workers()
        assert [drop_empty(get_after(number)) for number in range(PEOPLE)] == cluster.read()


def test_nothing_is_planned_where_no_one_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_address: str
) -> None:
    with open_cluster(tmp_path, monkeypatch, postgres_address, 3) as cluster:
        write_schedule(cluster, {"cron": CRON, "where": ["custom_attributes.tier = iron"]})
        with open_timetable(cluster, monkeypatch) as (timetable, said):
            timetable.look(find_due() + 1)
        [moment] = read_moments(postgres_address)
        assert ("finished", "no person matches") == (moment["state"], moment["text"]), said
        assert [] == json.loads(cluster.call("runs", "list", "--json").stdout)["runs"]
