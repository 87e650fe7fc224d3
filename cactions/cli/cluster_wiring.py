"""Builds what a command needs of the database that machines share, where one is set.

Only a workspace at Intercom has its runs there: a local one is on this machine alone. Nothing of
the extra "cluster" is loaded before it is needed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cactions import __version__
from cactions.cli import progress
from cactions.cli.database_address import read_database_address, require_cluster
from cactions.cli.run_head import get_operator
from cactions.cli.vault_choice import VAULT
from cactions.cli.wiring import STATE, create_output, create_row_cipher
from cactions.edges.store.database_mark import DatabaseMark
from cactions.model import CactionsError, DatabaseAway, RunEntry, RunNeeds, UsageError
from cactions.model.vault import VaultLocked

if TYPE_CHECKING:
    from cactions.app.run_lock_port import RunLock
    from cactions.edges.postgres.cluster_store import ClusterStore
    from cactions.edges.postgres.connection import PostgresDatabase
    from cactions.edges.postgres.journal import PostgresJournal
    from cactions.edges.postgres.part_fence import PartFence
    from cactions.edges.postgres.queue import PostgresQueue
    from cactions.edges.postgres.schedule_store import ScheduleStore
    from cactions.edges.postgres.shared_limit import PostgresSharedLimit
    from cactions.edges.store.row_encryption import RowCipher


_connections: Final[dict[str, PostgresDatabase]] = {}
"""By address: a worker opens many runs, and a server has few connections."""


def _close_connections() -> None:
    while _connections:
        _connections.popitem()[1].close()


class SharedDatabase:
    """The database of the runs of one vault. Every method raises StoreError and UsageError."""

    def __init__(self, address: str, folder: Path, cipher: RowCipher) -> None:
        """``folder`` has the vault."""
        from cactions.cli.vault_check import read_vault_head

        self.address, self._folder, self._cipher = address, folder, cipher
        head = read_vault_head(folder / VAULT)
        self.project = head.vault_id
        self.needs = RunNeeds(__version__, head.generation)

    @property
    def database(self) -> PostgresDatabase:
        """The connection that journals and locks of this process share."""
        if self.address not in _connections:
            _connections[self.address] = self.connect()
            progress.add_exit_hook(_close_connections)
        return _connections[self.address]

    def connect(self) -> PostgresDatabase:
        """Another connection."""
        from cactions.edges.postgres.connection import PostgresDatabase

        return PostgresDatabase(self.address)

    def check_version(self) -> None:
        """Raises StoreError where the database cannot be used, or not by this version."""
        from cactions.edges.postgres.schema import check_version

        check_version(self.database)

    def check_worker(self, *, waits: bool) -> None:
        """Raises where no run could be carried out: without the key, the tables, or the right user.

        ``waits``: a database that is away may come back.
        """
        try:
            self._cipher.seal("", (self.project, "worker"))
        except VaultLocked as error:
            why = f"what is in the database cannot be read: {error}"
            raise VaultLocked(why, hint=error.hint) from error
        try:
            self.check_version()
        except DatabaseAway:
            if not waits:
                raise

    def open_journal(
        self,
        redact: Callable[[RunEntry], RunEntry] = lambda entry: entry,
        fence: PartFence | None = None,
    ) -> PostgresJournal:
        """The runs of this vault; ``fence`` is that of a worker."""
        from cactions.edges.postgres.journal import PostgresJournal

        return PostgresJournal(self.database, self.project, self._cipher, redact, fence)

    def open_cluster(self, database: PostgresDatabase | None = None) -> ClusterStore:
        """The parts that workers carry out."""
        from cactions.edges.postgres.cluster_store import ClusterStore

        return ClusterStore(database or self.database, self.project, self._cipher)

    def open_schedules(self, database: PostgresDatabase | None = None) -> ScheduleStore:
        """What is scheduled, and the moments that were due."""
        from cactions.edges.postgres.schedule_store import ScheduleStore

        return ScheduleStore(database or self.database, self.project)

    def open_queue(self, database: PostgresDatabase | None = None) -> PostgresQueue:
        """The queue of parts."""
        from cactions.edges.postgres.queue import PostgresQueue

        return PostgresQueue(self.address, database or self.database, self.project)

    def open_limit(self, origin: str) -> PostgresSharedLimit:
        """The rate limit of a workspace, shared by all who have this vault."""
        from cactions.edges.postgres.shared_limit import PostgresSharedLimit

        return PostgresSharedLimit(self.connect(), f"{origin} {self.project}")

    def open_lock(self, *, wait: int = 0, follows: bool = False) -> RunLock:
        """The lock that keeps two runs of an action apart, on all machines."""
        from cactions.edges.postgres.run_lock import PostgresRunLock

        with suppress(CactionsError):  # it warns this operator, and no run rests on it
            DatabaseMark(self._folder / STATE).make()
        return PostgresRunLock(
            self.database,
            self.open_cluster(),
            get_operator(),
            wait=wait,
            on_wait=create_output().info,
            follows=follows,
        )

    def list_at_work(self) -> frozenset[str]:
        """The ids of the runs of which a process or a worker writes something now."""
        from cactions.edges.postgres.run_lock import list_running

        return list_running(self.database) | {
            run.run_id for run in self.open_cluster().list_runs() if run.leased
        }


def find_shared_database(folder: Path, cipher: RowCipher | None = None) -> SharedDatabase | None:
    """The database of a folder at Intercom; None where none is set. Raises UsageError.

    Also where none is set now, and the folder has used one.
    """
    address = read_database_address(os.environ)
    if not address:
        DatabaseMark(folder / STATE).refuse()
        return None
    require_cluster()
    if not os.path.lexists(folder / VAULT):
        raise UsageError(
            "a database that machines share takes only sealed runs, and there is no vault beside"
            " the action files",
            hint="Make one, and give the other machines its file and its key: `cactions vault"
            " init`.",
        )
    return SharedDatabase(address, folder, cipher or create_row_cipher(folder))


def require_database_address() -> str:
    """The address that is set, with all that it needs. Raises UsageError."""
    address = read_database_address(os.environ)
    if not address:
        raise UsageError(
            "no database is set that machines could share",
            hint="Set CACTIONS_DATABASE=postgresql://USER@HOST/DATABASE, or `database_file` in"
            " your configuration; then: `cactions cluster init`.",
        )
    require_cluster()
    return address


def require_shared_database(folder: Path, cipher: RowCipher | None = None) -> SharedDatabase:
    """The same. Raises UsageError where none is set."""
    require_database_address()
    found = find_shared_database(folder, cipher)
    assert found, "an address is set"
    return found
