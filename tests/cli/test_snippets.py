"""Every block of the README and of the help pages can be pasted.

Terminal blocks are run by ``test_stories``; COVERED names the tests of other blocks that are not
tested here.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from typer.main import get_command

from cactions.cli import app
from cactions.cli.exit_codes import Exit
from cactions.cli.usage_errors import MISUSE
from tests.cli.conftest import ROOT, Cli
from tests.client_certificates import make_pair
from tests.run_report import REPORT

FILES = (ROOT / "README.md", *sorted((ROOT / "cactions" / "help").glob("*.md")))
ELSEWHERE = {"console": "test_stories", "text": "no command"}
COVERED = {
    ("yaml", "ci"): "cli/test_pasted_ci.py",
    ("yaml", "answers"): "logic/project/test_answer_forms.py",
    ("json", "json"): "cli/test_json_output.py",
    ("json", "schedules"): "logic/documents/test_notices.py",
}
"""The tests of all blocks of one language on one page: they belong elsewhere than those here."""
FEWEST_COMMANDS = 50
PLACEHOLDER = re.compile(
    r"\b(OWNER|REPO|SHA|YOUR[-_ ]?\w+|CHANGE[-_]?ME|TODO|v?X\.Y\.Z)\b|<[a-z-]+>"
)


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    language: str
    text: str

    def __str__(self) -> str:
        """The id of its test."""
        return f"{self.page}-{self.language}"


BLOCKS = [
    Block(path.stem, language, text)
    for path in FILES
    for language, text in re.findall(
        r"^```(\w*)\n(.*?)^```$", path.read_text(), re.MULTILINE | re.DOTALL
    )
]


def list_blocks(language: str) -> list[Block]:
    """The blocks that are tested here."""
    found = [block for block in BLOCKS if block.language == language]
    return [block for block in found if (language, block.page) not in COVERED]


def test_every_block_is_tested_somewhere() -> None:
    """None is of an unknown kind, and none holds a word that a reader has to replace."""
    languages = Counter(block.language for block in BLOCKS)
    assert set(languages) == {"sh", "yaml", "json", "toml", *ELSEWHERE}
    assert set(COVERED) <= {(block.language, block.page) for block in BLOCKS}
    for (_, page), test in COVERED.items():
        assert f"{page}.md" in (ROOT / "tests" / test).read_text(), test
    assert [] == [block for block in BLOCKS if PLACEHOLDER.search(block.text)]
    commands = sum(len(list_commands(block.text)) for block in list_blocks("sh"))
    assert commands >= FEWEST_COMMANDS
    REPORT.append(f"blocks of the documents: {dict(languages)}, with {commands} shell commands")


def list_commands(text: str) -> list[list[str]]:
    """The words of each call of cactions in a script, without what the shell itself reads."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.commenters = "#"
        lexer.whitespace_split = True
        words: list[str] | None = None
        first = True
        for word in (*lexer, ";"):
            if word in {"&&", "||", "|", ";", "<", ">"}:
                found += [words] if words is not None else []
                words, first = None, word not in {"<", ">"}
            elif words is not None:
                words.append(word)
            elif word.split("/")[-1] == "cactions" and (first or line.startswith("xargs ")):
                words = []
            else:
                first = False
    return found


def parse_words(words: list[str]) -> None:
    """Parse a command line as the program does, without running it."""
    command: Any = get_command(app.build_application(words))
    while hasattr(command, "commands"):
        command, words = command.commands[words[0]], words[1:]
    command.make_context("cactions", list(words))


@pytest.mark.parametrize("block", list_blocks("sh"), ids=str)
def test_a_shell_block_has_whole_commands(block: Block) -> None:
    """A shell can read it, and cactions takes each of its command lines."""
    subprocess.run(["bash", "-n"], input=block.text, text=True, check=True, timeout=10)
    for words in list_commands(block.text):
        parse_words(words)
    first = {line.split()[0] for line in block.text.splitlines() if not line.startswith((" ", "#"))}
    assert first <= {"cactions", "git", "pipx", "uv", "pip", "pre-commit", "python3", "xargs", "jq",
                     "sudo", "export"}  # fmt: skip


