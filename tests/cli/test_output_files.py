"""Output files: a command never replaces a file that the project itself needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli
from tests.written_files import read_files

DIFF = ("diff", "loyalty", "--person", "u-1", "--replay", "--svg")
OWN = (
    "actions.yaml", "./actions.yaml", "actions.new.yml", "attributes.lock.json", "cactions.vault",
    "cassettes/loyalty.json", ".cactions/people.db", "sub/actions.yaml",
)  # fmt: skip


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("words", [("validate", "--output"), DIFF], ids=["validate", "diff"])
def test_a_file_of_the_project_is_never_replaced(
    cli: Cli, home: Path, words: tuple[str, ...], name: str
) -> None:
    """One wrong name would cost the team its actions, recordings or secrets."""
    for folder in (".cactions", "sub"):
        (home / folder).mkdir(0o700)
    before = read_files(home)
    done = cli(*words, name)
    assert Exit.MISUSE == done.code
    assert "is a file of the project itself, and was not replaced" in " ".join(done.err.split())
    assert before == read_files(home)


def test_a_validated_file_is_never_replaced(cli: Cli, home: Path) -> None:
    """Whatever its name is."""
    (home / "actions.yaml").rename(home / "team.yaml")
    text = (home / "team.yaml").read_text()
    assert Exit.MISUSE == cli("validate", "team.yaml", "--output", "./team.yaml").code
    assert text == (home / "team.yaml").read_text()


@pytest.mark.parametrize("name", ["report.txt", "actions.svg", "out/cassettes", "people.md"])
@pytest.mark.parametrize("words", [("validate", "--output"), DIFF], ids=["validate", "diff"])
def test_any_other_file_is_written(cli: Cli, home: Path, words: tuple[str, ...], name: str) -> None:
    """Also over an older one."""
    (home / "out").mkdir()
    (home / name).write_text("old")
    assert Exit.CLEAN == cli(*words, name).code
    assert "old" != (home / name).read_text()


@pytest.mark.parametrize(
    "words",
    [
        "diff loyalty --people people.csv --replay --report people.csv",
        "diff loyalty --people people.csv --replay --report ./link/../people.csv",
        "diff loyalty --people people.csv --replay --out people.csv",
        "diff loyalty --people people.csv --replay --out x.json --report x.json",
        "run loyalty --people people.csv --replay --yes --report people.csv",
        "run loyalty --people people.csv --replay --yes --html people.csv",
        "run loyalty --people people.csv --replay --yes --report x.md --html x.md",
        "diff loyalty --person u-1 --replay --html actions.yaml",
        "validate --html actions.yaml",
        "validate --html link/../actions.yaml",
        "run loyalty --plan plan.json --replay --yes --report plan.json",
        "run loyalty --plan plan.json --replay --yes --report actions.yaml",
        "run loyalty --plan plan.json --replay --yes --report report.txt",
    ],
)
def test_what_the_command_reads_is_never_replaced(cli: Cli, home: Path, words: str) -> None:
    """Nor another output of it; that is said before a plan is taken."""
    (home / "people.csv").write_text("user_id\nu-1\n")
    (home / "link").mkdir()
    plan = ("diff", "loyalty", "--people", "people.csv", "--replay", "--out", "plan.json")
    assert Exit.CLEAN == cli(*plan).code
    files = {path: path.read_bytes() for path in home.iterdir() if path.is_file()}
    assert Exit.MISUSE == cli(*words.split()).code
    assert files == {path: path.read_bytes() for path in home.iterdir() if path.is_file()}
    assert "1 applied" in cli("run", "loyalty", "--plan", "plan.json", "--replay", "--yes").out
