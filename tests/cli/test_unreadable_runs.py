"""A run that cannot be read is named by each command that looks for runs; reading needs no room."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from cactions.edges.store.journal import LocalJournal
from cactions.edges.store.run_schema import LAYOUT
from tests.cli.conftest import Cli, Done
from tests.no_room import no_room
from tests.run_report import REPORT

RUN = ("run", "loyalty", "--person", "u-1", "--replay", "--yes")
LOOKING = (
    ("runs", "list"),
    ("runs", "list", "--json"),
    ("runs", "show", "last"),
    ("runs", "export", "last"),
    ("runs", "resume", "last", "--yes"),
    ("runs", "undo", "last", "--yes"),
    ("runs", "retry", "last", "--yes"),
    ("runs", "settle", "last", "--done", "--yes"),
    ("runs", "prune", "--keep", "0", "--yes"),
    ("runs", "prune", "--older-than", "1h", "--yes"),
    ("runs", "forget", "--person", "user_id=u-1", "--yes"),
)
LIES = ("no run", "No runs", "no other run", "nothing is left", "old enough", "0 entries")


def cut(path: Path) -> None:
    os.truncate(path, 5000)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def overwrite(path: Path) -> None:
    path.write_text("no database\n" * 900)


def renew(path: Path) -> None:
    """A version that is not known yet."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"PRAGMA user_version = {LAYOUT.version + 1}")


def misstate(path: Path) -> None:
    """The head is readable, the entries are not."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE entry SET plan = '{'")


def link(path: Path) -> None:
    path.rename(path.with_suffix(".elsewhere"))
    path.symlink_to(path.with_suffix(".elsewhere"))


DAMAGES = (cut, empty, overwrite, renew, misstate, link)


def run_of(home: Path) -> Path:
    [path] = (home / ".cactions" / "runs").glob("*.db")
    return path


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_command_that_looks_for_runs_names_one_that_cannot_be_read(
    cli: Cli, home: Path, damage: Callable[[Path], None]
) -> None:
    """With the reason, exit code 3, and never as if there were none; no person is changed."""
    assert Exit.CLEAN == cli(*RUN).code
    path = run_of(home)
    damage(path)
    people, tried = cli("people", "show", "u-1", "--json").out, 0
    for words in LOOKING:
        done = cli(*words)
        said = " ".join((done.out + done.err).split())
        assert Exit.NOTHING_DONE == done.code, (words, said)
        assert f"run {path.stem} cannot be read" in said, (words, said)
        assert not [lie for lie in LIES if lie in said], (words, said)
        tried += 1
    assert people == cli("people", "show", "u-1", "--json").out
    assert os.path.lexists(path)
    REPORT.append(f"unreadable runs ({damage.__name__}): {tried} commands, 0 silent")


def test_a_run_that_can_be_read_is_undone_beside_one_that_cannot(cli: Cli, home: Path) -> None:
    """By its id; `last` may be the other one."""
    assert Exit.CLEAN == cli(*RUN).code
    path = run_of(home)
    shutil.copy(path, path.with_name("20990101-000000-dead.db"))
    assert Exit.NOTHING_DONE == cli("runs", "undo", "last", "--yes").code
    assert Exit.CLEAN == cli("runs", "undo", path.stem, "--yes").code


def test_a_plan_says_whose_values_it_does_not_know(cli: Cli, home: Path) -> None:
    """Once, for one person and for many; doctor names the run, too."""
    assert Exit.CLEAN == cli(*RUN).code
    path = run_of(home)
    cut(path)
    (home / "people.csv").write_text("user_id\nu-1\nu-2\n")
    for whose in (("--person", "u-1"), ("--people", "people.csv")):
        said = " ".join(cli("diff", "loyalty", *whose, "--replay").err.split())
        assert 1 == said.count(f"The run {path.stem} cannot be read"), said
    done = cli("doctor", "--json")
    assert [path.stem] == [c["subject"] for c in done.json["checks"] if c["topic"] == "run"]


READING = (
    ("runs", "list"),
    ("runs", "show", "last"),
    ("runs", "export", "last"),
    ("people", "list"),
    ("people", "show", "u-1", "--json"),
    ("diff", "loyalty", "--person", "u-1", "--replay"),
    ("diff", "loyalty", "--person", "u-1", "--replay", "--exit-code"),
)
WRITING = (
    ("runs", "undo", "last", "--yes"),
    ("run", "loyalty", "--person", "u-2", "--replay", "--yes"),
    ("people", "import", "people.csv"),
)


def in_use(home: Path) -> None:
    """As a killed process leaves it: all of the last run is in the log."""
    state, copy = home / ".cactions", home / "copy"
    [run_id] = [path.stem for path in (state / "runs").glob("*.db")]
    with closing(LocalJournal(state)) as journal:
        journal.reopen(run_id)
        journal.mark_undone(run_id, [], "undo-1")
        journal.record_outcomes(run_id, [])
        journal.finish(run_id)
        shutil.copytree(state, copy)
    shutil.rmtree(state)
    copy.rename(state)
    assert [*(state / "runs").glob("*.db-wal")]


def test_a_full_disk_can_be_pruned(cli: Cli, home: Path) -> None:
    """To delete needs no room: it is how room is made."""
    for words in (RUN, ("runs", "undo", "last", "--yes")):
        assert Exit.CLEAN == cli(*words).code
    gc.collect()
    with no_room():
        done = cli("runs", "prune", "--keep", "0", "--yes")
    assert (Exit.CLEAN, True) == (done.code, "2 runs deleted" in done.err), done.err
    assert [] == [*(home / ".cactions" / "runs").glob("*.db*")]


@pytest.mark.parametrize("prepare", [lambda _: None, in_use], ids=["at rest", "in use"])
def test_reading_needs_no_room_on_the_disk(
    cli: Cli, home: Path, prepare: Callable[[Path], None]
) -> None:
    """The answers are those with room; what would write says that there is none."""
    (home / "people.csv").write_text("user_id,name\nu-9,Mary\n")
    assert Exit.CLEAN == cli(*RUN).code
    prepare(home)

    def call(words: tuple[str, ...]) -> Done:
        done = cli(*words)
        gc.collect()  # a process that ends closes its files
        return done

    with no_room():
        found, refused, again = ([*map(call, each)] for each in (READING, WRITING, READING))
    expected = [*map(call, READING)]
    assert expected == found == again
    assert {Exit.CLEAN} == {done.code for done in found}
    assert [Exit.NOTHING_DONE] * 3 == [done.code for done in refused], refused
    assert all("room" in done.err for done in refused)
    REPORT.append(f"no room: {2 * len(READING)} commands read, {len(WRITING)} refused to write")
