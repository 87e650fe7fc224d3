"""The state folder keeps itself out of git, whichever command makes it."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Work
from tests.intercom_projects import add_ada, remote_project
from tests.projects import write
from tests.servers import Server
from tests.workspace import WorkspaceServer

PEOPLE = "user_id,email\nu-4,mary@example.com\n"
COMMANDS = (
    "run loyalty --person u-1 --replay --yes",
    "run loyalty --people people.csv --replay --yes",
    "diff loyalty --people people.csv --replay --out plan",
    "people import people.csv",
)
"""Those that make it in a local workspace."""

needs_git = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")


def list_untracked(home: Path) -> set[str]:
    """What git would add."""
    subprocess.run(["git", "init", "--quiet"], cwd=home, check=True)
    done = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=home, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {line[3:] for line in done.stdout.splitlines()}


@needs_git
@pytest.mark.parametrize("words", COMMANDS)
def test_git_would_add_nothing_of_it(cli: Cli, home: Path, words: str) -> None:
    """The folder was made by this command, and holds more than the file that git reads."""
    (home / "people.csv").write_text(PEOPLE)
    assert cli(*shlex.split(words)).code in (0, 1)
    assert "*\n" == (home / ".cactions" / ".gitignore").read_text()
    assert not [name for name in list_untracked(home) if name.startswith(".cactions/")]
    assert "actions.yaml" in list_untracked(home)


@needs_git
def test_also_where_only_the_rate_limit_is_kept(
    work: Work, home: Path, shop: Server, intercom: WorkspaceServer
) -> None:
    """A command that only reads at Intercom makes the folder too."""
    add_ada(intercom)
    write(home, remote_project(shop, intercom))
    assert work("people show u-1").code == 0
    assert [path for path in (home / ".cactions").iterdir() if path.name != ".gitignore"]
    assert not [name for name in list_untracked(home) if name.startswith(".cactions/")]
