"""If a vault exists, a run that it has not sealed is shown, but undone only on request."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cactions.cli import journal_wiring
from cactions.cli.exit_codes import Exit
from cactions.edges.store import run_schema
from cactions.edges.store.sqlite import Schema
from tests.cli.conftest import Cli
from tests.run_report import REPORT
from tests.tampering import change_database

RUN = ("run", "loyalty", "--person", "u-1", "--replay", "--yes")
FORGED = "attacker@evil.example"


@pytest.fixture
def key(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key file beside the example."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", "ada.key")


@pytest.fixture
def plain(cli: Cli, home: Path, key: None) -> Path:
    """A run from before the vault, and a vault."""
    assert Exit.CLEAN == cli(*RUN).code
    assert Exit.CLEAN == cli("vault", "init", "--name", "ada").code
    return run_of(home)


@pytest.fixture
def sealed(cli: Cli, home: Path, key: None) -> Path:
    """A vault, and a run that it seals."""
    assert Exit.CLEAN == cli("vault", "init", "--name", "ada").code
    assert Exit.CLEAN == cli(*RUN).code
    return run_of(home)


def run_of(home: Path) -> Path:
    [path] = (home / ".cactions" / "runs").glob("*.db")
    return path


def make_older(path: Path, layout: Schema) -> None:
    """The run as an older version of cactions wrote it."""
    seal = ", seal" if layout is run_schema.SEALED_LAYOUT else ""
    with closing(sqlite3.connect(path)) as database, database:
        runs = database.execute(f"SELECT head, finished{seal} FROM run").fetchall()
        columns = "number, person_id, plan, receipt, undone_by"
        entries = database.execute(f"SELECT {columns} FROM entry").fetchall()
        for table in ("run", "entry", "mark", "waiting", "evidence"):
            database.execute(f"DROP TABLE {table}")
        for statement in layout.statements:
            database.execute(statement)
        places = ", ?" * bool(seal)
        database.executemany(f"INSERT INTO run VALUES (?, ?{places})", runs)
        database.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", entries)
        database.execute(f"PRAGMA user_version = {layout.version}")


def ada(cli: Cli) -> Any:
    return cli("people", "show", "u-1", "--json").json["people"][0]


def forged_plan(path: Path, cli: Cli) -> None:
    """The run in plain text, as an attacker without a key can write it."""
    contact, tier = ada(cli)["id"], "gold"
    change = {"attribute": "tier", "kind": "overwrite", "source": "$.tier", "redacted": False,
              "before": FORGED, "after": tier, "data_type": "string", "cautions": []}  # fmt: skip
    plan = {"format": "cactions.plan/1", "action": "loyalty",
            "subject": {"person_id": contact, "label": "Ada",
                        "matched": {"field": "user_id", "value": "u-1"}},
            "call": {"line": "", "status": None, "source": ""},
            "changes": [change], "left": [], "proof": None, "premises": []}  # fmt: skip
    receipt = {"format": "cactions.receipt/1", "person_id": contact, "outcome": "applied",
               "message": "", "conflicts": []}  # fmt: skip
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "UPDATE entry SET person_id = ?, plan = ?, receipt = ?",
            (contact, json.dumps(plan), json.dumps(receipt)),
        )


def downgraded(path: Path, cli: Cli) -> None:
    """Also the file format of before there were seals."""
    forged_plan(path, cli)
    make_older(path, run_schema.OLD_LAYOUT)


def bare(path: Path, cli: Cli) -> None:
    """Also the head without its seal."""
    forged_plan(path, cli)
    change_database(path, "UPDATE run SET seal = NULL")


def receipt_only(path: Path, cli: Cli) -> None:
    """One plain cell in a sealed run."""
    receipt = {"format": "cactions.receipt/1", "person_id": ada(cli)["id"], "outcome": "applied",
               "message": "", "conflicts": []}  # fmt: skip
    change_database(path, "UPDATE entry SET receipt = ?", values=(json.dumps(receipt),))


def seal_only(path: Path, cli: Cli) -> None:
    """Sealed entries under a head that anyone could have written."""
    change_database(path, "UPDATE run SET seal = NULL")


def plain_summary(path: Path, cli: Cli) -> None:
    """What the operator agrees to is not what is sealed."""
    change_database(path, "UPDATE run SET summary = 'one harmless change'")


FORGERIES = (plain_summary, forged_plan, downgraded, bare, receipt_only, seal_only)


@pytest.mark.parametrize("forge", FORGERIES)
def test_a_run_without_its_seals_writes_nothing(
    cli: Cli, sealed: Path, forge: Callable[[Path, Cli], None]
) -> None:
    """An attacker who can write the file cannot choose the values that undo or resume writes."""
    forge(sealed, cli)
    before = ada(cli)
    listed = cli("runs", "list")
    assert (Exit.CLEAN, True) == (listed.code, "not sealed" in listed.out)
    assert "--unsealed" in " ".join(listed.err.split())
    assert "authentic" in cli("runs", "list", "--json").json["runs"][0]
    assert "not fully sealed" in " ".join(cli("runs", "show", "last").out.split())
    refused = 0
    for name in ("last", sealed.stem):
        for verb in ("undo", "resume"):
            change_database(sealed, f"UPDATE run SET finished = {int(verb == 'undo')}")
            done = cli("runs", verb, name, "--yes")
            assert (Exit.MISUSE, True) == (
                done.code,
                "is not completely sealed" in " ".join(done.err.split()),
            )
            assert "--unsealed" in done.err
            refused += 1
    assert before == ada(cli)
    REPORT.append(f"unsealed runs ({forge.__name__}): {refused} tried, 0 accepted")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE run SET head = replace(head, 'loyalty', 'billing')",
        "UPDATE run SET head = replace(head, '\"apply\"', '\"undo\"')",
        "UPDATE run SET seal = flipped(seal)",
        "UPDATE run SET seal = (SELECT plan FROM entry)",
        "UPDATE run SET seal = 'x'",
        "UPDATE run SET seal = x''",
    ],
)
def test_a_run_with_a_changed_head_is_damaged(cli: Cli, sealed: Path, statement: str) -> None:
    """Its seal is valid for one text in one run only."""
    change_database(sealed, statement)
    for words in (("show", sealed.stem), ("undo", sealed.stem, "--yes"), ("list",)):
        done = cli("runs", *words)
        assert done.code == Exit.NOTHING_DONE, done.err


def test_a_sealed_run_of_the_second_version_is_undone(cli: Cli, sealed: Path) -> None:
    """It is authentic, as it was."""
    make_older(sealed, run_schema.SEALED_LAYOUT)
    assert "not sealed" not in cli("runs", "list").out
    assert Exit.CLEAN == cli("runs", "undo", "last", "--yes").code
    assert "silver" == ada(cli)["attributes"]["tier"]


def test_a_run_from_before_the_vault_is_undone_with_unsealed(cli: Cli, plain: Path) -> None:
    """It is shown unchanged, and --unsealed is enough."""
    assert Exit.MISUSE == cli("runs", "undo", "last", "--yes").code
    assert "gold" == ada(cli)["attributes"]["tier"]
    assert Exit.CLEAN == cli("runs", "undo", "last", "--yes", "--unsealed").code
    assert "silver" == ada(cli)["attributes"]["tier"]


@pytest.mark.parametrize(
    "layout", [run_schema.OLD_LAYOUT, run_schema.SEALED_LAYOUT], ids=["1", "2"]
)
def test_a_run_file_of_an_older_version_can_be_undone_without_a_vault(
    cli: Cli, home: Path, layout: Schema
) -> None:
    """An update of cactions removes no abilities."""
    assert Exit.CLEAN == cli(*RUN).code
    make_older(run_of(home), layout)
    assert "not sealed" not in cli("runs", "list").out
    assert Exit.CLEAN == cli("runs", "undo", "last", "--yes").code
    assert "silver" == ada(cli)["attributes"]["tier"]


def test_a_sealed_run_stays_sealed_after_forget(cli: Cli, sealed: Path) -> None:
    """The remaining data is sealed like everything else."""
    assert Exit.CLEAN == cli("runs", "forget", "--person", "user_id=u-1", "--yes").code
    listed = cli("runs", "list")
    assert (Exit.CLEAN, False) == (listed.code, "not sealed" in listed.out)
    assert "A forgotten person" in cli("runs", "show", "last").out


def test_values_of_an_unsealed_run_do_not_count_as_ours(cli: Cli, home: Path, plain: Path) -> None:
    """``overwrite: if_ours`` trusts authentic runs only."""
    contact = ada(cli)["id"]
    assert {} == journal_wiring.open_journal(home).get_last_applied(contact)
    assert Exit.CLEAN == cli("runs", "undo", "last", "--yes", "--unsealed").code
    assert Exit.CLEAN == cli(*RUN).code
    assert "gold" == journal_wiring.open_journal(home).get_last_applied(contact)["tier"]


# Types and redaction: the project's current definition decides


def retyped(path: Path, values: dict[str, object]) -> None:
    """The run, with a plan that claims another type for an attribute."""
    with closing(sqlite3.connect(path)) as database, database:
        [(text,)] = database.execute("SELECT plan FROM entry").fetchall()
        plan = json.loads(text)
        for change in plan["changes"]:
            if change["attribute"] in values:
                change["before"] = values[change["attribute"]]
        database.execute("UPDATE entry SET plan = ?", [json.dumps(plan)])


VALUES: dict[str, list[object]] = {
    "tier": [1, 1.5, True, "a\0b"],
    "loyalty_points": ["7", 1.5, False, 2**60],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in VALUES.items() for value in values]
)
def test_undo_does_not_restore_a_value_of_another_type(
    cli: Cli, home: Path, name: str, value: object
) -> None:
    """A run file could claim that a text was a number: such a value is never written."""
    assert Exit.CLEAN == cli(*RUN).code
    before = ada(cli)
    retyped(run_of(home), {name: value})
    done = cli("runs", "undo", "last", "--yes")
    assert Exit.FINDINGS == done.code
    assert f'"{name}" ' in done.err
    assert "nothing was written" in " ".join(done.err.split()).lower()
    assert before == ada(cli)


def test_resume_does_not_write_a_value_of_another_type(cli: Cli, home: Path) -> None:
    """The person gets one failed receipt."""
    assert Exit.CLEAN == cli(*RUN).code
    path = run_of(home)
    assert Exit.CLEAN == cli("runs", "undo", "last", "--yes").code
    before = ada(cli)
    with closing(sqlite3.connect(path)) as database, database:
        [(text,)] = database.execute("SELECT plan FROM entry").fetchall()
        plan = json.loads(text)
        for change in plan["changes"]:
            change.pop("after", None)
            change.pop("same", None)
            if "before" in change:
                change["after"] = 5 if change["attribute"] == "tier" else change["before"]
        database.execute(
            "UPDATE entry SET plan = ?, receipt = NULL, undone_by = '', state = 'started'",
            [json.dumps(plan, separators=(",", ":"))],
        )
        database.execute("UPDATE run SET finished = 0")
    done = cli("runs", "resume", path.stem, "--yes")
    assert Exit.FINDINGS == done.code, done.err
    assert '"tier" must be a text' in " ".join(done.out.split())
    assert before == ada(cli)


SHOWING = (
    ("show", "last"),
    ("show", "last", "--json"),
    ("export", "last"),
    ("list", "--json"),
    ("undo", "last"),
    ("undo", "last", "--yes"),
    ("show", "last"),
)


def test_values_redacted_by_the_project_are_hidden_in_every_run(cli: Cli, home: Path) -> None:
    """A run file cannot show what the action files redact, whichever command shows it."""
    assert Exit.CLEAN == cli(*RUN).code
    assert "silver" in cli("runs", "show", "last").out
    text = (home / "actions.yaml").read_text()
    (home / "actions.yaml").write_text(
        text.replace("\nattributes:\n  tier: {", "\nattributes:\n  tier: {redacted: true, ", 1)
    )
    assert "redacted: true" in (home / "actions.yaml").read_text()
    for words in SHOWING:
        done = cli("runs", *words)
        assert "silver" not in done.out + done.err, words
        assert "gold" not in done.out + done.err, words
    REPORT.append(f"values redacted later: {len(SHOWING)} commands, 0 shown")


def test_a_resumed_run_shows_nothing_that_the_project_redacts(cli: Cli, home: Path) -> None:
    """Nor does a name, where it is redacted."""
    assert Exit.CLEAN == cli(*RUN).code
    text = (home / "actions.yaml").read_text()
    text = text.replace("\nattributes:\n  tier: {", "\nattributes:\n  tier: {redacted: true, ", 1)
    (home / "actions.yaml").write_text(text)
    for shown in ((), ("--json",)):
        change_database(run_of(home), "UPDATE run SET finished = 0", UNFINISHED)
        done = cli("runs", "resume", "last", "--yes", *shown)
        assert (Exit.CLEAN, True) == (done.code, "Ada" in done.out), done.err
        assert "silver" not in done.out + done.err
        assert "gold" not in done.out + done.err


UNFINISHED = "UPDATE entry SET receipt = NULL, state = 'started'"


def test_an_address_that_is_redacted_now_is_not_shown_of_an_older_run(cli: Cli, home: Path) -> None:
    """Neither in the proof nor as the name of a person, who may have no other."""
    assert Exit.CLEAN == cli(*RUN).code
    change_database(
        run_of(home), "UPDATE entry SET plan = replace(plan, 'Ada Lovelace', 'ada@example.com')"
    )
    assert "ada@example.com" in cli("runs", "show", "last").out
    path = home / "actions.yaml"
    text = path.read_text()
    plain = "equals: person.email\n"
    marked = text.replace(plain, f"{plain}        redacted: true\n", 1)
    path.write_text(marked)
    assert text != marked
    for words in (("show", "last"), ("show", "last", "--json"), ("export", "last")):
        done = cli("runs", *words)
        assert (Exit.CLEAN, False) == (done.code, "ada@example.com" in done.out), done.out


@pytest.mark.parametrize("forge", [forged_plan, downgraded, bare, receipt_only])
def test_an_unsealed_run_of_the_time_of_the_vault_is_refused_with_unsealed_too(
    cli: Cli, sealed: Path, forge: Callable[[Path, Cli], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Since the vault was made, every run is sealed: whoever made this one had no key."""
    monkeypatch.setattr("cactions.cli.run_head.time.time", lambda: 2_000_000_000.0)
    assert Exit.CLEAN == cli("runs", "undo", "last", "--yes").code
    assert Exit.CLEAN == cli(*RUN).code
    paths = (sealed.parent).glob("*.db")
    [newest] = [
        path for path in paths if path.stem.startswith("20330518") and "apply" in kind(path)
    ]
    forge(newest, cli)
    before, refused = ada(cli), 0
    for verb in ("undo", "resume", "retry", "settle"):
        change_database(newest, f"UPDATE run SET finished = {int(verb != 'resume')}")
        found = ["--done"] if verb == "settle" else []
        done = cli("runs", verb, newest.stem, "--yes", "--unsealed", *found)
        said = " ".join(done.err.split())
        assert (Exit.MISUSE, True) == (done.code, "begun after the vault was made" in said), said
        refused += 1
    assert before == ada(cli)
    REPORT.append(f"forged after vault init ({forge.__name__}): {refused} tried, 0 accepted")


def kind(path: Path) -> str:
    with closing(sqlite3.connect(path)) as database:
        [(text,)] = database.execute("SELECT head FROM run").fetchall()
    return str(json.loads(text)["kind"])


def test_a_run_from_before_the_vault_is_settled_only_on_request(cli: Cli, plain: Path) -> None:
    """What is recorded about it decides whether a request is made again."""
    named = ("runs", "settle", plain.stem, "--done", "--yes")
    refused = cli(*named)
    said = " ".join(refused.err.split())
    assert (Exit.MISUSE, True) == (refused.code, "run the same command with --unsealed" in said)
    accepted = cli(*named, "--unsealed")
    assert "no request of unknown outcome" in " ".join(accepted.err.split()).lower()
