"""A new project is valid, complete, and never in the place of what is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import ROOT, Cli

SHIPPED = ROOT / "cactions" / "templates" / "example"


def list_names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_project_is_valid(cli: Cli, home: Path) -> None:
    """It asks nothing; what it shows next is of use."""
    done = cli("init", "new")
    assert (Exit.CLEAN, "") == (done.code, done.err)
    assert [".gitignore", "actions.yaml"] == list_names(home / "new")
    assert {"*.key", ".cactions/"} <= set((home / "new" / ".gitignore").read_text().splitlines())
    assert Exit.CLEAN == cli("validate", "new").code
    assert "cactions new loyalty --from-curl - -f new" in done.out


def test_the_example_is_tested_and_run(cli: Cli, home: Path) -> None:
    """Without a network: its recordings are with it."""
    assert Exit.CLEAN == cli("init", "new", "--example").code
    done = cli("test", "-f", "new")
    assert (Exit.CLEAN, True) == (done.code, "9 tests: 9 ok." in done.out)
    assert Exit.CLEAN == cli("diff", "loyalty", "--person", "u-1", "--replay", "-f", "new").code


def test_the_example_of_the_package_is_that_of_the_repository() -> None:
    """Byte for byte; copy them where one has changed."""
    ours = {path.name: path.read_bytes() for path in (ROOT / "cassettes").iterdir()}
    assert ours == {path.name: path.read_bytes() for path in (SHIPPED / "cassettes").iterdir()}
    example = (ROOT / "actions.example.yaml").read_bytes()
    assert example == (SHIPPED / "actions.yaml").read_bytes()


@pytest.mark.parametrize("words", [(), ("--example",), ("--json",)])
def test_a_project_is_left_alone(cli: Cli, home: Path, words: tuple[str, ...]) -> None:
    """Whatever its file is called."""
    (home / "actions.yaml").rename(home / "actions.other.yml")
    before = sorted(home.rglob("*"))
    done = cli("init", *words)
    assert (Exit.MISUSE, before) == (done.code, sorted(home.rglob("*")))
    assert "no file was made" in (done.out + done.err)


@pytest.mark.parametrize("kind", ["file", "folder", "link", "pipe"])
def test_what_has_the_name_of_a_file_is_left_alone(cli: Cli, home: Path, kind: str) -> None:
    """Before any other is made."""
    folder = home / "new" / "cassettes"
    folder.mkdir(parents=True)
    path = folder / "billing.json"
    if kind == "file":
        path.write_text("mine")
    elif kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(home / "actions.yaml")
    else:
        os.mkfifo(path)
    before = path.lstat()
    done = cli("init", "new", "--example")
    assert (Exit.MISUSE, before) == (done.code, path.lstat())
    assert f"{Path('new/cassettes/billing.json')} is there already" in done.err
    assert ["cassettes"] == list_names(home / "new")


def test_a_file_in_the_place_of_a_folder_is_left_alone(cli: Cli, home: Path) -> None:
    """Before anything is made."""
    (home / "new").mkdir()
    (home / "new" / "cassettes").write_text("mine")
    done = cli("init", "new", "--example")
    assert Exit.MISUSE == done.code
    assert f"{Path('new/cassettes')} is not a folder, and no file was made" in done.err
    assert (["cassettes"], "mine") == (
        list_names(home / "new"), (home / "new" / "cassettes").read_text()
    )  # fmt: skip


def test_a_gitignore_is_kept_and_what_it_lacks_is_named(cli: Cli, home: Path) -> None:
    """Ours would replace somebody's."""
    (home / "new").mkdir()
    (home / "new" / ".gitignore").write_text("*.key\n")
    done = cli("init", "new", "--json")
    assert ([".gitignore"], [".cactions/"]) == (done.json["kept"], done.json["ignore"])
    assert (home / "new" / ".gitignore").read_text() == "*.key\n"


def test_a_link_out_of_the_project_is_refused(cli: Cli, home: Path) -> None:
    """No file is made behind it."""
    (home / "elsewhere").mkdir()
    (home / "new").mkdir()
    (home / "new" / "cassettes").symlink_to(home / "elsewhere")
    done = cli("init", "new", "--example")
    assert Exit.CLEAN != done.code
    assert [] == list_names(home / "elsewhere")


@pytest.mark.parametrize("kind", ["pipe", "endless", "outside"])
def test_a_hostile_gitignore_is_not_read(cli: Cli, home: Path, kind: str) -> None:
    """A clone may have put it there: nothing is waited for, and all lines count as missing."""
    folder = home / "new"
    folder.mkdir()
    ignored = folder / ".gitignore"
    if kind == "pipe":
        os.mkfifo(ignored)
    elif kind == "endless":
        ignored.symlink_to("/dev/zero")
    else:
        (home / "ignored").write_text("*.key\n.cactions/\n")
        ignored.symlink_to(home / "ignored")
    done = cli("init", "new", "--json")
    assert (Exit.CLEAN, [".cactions/", "*.key"]) == (done.code, done.json["ignore"])
    assert [".gitignore", "actions.yaml"] == list_names(folder)
