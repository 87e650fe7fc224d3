"""``runs retry`` on the command line, of runs that are replayed."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from cactions.edges.store.journal import LocalJournal
from tests.cli.conftest import Cli

REPLAY = ("run", "loyalty", "--people", "people.csv", "--replay", "--yes")
ROWS = "user_id,color\nu-1,red\nu-2,blue\nu-3,green\nu-99,gray\n"


def give_inputs(home: Path) -> None:
    """The action has a data input."""
    path = home / "actions.yaml"
    text = path.read_text()
    old = "  loyalty:\n"
    assert old in text
    inputs = "    data_inputs:\n      - {name: color, type: string, required: true}\n"
    path.write_text(text.replace(old, old + inputs, 1))


def read_entries(cli: Cli) -> list[dict[str, object]]:
    """The lines of an exported run, without its head."""
    return [json.loads(line) for line in cli("runs", "export", "last").out.splitlines()[1:]]


def test_the_rows_of_the_new_run_are_those_of_the_old_one(cli: Cli, home: Path) -> None:
    """The same people, by the same keys; both runs are listed, and each says what it is."""
    (home / "people.csv").write_text(ROWS)
    assert Exit.FINDINGS == cli(*REPLAY).code
    [first] = cli("runs", "list", "--json").json["runs"]
    done = cli("runs", "retry", "last", "--yes")
    assert Exit.FINDINGS == done.code
    assert "2 of 4 people: 2 failed" in " ".join(done.err.split())
    second, _ = cli("runs", "list", "--json").json["runs"]
    first_id = first["head"]["id"]
    assert (first_id, 2) == (second["head"]["retries"], second["head"].get("people") or 2)
    for command in ("list", "show"):
        words = ("last",) if command == "show" else ()
        assert first_id in cli("runs", command, *words).out
    keys = [entry["plan"]["subject"]["matched"]["value"] for entry in read_entries(cli)]  # type: ignore[index]
    assert ["u-3", "u-99"] == keys
    assert first == cli("runs", "list", "--json").json["runs"][1]


def test_inputs_are_used_again_and_not_shown(cli: Cli, home: Path) -> None:
    """They are in the run, as in the first one; where the action has others now, it is refused."""
    give_inputs(home)
    (home / "people.csv").write_text(ROWS)
    assert Exit.FINDINGS == cli(*REPLAY).code
    assert Exit.FINDINGS == cli("runs", "retry", "last", "--yes").code
    with closing(LocalJournal(home / ".cactions")) as journal:
        runs = [*journal.list_runs()]
    kept = [[(e.plan.inputs or {}).get("color") for e in run.entries] for run in runs]
    assert [["green", "gray"], ["red", "blue", "green", "gray"]] == kept
    for words in (("export", "last"), ("show", "last"), ("show", "last", "--json")):
        assert "gray" not in cli("runs", *words).out
    path = home / "actions.yaml"
    path.write_text(path.read_text().replace("name: color", "name: colour"))
    refused = cli("runs", "retry", "last", "--yes")
    assert Exit.MISUSE == refused.code
    assert 'has no input "color"' in " ".join(refused.err.split())
    assert 2 == len(cli("runs", "list", "--json").json["runs"])


def test_a_person_who_is_gone_has_failed(cli: Cli, home: Path) -> None:
    """The others are not disturbed, and the counts add up."""
    (home / "people.csv").write_text(ROWS)
    cli(*REPLAY)
    path = home / "actions.yaml"
    text = path.read_text()
    path.write_text(text.replace("user_id: u-3", "user_id: u-33"))
    assert Exit.FINDINGS == cli("runs", "retry", "last", "--yes").code
    entries = read_entries(cli)
    assert ["failed", "failed"] == [entry["receipt"]["outcome"] for entry in entries]  # type: ignore[index]
    assert "there is no person" in entries[0]["receipt"]["message"]  # type: ignore[index]


@pytest.mark.parametrize("sealed", [False, True])
def test_a_run_from_before_the_vault_needs_unsealed(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch, sealed: bool
) -> None:
    """Anyone could have made it, and would decide for whom requests are sent."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", "ada.key")
    (home / "people.csv").write_text(ROWS)
    if sealed:
        assert Exit.CLEAN == cli("vault", "init", "--name", "ada").code
    cli(*REPLAY)
    if not sealed:
        assert Exit.CLEAN == cli("vault", "init", "--name", "ada").code
        refused = cli("runs", "retry", "last", "--yes")
        assert Exit.MISUSE == refused.code
        assert "--unsealed" in refused.err
    words = () if sealed else ("--unsealed",)
    assert Exit.FINDINGS == cli("runs", "retry", "last", "--yes", *words).code
    assert "2 failed" in cli("runs", "show", "last").out
