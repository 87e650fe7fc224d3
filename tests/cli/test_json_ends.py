"""However a command with ``--json`` ends, exactly one document stands on stdout."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cactions.__main__ import INTERRUPTED
from cactions.cli.exit_codes import Exit
from cactions.cli.json_output import wants_json
from tests.cli.conftest import ROOT, Cli
from tests.cli.scenes import broken_run, broken_store, edited
from tests.cli.test_ends import shell
from tests.json_documents import list_faults
from tests.run_report import REPORT

DIFF = "cactions diff loyalty --person u-1 --replay --json"
RUNS = "cactions runs list --json"
ERROR = "cactions.error/1"

LATE = (
    f"{{ {{ sleep 0.5; {RUNS} 2>&3 >doc; }} 3>&1; echo $? >code; }} | true; cat doc; sleep 0.1;"
    " exit $(cat code)"
)
"""The reader of stderr has gone before anything is written there."""


def read_document(out: str) -> Any:
    """The one document of an output, which fits its schema."""
    document = json.loads(out)
    faults = [*list_faults(document)]
    assert not faults, faults
    return document


def nothing(_home: Path) -> None:
    """The example as it is."""


def broken_vault(home: Path) -> None:
    """A vault that is none."""
    (home / "cactions.vault").write_text("no vault\n")


misspelt = edited("actions.yaml", ("match: user_id", "macth: user_id"))
unreadable = edited("cassettes/loyalty.json", ('"version": 1', '"version": 1x'))

ENDS: dict[str, tuple[str, Callable[[Path], None], Exit, str]] = {
    "a plan": (DIFF, nothing, Exit.CLEAN, "cactions.plan/1"),
    "changes": (f"{DIFF} --exit-code", nothing, Exit.CHANGES, "cactions.plan/1"),
    "no plan": (DIFF.replace("u-1", "u-3"), nothing, Exit.FINDINGS, "cactions.failed/1"),
    "findings": ("cactions validate --json", misspelt, Exit.FINDINGS, "cactions.findings/2"),
    "refused files": (DIFF, misspelt, Exit.NOTHING_DONE, "definition"),
    "a broken recording": (DIFF, unreadable, Exit.NOTHING_DONE, "definition"),
    "a broken store": (DIFF, broken_store, Exit.NOTHING_DONE, "store"),
    "a broken vault": ("cactions vault list --json", broken_vault, Exit.NOTHING_DONE, "vault"),
    "no command": ("cactions frobnicate --json", nothing, Exit.MISUSE, "usage"),
    "only the option": ("cactions --json", nothing, Exit.MISUSE, "usage"),
    "a group": ("cactions runs --json", nothing, Exit.MISUSE, "usage"),
    "no such option": (f"{DIFF} --frobnicate", nothing, Exit.MISUSE, "usage"),
    "an option twice": (f"{DIFF} --person u-2", nothing, Exit.MISUSE, "usage"),
    "a missing value": ("cactions diff loyalty --json --person", nothing, Exit.MISUSE, "usage"),
    "two formats": (
        "cactions validate --json --format sarif", nothing, Exit.MISUSE, "usage"
    ),
    "the other word for it": (
        "cactions test loyal --format json", nothing, Exit.MISUSE, "usage"
    ),
    "a deleted folder": (
        "mkdir x; cd x; rmdir ../x; " + DIFF, nothing, Exit.MISUSE, "usage"
    ),
}  # fmt: skip
"""By what happens: the command, the folder, the exit code, and the document or the error's kind."""


@pytest.mark.parametrize("case", ENDS)
def test_every_end_is_one_document(home: Path, case: str) -> None:
    """With the exit code that it has without ``--json``, and the same words on stderr."""
    line, prepare, code, expected = ENDS[case]
    prepare(home)
    done = shell(home, line)
    document = read_document(done.stdout)
    assert (code, expected) == (done.returncode, document.get("kind") or document["format"])
    if document["format"] == ERROR:
        assert code == document["exit_code"]
        assert " ".join(document["not_done"].split()) in " ".join(done.stderr.split())
    REPORT.append(f"--json: {case}: exit code {done.returncode}, {expected}")


def test_an_error_says_where_and_what_helps(home: Path) -> None:
    """The findings of refused files, with their places; the commands of a hint as commands."""
    misspelt(home)
    refused = read_document(shell(home, DIFF).stdout)
    [found] = [each for each in refused["findings"] if each["severity"] == "error"]
    assert ("author", "actions.yaml", True) == (
        refused["fault"], found["file"], "match" in found["hint"]
    )  # fmt: skip
    missing = read_document(shell(home, f"{RUNS.replace('list', 'show last')}").stdout)
    assert ["cactions run --help"] == missing["commands"]
    assert "Nothing was changed." == missing["not_done"]


def test_what_was_finished_before_an_error_stands_in_it(home: Path) -> None:
    """The list is made, and then the reader of stderr has gone."""
    broken_run(home)
    done = shell(home, LATE)
    document = read_document(done.stdout)
    assert (Exit.UNREAD, Exit.UNREAD) == (done.returncode, document["exit_code"])
    assert ("output", "cactions.runs/1") == (document["kind"], document["result"]["format"])
    assert 1 == len(document["result"]["damaged"])


