"""Moments that were due: each is taken once, and a late one is made up for once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cactions.app.cluster.schedules import LATE_SECONDS, take_due
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.schedule_store import MOST_NOTICES, ScheduleStore
from cactions.edges.postgres.schema import make_tables
from cactions.logic.expressions.cron import parse_cron
from cactions.model import DueMoment, KnownSchedule, MomentState, RunAborted

ROOT = Path(__file__).parents[3]
NOON = 1_800_000_000 // 3600 * 3600
HOURLY = KnownSchedule("loyalty", parse_cron("0 * * * *"), NOON - 1, "intercom:a")
EVERY_MINUTE = KnownSchedule("loyalty", parse_cron("* * * * *"), NOON - 1, "intercom:a")
PROCESSES, MOMENTS = 8, 25

TAKER = """
import json, sys
from itertools import count

from cactions.app.cluster.schedules import take_due
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.schedule_store import ScheduleStore
from cactions.logic.expressions.cron import parse_cron
from cactions.model import KnownSchedule, MomentState
address, noon, name, moments = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
store = ScheduleStore(PostgresDatabase(address), "p")
known = KnownSchedule("loyalty", parse_cron("* * * * *"), noon - 1, "intercom:a")
numbers, taken = count(), []
store.get_time()
print("ready", flush=True)
sys.stdin.readline()
for minute in range(moments):
    now = noon + 60 * minute
    for each in take_due(known, "", store, lambda: f"{name}-{next(numbers)}", now):
        taken.append([each.due, each.state.value])
        if each.state is MomentState.STARTING:
            try:
                store.move(store.read(each), MomentState.FINISHED)
            except Exception as error:
                taken.append(str(error))
