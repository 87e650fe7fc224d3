"""The README's statements about commands, options and exit codes match the code."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from cactions.cli import app
from cactions.cli.commands.help import TOPICS
from cactions.cli.exit_codes import MEANINGS, Exit, choose_most_severe

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_exit_code_table_matches_the_code() -> None:
    """One table, compared in both directions."""
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", README, re.MULTILINE)
    documented = {int(code): text for code, text in rows}
    assert {code.value: text for code, text in MEANINGS.items()} == documented
    assert set(Exit) == set(MEANINGS)


def test_the_most_severe_code_wins() -> None:
    """In the order that the README gives."""
    [order] = re.findall(r"the most severe wins: (.*)\.", README)
    codes = [Exit(int(code)) for code in re.findall(r"\d+", order)]
    assert Exit.CLEAN == choose_most_severe()
    for severe, light in pairwise(codes):
        assert severe == choose_most_severe(light, severe)


def test_the_readme_lists_exactly_the_existing_commands() -> None:
    """No command is undocumented, and none is missing."""
    documented = set(re.findall(r"(?:^\$ |`|/bin/)cactions ([a-z]+)", README, re.MULTILINE))
    assert set(app.COMMANDS) == documented


def test_every_help_topic_has_a_linked_page() -> None:
    """From the README, and by the command."""
    pages = {path.stem for path in (ROOT / "cactions" / "help").glob("*.md")}
    assert pages == set(TOPICS)
    assert pages == set(re.findall(r"cactions/help/([a-z-]+)\.md", README))


def test_every_option_in_the_documents_exists() -> None:
    """A page must not name an option that no command has."""
    shown = "\n".join(path.read_text() for path in (ROOT / "cactions" / "help").glob("*.md"))
    known = "\n".join(path.read_text() for path in (ROOT / "cactions" / "cli").rglob("*.py"))
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", shown))
    foreign = {
        "--prefix", "--all-files",  # of git and of pre-commit
        "--body", "--body-file", "--create-if-none", "--edit-last", "--title",  # of gh
    }  # fmt: skip
    assert {option for option in options if f'"{option}"' not in known} <= {
        "--strip-newline", *foreign,
    }  # fmt: skip


def test_the_picture_is_up_to_date(tmp_path: Path) -> None:
    """To draw it again: `cactions diff loyalty --person u-1 --replay --svg .github/diff.svg`."""
    drawn = tmp_path / "diff.svg"
    words = ["diff", "loyalty", "--person", "u-1", "--replay", "--svg", str(drawn)]
    subprocess.run([sys.executable, "-m", "cactions", *words], cwd=ROOT, check=True, timeout=300,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    assert (ROOT / ".github" / "diff.svg").read_text() == drawn.read_text()
