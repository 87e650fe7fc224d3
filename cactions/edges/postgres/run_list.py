"""The runs of one project in the database."""

from __future__ import annotations

from typing import Final

from cactions.edges.postgres.connection import PostgresDatabase
from cactions.edges.postgres.run_store import Fence, PostgresRun
from cactions.edges.store.row_encryption import RowCipher
from cactions.edges.store.run_folder import (
    build_unknown_error,
    build_unreadable_error,
    check_run_id,
    complete_id,
)
from cactions.logic import documents, strict_json
from cactions.model import CactionsError, RunHead

_HEADS: Final = "SELECT id, head, finished FROM run WHERE project = %s ORDER BY number DESC"


class PostgresRuns:
    """Implements ``RunCollection``: the runs that were sealed by one vault."""

    def __init__(
        self, database: PostgresDatabase, project: str, cipher: RowCipher, fence: Fence
    ) -> None:
        """``project`` is the id of the vault."""
        self._database, self._project = database, project
        self._cipher, self._fence = cipher, fence
        self._keys: dict[str, int] = {}

    def open_run(self, run_id: str) -> PostgresRun:
        """The run. Raises UsageError for an unknown id."""
        check_run_id(run_id)
        if run_id not in self._keys:
            sql = "SELECT number FROM run WHERE project = %s AND id = %s"
            rows = self._database.query_rows(sql, self._project, run_id)
            if not rows:
                raise build_unknown_error(run_id, self.list_ids())
            [(self._keys[run_id],)] = rows
        key = self._keys[run_id]
        return PostgresRun(self._database, self._cipher, key, run_id, self._fence)

    def drop(self, run_id: str) -> None:
        """Know nothing of the run any more."""
        self._keys.pop(run_id, None)

    def find_full_id(self, prefix: str) -> str:
        """The id that begins so. Raises UsageError for none and for several."""
        return complete_id(prefix, self.list_ids())

    def list_ids(self) -> list[str]:
        """The ids of all runs, in their order."""
        sql = "SELECT id FROM run WHERE project = %s"
        return sorted(run_id for (run_id,) in self._database.query_rows(sql, self._project))

    def list_heads(self, *, strict: bool = False) -> list[RunHead]:
        """The heads of all runs, the last begun first; ``strict``: raises for an unreadable one."""
        return [head for head, _ in self._read_heads(strict=strict)]

    def list_recent(self, since: float) -> list[RunHead]:
        """The heads of runs that began since then, and of those that are not finished."""
        found = self._read_heads(strict=False)
        return [head for head, finished in found if head.started >= since or not finished]

    def has(self, run_id: str) -> bool:
        """Whether the run is there."""
        return run_id in self.list_ids()

    def _read_heads(self, *, strict: bool) -> list[tuple[RunHead, bool]]:
        found: list[tuple[RunHead, bool]] = []
        for run_id, text, finished in self._database.query_rows(_HEADS, self._project):
            try:
                found.append((self._read_head(text), finished))
            except CactionsError as error:
                if strict:
                    raise build_unreadable_error(run_id, error) from error
        return found

    def _read_head(self, text: str) -> RunHead:
        try:
            return documents.head_from_json(strict_json.parse_json(text))
        except strict_json.StrictJsonError as error:
            raise self._database.build_damaged_error(str(error)) from error
