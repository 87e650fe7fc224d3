"""Stdin is read by one reader: two are refused, with both named, before anything is read."""

from __future__ import annotations

import io
import shlex
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli, Say
from tests.run_report import REPORT

PAPER = "five or six words"
PEOPLE, OF_PAPER = "the people", 'the passphrase of "paper"'
VALUE = 'the value of "other"'
TWO_READERS = (
    ("diff loyalty --people - --format csv --replay --recipient paper", PEOPLE, OF_PAPER),
    ("diff loyalty --people - --format csv --user-token buyer=-", PEOPLE, "a user token"),
    ("run loyalty --people - --format csv --yes --recipient paper", PEOPLE, OF_PAPER),
    ("run loyalty --people - --format csv --yes --user-token buyer=-", PEOPLE, "a user token"),
    (
        "run loyalty --person u-1 --yes --user-token buyer=- --recipient paper",
        "a user token",
        OF_PAPER,
    ),
    ("people import - --format csv --recipient paper", PEOPLE, OF_PAPER),
    ("vault seal other --host api.shop.example --as paper", VALUE, OF_PAPER),
    ("vault rotate other --as paper", VALUE, OF_PAPER),
    ("identity check --as paper --secret other", "what is pasted", OF_PAPER),
)


@pytest.fixture
def vault(say: Say) -> None:
    """With a recipient whose key is a passphrase."""
    assert Exit.CLEAN == say("vault init --name ada").code
    assert Exit.CLEAN == say("vault recipients add paper --passphrase", f"{PAPER}\n").code


@pytest.mark.usefixtures("vault")
def test_two_readers_of_stdin_are_refused_before_it_is_read(
    cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = 0
    for words, first, second in TWO_READERS:
        stdin = io.TextIOWrapper(io.BytesIO(f"{PAPER}\nuser_id\nu-1\n".encode()))
        monkeypatch.setattr("sys.stdin", stdin)
        done = cli(*shlex.split(words))
        said = " ".join(done.err.split())
        assert (Exit.MISUSE, True) == (
            done.code, "cannot both be read from stdin; nothing was read" in said,
        ), (words, said)  # fmt: skip
        assert first.lower() in said.lower(), said
        assert second.lower() in said.lower(), said
        assert "--key-file" in said
        assert 0 == stdin.buffer.tell()
        refused += 1
    assert not (home / ".cactions" / "runs").exists()
    REPORT.append(f"two readers of stdin: {refused} commands refused, nothing read")


@pytest.mark.usefixtures("vault")
def test_one_reader_of_stdin_gets_all_of_it(say: Say) -> None:
    """A passphrase alone, several passphrases, and people alone."""
    assert Exit.CLEAN == say("vault verify --as paper", f"{PAPER}\n").code
    assert Exit.CLEAN == say("vault rekey --keep paper", f"{PAPER}\n").code
    done = say("diff loyalty --people - --format csv --replay", "user_id\nu-1\n")
    assert "cannot both" not in done.err
    assert done.code in (Exit.CLEAN, Exit.FINDINGS)