print(json.dumps(taken))
"""


@pytest.fixture
def store(postgres_address: str) -> Iterator[ScheduleStore]:
    database = PostgresDatabase(postgres_address)
    with closing(database):
        make_tables(database)
        yield ScheduleStore(database, "p")


def take(store: ScheduleStore, known: KnownSchedule, now: float) -> list[DueMoment]:
    return [*take_due(known, "", store, lambda: f"run-{int(now)}", now)]


def test_eight_processes_take_each_moment_once(store: ScheduleStore, postgres_address: str) -> None:
    takers = [
        subprocess.Popen(
            [sys.executable, "-c", TAKER, postgres_address, str(NOON), str(number), str(MOMENTS)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for number in range(PROCESSES)
    ]  # fmt: skip
    for taker in takers:
        assert taker.stdout
        assert "ready\n" == taker.stdout.readline()
    for taker in takers:
        assert taker.stdin
        taker.stdin.write("go\n")
        taker.stdin.flush()
    answers = [json.loads(taker.communicate(timeout=120)[0]) for taker in takers]
    taken = [tuple(each) for answer in answers for each in answer]
    starts = [due for due, state in taken if state == "starting"]
    assert len(starts) == len({*starts}), taken
    assert sorted(due for due, _ in taken) == sorted({due for due, _ in taken})
    assert NOON + 60 * (MOMENTS - 1) == max(due for due, _ in taken)


def test_only_the_last_late_moment_is_made_up_for(store: ScheduleStore) -> None:
    """The moments before it count as missed, in one note."""
    missed, started = take(store, EVERY_MINUTE, NOON + 600)
    assert (NOON + 540, 10, MomentState.MISSED) == (missed.due, missed.missed, missed.state)
    assert (NOON + 600, MomentState.STARTING) == (started.due, started.state)
    assert "" == missed.run_id
    assert [] == take(store, EVERY_MINUTE, NOON + 630)


@pytest.mark.parametrize(("late", "state"), [(-1, "starting"), (0, "missed"), (1, "missed")])
def test_a_moment_is_missed_after_an_hour(store: ScheduleStore, late: int, state: str) -> None:
    known = KnownSchedule("loyalty", parse_cron(_at(NOON)), NOON - 1, "intercom:a")
    [moment] = take(store, known, NOON + LATE_SECONDS + late)
    assert (NOON, state) == (moment.due, moment.state)
    assert [] == take(store, known, NOON + LATE_SECONDS + late + 60)


def _at(moment: int) -> str:
    """The day and the minute of a moment, once a year."""
    at = time.gmtime(moment)
    return f"{at.tm_min} {at.tm_hour} {at.tm_mday} {at.tm_mon} *"


def test_nothing_is_due_from_before_it_was_published(store: ScheduleStore) -> None:
    published = KnownSchedule("loyalty", HOURLY.times, NOON, "intercom:a")
    assert [] == take(store, published, NOON + 3599)
    assert [NOON + 3600] == [each.due for each in take(store, published, NOON + 3600)]


def test_a_moment_is_skipped_while_the_run_before_goes_on(store: ScheduleStore) -> None:
    [first] = take(store, HOURLY, NOON)
    for state in (MomentState.PLANNING, MomentState.JUDGED, MomentState.WRITING):
        first = store.move(first, state)
    take(store, HOURLY, NOON + 3600)
    [open_one] = store.list_open("")
    assert NOON == open_one.due
    store.move(first, MomentState.FINISHED)
    take(store, HOURLY, NOON + 7200)
    assert [NOON + 7200] == [each.due for each in store.list_open("")]
    notice = store.take_notice()
    assert notice
    assert (NOON + 3600, MomentState.SKIPPED) == (notice.moment.due, notice.moment.state)
    assert first.run_id in notice.text


def test_a_moment_is_moved_on_from_its_state_only(store: ScheduleStore) -> None:
    [moment] = take(store, HOURLY, NOON)
    store.move(moment, MomentState.PLANNING)
    with pytest.raises(RunAborted):
        store.move(moment, MomentState.PLANNING)


def test_a_failed_step_waits(store: ScheduleStore) -> None:
    [moment] = take(store, HOURLY, NOON)
    store.record_failure(moment, "why", 60)
    assert [] == store.list_open("")
    assert 1 == store.read(moment).tries


def test_another_project_and_another_environment_have_their_own(store: ScheduleStore) -> None:
    take(store, HOURLY, NOON)
    other = ScheduleStore(store._database, "q")
    assert 0 == other.find_last("", "loyalty")
    assert 0 == store.find_last("staging", "loyalty")
    assert [] == other.list_open("")
    assert other.take_notice() is None


def test_a_worker_with_an_older_vault_changes_nothing(store: ScheduleStore) -> None:
    assert store.store_known("", 7, [HOURLY])
    assert not store.store_known("", 6, [])
    assert ["loyalty"] == [each.action for each in store.list_states()]
    assert not store.is_newest(6)
    assert store.is_newest(7)
    assert store.store_known("", 8, [])
    assert [] == store.list_states()


def test_a_notice_is_tried_three_times_by_one_worker_at_a_time(store: ScheduleStore) -> None:
    [moment] = take(store, HOURLY, NOON)
    store.move(moment, MomentState.HELD, text="why", counts={"planned": 3})
    for tries in range(1, MOST_NOTICES + 1):
        notice = store.take_notice()
        assert notice
        assert ("why", {"planned": 3}) == (notice.text, notice.counts)
        assert store.take_notice() is None
        store.record_notice(notice.moment, 3)
        assert store.take_notice() is None  # it waits for some seconds
        _let_pass(store)
        store.store_known("", 1, [HOURLY])
        [state] = store.list_states()
        assert (tries, 3) == (state.notice.tries, state.notice.exit_code)
    assert store.take_notice() is None


def test_a_notice_that_was_given_is_not_given_again(store: ScheduleStore) -> None:
    [moment] = take(store, HOURLY, NOON)
    store.move(moment, MomentState.FINISHED)
    notice = store.take_notice()
    assert notice
    store.record_notice(notice.moment, 0)
    _let_pass(store)
    assert store.take_notice() is None


def _let_pass(store: ScheduleStore) -> None:
    """As if the time that a notice waits were over."""
    database = store._database
    with database.open_for_writing():
        database.execute("UPDATE schedule_run SET notice_until = now() - interval '1 second'")


def test_old_moments_are_dropped_but_the_last_one(store: ScheduleStore) -> None:
    """So that the table does not grow for ever, and no moment is taken again."""
    database = store._database
    for number in range(3):
        [moment] = take(store, HOURLY, NOON + 3600 * number)
        store.move(moment, MomentState.FINISHED)
        with database.open_for_writing():
            database.execute("UPDATE schedule_run SET changed = now() - interval '91 days'")
    take(store, HOURLY, NOON + 3600 * 3)
    rows = database.query_rows("SELECT due FROM schedule_run ORDER BY due")
    assert [NOON + 3600 * 3] == [due for (due,) in rows]
