"""``cactions watch`` shows after each save what ``validate`` and ``test`` would show."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pexpect
import pytest

from cactions.cli.commands import watch
from cactions.cli.exit_codes import Exit
from cactions.edges.files.file_watch import REST_SECONDS, FileWatcher
from tests.cli.conftest import ROOT, Cli, Done
from tests.edges.files.test_file_watch import Script
from tests.json_documents import list_faults
from tests.run_report import REPORT

Change = Callable[[], object]
Rounds = Callable[..., Done]


class Ended(Script):
    """Ends as Ctrl-C does when there is no change left."""

    def __call__(self, seconds: float) -> None:
        if seconds != REST_SECONDS and not self.changes:
            os.kill(os.getpid(), signal.SIGINT)
        super().__call__(seconds)


@pytest.fixture
def rounds(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Rounds:
    """``rounds(change, …, words=…)``: watch, and do each change when one is waited for."""

    def call(*changes: Change, words: str = "") -> Done:
        script = Ended(*changes)
        monkeypatch.setattr(watch, "FileWatcher", partial(FileWatcher, sleep=script))
        done = cli("watch", *words.split())
        assert [] == script.changes, done
        return done

    return call


def edit(path: Path, old: str, new: str, count: int = -1) -> Change:
    """A change of a file; what it replaces is there."""

    def change() -> None:
        text = path.read_text()
        assert old in text, old
        path.write_text(text.replace(old, new, count))

    return change


def replayed(done: Done) -> list[str]:
    """What was replayed in each look, with "-" for nothing."""
    looks = re.split(r"(?m)^\d\d:\d\d:\d\d .*\n", done.out)[1:]
    found = [re.search(r"Replayed now: (.*)\.\n", look) for look in looks]
    return [match[1] if match else "-" for match in found]


def test_the_first_look_shows_what_validate_and_test_show(cli: Cli, rounds: Rounds) -> None:
    """And Ctrl-C ends it well."""
    done = rounds()
    counts = [line for line in cli("test").out.splitlines() if re.match(r"\d+ tests:", line)]
    assert (Exit.CLEAN, "") == (done.code, done.err)
    lines = done.out.splitlines()
    assert re.fullmatch(r"\d\d:\d\d:\d\d all files read", lines[0])
    assert [*cli("validate").out.splitlines(), *counts] == lines[2:4]


def test_only_what_has_changed_is_replayed(rounds: Rounds, home: Path) -> None:
    """An action, its recording, what all share; a comment and a moved line are no change."""
    file = home / "actions.yaml"
    recordings = home / "cassettes"
    done = rounds(
        edit(file, "actions:", "# a comment\n\nactions:", 1),
        edit(file, "gold member gets", "gold customer gets"),
        edit(recordings / "billing.json", '"status"', '"status" '),
        edit(file, "nickname: Countess", "nickname: Duchess"),
        edit(recordings / "delivery.json", "{", " {", 1),
        file.touch,
        lambda: (home / "notes.txt").write_text("x"),
        lambda: (home / "actions.more.yaml").write_text("version: 1\n"),
    )
    every = "loyalty, billing and delivery"
    assert [every, "-", "loyalty", "billing", every, "delivery", "-", "-"] == replayed(done)
    assert 8 == done.out.count("9 tests:")


def write_by_renaming(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)


@pytest.mark.parametrize("write", [write_by_renaming, Path.write_text])
def test_a_file_that_is_half_written_is_healed_by_the_rest(
    rounds: Rounds, home: Path, write: Callable[[Path, str], object]
) -> None:
    """Cut off anywhere: what is wrong is shown, and no cut ends the watch."""
    file = home / "actions.yaml"
    whole = file.read_text()
    cuts = range(0, len(whole), max(1, len(whole) // 10))
    changes = [
        change
        for cut in cuts
        for change in (partial(write, file, whole[:cut]), partial(write, file, whole))
    ]
    done = rounds(*changes, words="--json")
    looks = [json.loads(line) for line in done.out.splitlines()]
    assert (Exit.CLEAN, len(changes) + 1) == (done.code, len(looks))
    assert [] == [fault for look in looks for fault in list_faults(look)]
    for look in looks[0::2]:
        assert ([], 9, None) == (
            look["findings"]["findings"], len(look["tests"]["tests"]), look["error"],
        )  # fmt: skip
    wrong = sum(bool(look["findings"]["findings"]) for look in looks[1::2])
    assert wrong > len(cuts) / 2
    REPORT.append(f"watch: {len(cuts)} cuts of a file, {wrong} of them errors, all healed")


def test_files_come_and_go(rounds: Rounds, home: Path) -> None:
    """Without any action file there is nothing to check, until there is one again."""
    file, parked = home / "actions.yaml", home / "parked"
    recording = home / "cassettes" / "loyalty.json"
    done = rounds(
        lambda: file.rename(parked),
        lambda: parked.rename(file),
        lambda: recording.rename(parked),
        lambda: parked.rename(recording),
        lambda: (home / "actions.bad.yaml").write_text("actions: 7\n"),
        (home / "actions.bad.yaml").unlink,
    )
    looks = re.split(r"(?m)^\d\d:\d\d:\d\d ", done.out)[1:]
    assert "no action file in this folder" in looks[1].lower()
    assert "there is no recording cassettes/loyalty.json" in looks[3].lower()
    assert "6 ok, 3 FAILED" in looks[3]
    assert "actions.bad.yaml" in looks[5]
    assert "Not tested before the errors are fixed: loyalty, billing and delivery." in " ".join(
        looks[5].split()
    )
    for number in (0, 2, 4, 6):
        assert "9 tests: 9 ok." in looks[number], number


CHANGES: dict[str, tuple[str, str]] = {
    "a leak": ("identity_verification: jwt", "identity_verification: false"),
    "a broken template": ("{{", "{{ nothing."),
    "an unknown key": ("description:", "descriptoin:"),
    "another value": ("tier: gold", "tier: silver"),
    "another name": ("a gold member gets", "a customer gets"),
    "another person": ("Countess", "Duchess"),
    "another type": ("true", "1"),
    "no people": ("user_id: u-1", "user_id: u-9"),
    "no tests": ("tests:", "x-tests:"),
    "a warning": ("verified: the shop confirms e-mail addresses", "redacted: false"),
    "another version": ("version: 1", "version: 99"),
}


def test_each_look_is_that_of_validate_and_test(cli: Cli, rounds: Rounds, home: Path) -> None:
    """One path: the documents of both stand in that of each look, byte for byte."""
    file = home / "actions.yaml"
    whole = file.read_text()
    assert [] == [name for name, (old, _) in CHANGES.items() if old not in whole]
    changes = [edit(file, *pair) for pair in CHANGES.values()]
    steps = [step for change in changes for step in (change, lambda: file.write_text(whole))]
    looks = [json.loads(line) for line in rounds(*steps, words="--json").out.splitlines()]
    tested = 0
    for look, change in zip(looks[1::2], changes, strict=True):
        change()
        assert cli("validate", "--json").json == look["findings"]
        found: Any = cli("test", "--json").json
        if found["format"] == "cactions.test/1":
            assert without_unmet(found) == without_unmet(look["tests"])
            tested += 1
        else:
            assert look["waiting"]
        file.write_text(whole)
    assert 3 < tested < len(changes) - 3


def without_unmet(document: Any) -> Any:
    """Which actions have no tests is said by ``test`` alone."""
    return {**document, "untested": []}


def test_what_is_wrong_at_the_start_ends_it(cli: Cli, home: Path) -> None:
    """A name that is mistyped is not waited for, and stdin cannot be watched."""
    for words, code in ((["actoins.yaml"], 2), (["-"], 2), (["--env", "nowhere"], 2)):
        assert code == cli("watch", *words).code
    (home / "cactions.vault").write_text("no vault")
    (home / "actions.yaml").unlink()
    assert Exit.MISUSE == cli("watch").code


PROGRAM = """
import os, signal, sys, threading
seen = []
def hear(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec",
                 "os.posix_spawn", "os.fork"):
        seen.append((event, str(arguments)))
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        seen.append((event, str(arguments)))
sys.dont_write_bytecode = True
sys.addaudithook(hear)
class Patient:
    pass
