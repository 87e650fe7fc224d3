"""The stores of a project: its people, its runs, and the lock that keeps two runs apart.

They are opened when a command first needs them, and imported then.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cactions.cli.wiring import STATE, Opened, covering, folder, opened

if TYPE_CHECKING:
    from cactions.app.apply import Books
    from cactions.app.ports import Caller
    from cactions.app.propose import Desk
    from cactions.edges.store.journal import JournalLocal
    from cactions.edges.store.people import PeopleLocal
    from cactions.edges.store.row_encryption import Cover
    from cactions.model import Person


def seed(home: Opened) -> tuple[Person, ...]:
    """The people that the YAML gives, in place or by file."""
    workspace = home.project.workspace
    if not workspace.people_file:
        return workspace.people
    from cactions.edges.files.people_file import read_people_file

    path = home.folder / workspace.people_file
    return tuple(read_people_file(path, home.project.attributes))


def people(home: Opened) -> PeopleLocal:
    """The embedded workspace: its store over the people that the YAML gives."""
    from cactions.edges.store.people import PeopleLocal

    return PeopleLocal(home.folder / STATE, seed(home))


def journal(home: Path, cover: Cover | None = None) -> JournalLocal:
    """The runs of a folder, sealed where it has a vault."""
    from cactions.edges.store.journal import JournalLocal

    return JournalLocal(home / STATE, cover or covering(home))


def books(home: Opened) -> Books:
    """Where a run writes."""
    from cactions.app.apply import Books
    from cactions.edges.store.run_lock import TurnsLocal

    runs = journal(home.folder, home.cover)
    return Books(people(home), runs, TurnsLocal(home.folder / STATE), home.project)


def books_of_undo(paths: Sequence[Path] | None, environment: str | None) -> Books:
    """Where an undo writes: each person who was written is in the store, whatever the YAML says."""
    from cactions.model import InvalidFiles, Project, Workspace

    try:
        return books(opened(paths, environment, leaks=False))
    except InvalidFiles:
        home = folder(paths)
        return books(Opened(home, Project(Workspace(), {}, {}), covering(home)))


def desk(home: Opened, caller: Caller) -> Desk:
    """What proposing works with. Where nothing is kept yet, there is no journal to load."""
    from cactions.app.propose import Desk

    kept = os.path.lexists(home.folder / STATE)
    return Desk(people(home), caller, journal(home.folder, home.cover) if kept else None)


def rehearsal_people(home: Opened) -> PeopleLocal:
    """People for tests: as the YAML gives them, whatever earlier runs made of them.

    Where the YAML gives no people, they are those of the store.
    """
    from cactions.edges.store.people import PeopleLocal

    given = seed(home)
    return PeopleLocal(None, given) if given else people(home)
