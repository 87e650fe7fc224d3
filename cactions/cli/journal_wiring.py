"""The journals of a project, and the lock that keeps two runs apart: here, or in a database.

They are opened when a command first needs them, and imported then.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cactions.cli.project_folder import ProjectFolder
from cactions.cli.run_head import get_user_name
from cactions.cli.wiring import (
    STATE,
    create_output,
    create_row_cipher,
)

if TYPE_CHECKING:
    from cactions.app.run_archive import RunArchive
    from cactions.app.run_lock_port import RunLock
    from cactions.cli.cluster_wiring import SharedDatabase
    from cactions.edges.store.journal import LocalJournal
    from cactions.edges.store.row_encryption import RowCipher
    from cactions.model import CactionsError


def open_journal(home: Path, cipher: RowCipher | None = None) -> LocalJournal:
    """The runs of a folder, sealed where it has a vault."""
    from cactions.edges.store.journal import LocalJournal

    return LocalJournal(home / STATE, cipher or create_row_cipher(home), _report_unreadable)


def open_archive(home: ProjectFolder) -> RunArchive:
    """The runs of a project: in the database that machines share, or in its folder."""
    if shared := find_shared(home):
        return shared.open_journal()
    return open_journal(home.folder, home.cover)


def list_archives(home: ProjectFolder) -> list[RunArchive]:
    """Every place with runs of a project: where one is set, the database, too."""
    local = open_journal(home.folder, home.cover)
    shared = find_shared(home)
    return [shared.open_journal(), local] if shared else [local]


def find_shared(home: ProjectFolder) -> SharedDatabase | None:
    """The database of a workspace at Intercom, where one is set; None for a local workspace."""
    if home.session is None:
        return None
    from cactions.cli.cluster_wiring import find_shared_database

    return find_shared_database(home.folder, home.cover)


def _report_unreadable(run_id: str, error: CactionsError) -> None:
    """Say that a plan is made without what a run has written."""
    create_output().info(
        f"The run {run_id} cannot be read: {error}. What it wrote counts as written by others."
    )


@contextmanager
def open_scratch_journal(home: ProjectFolder, *, seals: bool) -> Iterator[LocalJournal]:
    """A journal that no other command sees, for a plan that is not kept."""
    from cactions.edges.store.journal import LocalJournal
    from cactions.edges.store.scratch_folder import open_scratch_folder

    with open_scratch_folder(home.folder / STATE) as folder:
        cipher = home.cover or create_row_cipher(home.folder)
        journal = LocalJournal(folder, cipher if seals else None)
        try:
            yield journal
        finally:
            journal.close()


def delete_scratch(home: Path) -> None:
    """Delete the plans that killed processes have left. Raises StoreError."""
    from cactions.edges.store.scratch_folder import delete_leftovers

    delete_leftovers(home / STATE)


def open_run_lock(folder: Path, *, wait: int = 0) -> RunLock:
    """The lock that keeps two runs of an action apart; ``wait``: seconds for another to end."""
    from cactions.edges.store.run_lock import FileRunLock

    return FileRunLock(folder / STATE, get_user_name(), wait=wait, on_wait=create_output().info)
