"""Plan files that were changed: nothing is written but what is shown, and no run is left behind."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cactions.cli import prompts
from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli

DIFF = ("diff", "loyalty", "--people", "people.csv", "--replay", "--out", "plan")
TAKE = ("run", "loyalty", "--plan", "plan", "--yes", "--replay")
RUN = ("run", "loyalty", "--people", "people.csv", "--replay", "--yes")


def change(path: Path, *statements: str) -> None:
    """What any program can do that can write the file; no seal says otherwise."""
    with closing(sqlite3.connect(path)) as database, database:
        for statement in statements:
            assert database.execute(statement).rowcount, statement


@pytest.fixture(params=[False, True], ids=["plain", "sealed"])
def planned(
    request: pytest.FixtureRequest, cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A saved plan of one person, with a row that is held; with and without a vault."""
    if request.param:
        monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", f"{home}.key")
        assert Exit.CLEAN == cli("vault", "init", "--name", "ada").code
    (home / "people.csv").write_text("user_id\nu-1\nu-1\n")
    path = home / "actions.yaml"
    limits = "    breakers: {overwritten: 100, cleared: 100}\n    match: user_id"
    path.write_text(path.read_text().replace("    match: user_id", limits, 1))
    done = cli(*DIFF)
    assert "1 held back" in done.out, done.out + done.err
    return home / "plan"


@pytest.mark.parametrize(
    "statement",
    ["phase = 'running'", "finished = 1", "phase = 'planning'", "phase = 'reading'"],
)
def test_a_run_that_is_no_plan_never_comes_into_the_journal(
    cli: Cli, planned: Path, statement: str
) -> None:
    """From there, it could be resumed without an approval, and with an old definition."""
    whole = planned.read_bytes()
    change(planned, f"UPDATE run SET {statement}")
    done = cli(*TAKE)
    assert Exit.MISUSE == done.code
    assert "is not complete, or was started before" in " ".join(done.err.split())
    assert "No runs" in cli("runs", "list").out
    assert Exit.MISUSE == cli("runs", "resume", "last", "--yes").code
    planned.write_bytes(whole)
    assert "1 applied" in cli(*TAKE).out


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET receipt = NULL, state = 'planned' WHERE state = 'held'",
        "DELETE FROM entry WHERE state = 'held'",
        "DELETE FROM entry WHERE state = 'planned'",
    ],
)
def test_a_plan_with_other_entries_than_it_shows_is_refused(
    cli: Cli, planned: Path, statement: str
) -> None:
    """Counts were approved, and exactly these are written."""
    whole = planned.read_bytes()
    change(planned, statement)
    done = cli(*TAKE)
    assert Exit.MISUSE == done.code, done.out + done.err
    assert "does not have the entries with which it was made" in " ".join(done.err.split())
    assert "No runs" in cli("runs", "list").out
    planned.write_bytes(whole)
    assert "1 applied" in cli(*TAKE).out


def test_a_plan_of_which_a_person_was_forgotten_says_so(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its preview had their values; it is closed, and made again."""
    (home / "people.csv").write_text("user_id\nu-1\nu-nine\n")

    def interrupt(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as asked:
        asked.setattr(prompts, "confirm", interrupt)
        assert Exit.INTERRUPTED == cli(*RUN).code
    assert Exit.CLEAN == cli("runs", "forget", "--person", "user_id=u-nine", "--yes").code
    done = cli("runs", "resume", "last", "--yes")
    assert Exit.MISUSE == done.code
    assert "was forgotten" in done.err
    [path] = (home / ".cactions" / "runs").glob("*.db")
    assert Exit.CLEAN == cli("runs", "undo", path.stem, "--yes").code
    assert "finished" in cli("runs", "list").out
