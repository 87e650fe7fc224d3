"""The complete output of the program, as users see it in a pipe of 80 columns.

``CACTIONS_GOLDEN=1`` rewrites the files; review the difference before committing it.
"""

from __future__ import annotations

import getpass
import platform
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from cactions import __version__
from cactions.cli import app
from cactions.cli.exit_codes import Exit
from cactions.edges.files.people_file import RULE
from cactions.logic.yaml import diagnostics
from cactions.model import FailureReason, KeepReason, Outcome
from cactions.rules import PAGES
from tests.cli.conftest import Cli
from tests.cli.scenes import SCENES
from tests.definitions import NEXT_YEAR
from tests.golden import assert_golden

GOLDEN = Path(__file__).parent / "golden"
HELP = {
    f"help_{'_'.join(words)}": (*words, "--help")
    for words in [
        *((name,) for name in app.COMMANDS),
        *(
            ("runs", name)
            for name in ("list", "show", "export", "resume", "retry", "undo", "prune", "forget")
        ),
        *(("people", name) for name in ("import", "list", "show")),
    ]
}


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder whose name always has the same length, so that lines break at the same place."""
    folder = Path(tempfile.mkdtemp(prefix="cactions-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


def steady(text: str, home: Path) -> str:
    """The text with everything that varies between runs replaced, keeping its length.

    The folder, run ids (numbered in order), times and durations, our version, the user name, and
    the line of a source file.
    """
    ids = list(dict.fromkeys(re.findall(r"\d{8}-\d{6}-[0-9a-f]{8}", text)))
    for number, found in enumerate(ids, start=1):
        text = text.replace(found, f"20260101-000000-{number:08}")
    text = text.replace(NEXT_YEAR, "2027-06-30")
    text = text.replace(str(home), f"/tmp/{'HOME':-^17}")
    text = text.replace(f'ersion": "{__version__}"', 'ersion": "0.0.0"')
    text = text.replace(f"{getpass.getuser()}@{platform.node()}", "me@here")
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "2026-01-01 00:00", text)
    text = re.sub(r"is finished \(.*?\)", "is finished (1 s, 3 people per second)", text)
    text = re.sub(r'"(started|planned|age)": ?[\d.]+', r'"\1": 0.0', text)
    text = re.sub(r"Another try in [\d.]+ s", "Another try in 0.0 s", text)
    text = re.sub(r"(00:00):\d\d UTC", r"\1:00 UTC", text)
    return re.sub(r"(\.py, line) \d+", r"\1 1", text)


def transcript(cli: Cli, words: Iterable[str]) -> str:
    """One command and its results: stdout, stderr, exit code."""
    done = cli(*words)
    parts = [f"$ cactions {shlex.join(words)}\n", done.out]
    parts += [f"--- stderr\n{done.err}"] if done.err else []
    return "".join([*parts, f"--- exit {done.code}\n"])


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_matches_its_golden_file(
    cli: Cli, home: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command, every error, every finding."""
    monkeypatch.setenv("COLUMNS", "80")
    scene = SCENES[name]
    scene.prepare(home)
    shown = "\n".join(transcript(cli, words.split()) for words in scene.commands)
    assert_golden(GOLDEN / f"{name}.txt", steady(shown, home))


@pytest.mark.parametrize("name", HELP)
def test_a_help_text_matches_its_golden_file(
    cli: Cli, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command and subcommand has one."""
    monkeypatch.setenv("COLUMNS", "80")
    assert_golden(GOLDEN / f"{name}.txt", transcript(cli, HELP[name]))


def test_every_golden_file_is_used() -> None:
    """A golden file that no test compares proves nothing."""
    assert {*SCENES, *HELP} == {path.stem for path in GOLDEN.glob("*.txt")}


SHOWN = [*GOLDEN.glob("*.txt"), *GOLDEN.glob("live/*.txt")]
ALL = "\n".join(path.read_text() for path in sorted(SHOWN))
ELSEWHERE = {
    FailureReason.FORBIDDEN_ADDRESS: "it takes a name server: tests/edges/http",
    Exit.INTERNAL: "it takes a fault that we do not have: tests/cli/test_ends.py",
    Exit.INTERRUPTED: "it takes a process: tests/cli/test_ends.py",
    Exit.TERMINATED: "it takes a process: tests/cli/test_ends.py",
    Exit.UNREAD: "it takes a pipe: tests/cli/test_ends.py",
}
"""Values that no golden file can show, and the reason."""

RULES = sorted(
    {v for v in vars(diagnostics).values() if re.fullmatch(r"CA\d{3}", str(v))}
    | {RULE, *PAGES} - {"CA305"}
)
"""All but those that need a vault: tests/cli/commands/test_vault.py."""


@pytest.mark.parametrize(
    "told_as",
    [
        *(pytest.param(f"{rule} ", id=rule) for rule in RULES),
        *(
            pytest.param(f'"reason": "{r.value}"', id=r.value)
            for r in FailureReason
            if r not in ELSEWHERE
        ),
        *(pytest.param(f'"why": "{why.value}"', id=why.value) for why in KeepReason),
        *(pytest.param(f'"outcome": "{each.value}"', id=each.value) for each in Outcome),
        *(pytest.param(f"--- exit {c.value}\n", id=c.name) for c in Exit if c not in ELSEWHERE),
    ],
)
def test_the_golden_files_cover_every_value_of_the_model(told_as: str) -> None:
    """Every rule, reason, why, outcome and exit occurs in a golden file."""
    assert told_as in ALL


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_golden_files_are_printable_and_without_tracebacks(path: Path) -> None:
    """No control characters, and no trace of an internal error."""
    text = path.read_text()
    assert [] == [c for c in text.replace("\n", "") if not c.isprintable()]
    assert "Traceback" not in text
    assert "Internal error" not in text
