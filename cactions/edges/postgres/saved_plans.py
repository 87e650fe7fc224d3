"""Copies runs between their files and the database: cell by cell, as they were sealed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from cactions.edges.files.file_io import MIB, write_pieces
from cactions.edges.postgres.connection import PostgresDatabase, Row
from cactions.edges.postgres.run_rows import WAIT
from cactions.edges.postgres.run_store import PLACE_PLANS, PostgresRun
from cactions.edges.store import run_schema
from cactions.edges.store.plan_file import build_started_error
from cactions.edges.store.run_file import RunDatabase
from cactions.edges.store.sqlite import Database
from cactions.edges.store.taken_plans import build_taken_error
from cactions.logic.shell import join_command
from cactions.model import RunPhase, UsageError

_PAGE: Final = 500
_ENTRIES: Final = """SELECT number, person, plan, receipt, undone_by, state
    FROM entry JOIN plan USING (run, number) WHERE run = %s AND number > %s
    ORDER BY number LIMIT %s"""
_WAITING: Final = """SELECT number, row FROM waiting WHERE run = %s AND number > %s
    ORDER BY number LIMIT %s"""
_ADD: Final = """INSERT INTO entry (run, number, person, receipt, undone_by, state) SELECT %s, *
    FROM unnest(%s::int[], %s::text[], %b::bytea[], %s::text[], %s::text[])"""


def save_run(run: PostgresRun, target: Path) -> None:
    """Write a run to a new private file. Raises UsageError if it cannot be written."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plan.db"
        Database.create(path, run_schema.LAYOUT, partial(_fill_file, run))
        with path.open("rb") as file:
            write_pieces(target, iter(partial(file.read, MIB), b""), private=True)


def _fill_file(run: PostgresRun, file: Database) -> None:
    sql = "SELECT head, finished, seal, phase, summary FROM run WHERE number = %s"
    with run.database.open_for_reading():
        [(head, finished, seal, phase, summary)] = run.database.query_rows(sql, run.key)
        statement = "INSERT INTO run VALUES (?, ?, ?, ?, ?)"
        file.execute(statement, head, int(finished), seal, phase, summary)
        for rows in _read_pages(run, _WAITING):
            file.execute_all(run_schema.WAIT, map(tuple, rows))
        for rows in _read_pages(run, _ENTRIES):
            file.execute_all("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", map(tuple, rows))


def _read_pages(run: PostgresRun, sql: str) -> Iterator[list[Row]]:
    last = 0
    while rows := run.database.query_rows(sql, run.key, last, _PAGE):
        yield rows
        last = rows[-1][0]


def load_run(run: RunDatabase, run_id: str, database: PostgresDatabase, project: str) -> None:
    """Take a run from its file. Raises UsageError if it is there, was there, or is not sealed.

    Its planning must have ended: what is only kept until then stays behind.
    """
    _check_file(run, run_id)
    [(head, seal, phase, finished, summary)] = run.database.query_rows(
        "SELECT head, seal, phase, finished, summary FROM run"
    )
    sql = """INSERT INTO run (project, id, head, seal, phase, finished, summary)
        VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING number"""
    with database.open_for_writing():
        taken = "SELECT 1 FROM taken WHERE project = %s AND id = %s"
        if database.query_rows(taken, project, run_id):
            raise build_taken_error(run_id)
        added = database.query_rows(
            sql, project, run_id, head, seal, phase, bool(finished), summary
        )
        if not added:
            raise build_started_error(run_id)
        [(key,)] = added
        _copy_rows(run.database, database, key)


def _check_file(run: RunDatabase, run_id: str) -> None:
    if run.sql is not run_schema.NEW or not run.is_authentic():
        raise UsageError(
            f"the run {run_id} is not completely sealed by the vault, and a database that machines"
            " share takes no other; nothing was copied",
            hint="Plan it again: with a vault, every new run is sealed.",
        )
    with run.database.open_for_writing():
        pass  # a file of an earlier layout gets the tables that are read here
    _, finished, phase = run.read_head()
    if not finished and phase in (RunPhase.READING, RunPhase.PLANNING):
        resume = join_command(("runs", "resume"), run_id)
        raise UsageError(
            f"the run {run_id} was cut off while it was planned; nothing was copied",
            hint=f"Finish its planning where it was begun: `{resume}`.",
        )


def _copy_rows(file: Database, database: PostgresDatabase, key: int) -> None:
    for rows in _read_file_pages(file, "waiting"):
        database.execute_all(WAIT, rows, key)
    for rows in _read_file_pages(file, "entry"):
        entries, plans = [], []
        for number, person, plan, *rest in rows:
            entries.append((number, person, *rest))
            plans.append((number, plan))
        database.execute_all(_ADD, entries, key)
        database.execute_all(PLACE_PLANS, plans, key)


def _read_file_pages(file: Database, table: str) -> Iterator[list[tuple[Any, ...]]]:
    sql = f"SELECT * FROM {table} WHERE number > ? ORDER BY number LIMIT ?"  # noqa: S608 - it is ours
    last = 0
    while rows := file.query_rows(sql, last, _PAGE):
        yield rows
        last = int(rows[-1][0] or 0)
