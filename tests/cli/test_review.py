"""``cactions review``: the page of ``--html`` in a browser, and nothing on the disk."""

from __future__ import annotations

import gzip
import re
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli


def open_review(*words: str) -> str:
    """The page that the command shows; it is ended by Ctrl-C."""
    command = [sys.executable, "-m", "cactions", "review", *words, "--minutes", "5"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        said = ""
        while "It ends after 5 minutes" not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        found = re.search(r"http://(127\.0\.0\.1:\d+)(/\S+)", said)
        assert found, said
        connection = HTTPConnection(found[1], timeout=60)
        connection.request("GET", found[2])
        answer = connection.getresponse()
        answer.read()
        connection.request("GET", answer.headers["Location"])
        page = gzip.decompress(connection.getresponse().read()).decode()
        process.send_signal(signal.SIGINT)
        assert Exit.INTERRUPTED == process.wait(60)
    return page


def list_files(home: Path) -> set[Path]:
    """Without what SQLite has beside a database that is open."""
    return {path for path in home.rglob("*") if path.suffix not in (".db-shm", ".db-wal")}


@pytest.mark.parametrize(
    ("words", "same"),
    [((), "runs show last"), (("last",), "runs show last"), (("--findings",), "validate")],
)
def test_it_shows_the_page_that_a_file_would_hold(
    cli: Cli, home: Path, words: tuple[str, ...], same: str
) -> None:
    """From memory: no file is written."""
    cli("run", "loyalty", "--all", "--replay", "--yes")
    before = list_files(home)
    page = open_review(*words)
    assert before == list_files(home)
    cli(*same.split(), "--html", "page.html")
    assert (home / "page.html").read_text() == page


def test_a_run_and_findings_exclude_each_other(cli: Cli) -> None:
    assert Exit.MISUSE == cli("review", "2026", "--findings").code


def test_without_a_run_nothing_is_served(cli: Cli) -> None:
    done = cli("review")
    assert (Exit.MISUSE, True) == (done.code, "there is no run yet" in done.err.lower())
