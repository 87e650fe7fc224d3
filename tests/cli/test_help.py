"""Help texts, hints and the README name only existing commands, and every example runs."""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from cactions.cli import app
from cactions.cli.app import run_command
from cactions.cli.exit_codes import Exit
from tests.cli.conftest import ROOT, Cli
from tests.publications import record_probe

README = (ROOT / "README.md").read_text()
SOURCES = sorted((ROOT / "cactions").rglob("*.py"))
COMING: set[str] = set()
"""Commands whose logic and hints exist, but that cannot be called yet."""

GLOBAL = {"--help", "-h", "--debug", "--version"}


@functools.cache
def helped(*words: str) -> str:
    """The help of a command as one line."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "300")
        run_command([*words, "--help"])
    return " ".join(re.sub("[│╭╮╰╯─]", " ", output.getvalue()).split())


def subcommands(name: str) -> tuple[str, ...]:
    """The commands of a group; none for a plain command."""
    module = dict(app.load_commands([name]))[name]
    group = getattr(module, "commands", None)
    if group is None:
        return ()
    named = (each.name or each.callback.__name__.strip("_") for each in group.registered_commands)
    return (*named, *(each.name for each in group.registered_groups))


COMMANDS = [
    (name, *([sub] if sub else [])) for name in app.COMMANDS for sub in subcommands(name) or (None,)
]


def commands_in(text: str) -> Iterator[str]:
    """Every command line in a text: in backticks, after `$`, or as an example."""
    yield from re.findall(r"`(cactions [^`\n]*(?:\n[^`\n]*)?)`", text)
    yield from re.findall(r"^\$ (cactions .*)$", text, re.MULTILINE)
    yield from re.findall(r"(?:Example: |To undo: |\bbin/)(cactions .*)", text)
    known = "|".join(app.COMMANDS)
    yield from re.findall(rf"^(cactions (?:{known}) .*)$", text, re.MULTILINE)


def texts(path: Path) -> Iterator[str]:
    """The strings of a module, and its command lines; each placeholder becomes a word."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(v.value) if isinstance(v, ast.Constant) else "X" for v in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "command_line":
            words = getattr(node.args[0], "elts", ())
            yield f"`cactions {' '.join(getattr(word, 'value', 'X') for word in words)} X`"


NAMED = sorted(
    {("README.md", line) for line in commands_in(README)}
    | {
        (str(path.relative_to(ROOT)), line)
        for path in SOURCES
        for text in texts(path)
        for line in commands_in(text)
    }
)


@pytest.mark.parametrize(("where", "line"), NAMED)
def test_every_mentioned_command_exists_with_its_options(where: str, line: str) -> None:
    """In the README, in help texts and in hints."""
    words = [w for w in re.split(r"[|>&;]", line)[0].split()[1:] if w not in {"…", "..."}]
    if words == ["NAME"] or not words or words[0] == "X":
        return  # the command is a placeholder
    known = {command[0] for command in COMMANDS}
    if words[0] in COMING:
        assert where != "README.md"
        return
    if words[0].startswith("-") or words[0] == "COMMAND":
        assert set(words) <= {*GLOBAL, "COMMAND"}, where
        return
    assert words[0] in known, (where, line)
    group = subcommands(words[0])
    if words[1:2] == ["X"]:
        return  # the subcommand is a placeholder
    assert not group or len(words) == 1 or words[1] in group, (where, line)
    command = words[: (3 if words[1:2] == ["recipients"] else 2) if group else 1]
    options = {w.split("=")[0].rstrip(".,") for w in words if w.startswith("-") and w != "-"}
    assert options <= {*re.findall(r"--?[a-z][a-z-]*", helped(*command)), *GLOBAL}, (where, line)


def list_said_texts(path: Path) -> Iterator[str]:
    """The strings of a module but its docstrings, with a word for each placeholder."""
    tree = ast.parse(path.read_text())
    outer = (ast.JoinedStr, ast.Expr)
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, outer)
             for part in ast.walk(node) if part is not node}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(v.value) if isinstance(v, ast.Constant) else "X" for v in node.values)
        elif isinstance(node, ast.Constant) and id(node) not in inner:
            yield re.sub(r"\{.*?\}", "X", str(node.value))


