"""The README's statements about commands, options and exit codes match the code."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from cactions.cli import app
from cactions.cli.commands.help import TOPICS
from cactions.cli.exit_codes import MEANINGS, Exit, choose_most_severe
from cactions.edges.keys.crypto import AesGcmSealer
from cactions.logic.vault.associated_data import pad
from tests.cli.test_json_output import LEAVES

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


PAGES = {path.name: path.read_text() for path in (ROOT / "cactions" / "help").glob("*.md")}
DOCUMENTS = "\n".join([README, *PAGES.values()])
FOREIGN = {
    "--prefix", "--all-files",  # of git and of pre-commit
    "--user", "--no-deps", "--quiet",  # of pip
    "--pwprompt", "--owner",  # of PostgreSQL
    "--body", "--body-file", "--create-if-none", "--edit-last", "--title",  # of gh
}  # fmt: skip
"""Options of other programs."""


def list_options(text: str) -> set[str]:
    """The long options in a text."""
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))


def list_known_options() -> dict[str, str]:
    """Every long option, with one of its commands."""
    return {
        option: name
        for name, command in LEAVES.items()
        for param in command.params
        for option in param.opts
        if option.startswith("--")
    }


def test_the_security_page_says_of_every_command_what_it_may_do() -> None:
    """In its table, and of no command that there is not."""
    page = (ROOT / ".github" / "SECURITY.md").read_text()
    rows = re.findall(r"^\| ((?:with [\w ]+: )?`[a-z].*?) \|", page, re.MULTILINE)
    named = {word for row in rows for word in re.findall(r"`([a-z]+)[^`]*`", row)}
    assert set(app.COMMANDS) == named


def test_every_option_in_the_documents_exists() -> None:
    """Neither the README nor a page names an option that no command has."""
    known = {*list_known_options(), "--help", "--debug", "--version"}
    assert set() == list_options(DOCUMENTS) - known - FOREIGN


def test_every_option_is_in_the_documents() -> None:
    """In the README or on a page: `--help` alone says what it is, and not what it is for."""
    missing = list_known_options().keys() - list_options(DOCUMENTS) - {"--help"}
    assert {} == {option: list_known_options()[option] for option in sorted(missing)}


def test_every_command_of_a_group_is_in_the_documents() -> None:
    """Beside the table of `--json`, and by the words that are typed."""
    text = "\n".join([README, *(text for name, text in PAGES.items() if name != "json.md")])
    typed = " ".join(text.replace("`", " ").split())
    groups = {name.partition(" ")[0] for name in LEAVES if " " in name}
    for name in LEAVES:
        short = name.partition(" ")[2] if name.partition(" ")[0] in groups else name
        assert re.search(rf"\b{re.escape(short)}\b", typed), name


def test_every_exit_code_on_a_page_is_one_of_the_table() -> None:
    """Both in words and in numbers."""
    found = [
        (name, int(code))
        for name, text in {**PAGES, "README.md": README}.items()
        for code in re.findall(
            r"(?:exit code(?: is)?|exits with|ends with|returns) (\d+)", " ".join(text.split())
        )
    ]
    assert len(found) > 15
    assert [] == [(name, code) for name, code in found if code not in {*Exit}]
    said = {code for _, code in found}
    assert {Exit.CLEAN, Exit.FINDINGS, Exit.MISUSE, Exit.NOTHING_DONE, Exit.CHANGES} <= said


def test_the_picture_is_up_to_date(tmp_path: Path) -> None:
    """To draw it again: `cactions diff loyalty --person u-1 --replay --svg .github/diff.svg`."""
    drawn = tmp_path / "diff.svg"
    words = ["diff", "loyalty", "--person", "u-1", "--replay", "--svg", str(drawn)]
    subprocess.run([sys.executable, "-m", "cactions", *words], cwd=ROOT, check=True, timeout=300,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    assert (ROOT / ".github" / "diff.svg").read_text() == drawn.read_text()


def test_the_figures_of_the_security_page_are_those_of_the_code(tmp_path: Path) -> None:
    """The cost of a passphrase, how much of a length is seen, and the modes of the state folder."""
    page = " ".join(PAGES["security.md"].split())
    memory = AesGcmSealer().new_scrypt_params().n * 1024 // 2**20
    assert f"{memory} MiB for each guess" in page
    assert f"the length of a value to within {len(pad(b''))} bytes" in page
    words = ["run", "loyalty", "--person", "u-1", "--replay", "--yes"]
    shutil.copy(ROOT / "actions.example.yaml", tmp_path)
    shutil.copytree(ROOT / "cassettes", tmp_path / "cassettes")
    subprocess.run([sys.executable, "-m", "cactions", *words], cwd=tmp_path, check=True,
                   timeout=300, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    [state] = tmp_path.glob(".cactions")
    files = {path for path in state.rglob("*") if path.is_file()}
    assert f"mode {read_modes(files)}, the folder {read_modes({state})}" in page


def read_modes(paths: set[Path]) -> str:
    """The one mode of all of them, in octal."""
    [mode] = {path.stat().st_mode & 0o777 for path in paths}
    return f"0{mode:o}"
