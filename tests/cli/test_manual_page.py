"""The manual page says of the commands what they say themselves, and is read without a warning."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.test_json_output import LEAVES
from tests.golden import assert_golden
from tests.manual_page import escape, prose, write_manual_page

PAGE = Path(__file__).parents[2] / "cactions" / "help" / "cactions.1"


def format_page(width: int, *words: str) -> subprocess.CompletedProcess[str]:
    """The page as `man` shows it at this width."""
    if shutil.which("groff") is None:
        pytest.skip("there is no groff")
    return subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", f"-rLL={width}n", *words, str(PAGE)],
        capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "GROFF_NO_SGR": "1"},
    )  # fmt: skip


def plain(text: str) -> str:
    """The text without what makes letters bold or underlined on a printer."""
    return re.sub(".\b", "", text)


def test_the_page_is_made_of_the_commands() -> None:
    """Written anew by CACTIONS_GOLDEN=1; never by hand."""
    assert_golden(PAGE, write_manual_page())


def test_every_command_option_and_exit_code_is_on_it() -> None:
    """What it leaves out would not exist for its reader."""
    text = PAGE.read_text()
    sections = dict(re.findall(r'^\.SS "(.*?)"\n(.*?)(?=^\.S)', text, re.MULTILINE | re.DOTALL))
    assert {escape(name) for name in LEAVES} <= sections.keys()
    for name, command in LEAVES.items():
        options = [each for param in command.params for each in param.opts if "-" in each[:1]]
        assert options
        missing = [each for each in options if escape(each) not in sections[escape(name)]]
        assert [] == [each for each in missing if each not in {"--help", "-h"}], name
    assert {f"\\fB{code.value}\\fR" for code in Exit} <= {*text.splitlines()}


@pytest.mark.parametrize("width", [60, 78, 120])
def test_groff_has_no_warning(width: int) -> None:
    """At any width; and no line of it is wider than the page but for one long word."""
    done = format_page(width)
    assert (0, "") == (done.returncode, done.stderr)
    lines = plain(done.stdout).splitlines()
    assert len(lines) > 500
    wide = [line for line in lines if len(line) > width]
    assert all(len(max(line.split(), key=len)) > width - 15 for line in wide), wide


def test_signs_are_shown_as_they_are() -> None:
    """A hyphen that is pasted is a hyphen; quotes, dots and backslashes are no requests."""
    assert "\\-\\-json" == escape("--json")
    assert "\\&.cactions and \\fB\\e\\fR" == prose(".cactions and `\\`")
    shown = " ".join(plain(format_page(78).stdout).split())
    for words in ("--person user_id=u-1", "custom_attributes.tier = gold", "user_id=…"):
        assert words in shown, words
