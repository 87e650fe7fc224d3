"""The README's examples are run: every `$` line in a terminal block, and its expected output.

An example runs in a copy of the example project; its shop and Intercom answer, through a proxy on
loopback. What `cd` and `export` do lasts until the end of the document.

`…` in the expected output stands for anything within the line, a line of `…` alone for any lines.
Lines that begin with `> ` go on with a command.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.documented_services import serving_documents
from tests.servers import Server

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "cactions" / "help").glob("*.md"))
STORIES = [path for path in (ROOT / "README.md", *PAGES) if "```console" in path.read_text()]


class Step(NamedTuple):
    """A command line and the lines that it must print."""

    line: int
    command: str
    expected: str


def steps(story: Path) -> Iterator[Step]:
    """The steps of all ```console blocks, in order."""
    text = story.read_text()
    for block in re.finditer(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        first = text[: block.start(1)].count("\n") + 1
        lines = block[1].splitlines()
        starts = [n for n, line in enumerate(lines) if line.startswith("$ ")]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            printed = next((n for n in range(start + 1, end) if lines[n][:2] != "> "), end)
            command = [line[2:] for line in lines[start:printed]]
            yield Step(first + start, "\n".join(command), "\n".join(lines[printed:end]))


def pattern(expected: str) -> str:
    """Expected output as a regular expression."""
    lines = [
        r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line.rstrip()).replace("…", ".*") + "\n"
        for line in expected.splitlines()
    ]
    return "".join(lines)


LASTING = ("cd ", "export ")
"""The commands whose effect is on the shell itself."""
PROXY_NOTE = re.compile(r"^Through a proxy: .*?secrets included\.\n", re.MULTILINE | re.DOTALL)
"""What live calls say about the proxy and the authority of these tests."""


@pytest.fixture(scope="module")
def proxy() -> Iterator[Server]:
    with serving_documents() as server:
        yield server


def environment(folder: Path, proxy: Server) -> dict[str, str]:
    """A shell in which ``cactions`` is the tested code, whatever is installed."""
    bin_folder = folder / ".bin"
    bin_folder.mkdir()
    command = bin_folder / "cactions"
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m cactions "$@"\n')
    command.chmod(0o755)
    path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
    return {
        "PATH": path, "HOME": str(folder), "COLUMNS": "100", "LANG": "C.UTF-8",
        "CACTIONS_PROXY": f"http://127.0.0.1:{proxy.port}", "CACTIONS_CA_FILE": str(proxy.ca_file),
    }  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_the_commands_of_a_document_print_the_shown_output(
    story: Path, tmp_path: Path, proxy: Server
) -> None:
    """A reader who follows the document gets the shown output."""
    shutil.copy(ROOT / "actions.example.yaml", tmp_path)
    shutil.copytree(ROOT / "cassettes", tmp_path / "cassettes")
    shell, status, executed = environment(tmp_path, proxy), 0, 0
    kept: list[str] = []
    for step in steps(story):
        command = step.command.replace("$?", str(status))
        done = subprocess.run(
            ["bash", "-c", "\n".join([*kept, command])], cwd=tmp_path, env=shell, timeout=300,
            capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        status = done.returncode
        seen = "".join(f"{line.rstrip()}\n" for line in (done.stdout + done.stderr).splitlines())
        seen = PROXY_NOTE.sub("", seen)
        kept += [command] if command.startswith(LASTING) else []
        assert re.fullmatch(pattern(step.expected), seen), f"line {step.line}: {command}\n{seen}"
        executed += 1
    assert executed, "the story has no steps"


def test_twelve_commands_lead_from_an_empty_folder_to_an_undone_run() -> None:
    """A published one, on a service of one's own; the tutorial runs them above."""
    page = next(page for page in PAGES if page.stem == "tutorial")
    local = page.read_text().partition("\n## 6.")[0].count("\n")
    typed = [step.command.split()[:3] for step in steps(page) if step.line < local]
    ours = [words[1:] for words in typed if words[0] == "cactions"]
    assert (["init", "shop"], ["runs", "undo"], 12) == (ours[0], ours[-1], len(ours))
    assert ["publish", "loyalty"] in ours
