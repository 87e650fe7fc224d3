"""State that comes with a cloned repository changes no person and hides no run."""

from __future__ import annotations

import json
import os
import pwd
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.edges.hot_journals import hot_journal
from tests.written_files import read_files

RUN = ("run", "loyalty", "--person", "u-1", "--replay", "--yes")


def prepare(path: Path, *statements: str) -> None:
    """Change a database as a program other than cactions could."""
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            database.execute(statement)


def test_a_store_with_a_trigger_is_refused(cli: Cli, home: Path) -> None:
    """A store whose schema is not that of cactions is not used."""
    assert 0 == cli(*RUN).code
    prepare(
        home / ".cactions" / "people.db",
        "CREATE TRIGGER spy AFTER INSERT ON person BEGIN UPDATE person SET role = 'lead'; END",
    )
    done = cli("runs", "undo", "last", "--yes")
    assert 3 == done.code
    assert '"spy" in it is not as cactions made it' in " ".join(done.err.split())


def test_a_run_with_a_forged_time_hides_no_other_run(cli: Cli, home: Path) -> None:
    """It is reported as damaged; the others are listed."""
    assert 0 == cli(*RUN).code
    [path] = (home / ".cactions" / "runs").glob("*.db")
    other = path.with_name("20200101-000000-dead.db")
    other.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(other)) as database, database:
        [(text,)] = database.execute("SELECT head FROM run").fetchall()
        head = {**json.loads(text), "id": other.stem, "started": 1e300}
        database.execute("UPDATE run SET head = ?", [json.dumps(head)])
    done = cli("runs", "list")
    assert 3 == done.code
    assert path.stem in done.out
    assert f"The run {other.stem} cannot be read" in " ".join(done.err.split())


def test_tests_read_no_store(cli: Cli, home: Path) -> None:
    """Test people come from the YAML, whatever a folder of that name holds."""
    assert 0 == cli(*RUN).code
    tests = home / ".cactions" / "tests"
    tests.mkdir(0o700)
    (home / ".cactions" / "people.db").rename(tests / "people.db")
    prepare(tests / "people.db", "DROP TABLE person")
    assert 0 == cli("test", "loyalty").code


def test_a_user_without_a_name_is_shown_by_uid(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container a uid may have no account entry."""

    def no_user(uid: int) -> None:
        raise KeyError(f"getpwuid(): uid not found: {uid}")

    monkeypatch.setattr(pwd, "getpwuid", no_user)
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    assert 0 == cli(*RUN).code
    assert f"by uid-{os.getuid()}@" in " ".join(cli("runs", "show", "last").out.split())


@pytest.fixture
def tracked(cli: Cli, home: Path) -> Path:
    """State that came with a repository, and the git index that lists it."""
    assert 0 == cli(*RUN).code
    name = b".cactions/people.db"
    entry = bytes(60) + len(name).to_bytes(2, "big") + name
    index = b"DIRC\0\0\0\2\0\0\0\1" + entry.ljust((len(entry) + 8) // 8 * 8, b"\0") + bytes(20)
    (home / ".git").mkdir()
    (home / ".git" / "index").write_bytes(index)
    return home


STATE_COMMANDS = (
    ("diff", "loyalty", "--person", "u-1", "--replay"),
    ("people", "list"),
    ("runs", "list"),
    ("runs", "undo", "last", "--yes"),
    RUN,
)


@pytest.mark.parametrize("words", STATE_COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_state_that_git_tracks_is_not_opened(
    cli: Cli, tracked: Path, words: tuple[str, ...]
) -> None:
    """The error names the folder and both solutions."""
    before = read_files(tracked)
    done = cli(*words)
    message = " ".join(done.err.split())
    assert 3 == done.code
    assert ".cactions is tracked by git" in message
    assert "git rm -r --cached .cactions" in message
    assert before == read_files(tracked)


@pytest.mark.parametrize("words", [("validate",), ("test", "loyalty"), ("explain", "CA101")])
def test_commands_without_state_do_not_ask_git(
    cli: Cli, tracked: Path, words: tuple[str, ...]
) -> None:
    """They use nothing of the folder."""
    assert 0 == cli(*words).code


@pytest.mark.parametrize("words", STATE_COMMANDS[:2], ids=lambda words: " ".join(words[:2]))
def test_a_journal_beside_the_store_deletes_nothing(
    cli: Cli, home: Path, words: tuple[str, ...]
) -> None:
    """SQLite would silently delete the file that the journal names."""
    assert 0 == cli(*RUN).code
    store, canary = home / ".cactions" / "people.db", home.parent / "canary"
    canary.write_text("canary")
    journal = store.with_name("people.db-journal")
    journal.write_bytes(hot_journal(canary, store.stat().st_size // 4096))
    done = cli(*words)
    assert (3, True, True) == (done.code, canary.exists(), journal.exists())
    assert "people.db-journal was not made by cactions" in " ".join(done.err.split())
