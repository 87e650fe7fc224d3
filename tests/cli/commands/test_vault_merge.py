"""``vault merge`` on the command line: what it says, what it asks, and as git's merge driver."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import ROOT, Say

KEY_FILE = "ada.key"
SIDES = "vault merge ours.vault theirs.vault"

ENVIRONMENT = {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def apart(say: Say, home: Path) -> Say:
    """Two files of one vault: both have rotated ``a``, and each has a secret of its own."""
    say("vault init --name ada")
    say("vault seal a --host api.shop.example", "value-of-base")
    shutil.copy(home / "cactions.vault", home / "base.vault")
    for side in ("ours", "theirs"):
        shutil.copy(home / "base.vault", home / "cactions.vault")
        assert Exit.CLEAN == say("vault rotate a", f"value-of-{side}").code
        assert Exit.CLEAN == say(f"vault seal {side} --host x.example", "value-one").code
        shutil.copy(home / "cactions.vault", home / f"{side}.vault")
    return say


def test_a_script_is_told_what_both_sides_changed(apart: Say, home: Path) -> None:
    """With the command that chooses; nothing is written."""
    before = (home / "cactions.vault").read_bytes()
    done = apart(SIDES)
    assert Exit.MISUSE == done.code
    assert "Both sides changed secret a; nothing was written." in flat(done.err)
    assert "`cactions vault merge ours.vault theirs.vault --take a=ours" in flat(done.err)
    assert before == (home / "cactions.vault").read_bytes()


@pytest.mark.parametrize("take", ["a=theirs", "theirs"])
def test_a_choice_joins_them(apart: Say, home: Path, take: str) -> None:
    """In words and as a document; the result opens."""
    done = apart(f"{SIDES} --take {take}")
    assert Exit.CLEAN == done.code
    assert "joined in cactions.vault, as generation 5. From theirs: a, theirs." in flat(done.out)
    assert "1 choice: a (theirs)" in flat(done.out)
    names = {each["name"]: each["version"] for each in apart("vault list --json").json["secrets"]}
    assert {"a": 3, "ours": 1, "theirs": 1} == names
    assert Exit.CLEAN == apart("vault verify").code
    document = apart(f"{SIDES} --take {take} --into new.vault --json").json
    assert ({"a": "theirs"}, ["a", "theirs"]) == (document["chosen"], document["taken"])
    assert (home / "new.vault").exists()


@pytest.mark.parametrize(
    ("take", "word"),
    [("x=ours", "did not change x"), ("mine", "names no side"), ("a=", "names no side"),
     ("a=both", "names no side")],
)  # fmt: skip
def test_a_wrong_choice_is_refused(apart: Say, take: str, word: str) -> None:
    """Before anything is written."""
    done = apart(f"{SIDES} --take {take}")
    assert Exit.MISUSE == done.code
    assert word in flat(done.err)


@pytest.mark.parametrize("sides", ["ours.vault ours.vault", "ours.vault copy.vault"])
def test_one_side_given_twice_is_not_taken_for_a_merge(apart: Say, home: Path, sides: str) -> None:
    """The secrets of the other side would be lost, and the marks of git with them."""
    shutil.copy(home / "ours.vault", home / "copy.vault")
    marks = b"<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> other\n"
    (home / "cactions.vault").write_bytes(marks)
    done = apart(f"vault merge {sides}")
    assert Exit.MISUSE == done.code
    assert "Both sides are the same vault" in flat(done.err)
    assert "`cactions vault verify` says how" in flat(done.err)
    assert "`git show :2:./cactions.vault >ours.vault`" in flat(apart("vault verify").err)
    assert marks == (home / "cactions.vault").read_bytes()


@pytest.mark.parametrize(("typed", "version"), [("theirs", 3), ("what\nours", 3)])
def test_on_a_terminal_it_asks(apart: Say, home: Path, typed: str, version: int) -> None:
    """For each entry that both sides changed, with what each has."""
    args = ["-m", "cactions", *SIDES.split(), "--key-file", str(home / KEY_FILE)]
    child = pexpect.spawn(
        sys.executable, args, cwd=home, env={"PYTHONPATH": str(ROOT), "PATH": "/"}
    )
    child.expect('Both sides changed the secret "a"', timeout=60)
    child.expect(r"ours: +version 2, sealed .* by ada, for api\.shop\.example")
    for word in typed.split("\n"):
        child.expect(r"\[ours/theirs\]")
        child.sendline(word)
    child.expect("The vaults are joined")
    child.expect(pexpect.EOF)
    child.close()
    assert Exit.CLEAN == child.exitstatus
    names = {each["name"]: each["version"] for each in apart("vault list --json").json["secrets"]}
    assert version == names["a"]


def test_init_tells_git_not_to_touch_the_vault(say: Say, home: Path) -> None:
    """And says so where it cannot."""
    say("vault init --name ada")
    assert "cactions.vault -text merge=cactions-vault\n" == (home / ".gitattributes").read_text()
    (home / "sub").mkdir()
    (home / "sub" / ".gitattributes").symlink_to(home / "elsewhere")
    done = say("vault init --name ada --vault sub/cactions.vault --key-file other.key")
    assert Exit.CLEAN == done.code
    assert "Put this line into .gitattributes yourself: cactions.vault -text" in flat(done.err)
    assert not (home / "elsewhere").exists()


@pytest.mark.skipif(not shutil.which("git"), reason="there is no git")
def test_it_is_a_merge_driver_of_git(apart: Say, home: Path) -> None:
    """What it can join is joined in the merge; what it cannot is left as a conflict."""
    project = home / "project"
    project.mkdir()

    def git(*words: str, code: int = 0) -> str:
        config = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "core.hooksPath=/")
        done = subprocess.run(
            ["git", *config, *words], cwd=project, capture_output=True, text=True, check=False,
            env={**ENVIRONMENT, "PATH": os.environ["PATH"], "HOME": str(home)},
        )  # fmt: skip
        assert code == done.returncode, done.stderr
        return done.stdout

    def commit(vault: str) -> None:
        shutil.copy(home / vault, project / "cactions.vault")
        git("add", ".")
        git("commit", "-qm", vault)

    key = f"--key-file {home / KEY_FILE}"
    driver = f"{sys.executable} -m cactions vault merge {key} --base %O --into %A %A %B"
    git("init", "-q", "-b", "main")
    shutil.copy(home / ".gitattributes", project)
    commit("base.vault")
    git("config", "merge.cactions-vault.driver", driver)
    git("checkout", "-qb", "theirs")
    commit("theirs.vault")
    git("checkout", "-q", "main")
    commit("ours.vault")
    git("merge", "-q", "theirs", code=1)
    assert (home / "ours.vault").read_bytes() == (project / "cactions.vault").read_bytes()
    assert "UU cactions.vault" in git("status", "--short")
    git("merge", "--abort")
    git("reset", "-q", "--hard", "HEAD~1")
    assert (
        Exit.CLEAN
        == apart("vault seal late --host x.example --vault base.vault", "value-late").code
    )
    commit("base.vault")
    git("merge", "-q", "--no-edit", "theirs")
    listed = apart(f"vault list --json --vault {project / 'cactions.vault'}").json["secrets"]
    assert {"a": 2, "theirs": 1, "late": 1} == {each["name"]: each["version"] for each in listed}
    assert [] == [line for line in git("status", "--short").splitlines() if "??" not in line]
    assert json.dumps(listed)


def test_the_command_that_chooses_can_be_given_as_it_stands(apart: Say, home: Path) -> None:
    """With the files, the key and the choices of the command that was refused."""
    (home / "cactions.vault").rename(home / "theirs.vault")
    words = f"{SIDES} --base base.vault --into 'a b.vault' --key-file ada.key"
    done = apart(f"{words} --json")
    assert Exit.MISUSE == done.code
    [command] = done.json["commands"]
    assert f"cactions {words} --take a=ours" == command
    assert Exit.CLEAN == apart(command.removeprefix("cactions ")).code
    assert (home / "a b.vault").exists()


@pytest.mark.parametrize("take", ["secret a=theirs", "a=theirs"])
def test_a_choice_names_an_entry_with_or_without_its_kind(apart: Say, take: str) -> None:
    """A secret and a recipient may share a name."""
    document = apart(f"{SIDES} --take '{take}' --json").json
    assert {"a": "theirs"} == document["chosen"]
