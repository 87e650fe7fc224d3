"""``runs forget`` never reports success while data of the person may be left."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cactions.cli import prompts
from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli

RUN = ("run", "loyalty", "--person", "u-1", "--replay", "--yes")
FORGET = ("runs", "forget", "--yes", "--person")


@pytest.mark.parametrize("person", ["u-1", "id=u-1", "id=nope", "user_id=nope"])
def test_an_unknown_person_is_refused(cli: Cli, person: str) -> None:
    """A value without a key is an id; the id of no person erases nothing."""
    assert Exit.CLEAN == cli(*RUN).code
    done = cli(*FORGET, person)
    assert Exit.MISUSE == done.code
    assert "there is no person" in done.err.lower()
    assert "SPRING24" in cli("runs", "show", "last").out


def test_a_run_whose_index_lost_the_person_is_reported(cli: Cli, home: Path) -> None:
    """Its entry is another person's, and its plan is not: the run is damaged."""
    assert Exit.CLEAN == cli(*RUN).code
    [path] = (home / ".cactions" / "runs").glob("*.db")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE entry SET person_id = 'other'")
    done = cli(*FORGET, "user_id=u-1")
    assert done.code not in (Exit.CLEAN, Exit.INTERNAL)
    assert "Nothing was erased." in done.err
    assert path.stem in done.err.replace("\n", " ")


def test_an_unreadable_run_is_reported(cli: Cli, home: Path) -> None:
    """It may hold data of the person, who is erased from all others."""
    for user in ("u-1", "u-2"):  # in processes of their own, so that no connection is left open
        words = [word.replace("u-1", user) for word in RUN]
        command = [sys.executable, "-m", "cactions", *words]
        subprocess.run(command, cwd=home, capture_output=True, check=False, timeout=300)
    first, _ = sorted((home / ".cactions" / "runs").glob("*.db"))
    os.truncate(first, 5_000)
    done = cli(*FORGET, "user_id=u-1")
    assert done.code not in (Exit.CLEAN, Exit.INTERNAL)
    assert first.stem in done.err


def test_rows_without_a_person_are_erased_too(cli: Cli, home: Path) -> None:
    """A row that repeats the person, and one from before they were there, hold their key."""
    (home / "people.csv").write_text("email\nada@example.com\nADA@example.com\nada@EXAMPLE.com\n")
    path = home / "actions.yaml"
    path.write_text(path.read_text().replace("match: user_id", "match: email"))
    replay = ("run", "loyalty", "--people", "people.csv", "--replay", "--yes")
    assert Exit.FINDINGS == cli(*replay).code
    entries = cli("runs", "show", "last", "--json").json["entries"]
    assert 3 == len(entries)
    about_ada = [e for e in entries if e["plan"]["subject"]["matched"]["value"][:4] == "ada@"]
    assert [False, True] == [not e["plan"]["subject"]["person_id"] for e in about_ada]
    done = cli(*FORGET, "user_id=u-1")
    assert Exit.CLEAN == done.code
    assert "2 entries erased" in done.err
    for file in (home / ".cactions" / "runs").glob("*.db*"):
        held = file.read_bytes()
        assert b"ada@" not in held
        assert held.count(b"ADA@example.com") <= 3, "another address, which no one has"


def test_a_row_of_no_one_is_erased_and_the_others_stay(cli: Cli, home: Path) -> None:
    """Rows of other keys for which no one was found are about other people."""
    (home / "people.csv").write_text("user_id\nu-1\nu-nine\nu-ten\nu-eleven\n")
    replay = ("run", "loyalty", "--people", "people.csv", "--replay", "--yes")
    assert Exit.FINDINGS == cli(*replay).code
    done = cli(*FORGET, "user_id=u-nine")
    assert Exit.CLEAN == done.code
    assert "person with user_id u-nine the runs hold 1 entry in 1 run" in done.err
    assert "1 entry erased" in done.err
    entries = cli("runs", "show", "last", "--json").json["entries"]
    held = [entry["plan"]["subject"]["matched"]["value"] for entry in entries]
    assert ["u-1", "", "u-ten", "u-eleven"] == held
    for file in (home / ".cactions" / "runs").glob("*.db*"):
        assert b"u-nine" not in file.read_bytes()
    assert Exit.MISUSE == cli(*FORGET, "user_id=u-nine").code, "no one is left"


def test_a_row_that_repeats_the_key_is_no_other_person(cli: Cli, home: Path) -> None:
    """The key of the file is enough to forget them."""
    (home / "people.csv").write_text("user_id\nu-1\nu-1\n")
    replay = ("run", "loyalty", "--people", "people.csv", "--replay", "--yes")
    assert Exit.FINDINGS == cli(*replay).code
    done = cli(*FORGET, "user_id=u-1")
    assert Exit.CLEAN == done.code, done.err
    assert "2 entries erased" in done.err


def test_a_run_that_has_begun_since_the_question_is_not_erased(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked is not true any more: the person's write is under way."""
    assert Exit.CLEAN == cli(*RUN).code
    [path] = (home / ".cactions" / "runs").glob("*.db")

    def confirm(*_: object) -> bool:
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("UPDATE run SET finished = 0")
            database.execute("UPDATE entry SET receipt = NULL, state = 'started'")
        return True

    monkeypatch.setattr(prompts, "confirm", confirm)
    done = cli(*FORGET, "user_id=u-1")
    assert Exit.MISUSE == done.code
    assert "interrupted" in done.err
    assert "SPRING24" in cli("runs", "show", "last").out
