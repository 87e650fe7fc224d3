"""However a command ends, it prints a message and a documented exit code, never a traceback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import ROOT, Cli

DIFF = "diff loyalty --person u-1 --replay"
RUN = "run loyalty --person u-1 --replay"


def shell(
    home: Path, line: str, stdout: int = subprocess.PIPE, **environ: str
) -> subprocess.CompletedProcess[str]:
    """A line of sh in which ``cactions`` is the tested code."""
    command = f'cactions() {{ "{sys.executable}" -m cactions "$@"; }}; {line}'
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    return subprocess.run(
        ["sh", "-c", command], cwd=home, env=env | environ, stdout=stdout, stderr=subprocess.PIPE,
        text=True, timeout=1200, check=False,
    )  # fmt: skip


FULL = Exit.NOTHING_DONE
UNUSABLE = {
    "stdout is full": (f"cactions {DIFF} >/dev/full", FULL, "No space left"),
    "JSON onto a full stdout": (f"cactions {DIFF} --json >/dev/full", FULL, "No space left"),
    "help onto a full stdout": ("cactions --help >/dev/full", FULL, "No space left"),
    "a version onto a full stdout": ("cactions --version >/dev/full", FULL, "No space left"),
    "a run onto a full stdout": (f"cactions {RUN} --yes >/dev/full", FULL, "No space left"),
    "stdout is closed": (f"cactions {DIFF} >&-", Exit.MISUSE, "The output is closed."),
    "nobody can answer": (f"cactions {RUN} <&-", Exit.MISUSE, "There is no terminal to ask on."),
    "people from a closed stdin": (
        "cactions people import - --format csv <&-", Exit.NOTHING_DONE, "No person was imported.",
    ),
    "a file from a closed stdin": ("cactions validate - <&-", Exit.FINDINGS, ""),
    "stderr is closed": (f"cactions {RUN} 2>&-", Exit.MISUSE, ""),
    "stderr is full": (f"cactions {RUN} 2>/dev/full", Exit.MISUSE, ""),
    "everything is closed": (f"cactions {RUN} <&- >&- 2>&-", Exit.MISUSE, ""),
}  # fmt: skip


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("case", UNUSABLE)
def test_unusable_streams_end_with_a_message(home: Path, case: str, unbuffered: str) -> None:
    """Full, closed, or both: no traceback, a documented exit code, and nothing is written."""
    line, code, words = UNUSABLE[case]
    done = shell(home, line, PYTHONUNBUFFERED=unbuffered)
    assert (code, True) == (done.returncode, words in done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert not (home / ".cactions" / "runs").exists()


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_stderr_changes_no_outcome(home: Path, unbuffered: str) -> None:
    """A first run has applied and said so; what it says about the vault is lost. So is an error."""
    lines = {
        f"cactions {RUN} --yes 2>/dev/full": Exit.CLEAN,
        "cactions runs undo last --yes 2>/dev/full": Exit.CLEAN,
        f"cactions {RUN} --yes --json 2>/dev/full": Exit.CLEAN,
        "cactions runs show nonsense 2>/dev/full": Exit.MISUSE,
        "cactions explain nonsense 2>/dev/full": Exit.MISUSE,
    }
    for line, code in lines.items():
        done = shell(home, line, PYTHONUNBUFFERED=unbuffered)
        assert (code, code is Exit.CLEAN) == (done.returncode, bool(done.stdout)), line
    assert "applied" in shell(home, "cactions runs list").stdout


@pytest.mark.parametrize("line", [DIFF, f"{DIFF} --json", "schema", "--help", RUN + " --yes"])
def test_a_closed_pipe_ends_silently(home: Path, line: str) -> None:
    """`| head -1`: no message, and an exit code that does not mean success."""
    reader, writer = os.pipe()
    os.close(reader)
    done = shell(home, f"cactions {line}", stdout=writer)
    os.close(writer)
    assert (Exit.UNREAD.value, "") == (done.returncode, done.stderr)
    assert not (home / ".cactions" / "runs").exists()


SIGNALS = [
    (signal.SIGINT, Exit.INTERRUPTED, "Interrupted."),
    (signal.SIGTERM, Exit.TERMINATED, "Terminated."),
]


def at_the_question(home: Path, command: str) -> pexpect.spawn[str]:
    spawned = pexpect.spawn(
        sys.executable, ["-m", "cactions", *command.split()], cwd=home, encoding="utf-8",
        timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "TERM": "xterm"},
    )  # fmt: skip
    spawned.expect_exact("[y/N]")
    return spawned


@pytest.mark.parametrize(("number", "code", "words"), SIGNALS)
def test_a_signal_during_the_question_writes_nothing(
    home: Path, number: signal.Signals, code: Exit, words: str
) -> None:
    """One sentence says what was not done."""
    asked = at_the_question(home, RUN)
    asked.kill(number)
    asked.expect(pexpect.EOF)
    asked.close()
    output = asked.before.split()
    assert f"{words} Nothing was sent and nothing was written." == " ".join(output)
    assert code == asked.exitstatus
    assert not (home / ".cactions").exists()


@pytest.mark.parametrize("answer", ["n\r", "\r", "nonsense\r", "\x04"])
def test_any_answer_but_yes_means_no(home: Path, answer: str) -> None:
    """The end of input is a "no" as well."""
    asked = at_the_question(home, RUN)
    asked.send(answer)
    asked.expect_exact("Nothing was written.")
    asked.expect(pexpect.EOF)
    asked.close()
    assert (Exit.NOTHING_DONE, False) == (
        asked.exitstatus, (home / ".cactions" / "runs").exists(),
    )  # fmt: skip


def test_a_yes_on_a_terminal_applies(home: Path) -> None:
    """Checks that the question has an effect."""
    asked = at_the_question(home, RUN)
    asked.sendline("y")
    asked.expect("Applied")
    asked.expect(pexpect.EOF)
    asked.close()
    assert Exit.CLEAN == asked.exitstatus


@pytest.mark.parametrize("moment", range(0, 600, 60))
def test_a_signal_at_any_moment_ends_without_a_traceback(home: Path, moment: int) -> None:
    """From the first line of our code: during imports, reading and printing."""
    program = (
        "import os, sys, signal, threading\n"
        f"timer = threading.Timer({moment} / 1000, os.kill, (os.getpid(), signal.SIGINT))\n"
        "timer.daemon = True; timer.start()\n"
        f"sys.argv = ['cactions', *'{DIFF}'.split()]\n"
        "from cactions.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=home, capture_output=True, text=True, timeout=1200,
        check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    ours = "/cactions/" in done.stderr
    assert (False, True) == (ours, done.returncode in {0, 130, -2}), done.stderr


@pytest.mark.parametrize("module", ["cactions.cli.main", "msgspec", "datetime", "typer"])
def test_a_signal_while_a_module_loads_is_one_sentence(home: Path, module: str) -> None:
    """Also within a library whose code in C makes an ImportError of it."""
    program = (
        "import os, sys, signal\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        f"sys.argv = ['cactions', *'{DIFF}'.split()]\n"
        "from cactions.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=home, capture_output=True, text=True, timeout=1200,
        check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    said = "Interrupted. Nothing was sent and nothing was written."
    assert (Exit.INTERRUPTED, said, "") == (done.returncode, done.stderr.strip(), done.stdout)


BROKEN = {
    "MemoryError": (MemoryError("canary"), "Out of memory."),
    "RecursionError": (RecursionError("canary"), "Internal error. Please report it."),
    "ValueError": (ValueError("canary"), "Internal error. Please report it."),
    "a file that nobody expected": (
        OSError(5, "canary", "x"),
        "Internal error. Please report it.",
    ),
}


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    """An unexpected exception deep inside a command."""
    error, title = BROKEN[request.param]

    def fail(*_: object) -> object:
        raise error

    monkeypatch.setattr("os.path.isdir", fail)  # an artificial fault, from outside
    return title


@pytest.mark.parametrize("broken", BROKEN, indirect=True)
def test_an_unexpected_error_is_a_short_report_without_values(cli: Cli, broken: str) -> None:
    """Its kind, its file and line, what was not done, and where to report it."""
    done = cli(*DIFF.split())
    assert (Exit.INTERNAL, "") == (done.code, done.out)
    assert broken in done.err
    assert " in test_ends.py, line " in done.err
    assert "Nothing was sent and nothing was written." in done.err
    assert "canary" not in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("broken", ["ValueError"], indirect=True)
@pytest.mark.parametrize("words", [["--debug", *DIFF.split()], [*DIFF.split(), "--debug"]])
def test_debug_adds_the_traceback_before_or_after_the_command(
    cli: Cli, broken: str, words: list[str]
) -> None:
    """Without local variables."""
    done = cli(*words)
    assert Exit.INTERNAL == done.code
    assert done.err.index(broken) < done.err.index("Traceback (most recent call last):")
    assert "ValueError: canary" in done.err
    assert DIFF.split()[1] not in done.err


@pytest.mark.parametrize("value", ["1", "0", ""])
def test_debug_can_be_enabled_by_the_environment(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """CACTIONS_DEBUG=1; a traceback holds no terminal control characters."""
    monkeypatch.setenv("CACTIONS_DEBUG", value)
    done = cli("diff", "x\x1b[31m\u202e", "--person", "u-1", "--replay")
    assert (Exit.MISUSE, value == "1") == (done.code, "Traceback" in done.err)
    assert not re.search("[\x1b\u202e]", done.err)
    assert "\\x1b[31m\\u202e" in done.err


HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "[red]markup[/red]",
    "a\nb",
    "\u202eabc",
    "\udcff",
    "x" * 10_000,
    "",
]
PLACES = {
    "a command": ("{}",),
    "an option": ("diff", "--{}"),
    "a value": ("people", "import", "--format", "{}", "x"),
    "a word too many": ("diff", "loyalty", "{}", "--person", "u-1"),
    "an action": ("diff", "{}", "--person", "u-1", "--replay"),
    "a person": ("diff", "loyalty", "--person", "{}", "--replay"),
    "an input": ("diff", "delivery", "--person", "u-1", "--replay", "--input", "{}"),
    "an environment": ("validate", "--env", "{}"),
    "a file": ("validate", "{}"),
    "a cassette": ("diff", "loyalty", "--person", "u-1", "--cassette", "{}"),
    "people's file": ("people", "import", "{}"),
    "a run": ("runs", "show", "{}"),
}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", PLACES)
def test_no_argument_controls_the_terminal(cli: Cli, place: str, text: str) -> None:
    """Any argument at any place: a printable message, and exit code "usage error" or "unusable"."""
    done = cli(*(word.format(text) for word in PLACES[place]))
    shown = done.out + done.err
    assert [] == [c for c in shown.replace("\n", "") if not c.isprintable()]
    assert done.code in {Exit.MISUSE, Exit.NOTHING_DONE, Exit.FINDINGS, Exit.CLEAN}
    assert done.code or text == "", shown


MISSPELT = {
    ("dif",): 'Did you mean "diff"?',
    ("runs", "sho"): 'Did you mean "show"?',
    ("diff", "--persn", "u-1"): 'Did you mean "--person"?',
    ("diff", "loyalti", "--person", "u-1", "--replay"): 'Did you mean "loyalty"?',
    ("diff", "loyalty", "--person", "u_1", "--replay"): "Did you mean user_id u-1?",
    ("validate", "--env", "prodction"): 'Did you mean "production"?',
    ("people", "import", "x.csv", "--format", "xml"): "Known: csv, json, jsonl.",
    ("diff", "delivery", "--person", "u-1", "--replay", "--input", "ordr=1"): '"order_id"',
}


@pytest.mark.parametrize("words", MISSPELT)
def test_a_misspelt_word_gets_a_suggestion(cli: Cli, words: tuple[str, ...]) -> None:
    """A usage error, in a uniform format, with the next step."""
    done = cli(*words)
    assert Exit.MISUSE == done.code
    assert done.err.startswith("x Usage error.\n")
    assert MISSPELT[words] in done.err


@pytest.mark.parametrize("words", [(), ("runs",), ("people",)])
def test_a_command_without_arguments_shows_its_help(cli: Cli, words: tuple[str, ...]) -> None:
    """And counts as a usage error."""
    done = cli(*words)
    assert (Exit.MISUSE, "") == (done.code, done.err)
    assert "Usage: cactions" in done.out
