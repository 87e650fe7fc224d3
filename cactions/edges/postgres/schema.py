"""The tables in the schema ``cactions`` of the database, and the making of them.

The cells of a run are those of its file, sealed for the same places: a run can be copied from one
to the other without its key. ``project`` is the id of a vault: a run belongs to those who have it.
"""

from __future__ import annotations

import re
from typing import Final

from procrastinate.schema import SchemaManager

from cactions.edges.postgres.address import SCHEMA
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.shared_limit import LIMIT_TABLES
from cactions.model import StoreError

VERSION: Final = 1

TABLES: Final = (
    "CREATE TABLE layout (version integer NOT NULL)",
    """CREATE TABLE run (
        number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        project text NOT NULL, id text NOT NULL, head text NOT NULL, seal bytea NOT NULL,
        phase text NOT NULL, finished boolean NOT NULL DEFAULT false, summary bytea,
        UNIQUE (project, id)
    )""",
    """CREATE TABLE waiting (
        run bigint NOT NULL REFERENCES run ON DELETE CASCADE, number integer NOT NULL,
        row bytea NOT NULL, PRIMARY KEY (run, number)
    )""",
    # Of its own: PostgreSQL stores a row again when its state changes, and plans are long.
    """CREATE TABLE plan (
        run bigint NOT NULL REFERENCES run ON DELETE CASCADE, number integer NOT NULL,
        plan bytea NOT NULL, PRIMARY KEY (run, number)
    )""",
    """CREATE TABLE entry (
        run bigint NOT NULL REFERENCES run ON DELETE CASCADE, number integer NOT NULL,
        person text NOT NULL, receipt bytea, undone_by text NOT NULL DEFAULT '',
        state text NOT NULL, PRIMARY KEY (run, number)
    )""",
    "CREATE INDEX entry_person ON entry (person, run)",
    "CREATE INDEX entry_state ON entry (run, state, number)",
    """CREATE TABLE mark (
        run bigint NOT NULL REFERENCES run ON DELETE CASCADE, value text COLLATE "C" NOT NULL,
        number integer NOT NULL, PRIMARY KEY (run, value, number)
    )""",
    """CREATE TABLE evidence (
        run bigint NOT NULL REFERENCES run ON DELETE CASCADE, number integer NOT NULL,
        shown bytea NOT NULL, PRIMARY KEY (run, number)
    )""",
    """CREATE TABLE taken (
        project text NOT NULL, id text NOT NULL, at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (project, id)
    )""",
    # Who holds the lock of an action; only PostgreSQL knows whether it is held.
    "CREATE TABLE holder (key bigint PRIMARY KEY, owner text NOT NULL, run_id text NOT NULL)",
    # The run of an action that the cluster carries out.
    """CREATE TABLE cluster_run (
        place text PRIMARY KEY, run bigint NOT NULL UNIQUE REFERENCES run ON DELETE CASCADE,
        version text NOT NULL, generation bigint NOT NULL, step bytea NOT NULL,
        stopped boolean NOT NULL DEFAULT false,
        stop bytea, refusal text NOT NULL DEFAULT ''
    )""",
    """CREATE TABLE worker (
        project text NOT NULL, name text NOT NULL, seen timestamptz NOT NULL,
        PRIMARY KEY (project, name)
    )""",
    # Never gives a number twice: also a worker of parts that were handed in before is kept out.
    "CREATE SEQUENCE attempt",
    """CREATE TABLE part (
        run bigint NOT NULL REFERENCES cluster_run (run) ON DELETE CASCADE,
        step text NOT NULL CHECK (step IN ('plan', 'write')),
        first integer NOT NULL, last integer NOT NULL, stage integer NOT NULL,
        attempt bigint NOT NULL DEFAULT 0, failures integer NOT NULL DEFAULT 0,
        leased_until timestamptz, not_before timestamptz, worker text NOT NULL DEFAULT '',
        done boolean NOT NULL DEFAULT false, outcomes text NOT NULL DEFAULT '{}',
        PRIMARY KEY (run, step, first)
    )""",
    # The newest vault that a worker had: one with an older vault starts nothing by itself.
    "CREATE TABLE newest_vault (project text PRIMARY KEY, generation bigint NOT NULL)",
    """CREATE TABLE schedule (
        project text NOT NULL, environment text NOT NULL, action text NOT NULL, cron text NOT NULL,
        since bigint NOT NULL, PRIMARY KEY (project, environment, action)
    )""",
    # The moments that were due; no value of a person is in it. Moments are in Unix seconds.
    """CREATE TABLE schedule_run (
        project text NOT NULL, environment text NOT NULL, action text NOT NULL,
        due bigint NOT NULL, state text NOT NULL, run_id text NOT NULL DEFAULT '',
        missed integer NOT NULL DEFAULT 0, tries integer NOT NULL DEFAULT 0,
        not_before timestamptz, text text NOT NULL DEFAULT '', counts text NOT NULL DEFAULT '{}',
        workspace text NOT NULL DEFAULT '', changed timestamptz NOT NULL DEFAULT clock_timestamp(),
        notice_tries integer NOT NULL DEFAULT 0, notice_exit integer, notice_until timestamptz,
        notice_at timestamptz,
        PRIMARY KEY (project, environment, action, due)
    )""",
    "CREATE INDEX schedule_run_id ON schedule_run (run_id)",
)

_CREATED: Final = re.compile(r"CREATE (?:UNLOGGED )?TABLE (\w+)")
_NAMES: Final = tuple(
    name
    for statement in (*TABLES, SchemaManager.get_schema())
    for name in _CREATED.findall(statement)
)


def make_tables(database: PostgresDatabase) -> bool:
    """Make the schema and its tables; whether they were missing. Raises StoreError."""
    with database.open_for_writing():
        database.execute("SELECT pg_advisory_xact_lock(hashtext('cactions init'))")
        if has_tables(database):
            check_version(database)
            return False
        _check_complete(database)
        database.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        for statement in (*TABLES, *LIMIT_TABLES):
            database.execute(statement)
        database.execute(SchemaManager.get_schema())
        database.execute("INSERT INTO layout VALUES (%s)", VERSION)
    return True


def has_tables(database: PostgresDatabase) -> bool:
    """Whether the tables of cactions are there, of whatever version."""
    [(table,)] = database.query_rows("SELECT to_regclass(%s)::text", f"{SCHEMA}.layout")
    return table is not None


def check_version(database: PostgresDatabase) -> None:
    """Raises StoreError where tables are missing, or of another version."""
    _check_complete(database)
    [(version,)] = database.query_rows("SELECT max(version) FROM layout")
    if version != VERSION:
        newer = "a newer" if (version or 0) > VERSION else "an older"
        raise StoreError(
            f"{database} was made by {newer} cactions (format {version}; this one knows {VERSION})",
            hint="Use the version of cactions that made it, also on the other machines.",
        )


def _check_complete(database: PostgresDatabase) -> None:
    """Raises StoreError where only a part of the tables is there."""
    sql = "SELECT name FROM unnest(%s::text[]) name WHERE to_regclass(%s || name) IS NULL"
    missing = [name for (name,) in database.query_rows(sql, [*_NAMES], f"{SCHEMA}.")]
    if missing and len(missing) < len(_NAMES):
        raise StoreError(
            f"{database} has only a part of the tables of cactions: {missing[0]} is missing",
            hint="Restore it from a backup. Or delete all runs that are in it, with the SQL command"
            f" DROP SCHEMA {SCHEMA} CASCADE, and make the tables again: `cactions cluster init`.",
        )
