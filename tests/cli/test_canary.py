"""A canary secret goes through every command and every error and never becomes visible."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cactions.app.vault import manage
from cactions.cli import output_scrubber, secret_input, streams
from cactions.cli.exit_codes import Exit
from tests.cli.commands.test_vault import RUN
from tests.cli.conftest import Done, Say
from tests.encodings import PRINTED, beginning
from tests.run_report import REPORT
from tests.written_files import read_files

CANARY = "canary/7d1f+e02a é'\"&<% x"
FORMS = {name: encode(CANARY) for name, encode in PRINTED.items()}
BEGINNINGS = {name: beginning(CANARY, encode) for name, encode in PRINTED.items()}
COMMANDS = (
    ("vault init --name ada", ""),
    ("vault seal shop_token --host api.shop.example", CANARY),
    ("vault seal shop_token --host api.shop.example", CANARY),
    ("vault bind shop_token --token-host api.shop.example", ""),
    ("vault bind shop_token --token-host https://x/", ""),
    ("vault bind shop_token --user --token-host x.example", ""),
    ("vault seal other --host https://x/", CANARY),
    ("vault seal ../no --host x.example", CANARY),
    ("vault seal other --host x.example", f"{CANARY}\n"),
    ("vault seal other --host x.example", f"{CANARY}\t"),
    ("vault seal other --host x.example", f" {CANARY}"),
    ("vault seal nowhere --host x.example --vault no/folder.vault", CANARY),
    ("vault rotate shop_token", CANARY),
    ("vault rotate missing", CANARY),
    ("vault recipients add office --passphrase", f"{CANARY}\n"),
    ("vault list --as office", f"{CANARY}\n"),
    ("vault list --as nobody", f"{CANARY}\n"),
    ("vault join", CANARY),
    *((f"vault {words}", "") for words in (
        "list", "list --json", "status", "status --json", "verify", "recipients list",
        "accept-generation 1", "list --min-generation 99", "rekey",
        "salvage --into saved.vault --new-key-file new.key",
    )),
    *((words, "") for words in (
        "validate", "validate --json", "validate --format sarif", "validate --format github",
        "validate --format junit", "validate --format markdown", "validate --diff",
        "validate --fix", "request loyalty --person u-1",
        "request loyalty --person u-1 --json", "test", "test --json",
        "diff loyalty --person u-1 --replay", "diff loyalty --person u-1 --replay --json",
        "diff loyalty --person u-1 --replay --svg diff.svg --html diff.html",
        "diff loyalty --person u-1", "runs show last --html run.html", "validate --html v.html",
        "diff loyalty --person u-3 --replay", RUN, "runs list", "runs list --json",
        "runs show last", "runs show last --json", "runs export last --out run.jsonl",
        "runs undo last --yes", "people list", "people list --json", "schema",
    )),
)  # fmt: skip


def seen(data: bytes) -> list[str]:
    """The encodings of the canary, or of its first twelve characters, that the bytes contain."""
    return [name for name, form in BEGINNINGS.items() if form in data]


def said(done: Done) -> bytes:
    return (done.out + done.err).encode()


def written(home: Path) -> bytes:
    """All files in the folder except the sealed vaults."""
    files = read_files(home).items()
    return b"\0".join(data for path, data in files if path.suffix != ".vault")


@pytest.mark.parametrize("debug", ["", " --debug"])
def test_no_command_shows_or_keeps_the_canary(say: Say, home: Path, debug: str) -> None:
    """Every command, every format and every refusal, in forty encodings."""
    for words, stdin in COMMANDS:
        done = say(words + debug, stdin)
        assert (words, []) == (words, seen(said(done)))
        assert Exit.INTERNAL != done.code, words
    assert [] == seen(written(home))
    assert [] == seen((home / "cactions.vault").read_bytes())
    REPORT.append(f"canary{debug}: {len(COMMANDS)} commands x {len(FORMS)} encodings, nothing seen")


@pytest.mark.parametrize("encoding", FORMS)
@pytest.mark.parametrize("debug", ["", " --debug"])
def test_an_unexpected_error_does_not_show_the_canary(
    say: Say, monkeypatch: pytest.MonkeyPatch, encoding: str, debug: str
) -> None:
    """Neither in its text, nor in the traceback, nor in split output printed just before it."""
    assert say("vault init --name ada").code == Exit.CLEAN
    text = FORMS[encoding].decode()

    def fail(*_: object) -> None:
        sys.stdout.write(text[:5])
        sys.stdout.flush()
        sys.stdout.write(text[5:])
        streams.write_text(text)
        raise ValueError(text)

    monkeypatch.setattr(manage, "seal_secret", fail)  # an artificial fault
    done = say(f"vault seal shop_token --host api.shop.example{debug}", CANARY)
    assert (Exit.INTERNAL, []) == (done.code, seen(said(done)))
    assert bool(debug) == ("Traceback" in done.err)


HELD: dict[str, Callable[[], object]] = {
    "a secret": lambda: secret_input.validation.check_secret("x", CANARY),
    "a passphrase": lambda: secret_input.validation.check_passphrase("x", CANARY),
}


@pytest.mark.parametrize("what", HELD)
def test_objects_that_hold_a_secret_do_not_print_it(what: str) -> None:
    """Nor do the exceptions raised around them."""
    held = HELD[what]()
    assert [] == seen(f"{held} {held!r} {held:>30}".encode())


def test_the_streams_are_restored_after_the_command(say: Say) -> None:
    """Held-back output is written, and no filter remains for the next command."""
    assert say("vault init --name ada").code == Exit.CLEAN
    done = say("vault seal shop_token --host api.shop.example", CANARY)
    assert re.fullmatch(r'"shop_token" is sealed for api\.shop\.example\.\n', done.out)
    assert not output_scrubber._bare
