"""What a user of a run for many people is told: how to apply it, and what does not fit."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli

ROWS = "user_id\nu-1\nu-2\n \n"


@pytest.fixture
def people(home: Path) -> Path:
    path = home / "two people.csv"
    path.write_text(ROWS)
    return path


def join_lines(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("who", [["--all"], ["--where", "role = user"], ["--people", "FILE"]])
def test_a_diff_ends_with_the_command_that_applies_it(
    cli: Cli, people: Path, who: list[str]
) -> None:
    """It can be pasted as it is, and then there is nothing left to apply."""
    words = ["loyalty", *(people.name if word == "FILE" else word for word in who), "--replay"]
    shown = join_lines(cli("diff", *words).out)
    command = shown.partition("Nothing was written. To apply it: cactions ")[2]
    assert ["run", *words] == shlex.split(command)
    assert "2 applied" in cli(*shlex.split(command), "--yes").out
    assert "To apply it" not in cli("diff", *words).out


def test_a_preview_names_the_recording_that_was_replayed(cli: Cli, people: Path) -> None:
    """Unless nothing was asked of it."""
    words = ("diff", "loyalty", "--replay")
    assert "replayed from cassettes/loyalty.json" in cli(*words, "--all").out
    assert "replayed" not in cli(*words, "--where", "name = X").out


def test_a_replay_that_is_stopped_says_that_nothing_was_sent(cli: Cli, people: Path) -> None:
    """Three recorded answers in a row that deny the access."""
    people.write_text("user_id\nu-1\nu-2\nu-3\n")
    recording = people.parent / "cassettes" / "loyalty.json"
    recording.write_text(recording.read_text().replace('"code": 200', '"code": 403'))
    done = cli("diff", "loyalty", "--people", people.name, "--replay")
    assert Exit.NOTHING_DONE == done.code
    assert "3 calls in a row were denied" in join_lines(done.err)
    assert "Nothing was sent and nothing was written." in join_lines(done.err)


@pytest.mark.parametrize("who", ["--all", "--people=two people.csv"])
def test_a_replayed_diff_of_many_needs_no_key(
    cli: Cli, people: Path, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """As in CI, where the vault is committed and its key is not; a plan that is kept is sealed."""
    monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", "ada.key")
    assert Exit.CLEAN == cli("vault", "init", "--name", "ada").code
    (people.parent / "ada.key").unlink()
    words = ("diff", "loyalty", who, "--replay")
    done = cli(*words)
    assert "2 people to write" in done.out, done.err
    assert Exit.NOTHING_DONE == cli(*words, "--out", "a.plan").code
    assert not (people.parent / "a.plan").exists()
    assert [] == [*people.parent.glob(".cactions/scratch/*")]


def test_a_command_for_a_plan_says_where_the_actions_are(cli: Cli, people: Path) -> None:
    done = cli("diff", "loyalty", "--all", "--replay", "-f", "actions.yaml", "--out", "a.plan")
    assert "cactions run loyalty --plan a.plan -f actions.yaml" in join_lines(done.out)


@pytest.mark.parametrize("text", ["", ROWS, "SQLite format 3"])
def test_another_file_is_no_saved_plan(cli: Cli, home: Path, text: str) -> None:
    """That is a mistake in the command, and no damage of what is stored."""
    (home / "a.plan").write_text(text)
    done = cli("run", "loyalty", "--plan", "a.plan", "--yes")
    assert Exit.MISUSE == done.code
    assert "a.plan is no saved plan" in done.err
    assert "No runs yet" in cli("runs", "list").out


def test_a_plan_of_another_action_names_the_command_for_it(cli: Cli, home: Path) -> None:
    cli("diff", "loyalty", "--all", "--replay", "--out", "a.plan")
    done = cli("run", "billing", "--plan", "a.plan", "--yes")
    assert Exit.MISUSE == done.code
    assert "`cactions run loyalty --plan a.plan`" in done.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("diff loyalty --person u-1 --out a.plan", "--out is for many people"),
        ("diff loyalty --person u-1 --report a.md", "--report is for many people"),
        ("run loyalty --person u-1 --yes --report a.md", "--report is for many people"),
        ("run loyalty --person u-1 --yes --html a.html", "--html is for many people"),
        ("diff loyalty --all --svg a.svg", "--svg is for one person"),
    ],
)
def test_a_file_that_would_not_be_written_is_refused(cli: Cli, words: str, message: str) -> None:
    done = cli(*words.split(), "--replay")
    assert (Exit.MISUSE, True) == (done.code, message in done.err)


def test_a_row_without_a_key_was_matched_by_nothing(cli: Cli, people: Path) -> None:
    """In the table and on the page."""
    cli("diff", "loyalty", "--people", people.name, "--replay", "--report", "a.csv")
    with Path("a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert ["user_id u-1", "user_id u-2", ""] == [row["matched by"] for row in rows]
    cli("diff", "loyalty", "--people", people.name, "--replay", "--html", "a.html")
    assert 2 == Path("a.html").read_text(encoding="utf-8").count('<div class="why">matched by ')


def test_a_missing_input_can_be_a_column(cli: Cli, people: Path) -> None:
    """Where there is a file."""
    done = join_lines(cli("diff", "delivery", "--people", people.name, "--replay").err)
    assert "Add a column for it to the file, or use `--input order_id=VALUE` for everyone." in done
    assert "column" not in cli("diff", "delivery", "--all", "--replay").err


def test_an_undo_of_what_is_undone_says_so(cli: Cli, home: Path) -> None:
    cli("run", "loyalty", "--all", "--replay", "--yes")
    run = cli("runs", "list").out.split("\n")[1].split()[0]
    assert Exit.CLEAN == cli("runs", "undo", run, "--yes").code
    done = cli("runs", "undo", run, "--yes")
    assert Exit.CLEAN == done.code
    assert f"The run {run} has left nothing to undo" in join_lines(done.err)


def test_a_probe_that_was_not_recorded_names_the_command_that_records_it(
    cli: Cli, home: Path
) -> None:
    done = cli("probe", "loyalty", "--replay")
    assert Exit.MISUSE == done.code
    assert "cactions probe loyalty --as u-1 --victim u-2 --record" in join_lines(done.err)