def is_complete(words: list[str]) -> bool:
    """Whether nothing that the command requires is missing."""
    command: Any = get_command(app.build_application([]))
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    if "--help" in words or "X" in words or "…" in words:
        return True
    required = [param for param in command.params if param.required]
    options = {name for param in required if param.opts[0].startswith("-") for name in param.opts}
    arguments = sum(not param.opts[0].startswith("-") for param in required)
    plain = [word for word in words if not word.startswith("-")]
    return (
        not hasattr(command, "commands")
        and len(plain) >= arguments
        and (not options or bool(options & set(words)))
    )


HINTS = sorted({
    (str(path.relative_to(ROOT)), line)
    for path in SOURCES for text in list_said_texts(path)
    for line in re.findall(r"`(cactions [^`]*)`", text)
})  # fmt: skip


def test_no_hint_names_half_a_command() -> None:
    """What it names can be pasted: nothing that the command requires is missing."""
    assert len(HINTS) > 40
    assert [] == [(where, line) for where, line in HINTS if not is_complete(line.split()[1:])]


def test_planned_commands_do_not_exist_yet() -> None:
    """Once they exist, their hints are checked as well."""
    assert not COMING & set(app.COMMANDS)


def test_the_search_finds_commands() -> None:
    """Guards against a search that finds nothing."""
    assert len(NAMED) > 30
    assert {"README.md", "cactions/cli/commands/runs.py", "cactions/logic/people/lookup.py"} <= {
        where for where, _ in NAMED
    }


