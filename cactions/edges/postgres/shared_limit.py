"""The state of a rate limit that several machines share, in a row of the database.

- The times are those of the database; a clock of a machine counts only for what happens in it.
- A change locks the row. Who waits longer for it than LOCK_SECONDS goes on without the state.
- Nothing in the row is trusted: a damaged, old or impossible state counts as none. The table needs
  no durability, and is empty after a crash of the server; the next answer tells everything again.
- The connection is of its own, so that no other work waits for the row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final, Protocol, TypeVar

from cactions.edges.postgres.address import SCHEMA
from cactions.edges.postgres.connection import PostgresDatabase
from cactions.logic.rate_limit.file_format import dump_state, load_state_and_time
from cactions.logic.rate_limit.state import PacerState

LIMIT_TABLES: Final = (
    f"""CREATE UNLOGGED TABLE IF NOT EXISTS {SCHEMA}.rate_limits (
    key text PRIMARY KEY,
    state bytea NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)""",
    f"ALTER TABLE {SCHEMA}.rate_limits ALTER COLUMN state SET STORAGE MAIN",
)
"""What makes the table in the schema; it may run again. ``key`` is a digest."""

LOCK_SECONDS: Final = 2
"""The lock is held for a few round trips; only by a client that was stopped, longer."""

_READ: Final = """
WITH patience AS MATERIALIZED (
    SELECT set_config('lock_timeout', %s, true)
), locked AS MATERIALIZED (
    SELECT state FROM patience, rate_limits WHERE key = %s FOR UPDATE OF rate_limits
)
SELECT state, extract(epoch FROM clock_timestamp())::float8 FROM locked
"""
"""The time is read when the row is locked, so that changes are in the order of their times."""

_ADD: Final = "INSERT INTO rate_limits VALUES (%s, '') ON CONFLICT DO NOTHING"
_WRITE: Final = "UPDATE rate_limits SET state = %s WHERE key = %s"

_T = TypeVar("_T")


class LimitClock(Protocol):
    """Tells the time."""

    def get_time(self) -> float:
        """Seconds."""


class PostgresSharedLimit:
    """The state of the processes that name the same key and the same database."""

    def __init__(
        self, database: PostgresDatabase, key: str, clock: LimitClock | None = None
    ) -> None:
        """``database`` is for this limit alone. ``clock``: instead of the database's."""
        self._database, self._clock = database, clock
        self._key = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def update(
        self,
        clock: LimitClock,  # noqa: ARG002 - that of a machine says nothing to another
        change: Callable[[PacerState, float], tuple[PacerState, _T]],
    ) -> _T:
        """Change the state while no other process does. Raises StoreError.

        ``clock``, that of the machine, does not count.
        """
        with self._database.open_for_writing(durable=False):
            data, time = self._read()
            now = self._clock.get_time() if self._clock else time
            state, result = change(*load_state_and_time(data, now))
            self._database.execute(_WRITE, dump_state(state), self._key)
        return result

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _read(self) -> tuple[bytes, float]:
        rows = self._database.query_rows(_READ, f"{LOCK_SECONDS}s", self._key)
        if not rows:
            self._database.execute(_ADD, self._key)
            rows = self._database.query_rows(_READ, f"{LOCK_SECONDS}s", self._key)
        [(data, time)] = rows
        return bytes(data), float(time)
