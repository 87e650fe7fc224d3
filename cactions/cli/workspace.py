"""The stores of a project: people, runs, the lock that keeps two runs apart.

They are opened when a command first needs them, and imported then.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cactions.cli.journal_wiring import (
    find_shared,
    open_archive,
    open_journal,
    open_run_lock,
)
from cactions.cli.open_project import open_project, open_workspace
from cactions.cli.project_folder import PULLED_PEOPLE, ProjectFolder
from cactions.cli.wiring import (
    STATE,
    create_output,
    create_row_cipher,
    find_folder,
)

if TYPE_CHECKING:
    from cactions.app.commit import RunStores
    from cactions.app.intercom_port import IntercomApi
    from cactions.app.ports import Caller, People
    from cactions.app.propose import Job, PlanContext
    from cactions.cli.live_options import LiveOptions
    from cactions.edges.store.people import LocalPeopleStore
    from cactions.edges.store.seed_digests import SeedDigests
    from cactions.model import Person


def load_people(home: ProjectFolder) -> tuple[Person, ...]:
    """The people that the YAML gives, in place or by file."""
    workspace = home.project.workspace
    if not workspace.people_file:
        return workspace.people
    return _read_people(home, workspace.people_file)


def open_people(home: ProjectFolder) -> People:
    """The people of the workspace, local or at Intercom."""
    people: People = (
        home.session.open_people(lambda: open_archive(home))
        if home.session
        else open_local_people(home)
    )
    if not home.draft:
        return people
    from cactions.app.test_people import TestPeopleOnly

    return TestPeopleOnly(people)


def open_local_people(home: ProjectFolder) -> LocalPeopleStore:
    """The local store over the people that the YAML gives. Raises UsageError at Intercom."""
    from cactions.edges.store.people import LocalPeopleStore
    from cactions.model import UsageError

    if home.session:
        raise UsageError(
            "the people of these files are at Intercom, not in a local workspace",
            hint="`cactions people show email=…` shows one of them; `cactions people pull` takes"
            " the test people into a file.",
        )
    return LocalPeopleStore(home.folder / STATE, load_people(home))


def explain_edited_people(home: ProjectFolder) -> None:
    """Say of whom the YAML was edited after a run had stored them: the edit has no effect."""
    from cactions.logic.request.redaction import get_label
    from cactions.model import StoreError
    from cactions.render.messages import join_words

    if home.session or not os.path.lexists(home.folder / STATE):
        return
    with suppress(StoreError):  # reading the people reports it
        digests, stored = _read_seeds(home)
        edited = digests.list_edited(stored)
        labels = [get_label(person, home.project.redacted) for person in edited]
        if labels:
            create_output().info(
                f"The YAML was edited after a run: what it says of {join_words(labels, 3)} has no"
                f" effect, since the stored values count. Move {STATE}/people.db away to begin with"
                " the YAML again."
            )


def remember_seeds(home: ProjectFolder) -> None:
    """Before a person is stored, note what the YAML says of those who are not stored yet."""
    from cactions.model import StoreError

    with suppress(StoreError):  # the write itself reports it
        digests, stored = _read_seeds(home)
        digests.remember(stored)


def _read_seeds(home: ProjectFolder) -> tuple[SeedDigests, set[str]]:
    """What is known of the people of the YAML, and the ids of those who are stored."""
    from cactions.edges.store.people import LocalPeopleStore
    from cactions.edges.store.seed_digests import SeedDigests

    seed = load_people(home)
    people = LocalPeopleStore(home.folder / STATE, seed)
    stored = people.list_stored_seeds() if seed else set()
    people.close()
    return SeedDigests(home.folder / STATE, seed), stored


def open_project_client(home: ProjectFolder) -> IntercomApi:
    """The client of a project's workspace. Raises UsageError if it is not at Intercom."""
    from cactions.model import UsageError

    if home.session is None:
        raise UsageError(
            "these files belong to a local workspace, not to Intercom",
            hint="Write `workspace: {kind: intercom, region: us, token: {secret: NAME}}`.",
        )
    return home.session.client