def test_a_wrong_command_line_is_seen() -> None:
    """Guards against a parser that takes everything."""
    assert [["run", "a", "--wait", "9"]] == list_commands("xargs -P 6 cactions run a --wait 9 < b")
    assert [["help"]] == list_commands("cactions help > folder/cactions")
    for words in (["run"], ["run", "a", "--nothing"], ["vault", "seal"], ["schema", "x"]):
        with pytest.raises(MISUSE):
            parse_words(words)
    with pytest.raises(KeyError):
        parse_words(["vault", "sel", "a"])


def merge(document: dict[str, Any], fragment: dict[str, Any]) -> dict[str, Any]:
    """Mappings are merged; all else is replaced."""
    for key, value in fragment.items():
        known = document.get(key)
        both = isinstance(known, dict) and isinstance(value, dict)
        document[key] = merge(known, value) if both else value
    return document


def put_into_example(fragment: dict[str, Any]) -> dict[str, Any]:
    """The example with a fragment in its place: parts of an action go into ``loyalty``."""
    document = yaml.safe_load((ROOT / "actions.example.yaml").read_text())
    action = document["actions"]["loyalty"]
    document["attributes"]["shop_id"] = {"data_type": "string"}
    action["request"]["query"] = {"store": "{{ person.attributes.shop_id }}"}
    for key in {"breakers", "tests", "request"} & set(fragment):
        action[key] = fragment.pop(key)
    return merge(document, fragment)


def put_in_certificate(text: str) -> str:
    """A whole certificate, where the page has the beginning of one."""
    if "MIIB…" not in text:
        return text
    pem = make_pair("ada").presented.certificate.replace("\n", "\n" + " " * 6).rstrip()
    return re.sub(r"-----BEGIN CERT.*END CERTIFICATE-----", lambda _: pem, text, flags=re.DOTALL)


@pytest.mark.parametrize("block", list_blocks("yaml"), ids=str)
def test_a_yaml_block_is_valid_where_it_belongs(block: Block, cli: Cli, home: Path) -> None:
    """In the example, or alone where it is a whole file: it has no error of the file format."""
    fragment = yaml.safe_load(put_in_certificate(block.text))
    document = fragment if {"version", "actions"} <= set(fragment) else put_into_example(fragment)
    (home / "actions.yaml").write_text(json.dumps(document, default=str))
    findings = cli("validate", "--json").json["findings"]
    assert [] == [finding for finding in findings if finding["rule"].startswith("CA0")]


@pytest.mark.parametrize("block", list_blocks("json"), ids=str)
def test_a_json_block_is_a_recording(block: Block, cli: Cli, home: Path) -> None:
    """The person of the tutorial is in it."""
    (home / "cassettes" / "loyalty.json").write_text(block.text)
    (home / "people.csv").write_text("user_id,email\nu-4,mary@example.com\n")
    assert Exit.CLEAN == cli("people", "import", "people.csv").code
    done = cli("diff", "loyalty", "--person", "u-4", "--replay")
    assert (Exit.CLEAN, True) == (done.code, "gold" in done.out)


@pytest.mark.parametrize("block", list_blocks("toml"), ids=str)
def test_a_toml_block_is_a_configuration(
    block: Block, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of its settings is read from the line on which it stands, and no other is."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = tmp_path / "config" / "cactions" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(block.text)
    done = cli("config", "--json")
    assert Exit.CLEAN == done.code
    read = {each["name"]: each["line"] for each in done.json["settings"] if each["set"]}
    assert set(tomllib.loads(block.text)) == set(read)
    lines = block.text.splitlines()
    assert all(lines[line - 1].startswith(f"{name} =") for name, line in read.items())
