"""The stores of a project: its people, its runs, and the lock that keeps two runs apart.

They are opened when a command first needs them, and imported then.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cactions.cli.wiring import STATE, ProjectFolder, create_row_cipher, find_folder, open_project

if TYPE_CHECKING:
    from cactions.app.apply import RunStores
    from cactions.app.ports import Caller
    from cactions.app.propose import PlanContext
    from cactions.edges.store.journal import LocalJournal
    from cactions.edges.store.people import LocalPeopleStore
    from cactions.edges.store.row_encryption import RowCipher
    from cactions.model import Person


def load_people(home: ProjectFolder) -> tuple[Person, ...]:
    """The people that the YAML gives, in place or by file."""
    workspace = home.project.workspace
    if not workspace.people_file:
        return workspace.people
    from cactions.edges.files.people_file import read_people_file

    path = home.folder / workspace.people_file
    return tuple(read_people_file(path, home.project.attributes))


def open_people(home: ProjectFolder) -> LocalPeopleStore:
    """The embedded workspace: its store over the people that the YAML gives."""
    from cactions.edges.store.people import LocalPeopleStore

    return LocalPeopleStore(home.folder / STATE, load_people(home))


def open_journal(home: Path, cipher: RowCipher | None = None) -> LocalJournal:
    """The runs of a folder, sealed where it has a vault."""
    from cactions.edges.store.journal import LocalJournal

    return LocalJournal(home / STATE, cipher or create_row_cipher(home))


def open_run_stores(home: ProjectFolder) -> RunStores:
    """Where a run writes."""
    from cactions.app.apply import RunStores
    from cactions.edges.store.run_lock import FileRunLock

    runs = open_journal(home.folder, home.cover)
    return RunStores(open_people(home), runs, FileRunLock(home.folder / STATE), home.project)


def open_undo_stores(paths: Sequence[Path] | None, environment: str | None) -> RunStores:
    """Where an undo writes: each person who was written is in the store, whatever the YAML says."""
    from cactions.model import InvalidFiles, Project, Workspace

    try:
        return open_run_stores(open_project(paths, environment, leaks=False))
    except InvalidFiles:
        home = find_folder(paths)
        return open_run_stores(
            ProjectFolder(home, Project(Workspace(), {}, {}), create_row_cipher(home))
        )


def create_plan_context(home: ProjectFolder, caller: Caller) -> PlanContext:
    """What proposing works with. Where nothing is kept yet, there is no journal to load."""
    from cactions.app.propose import PlanContext

    kept = os.path.lexists(home.folder / STATE)
    return PlanContext(
        open_people(home), caller, open_journal(home.folder, home.cover) if kept else None
    )


def open_test_people(home: ProjectFolder) -> LocalPeopleStore:
    """People for tests: as the YAML gives them, whatever earlier runs made of them.

    Where the YAML gives no people, they are those of the store.
    """
    from cactions.edges.store.people import LocalPeopleStore

    people = load_people(home)
    return LocalPeopleStore(None, people) if people else open_people(home)
