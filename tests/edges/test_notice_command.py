"""The program of ``--notify``: no shell, no secrets, and never longer than its time."""

from __future__ import annotations

import os
import shlex
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from cactions.edges.notice_command import (
    NOT_STARTED,
    TIMED_OUT,
    parse_notice_command,
    run_notice_command,
)
from cactions.model import UsageError


def write_program(folder: Path, text: str) -> tuple[str, ...]:
    program = folder / "program.py"
    program.write_text(text)
    words = shlex.join([sys.executable, str(program), "$HOME `id` *"])
    return parse_notice_command(words, os.environ)


def test_it_reads_the_document_and_gets_its_words_as_they_are(tmp_path: Path) -> None:
    out = tmp_path / "out"
    text = f"import sys; open({str(out)!r}, 'w').write(sys.stdin.read() + sys.argv[1]); sys.exit(3)"
    assert 3 == run_notice_command(write_program(tmp_path, text), b"{}\n", os.environ)
    assert "{}\n$HOME `id` *" == out.read_text()


def test_it_sees_no_key_and_no_address(tmp_path: Path) -> None:
    out = tmp_path / "out"
    text = f"import os; open({str(out)!r}, 'w').write(repr(dict(os.environ)) + os.getcwd())"
    secrets = {"CACTIONS_DATABASE": "canary-1", "CACTIONS_VAULT_KEY": "canary-2"}
    environment = {**os.environ, **secrets, "CHANNEL": "nightly"}
    assert 0 == run_notice_command(write_program(tmp_path, text), b"", environment)
    seen = out.read_text()
    assert "nightly" in seen
    assert "canary" not in seen
    assert seen.endswith(str(Path.home()))


def test_one_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    out = tmp_path / "out"
    text = (
        "import subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"open({str(out)!r}, 'w').write(str(child.pid)); time.sleep(60)"
    )
    words = write_program(tmp_path, text)
    started = time.monotonic()
    assert TIMED_OUT == run_notice_command(words, b"{}" * 100_000, os.environ, seconds=3)
    assert time.monotonic() - started < 30
    child = int(out.read_text())
    with suppress(ProcessLookupError):
        for _ in range(100):
            if Path(f"/proc/{child}/stat").read_text().split()[2] == "Z":
                return
            os.kill(child, 0)
            time.sleep(0.05)
        os.kill(child, signal.SIGKILL)
        pytest.fail("the child still runs")


def test_one_that_closes_its_stdin_is_no_error(tmp_path: Path) -> None:
    words = write_program(tmp_path, "import sys; sys.stdin.close()")
    assert 0 == run_notice_command(words, b"x" * 1_000_000, os.environ)


def test_one_that_cannot_be_started_has_the_code_of_a_shell(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert NOT_STARTED == run_notice_command((str(gone),), b"", os.environ)


@pytest.mark.parametrize("text", ["", "  ", "'open", "no-such-program-here --x"])
def test_a_command_that_is_none_is_refused_before_the_worker_begins(text: str) -> None:
    with pytest.raises(UsageError):
        parse_notice_command(text, os.environ)
