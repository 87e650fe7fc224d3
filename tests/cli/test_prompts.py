"""The question on a real terminal: the preview comes first, and only later input counts."""

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
def test_the_preview_is_shown_before_the_question(home: Path, answer: str, said: str) -> None:
    """Only "y" and "yes" confirm."""
    child = spawned(home)
    child.expect(r"\+ add +loyalty_points")
    child.expect(r"Apply 3 changes to Ada Lovelace in the local workspace \(.cactions\)\? \[y/N\] ")
    child.sendline(answer)
    child.expect(said)
    assert (Exit.CLEAN if answer == "y" else Exit.NOTHING_DONE) == ended(child)
    assert (home / ".cactions").exists() == (answer == "y")


def test_input_typed_before_the_question_is_ignored(home: Path) -> None:
    """An early "y", typed for something else, changes no person."""
    child = spawned(home)
    child.sendline("y")
    child.expect(r"\[y/N\] ")
    child.sendline("n")
    child.expect("Nothing was written")
    assert Exit.NOTHING_DONE == ended(child)
    assert not (home / ".cactions").exists()


def test_json_needs_yes_because_it_shows_no_preview(cli: Cli, home: Path) -> None:
    """With JSON the operator gives --yes, or nothing is done."""
    done = cli("run", "loyalty", "--person", "u-1", "--replay", "--json")
    assert (Exit.MISUSE, "usage") == (done.code, done.json["kind"])
    assert not (home / ".cactions").exists()
