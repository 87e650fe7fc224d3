"""From YAML to a preview to an applied change and back, for one person."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli

LOYALTY = ("loyalty", "--person", "u-1", "--replay")


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def stored(home: Path) -> list[tuple[object, ...]]:
    """Everything that the store holds about people, byte for byte."""
    with closing(sqlite3.connect(home / ".cactions" / "people.db")) as database:
        return database.execute("SELECT * FROM person ORDER BY id").fetchall()


def test_a_diff_shows_every_kind_of_change_and_writes_nothing(cli: Cli, home: Path) -> None:
    """Added, overwritten, cleared, kept and unchanged; not even a folder is created."""
    done = cli("diff", *LOYALTY)
    assert (Exit.CLEAN, "") == (done.code, done.err)
    for words in ("+ add", "~ overwrite", "- clear", ". kept", "= 2 unchanged", "Nothing was"):
        assert words in done.out
    assert ["actions.yaml", "cassettes"] == sorted(path.name for path in home.iterdir())


def test_a_diff_after_a_run_shows_no_changes(cli: Cli) -> None:
    """Applying a plan makes the next plan empty."""
    assert Exit.CHANGES == cli("diff", *LOYALTY, "--exit-code").code
    assert Exit.CLEAN == cli("run", *LOYALTY, "--yes").code
    after = cli("diff", *LOYALTY, "--exit-code")
    assert (Exit.CLEAN, True) == (after.code, "No changes" in after.out)


def test_a_second_run_changes_nothing_and_stores_no_run(cli: Cli) -> None:
    """The journal holds only what happened."""
    cli("run", *LOYALTY, "--yes")
    assert "No changes" in cli("run", *LOYALTY, "--yes").out
    assert 1 == len(cli("runs", "list", "--json").json["runs"])


def test_undo_restores_the_previous_values_byte_for_byte(cli: Cli, home: Path) -> None:
    """Text, number, null and a missing value are all restored."""
    people = [{"user_id": "u-1", "email": "ada@example.com", "attributes": {
        "tier": "silver", "coupon": 'é\u202e\n"x"', "member_since": 5, "plan_active": None,
    }}]  # fmt: skip
    (home / "people.json").write_text(json.dumps(people))
    assert Exit.CLEAN == cli("people", "import", "people.json", "--update").code
    before = stored(home)
    cli("run", *LOYALTY, "--yes")
    assert before != stored(home)
    assert Exit.CLEAN == cli("runs", "undo", "last", "--yes").code
    assert before == stored(home)


def test_undo_keeps_and_reports_a_value_changed_by_another_writer(cli: Cli, home: Path) -> None:
    """The value of another writer is not overwritten; all others are restored."""
    cli("run", *LOYALTY, "--yes")
    person = cli("people", "show", "u-1", "--json").json["people"][0]
    person["attributes"]["loyalty_points"] = 9999
    (home / "edit.json").write_text(json.dumps([person]))
    assert Exit.CLEAN == cli("people", "import", "edit.json", "--update").code
    undone = cli("runs", "undo", "last", "--yes")
    now = cli("people", "show", "u-1", "--json").json["people"][0]["attributes"]
    assert ("silver", 9999) == (now["tier"], now["loyalty_points"])
    assert Exit.FINDINGS == undone.code
    assert "9999" in undone.out
    assert "1280" in undone.out


def test_undoing_twice_restores_once(cli: Cli) -> None:
    """`last` means the last run that applied something; an undone run stays undone."""
    cli("run", *LOYALTY, "--yes")
    cli("runs", "undo", "last", "--yes")
    again = cli("runs", "undo", "last", "--yes")
    assert (Exit.MISUSE, True) == (again.code, "anything to take back" in again.err)
    assert Exit.CHANGES == cli("diff", *LOYALTY, "--exit-code").code


BAD_ANSWERS = {
    "not_same_person": ('"email\\": \\"ada@', '"email\\": \\"eve@'),
    "not_success": ('"code": 200', '"code": 404'),
    "not_json": ('{\\"id\\": \\"c-9001\\"', "<html>"),
}


@pytest.mark.parametrize("reason", BAD_ANSWERS)
def test_an_unverified_answer_changes_nothing(cli: Cli, home: Path, reason: str) -> None:
    """Another person, an error status, no JSON: the same in test, diff and run."""
    edited(home / "cassettes" / "loyalty.json", *BAD_ANSWERS[reason])
    seen = cli("people", "show", "u-1").out
    diff, run = cli("diff", *LOYALTY, "--json"), cli("run", *LOYALTY, "--yes", "--json")
    assert [reason, reason] == [diff.json["reason"], run.json["result"]["reason"]]
    assert (None, None) == (run.json["receipt"], run.json["run"])
    tested = cli("test", "loyalty")
    assert [Exit.FINDINGS] * 3 == [diff.code, run.code, tested.code]
    assert reason in tested.out
    assert seen == cli("people", "show", "u-1").out


@pytest.mark.parametrize(
    ("person", "reason"), [("u-2", "many_rows"), ("u-3", "not_success"), ("u-1", "no_row")]
)
def test_an_answer_without_exactly_one_row_changes_nothing(
    cli: Cli, home: Path, person: str, reason: str
) -> None:
    """Also an error in the body of a 200 response is no success."""
    edited(home / "cassettes" / "billing.json", '\\"customer\\": \\"u-1\\",', '\\"customer\\": 1,')
    words = ("billing", "--person", person, "--replay")
    assert reason == cli("diff", *words, "--json").json["reason"]
    run = cli("run", *words, "--yes")
    assert (Exit.FINDINGS, True) == (run.code, "Nothing would be written" in run.out)
    assert [] == cli("runs", "list", "--json").json["runs"]


def test_a_failed_identity_check_shows_both_values(cli: Cli) -> None:
    """The author who fixes it must see whose data arrived."""
    shown = cli("diff", "loyalty", "--person", "u-3", "--replay").out
    assert "alan@example.com" in shown
    assert "ada@example.com" in shown


def test_a_redacted_identity_check_shows_neither_value(cli: Cli, home: Path) -> None:
    """`redacted: true` applies to text and JSON."""
    edited(home / "actions.yaml", "path: $.email\n", "path: $.email\n        redacted: true\n")
    for form in ((), ("--json",)):
        shown = cli("diff", "loyalty", "--person", "u-3", "--replay", *form)
        assert Exit.FINDINGS == shown.code
        assert "@example.com" not in shown.out + shown.err


def test_a_redacted_attribute_is_shown_nowhere(cli: Cli, home: Path) -> None:
    """Neither in the preview, nor in the record of a run, nor on the person."""
    edited(home / "actions.yaml", "coupon: {path:", "coupon: {redacted: true, path:")
    seen = [
        cli(*words, *form)
        for form in ((), ("--json",))
        for words in (
            ("diff", *LOYALTY), ("test",), ("run", *LOYALTY, "--yes"), ("runs", "show", "last"),
            ("people", "show", "u-1"), ("people", "list"), ("runs", "undo", "last", "--yes"),
            ("runs", "list"),
        )
    ]  # fmt: skip
    assert not [done for done in seen if "SPRING24" in done.out + done.err]


def test_a_refused_value_is_skipped_and_the_others_are_applied(cli: Cli) -> None:
    """The exit code says that something was refused."""
    words = ("loyalty", "--person", "u-2", "--replay")
    assert Exit.FINDINGS == cli("run", *words, "--yes").code
    now = cli("people", "show", "u-2", "--json").json["people"][0]["attributes"]
    assert ("silver", 325) == (now["tier"], now["loyalty_points"])


def test_without_a_terminal_a_run_needs_yes(cli: Cli, home: Path) -> None:
    """Without a terminal there is no question, so nothing happens."""
    done = cli("run", *LOYALTY)
    assert (Exit.MISUSE, True) == (done.code, "--yes" in done.err)
    assert not (home / ".cactions").exists()


def test_an_undefined_value_stops_before_sending(cli: Cli, home: Path) -> None:
    """No request is built from an incomplete template or from an empty value."""
    edited(home / "actions.yaml", "url: /v1/customers/{{ person.user_id }}",
           "url: /v1/customers/{{ person.phone }}")  # fmt: skip
    for command in ("diff", "run"):
        done = cli(command, *LOYALTY, "--json", *(["--yes"] if command == "run" else []))
        result = done.json.get("result", done.json)
        assert (Exit.FINDINGS, "no_value", None) == (done.code, result["reason"], result["call"])
    assert Exit.FINDINGS == cli("request", "loyalty", "--person", "u-1").code


def test_a_broken_file_stops_every_command_and_lists_all_errors(cli: Cli, home: Path) -> None:
    """Exit 3 and every finding on stderr."""
    edited(home / "actions.yaml", "match: user_id", "macth: user_id")
    for words in (("diff", *LOYALTY), ("run", *LOYALTY, "--yes"), ("test",), ("people", "list")):
        done = cli(*words)
        assert (Exit.NOTHING_DONE, "") == (done.code, done.out)
        assert 'unknown key "macth"' in done.err
        assert "is missing" not in done.err  # it is one mistake


def test_a_replay_needs_no_secret_and_masks_it(cli: Cli) -> None:
    """No vault exists here, and the request is complete except for the masked secret."""
    asked = cli("request", "loyalty", "--person", "u-1")
    assert (Exit.CLEAN, True) == (asked.code, "X-Shop-Token: ••••••" in asked.out)


def test_an_undo_cannot_be_undone(cli: Cli) -> None:
    """The error suggests `run` instead, which shows its diff first."""
    cli("run", *LOYALTY, "--yes")
    cli("runs", "undo", "last", "--yes")
    newest = cli("runs", "list", "--json").json["runs"][0]["head"]
    assert "undo" == newest["kind"]
    done = cli("runs", "undo", newest["id"], "--yes")
    assert (Exit.MISUSE, True) == (done.code, "is an undo itself" in done.err)


def test_undo_last_does_not_skip_a_damaged_newer_run(cli: Cli, home: Path) -> None:
    """Undoing the wrong run is worse than asking which one is meant."""
    cli("run", *LOYALTY, "--yes")
    cli("run", "billing", "--person", "u-1", "--replay", "--yes")
    newest = max((home / ".cactions" / "runs").glob("*.db"))
    newest.write_bytes(b"no database")
    done = cli("runs", "undo", "last", "--yes")
    assert (Exit.NOTHING_DONE, True) == (done.code, newest.stem in done.err)


def test_undo_works_with_a_broken_yaml(cli: Cli, home: Path) -> None:
    """The store and the journal hold all that is needed."""
    cli("run", *LOYALTY, "--yes")
    good = (home / "actions.yaml").read_text()
    edited(home / "actions.yaml", "match: user_id", "macth: user_id")
    assert Exit.CLEAN == cli("runs", "undo", "last", "--yes").code
    (home / "actions.yaml").write_text(good)
    now = cli("people", "show", "u-1", "--json").json["people"][0]["attributes"]
    assert ("silver", "SPRING24") == (now["tier"], now["coupon"])