def with_vault(cli: Cli, home: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vault with its key in a file, in a state that the command can work on."""
    monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", str(home / "ada.key"))
    if name == "init":
        return
    say(monkeypatch, "")
    assert cli("vault", "init", "--name", "ada").code == Exit.CLEAN
    if name == "rotate":
        say(monkeypatch, "a first value")
        assert cli("vault", "seal", "shop_token", "--host", "x.example").code == Exit.CLEAN
    if name == "accept-generation":
        for number in range(6):
            say(monkeypatch, "a value to seal")
            cli("vault", "seal", f"s{number}", "--host", "x.example")
    say(monkeypatch, "a value to seal")
    if name == "join":
        done = cli("vault", "recipients", "add", "grace")
        [code] = re.findall(r"cactions-join-\S+", done.out)
        say(monkeypatch, code)
        monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", str(home / "grace.key"))


def say(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The text for stdin."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def with_signatures(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vault with the site's secret, and files with what the site signs."""
    with_vault(cli, home, "seal", monkeypatch)
    say(monkeypatch, "the secret of the site, which signs")
    assert cli("vault", "seal", "identity_secret", "--signing").code == Exit.CLEAN
    (home / "hash.txt").write_text(cli("identity", "sign", "--user-id", "u-1").out)
    jwt = cli("identity", "sign", "--jwt", "--user-id", "u-1", "--email", "ada@example.com").out
    (home / "settings.json").write_text(json.dumps({"intercom_user_jwt": jwt.strip()}))


def with_published(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vault in which two versions of the action are published, with a probe that passed."""
    with_vault(cli, home, "seal", monkeypatch)
    waived = ("--without", "test", "--without", "probe", "--because", "a test", "--yes")
    file = home / "actions.yaml"
    whole = file.read_text()
    file.write_text(whole.replace("/v1/customers", "/v2/customers"))
    assert cli("publish", "loyalty", *waived).code == Exit.CLEAN
    file.write_text(whole)
    record_probe(home)
    assert cli("publish", "loyalty", "--yes").code == Exit.CLEAN


ASKING = {("doctor",), ("probe",), ("tokens", "test"), ("review",)}
"""Commands whose example needs name servers, services or a browser: these tests have none."""

ENDLESS = {("watch",), ("worker",)}
"""Commands that end by a signal; their own tests run the example."""

AT_INTERCOM = {
    each for each in COMMANDS
    if each[0] in ("attributes", "audit", "connectors") or each == ("people", "pull")
}  # fmt: skip
"""Commands that need a workspace at Intercom; ``test_intercom`` runs their examples."""

EXAMPLES = [
    each
    for each in COMMANDS
    if each not in {("vault", "recipients"), *ASKING, *ENDLESS, *AT_INTERCOM}
    if each[0] != "cluster"  # test_json_output gives them a database
]


@pytest.mark.parametrize("command", EXAMPLES, ids=" ".join)
def test_every_example_of_a_help_text_runs(
    cli: Cli, home: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the example, after a run; `--yes` answers the question."""
    found = re.search(r"Example: (cactions .*?)(?= >| Arguments| Options|$)", helped(*command))
    example = found[1] if found else ""
    assert example.startswith(f"cactions {' '.join(command)}"), "there is no example"
    (home / "people.csv").write_text("user_id,email\nu-4,mary@example.com\n")
    assert cli("run", "loyalty", "--person", "u-1", "--replay", "--yes").code == Exit.CLEAN
    words = shlex.split(example)[1:]
    if command[0] == "vault":
        with_vault(cli, home, command[1], monkeypatch)
    if command == ("vault", "merge"):
        for side in ("ours.vault", "theirs.vault"):
            shutil.copy(home / "cactions.vault", home / side)
    if command[0] in ("publish", "live"):
        with_published(cli, home, monkeypatch)
    if command[0] == "identity":
        with_signatures(cli, home, monkeypatch)
    asks = ["--yes"] if "--yes" in helped(*command) else []
    done = cli(*words, *asks)
    nothing_open = {
        ("runs", "resume"): "No run was cut off.",
        ("runs", "settle"): "No run has a request of unknown outcome.",
    }.get(command)
    assert (nothing_open and nothing_open in done.err) or done.code == Exit.CLEAN, done.err


def list_all() -> list[tuple[tuple[str, ...], Any]]:
    """Every command and group, by its words."""
    commands: list[tuple[tuple[str, ...], Any]] = [((), get_command(app.build_application([])))]
    for words, command in commands:
        below = getattr(command, "commands", {})
        commands += [((*words, name), each) for name, each in below.items()]
    return commands


def list_leaves() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that is not a group, by its words."""
    return (each for each in list_all() if not hasattr(each[1], "commands"))


def test_the_help_of_every_group_ends_with_the_example_of_a_command() -> None:
    """The root names the page that begins from an empty folder, in its place."""
    leaves = dict(list_leaves())
    groups = [(words, each) for words, each in list_all() if words and hasattr(each, "commands")]
    assert 10 == len(groups)
    for words, group in groups:
        summary, example = group.help.split("\n\n")
        first = next(iter(group.commands))
        assert summary.endswith(".")
        assert leaves[(*words, first)].help.endswith(f"\n\n{example}")
        assert example.startswith(f"Example: cactions {' '.join(words)} ")


def test_every_help_text_ends_with_an_example_that_parses() -> None:
    """In one form, and with all that the command requires; what it needs else, others test."""
    leaves = dict(list_leaves())
    assert len(leaves) > 50
    for words, command in leaves.items():
        *paragraphs, last = command.help.split("\n\n")
        assert not [text for text in paragraphs if "Example" in text], words
        found = re.fullmatch(r"Example: (cactions [^<>|]+?)(?: [<>|] .*)?", last)
        assert found, (words, last)
        program, *rest = shlex.split(found[1])
        assert ("cactions", [*words]) == (program, rest[: len(words)])
        command.make_context(" ".join(words), rest[len(words) :]).close()


def test_an_example_that_does_not_fit_is_noticed() -> None:
    """By the same parser: an unknown option, and an argument that is missing."""
    diff = dict(list_leaves())["diff",]
    for rest in (["loyalty", "--persn", "u-1"], []):
        with pytest.raises(Exception, match=r"(?i)persn|action"):
            diff.make_context("diff", rest)


def test_the_readme_mentions_every_command() -> None:
    """No command is undocumented."""
    output = {tuple(line.split()[1:2]) for where, line in NAMED if where == "README.md"}
    assert {command[:1] for command in COMMANDS} <= output
