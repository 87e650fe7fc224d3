"""The question on a real terminal: seen first, then answered, and only by whoever saw it."""

from __future__ import annotations

import sys
from pathlib import Path

import pexpect
import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import ROOT, Cli

RUN = ["-m", "cactions", "run", "loyalty", "--person", "u-1", "--replay"]


def spawned(home: Path, *more: str) -> pexpect.spawn:
    environment = {
        "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "TERM": "dumb", "HOME": str(home),
        "COLUMNS": "100", "LANG": "C.UTF-8", "USER": "somebody",
    }  # fmt: skip
    return pexpect.spawn(sys.executable, [*RUN, *more], cwd=str(home), env=environment,
                         encoding="utf-8", timeout=30)  # fmt: skip


def ended(child: pexpect.spawn) -> int | None:
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus


@pytest.mark.parametrize(
    ("answer", "said"), [("y", "Applied"), ("n", "Nothing was written"), ("", "Nothing was")]
)
def test_the_picture_comes_first_then_the_question(home: Path, answer: str, said: str) -> None:
    """Only y and yes are a yes."""
    child = spawned(home)
    child.expect(r"\+ add +loyalty_points")
    child.expect(r"Apply 3 changes to Ada Lovelace\? \[y/N\] ")
    child.sendline(answer)
    child.expect(said)
    assert Exit.CLEAN == ended(child)
    assert (home / ".cactions").exists() == (answer == "y")


def test_what_was_typed_before_the_question_is_no_answer(home: Path) -> None:
    """An impatient y, meant for something else, changes nobody."""
    child = spawned(home)
    child.sendline("y")
    child.expect(r"\[y/N\] ")
    child.sendline("n")
    child.expect("Nothing was written")
    assert Exit.CLEAN == ended(child)
    assert not (home / ".cactions").exists()


def test_json_shows_no_picture_and_so_asks_nothing(cli: Cli, home: Path) -> None:
    """Whoever wants JSON says --yes, or gets nothing done."""
    done = cli("run", "loyalty", "--person", "u-1", "--replay", "--json")
    assert (Exit.MISUSE, "") == (done.code, done.out)
    assert not (home / ".cactions").exists()