def prepare_job(home: ProjectFolder, job: Job, options: LiveOptions) -> Job:
    """The job, once its action is known to fit the workspace. Raises DefinitionError."""
    if home.session is None or options.replayed:
        return job
    home.session.report_identity()
    from msgspec.structs import replace

    return replace(job, action=home.session.check_action(job.action))


def open_run_stores(home: ProjectFolder) -> RunStores:
    """Where a run writes."""
    from cactions.app.commit import RunStores

    if home.session is None:
        remember_seeds(home)
    cipher = home.cover or create_row_cipher(home.folder)
    shared = find_shared(home)
    return RunStores(
        open_people(home),
        shared.open_journal() if shared else open_journal(home.folder, cipher),
        shared.open_lock(wait=home.wait, follows=home.clustered)
        if shared
        else open_run_lock(home.folder, wait=home.wait),
        home.project,
        home.workspace_name,
        get_sealing_start=cipher.get_sealing_start,
    )


def open_undo_stores(
    paths: Sequence[Path] | None, environment: str | None, options: LiveOptions, wait: int
) -> RunStores:
    """Where an undo writes: each person who was written is in the store, whatever the YAML says."""
    from msgspec.structs import replace

    from cactions.model import InvalidFiles, Project, Workspace

    try:
        found = open_project(paths, environment, options, leaks=False)
        return open_run_stores(replace(found, wait=wait))
    except InvalidFiles:
        with suppress(InvalidFiles):
            known = open_workspace(paths, options, environment=environment)
            if known.session:
                return open_run_stores(replace(known, wait=wait))
        home = find_folder(paths)
        return open_run_stores(
            ProjectFolder(home, Project(Workspace(), {}, {}), create_row_cipher(home), wait=wait)
        )


def create_plan_context(home: ProjectFolder, caller: Caller) -> PlanContext:
    """What proposing works with. Where nothing is kept yet, there is no journal to load.

    A replay sends nothing, also not to Intercom: its people are those that were pulled.
    """
    from cactions.app.propose import PlanContext

    kept = os.path.lexists(home.folder / STATE)
    explain_edited_people(home)
    is_offline = home.session is not None and bool(caller.source)
    people = open_test_people(home) if is_offline else open_people(home)
    return PlanContext(people, caller, open_archive(home) if kept or home.session else None)


def open_test_people(home: ProjectFolder, *, shared: bool = False) -> LocalPeopleStore:
    """People for tests: as the YAML gives them, whatever earlier runs made of them.

    Where the YAML gives no people, they are those of the store; those of Intercom are in the file
    that ``people pull`` writes. ``shared``: threads read them, so that all are in memory.
    """
    from cactions.edges.store.people import LocalPeopleStore

    people = _load_pulled_people(home) if home.session else load_people(home)
    if people or home.session:
        return LocalPeopleStore(None, people)
    store = open_local_people(home)
    return LocalPeopleStore(None, tuple(store.list())) if shared else store


def _load_pulled_people(home: ProjectFolder) -> tuple[Person, ...]:
    """The test people of Intercom, as they were pulled. Raises UsageError if none were."""
    from cactions.model import UsageError

    if not os.path.lexists(home.folder / PULLED_PEOPLE):
        raise UsageError(
            f"there is no {PULLED_PEOPLE}: tests of these files need the test people of Intercom",
            hint="Name them under `workspace.test_people`, then: `cactions people pull`.",
        )
    return _read_people(home, PULLED_PEOPLE)


def _read_people(home: ProjectFolder, file: str) -> tuple[Person, ...]:
    from cactions.edges.files.people_file import read_people_file
    from cactions.logic.people.columns import ColumnMap

    return tuple(read_people_file(home.folder / file, ColumnMap(home.project.attributes)))
