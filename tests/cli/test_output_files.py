"""Output files: a command never replaces a file that the project itself needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli

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
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    done = cli(*words, name)
    assert Exit.MISUSE == done.code
    assert "is a file of the project itself, and was not replaced" in " ".join(done.err.split())
    assert before == {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}


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