from cactions.edges.files import file_watch
def sleep(seconds):
    if seconds != file_watch.REST_SECONDS:
        os.kill(os.getpid(), signal.SIGINT)
file_watch.FileWatcher.__init__.__kwdefaults__["sleep"] = sleep
from cactions.__main__ import main
sys.argv = ["cactions", "watch"]
try:
    main()
except SystemExit as ended:
    print(ended.code, seen, [name for name in ("keyring", "httpx") if name in sys.modules])
"""


def test_nothing_is_sent_written_or_unlocked(home: Path) -> None:
    """No socket, no program, no file that is opened to be written, no keyring; also with a vault.

    The way to the key is a pipe: whatever opened it would wait for ever.
    """
    os.mkfifo(home / "ada.key")
    (home / "cactions.vault").write_text("cactions vault 1\n")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "CACTIONS_VAULT_KEY_FILE": str(home / "ada.key")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=home, env=env,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "0 [] []" == done.stdout.splitlines()[-1], done
    assert "9 tests: 9 ok." in done.stdout
    assert "CA305" in done.stdout


def spawn(home: Path, lines: int) -> pexpect.spawn[str]:
    return pexpect.spawn(
        sys.executable, ["-m", "cactions", "watch"], cwd=home, encoding="utf-8", timeout=60,
        dimensions=(lines, 80),
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "TERM": "xterm"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, Exit.CLEAN), (signal.SIGTERM, Exit.TERMINATED)]
)
def test_a_terminal_shows_one_screen(home: Path, number: signal.Signals, code: Exit) -> None:
    """The counts are always on it. Ctrl-C is the end that is meant, another signal is not."""
    file = home / "actions.yaml"
    shown = spawn(home, 16)
    shown.expect_exact("Ctrl-C ends.")
    file.write_text(file.read_text().replace("user_id: u-", "user_id: x-u-"))
    shown.expect_exact("Ctrl-C ends.")
    screen = shown.before.rpartition("\x1b[H\x1b[2J")[2]
    assert screen != shown.before
    lines = screen.splitlines()
    assert 9 < len(lines) < 16
    assert any(re.match(r"… [\d,]+ more lines: `cactions validate`", line) for line in lines)
    assert re.search(r"\d+ FAILED\.", lines[-4] + lines[-3])
    shown.kill(number)
    shown.expect(pexpect.EOF)
    shown.close()
    assert code == shown.exitstatus


def test_lines_without_a_terminal_hold_no_signs_for_one(rounds: Rounds, home: Path) -> None:
    """And nothing is left out of them."""
    file = home / "actions.yaml"
    done = rounds(edit(file, "user_id: u-", "user_id: x-u-"))
    assert "\x1b" not in done.out
    assert "more lines" not in done.out
    assert re.search(r"actions.yaml changed\n", done.out)
