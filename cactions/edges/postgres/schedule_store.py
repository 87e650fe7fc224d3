"""The schedules that workers know, and the moments at which they were due.

A moment is claimed once, in one transaction: whichever worker sees it first. How far its run is,
is moved on in the transaction in which the run itself is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

from cactions.edges.postgres.connection import PostgresDatabase
from cactions.logic import strict_json
from cactions.logic.expressions.cron import find_next, parse_cron
from cactions.model import (
    OPEN_MOMENTS,
    DueMoment,
    Json,
    KnownSchedule,
    MomentState,
    Notice,
    NoticeState,
    RunAborted,
    ScheduleState,
)

MOST_NOTICES: Final = 3
"""How often the command of a notice is tried."""
_NOTICE_SECONDS: Final = 60
"""After so long another worker gives a notice whose command has not ended."""
_KEPT_DAYS: Final = 90

_COLUMNS: Final = "action, environment, due, state, run_id, missed, tries, workspace"
_OPEN: Final = [state.value for state in OPEN_MOMENTS]
_ONE: Final = "project = %s AND environment = %s AND action = %s AND due = %s"
_STATUS: Final = """SELECT s.action, s.environment, s.cron, m.due, m.state, m.run_id, m.missed,
    m.tries, m.workspace, m.text, m.notice_tries, m.notice_exit,
    extract(epoch FROM m.notice_at)::float, r.finished
    FROM schedule s LEFT JOIN LATERAL (SELECT * FROM schedule_run m WHERE m.project = s.project
    AND m.environment = s.environment AND m.action = s.action ORDER BY m.due DESC LIMIT 1) m ON true
    LEFT JOIN run r ON r.project = s.project AND r.id = m.run_id
    WHERE s.project = %s ORDER BY s.action, s.environment"""
_TAKE_NOTICE: Final = f"""UPDATE schedule_run SET notice_tries = notice_tries + 1,
    notice_until = clock_timestamp() + interval '{_NOTICE_SECONDS} seconds'
    WHERE (project, environment, action, due) = (
    SELECT project, environment, action, due FROM schedule_run
    WHERE project = %s AND NOT state = ANY(%s) AND notice_exit IS DISTINCT FROM 0
    AND notice_tries < {MOST_NOTICES} AND changed > clock_timestamp() - interval '1 day'
    AND (notice_until IS NULL OR notice_until < clock_timestamp())
    ORDER BY changed LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING {_COLUMNS}, counts, text"""  # noqa: S608 - it is ours


class ScheduleStore:
    """Implements ``Schedules`` of ``app/cluster/schedule_ports.py`` for one project.

    Every method raises StoreError if the database fails.
    """

    def __init__(self, database: PostgresDatabase, project: str) -> None:
        """``database`` is that of the journal; ``project`` is the id of the vault."""
        self._database, self._project = database, project

    def get_time(self) -> float:
        """The time of the database, in Unix seconds."""
        sql = "SELECT extract(epoch FROM clock_timestamp())::float"
        [(now,)] = self._database.query_rows(sql)
        return float(now)

    def open_for_writing(self) -> AbstractContextManager[None]:
        """A transaction that others of the same run are parts of."""
        return self._database.open_for_writing()

    def store_known(
        self, environment: str, generation: int, known: Sequence[KnownSchedule]
    ) -> bool:
        """Keep what is scheduled; whether it counts: not where a worker has a newer vault."""
        sql = """INSERT INTO newest_vault VALUES (%s, %s) ON CONFLICT (project) DO UPDATE
            SET generation = excluded.generation
            WHERE newest_vault.generation <= excluded.generation"""
        add = """INSERT INTO schedule (project, environment, action, cron, since)
            SELECT %s, %s, * FROM unnest(%s::text[], %s::text[], %s::bigint[])"""
        with self._database.open_for_writing():
            if not self._database.execute(sql, self._project, generation):
                return False
            drop = "DELETE FROM schedule WHERE project = %s AND environment = %s"
            self._database.execute(drop, self._project, environment)
            rows = [(each.action, each.times.text, int(each.since)) for each in known]
            self._database.execute_all(add, rows, self._project, environment)
        return True

    def is_newest(self, generation: int) -> bool:
        """Whether no worker has had a newer vault."""
        sql = "SELECT coalesce(max(generation), 0) <= %s FROM newest_vault WHERE project = %s"
        return bool(self._database.query_rows(sql, generation, self._project)[0][0])

    def find_last(self, environment: str, action: str) -> int:
        """The last moment that was claimed; 0 for none."""
        sql = """SELECT coalesce(max(due), 0) FROM schedule_run
            WHERE project = %s AND environment = %s AND action = %s"""
        return int(self._database.query_rows(sql, self._project, environment, action)[0][0])

    def take(self, moments: Sequence[DueMoment], last: int) -> bool:
        """Claim moments of one action; whether they were free: ``last`` is still the last one.

        A moment to be started is skipped where the run before goes on. Durable.
        """
        environment, action = moments[0].environment, moments[0].action
        sql = f"""INSERT INTO schedule_run (project, {_COLUMNS}, text)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""  # noqa: S608 - it is ours
        with self._database.open_for_writing():
            self._database.query_rows("SELECT pg_advisory_xact_lock(hashtext('cactions schedule'))")
            if self.find_last(environment, action) != last:
                return False
            before = self._find_open(environment, action)
            for each in moments:
                state, text = each.state, ""
                if each.state is MomentState.STARTING and before:
                    state, text = MomentState.SKIPPED, f"the run {before} is still at work"
                values = (each.due, state.value, each.run_id, each.missed, each.tries)
                key = (self._project, action, environment)
                self._database.execute(sql, *key, *values, each.workspace, text)
            self._drop_old()
        return True

    def _find_open(self, environment: str, action: str) -> str:
        sql = """SELECT run_id FROM schedule_run WHERE project = %s AND environment = %s
            AND action = %s AND state = ANY(%s) LIMIT 1"""
        rows = self._database.query_rows(sql, self._project, environment, action, _OPEN)
        return str(rows[0][0]) if rows else ""

    def _drop_old(self) -> None:
        sql = f"""DELETE FROM schedule_run WHERE project = %s AND NOT state = ANY(%s)
            AND changed < clock_timestamp() - interval '{_KEPT_DAYS} days' AND due < (
            SELECT max(due) FROM schedule_run l WHERE l.project = schedule_run.project
            AND l.environment = schedule_run.environment AND l.action = schedule_run.action)"""  # noqa: S608
        self._database.execute(sql, self._project, _OPEN)

    def list_open(self, environment: str) -> list[DueMoment]:
        """The moments whose runs go on, and whose next step may be tried now."""
        sql = f"""SELECT {_COLUMNS} FROM schedule_run WHERE project = %s AND environment = %s
            AND state = ANY(%s) AND (not_before IS NULL OR not_before <= clock_timestamp())
            ORDER BY due"""  # noqa: S608 - it is ours
        rows = self._database.query_rows(sql, self._project, environment, _OPEN)
        return [_read_moment(row) for row in rows]

    def is_begun(self, moment: DueMoment) -> bool:
        """Whether its run is in the journal."""
        sql = "SELECT 1 FROM run WHERE project = %s AND id = %s"
        return bool(self._database.query_rows(sql, self._project, moment.run_id))

    def read(self, moment: DueMoment) -> DueMoment:
        """The moment as it is now."""
        sql = f"SELECT {_COLUMNS} FROM schedule_run WHERE {_ONE}"  # noqa: S608 - it is ours
        rows = self._database.query_rows(sql, *self._key(moment))
        return _read_moment(rows[0]) if rows else moment

    def move(
        self,
        moment: DueMoment,
        state: MomentState,
        *,
        text: str = "",
        counts: Mapping[str, int] | None = None,
    ) -> DueMoment:
        """The moment in its next state. Raises RunAborted where another worker has moved it."""
        document: dict[str, Json] = {**(counts or {})}
        sql = f"""UPDATE schedule_run SET state = %s, text = %s, counts = %s, tries = 0,
            not_before = NULL, changed = clock_timestamp() WHERE {_ONE} AND state = %s
            RETURNING {_COLUMNS}"""  # noqa: S608 - it is ours
        values = (state.value, text, strict_json.dump_json(document))
        with self._database.open_for_writing():
            key = self._key(moment)
            rows = self._database.query_rows(sql, *values, *key, moment.state.value)
        if not rows:
            raise RunAborted("another worker goes on with this run", hint="")
        return _read_moment(rows[0])

    def record_failure(self, moment: DueMoment, text: str, seconds: float) -> None:
        """Count a failure, and try the step again later."""
        sql = f"""UPDATE schedule_run SET tries = tries + 1, text = %s,
            not_before = clock_timestamp() + %s * interval '1 second'
            WHERE {_ONE} AND state = %s"""  # noqa: S608 - it is ours
        with self._database.open_for_writing():
            values = (text, seconds, *self._key(moment), moment.state.value)
            self._database.execute(sql, *values)

    def replace_generation(self, run_id: str, generation: int) -> None:
        """Let workers with this generation of the vault go on with a run."""
        sql = """UPDATE cluster_run SET generation = %s, refusal = ''
            WHERE run = (SELECT number FROM run WHERE project = %s AND id = %s)"""
        with self._database.open_for_writing():
            self._database.execute(sql, generation, self._project, run_id)

    def has_run(self, run_id: str) -> bool:
        """Whether a schedule has started the run."""
        sql = "SELECT 1 FROM schedule_run WHERE project = %s AND run_id = %s"
        return bool(self._database.query_rows(sql, self._project, run_id))

    def take_notice(self) -> Notice | None:
        """A notice that is to be given now; it comes back where that does not succeed."""
        with self._database.open_for_writing():
            rows = self._database.query_rows(_TAKE_NOTICE, self._project, _OPEN)
        if not rows:
            return None
        *columns, counts, text = rows[0]
        document = strict_json.parse_json(counts)
        assert isinstance(document, dict), "it was written here"
        numbers = {word: count for word, count in document.items() if isinstance(count, int)}
        return Notice(_read_moment(columns), numbers, str(text))

    def record_notice(self, moment: DueMoment, exit_code: int) -> None:
        """Keep how the command of a notice ended."""
        sql = f"""UPDATE schedule_run SET notice_exit = %s, notice_at = clock_timestamp(),
            notice_until = clock_timestamp() + interval '5 seconds' WHERE {_ONE}"""  # noqa: S608
        with self._database.open_for_writing():
            self._database.execute(sql, exit_code, *self._key(moment))

    def list_states(self) -> list[ScheduleState]:
        """Every schedule with its last moment."""
        now = self.get_time()
        rows = self._database.query_rows(_STATUS, self._project)
        return [_read_state(row, now) for row in rows]

    def _key(self, moment: DueMoment) -> tuple[str, str, str, int]:
        return self._project, moment.environment, moment.action, moment.due


def _read_moment(row: Sequence[Any]) -> DueMoment:
    action, environment, due, state, *rest = row
    return DueMoment(action, environment, due, MomentState(state), *rest)


def _read_state(row: Sequence[Any], now: float) -> ScheduleState:
    action, environment, cron, due, state, run_id, *rest = row
    missed, tries, place, text, notices, code, given_at, done = rest
    next_due = find_next(parse_cron(cron), now)
    if due is None:
        return ScheduleState(action, environment, cron, next_due)
    if run_id and done is None and state == MomentState.HELD:
        state, text = MomentState.STOPPED, "an operator has deleted the plan"
    if done and state in (MomentState.HELD, MomentState.STOPPED):
        state, text = MomentState.FINISHED, "an operator has ended it"
    last = DueMoment(action, environment, due, MomentState(state), run_id, missed, tries, place)
    return ScheduleState(
        action, environment, cron, next_due, last, text, NoticeState(notices, code, given_at)
    )
