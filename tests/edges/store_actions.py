"""What the stores do that must survive a power cut: files of the project, the state, the people.

Each ``do_`` has a folder of its own, and is run by ``watched_process``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from cactions.edges.cassette.writer import JsonCassetteWriter
from cactions.edges.files import file_io
from cactions.edges.files.git_attributes import add_attributes_line
from cactions.edges.files.new_files import create_files
from cactions.edges.files.pulled_files import write_pulled_files
from cactions.edges.files.shared_file import save_shared_file
from cactions.edges.intercom.pacer import FileSharedState, MonotonicClock
from cactions.edges.keys.key_sources import _write_key_file
from cactions.edges.keys.user_config import read_user_config
from cactions.edges.keys.vault_file import LocalVaultFile
from cactions.edges.store.people import LocalPeopleStore
from cactions.edges.store.run_lock import FileRunLock
from cactions.edges.store.scratch_folder import open_scratch_folder
from cactions.edges.store.seed_digests import SeedDigests
from cactions.edges.store.state_folder import StateFolder
from tests.app.crowd import crowd, head, plans
from tests.edges.file_calls import FileCalls

TOLD: Final = "told"


# The vault, keys, and files of the project


def do_vault_write(folder: Path, calls: FileCalls) -> None:
    vault = LocalVaultFile(folder / "vault")
    (folder / "vault").write_bytes(b"old")
    (folder / "vault").chmod(0o600)
    with calls.note(folder), vault.lock_for_change() as changed:
        changed.write(b"new")
        calls.mark(TOLD)


def do_key_write(folder: Path, calls: FileCalls) -> None:
    with calls.note(folder):
        _write_key_file(folder / "key", "CACTIONS-KEY")
        calls.mark(TOLD)


def do_shared_write(folder: Path, calls: FileCalls) -> None:
    with calls.note(folder):
        save_shared_file(folder / "cassettes" / "loyalty.json", b"{}", makes_folder=True)
        calls.mark(TOLD)


def do_attributes(folder: Path, calls: FileCalls) -> None:
    with calls.note(folder):
        add_attributes_line(folder / "cactions.vault")
        calls.mark(TOLD)


def do_more_attributes(folder: Path, calls: FileCalls) -> None:
    (folder / ".gitattributes").write_bytes(b"*.png binary")
    with calls.note(folder):
        add_attributes_line(folder / "cactions.vault")
        calls.mark(TOLD)


def do_recording(folder: Path, calls: FileCalls) -> None:
    writer = JsonCassetteWriter(folder / "loyalty.json")
    with calls.note(folder):
        writer.save(b"{}")
        calls.mark(TOLD)


def do_project_write(folder: Path, calls: FileCalls) -> None:
    with calls.note(folder):
        file_io.write_text(folder / "attributes.lock.json", "{}")
        calls.mark(TOLD)


def do_replace(folder: Path, calls: FileCalls) -> None:
    (folder / "actions.yaml").write_bytes(b"old")
    with calls.note(folder):
        file_io.replace_file(folder / "actions.yaml", b"old", b"new")
        calls.mark(TOLD)


def do_append(folder: Path, calls: FileCalls) -> None:
    with calls.note(folder):
        file_io.append_text(folder / "summary.md", "one line\n")
        calls.mark(TOLD)


def do_new_file(folder: Path, calls: FileCalls) -> None:
    with calls.note(folder):
        create_files(folder / "new", {"actions.yaml": "1"})
        calls.mark(TOLD)


def do_pull(folder: Path, calls: FileCalls) -> None:
    with calls.note(folder):
        write_pulled_files(folder / "pulled", {"a.yaml": "1", "b.yaml": "2"}, update=True)
        calls.mark(TOLD)


def do_reading(folder: Path, calls: FileCalls) -> None:
    for name in ("config.toml", "people.csv"):
        (folder / name).write_text("")
    with calls.note(folder):
        read_user_config(folder / "config.toml")
        with file_io.open_binary(folder / "people.csv") as file:
            file.read()
        calls.mark(TOLD)


# The state folder


def do_state_folder(folder: Path, calls: FileCalls) -> None:
    with calls.note(folder):
        StateFolder(folder / "state").make()
        calls.mark(TOLD)


def do_scratch(folder: Path, calls: FileCalls) -> None:
    StateFolder(folder / "state").make()
    with calls.note(folder), open_scratch_folder(folder / "state"):
        calls.mark(TOLD)


def do_lock(folder: Path, calls: FileCalls) -> None:
    StateFolder(folder / "state").make()
    with calls.note(folder), FileRunLock(folder / "state", "ada").hold(head()):
        calls.mark(TOLD)


def do_pace(folder: Path, calls: FileCalls) -> None:
    shared = FileSharedState(folder / "state", "app")
    StateFolder(folder / "state").make()
    with calls.note(folder):
        shared.update(MonotonicClock(), lambda state, _now: (state, None))
        calls.mark(TOLD)


def do_digests(folder: Path, calls: FileCalls) -> None:
    StateFolder(folder / "state").make()
    with calls.note(folder):
        SeedDigests(folder / "state", crowd(2)).remember(())
        calls.mark(TOLD)


# The local workspace


@contextmanager
def open_people(folder: Path) -> Iterator[LocalPeopleStore]:
    with closing(LocalPeopleStore(folder / "state")) as people:
        yield people


def do_people_import(folder: Path, calls: FileCalls) -> None:
    StateFolder(folder / "state").make()
    with open_people(folder) as people, calls.note(folder):
        people.import_people(crowd(2))
        calls.mark(TOLD)


def do_people_commit(folder: Path, calls: FileCalls) -> None:
    with open_people(folder) as people:
        people.import_people(crowd(3))
        with calls.note(folder):
            people.commit(plans(1)[0])
            calls.mark(TOLD)


def do_people_batch(folder: Path, calls: FileCalls) -> None:
    with open_people(folder) as people:
        people.import_people(crowd(3))
        with calls.note(folder):
            with people.open_batch():
                for plan in plans(3):
                    people.commit(plan)
            calls.mark(TOLD)