def test_a_full_stderr_changes_no_document(home: Path) -> None:
    """What is said of a damaged run beside it is in the document, too."""
    broken_run(home)
    done = shell(home, f"{RUNS} 2>/dev/full")
    document = read_document(done.stdout)
    assert (Exit.NOTHING_DONE, "cactions.runs/1") == (done.returncode, document["format"])
    assert 1 == len(document["damaged"])


@pytest.mark.parametrize("error", [MemoryError("canary"), ValueError("canary")])
def test_an_internal_fault_is_a_document_without_values(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Its kind and its position."""

    def fail(*_: object) -> object:
        raise error

    monkeypatch.setattr("os.path.isdir", fail)  # an artificial fault, from outside
    done = cli(*DIFF.split()[1:])
    assert (Exit.INTERNAL, Exit.INTERNAL) == (done.code, done.json["exit_code"])
    fault = "machine" if isinstance(error, MemoryError) else "cactions"
    assert fault == done.json["fault"]
    assert "test_json_ends.py, line " in done.json["message"]
    assert "canary" not in done.out + done.err


def interrupt(home: Path, words: str, number: signal.Signals, milliseconds: int) -> Any:
    """A command that gets a signal some time after its beginning."""
    program = (
        "import os, sys, signal, threading\n"
        f"wait, number = {milliseconds} / 1000, {int(number)}\n"
        "timer = threading.Timer(wait, os.kill, (os.getpid(), number))\n"
        "timer.daemon = True; timer.start()\n"
        f"sys.argv = {words.split()!r}\n"
        "from cactions.__main__ import main\n"
        "main()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program], cwd=home, capture_output=True, text=True, timeout=60,
        check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_a_signal_at_any_moment_leaves_one_document(home: Path) -> None:
    """As soon as our own code runs: an error, or the whole plan where that is on its way."""
    kinds: dict[str, int] = {}
    began = time.monotonic()
    assert "" == interrupt(home, DIFF, signal.SIGINT, 60_000).stderr
    whole = time.monotonic() - began
    for part in range(1, 16):
        number = signal.SIGTERM if part % 2 else signal.SIGINT
        done = interrupt(home, DIFF, number, round(whole * 1000 * part / 16))
        if done.returncode in (-signal.SIGTERM, -signal.SIGINT):
            if done.stdout:  # all is done; else our own code had not begun
                assert "cactions.plan/1" == read_document(done.stdout)["format"], done
            continue
        assert done.stdout, done
        document = read_document(done.stdout)
        assert done.returncode in (Exit.CLEAN, Exit.INTERRUPTED, Exit.TERMINATED), done
        form = document.get("kind", document["format"])
        assert done.returncode == document.get("exit_code", Exit.CLEAN)
        kinds[form] = kinds.get(form, 0) + 1
    REPORT.append(f"--json: signals at 15 moments: {kinds}")
    assert sum(kinds.values()) > 2


def test_the_earliest_interruption_is_a_document_too() -> None:
    """It is written before anything is loaded that makes documents."""
    assert Exit.INTERRUPTED == read_document(INTERRUPTED)["exit_code"]


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_signal_while_the_document_leaves_waits_for_it(home: Path, unbuffered: str) -> None:
    """The command has done its work: a reader that is slow gets all of it."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered}
    words = [sys.executable, "-m", "cactions", "explain", "--all", "--json"]
    with subprocess.Popen(words, cwd=home, stdout=subprocess.PIPE, env=environ) as process:
        assert process.stdout
        first = process.stdout.read(1)
        time.sleep(0.3)  # the pipe is full
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        document = json.loads(first + process.stdout.read())
    assert (Exit.CLEAN, "cactions.rules/1") == (process.returncode, document["format"])


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        ("diff x --json", True), ("validate --format json", True), ("audit --format=json", True),
        ("run x --people - --format json", False), ("people import - --format json", False),
        ("diff -- --json", False), ("test --format junit", False), ("--json", True), ("", False),
    ],
)  # fmt: skip
def test_json_is_asked_for_by_words(words: str, *, asks: bool) -> None:
    """Also where they are not understood otherwise; a format of people is no output."""
    assert asks == wants_json(words.split())


def test_a_command_without_a_result_prints_its_sentences(cli: Cli, home: Path) -> None:
    """Here nothing is retried; the exit code is 0, and so there is a document."""
    (home / "who.csv").write_text("user_id\nu-1\n")
    done = cli(*["run", "loyalty", "--people", "who.csv", "--replay", "--yes", "--json"])
    assert (Exit.CLEAN, "cactions.bulk/1") == (done.code, done.json["format"])
    again = cli(*["runs", "retry", "last", "--yes", "--json"])
    assert (Exit.CLEAN, "cactions.notes/1") == (again.code, again.json["format"])
    assert "Nothing was sent and nothing was written." == again.json["notes"][-1]
