"""What the README promises about commands, options and exit codes is what the code has."""

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


def test_the_table_of_exit_codes_is_the_code_s_own() -> None:
    """One table, in both directions."""
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", README, re.MULTILINE)
    told = {int(code): text for code, text in rows}
    assert {code.value: text for code, text in MEANINGS.items()} == told
    assert set(Exit) == set(MEANINGS)


def test_the_most_severe_code_wins() -> None:
    """In the order that the README gives."""
    [order] = re.findall(r"the most severe wins: (.*)\.", README)
    codes = [Exit(int(code)) for code in re.findall(r"\d+", order)]
    assert Exit.CLEAN == choose_most_severe()
    for grave, light in pairwise(codes):
        assert grave == choose_most_severe(light, grave)


def test_every_command_is_told_and_every_told_command_is_there() -> None:
    """No command is a secret, and none is a promise."""
    told = set(re.findall(r"(?:^\$ |`|/bin/)cactions ([a-z]+)", README, re.MULTILINE))
    assert set(app.COMMANDS) == told


def test_every_topic_of_help_is_a_page_and_linked() -> None:
    """From the README, and by the command."""
    pages = {path.stem for path in (ROOT / "cactions" / "help").glob("*.md")}
    assert pages == set(TOPICS)
    assert pages == set(re.findall(r"cactions/help/([a-z-]+)\.md", README))


def test_every_option_named_on_a_page_exists_somewhere() -> None:
    """A page may not promise an option that no command has."""
    shown = "\n".join(path.read_text() for path in (ROOT / "cactions" / "help").glob("*.md"))
    known = "\n".join(path.read_text() for path in (ROOT / "cactions" / "cli").rglob("*.py"))
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", shown))
    assert {option for option in options if f'"{option}"' not in known} <= {"--strip-newline"}


def test_the_picture_is_what_the_tool_draws_today(tmp_path: Path) -> None:
    """To draw it again: `cactions diff loyalty --person u-1 --replay --svg .github/diff.svg`."""
    drawn = tmp_path / "diff.svg"
    words = ["diff", "loyalty", "--person", "u-1", "--replay", "--svg", str(drawn)]
    subprocess.run([sys.executable, "-m", "cactions", *words], cwd=ROOT, check=True, timeout=60,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    assert (ROOT / ".github" / "diff.svg").read_text() == drawn.read_text()
