"""Completion: what is offered is what the commands and the project have, in three real shells."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest
from typer.main import get_command

from cactions.cli import app
from cactions.cli.completion.answer import TABLE, VARIABLE, read_table
from cactions.cli.completion.names import KINDS
from cactions.cli.exit_codes import Exit
from tests.cli.conftest import ROOT, Cli
from tests.golden import assert_golden
from tests.test_house import HEAVY

# The table of commands


PERSON = {"VALUE|KEY=VALUE", "KEY=VALUE", "USER_ID|KEY=VALUE"}
BY_METAVAR = {
    **dict.fromkeys(PERSON, "person"),
    **dict.fromkeys(("ACTION", "[ACTIONS]", "[ACTION]...", "ACTION|ID"), "action"),
    **dict.fromkeys(("FILE", "PLAN", "FOLDER", "[FILE]", "[FILES]"), "file"),
    "FILE|DIR": "project", "'FIELD OP VALUE'": "condition", "NAME=VALUE": "input", "RUN": "run",
    "[RULE]": "rule", "[TOPIC]": "topic",
}  # fmt: skip
BY_NAME = {"environment": "environment", "recipient": "recipient", "secret": "secret"}
NAMED_BY = {"tokens": "token", "vault": "secret", "vault recipients": "recipient"}
"""What NAME is the name of, as an argument of the commands of a group."""


def find_kind(command: str, param: Any) -> str:
    """What the value of an option or an argument is."""
    if choices := getattr(param.type, "choices", None):
        return ":" + ",".join(getattr(choice, "value", choice) for choice in choices)
    is_argument = param.param_type_name == "argument"
    if param.metavar == "NAME" and is_argument:
        return NAMED_BY.get(command.rpartition(" ")[0], "value")
    if param.name == "keep" and param.metavar == "NAME":
        return "recipient"
    return BY_NAME.get(param.name, "") or BY_METAVAR.get(param.metavar, "value")


def list_commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, below in getattr(command, "commands", {}).items():
        yield from list_commands(below, (*words, name))
    if not getattr(command, "commands", None):
        yield " ".join(words), command


def build_line(name: str, command: Any) -> str:
    arguments, options = [], []
    for param in command.params:
        kind = find_kind(name, param)
        if param.param_type_name == "argument":
            arguments.append(kind + "*" * (param.nargs == -1))
        elif not param.hidden and param.name != "help":
            takes_value = not param.is_flag
            options += [f"{each}={kind}" if takes_value else each for each in param.opts]
    summary = re.split(r"[.:;](?=\s|$)", command.help or "")[0]
    return "\t".join((name, " ".join(arguments), " ".join(options), summary))


def test_the_table_is_made_of_the_commands() -> None:
    """All commands, options, choices and kinds of values; never written by hand."""
    tree = get_command(app.build_application([]))
    lines = [build_line(*each) for each in list_commands(tree)]
    assert len(lines) > 50
    assert_golden(TABLE, "".join(f"{line}\n" for line in lines))


def test_every_kind_of_name_is_used() -> None:
    """A kind that no command has would be dead; an unknown one completes files."""
    kinds = {
        kind.rstrip("*")
        for line in read_table().values()
        for kind in (*line.arguments, *line.options.values())
    }
    assert KINDS - {"attribute"} <= kinds, "attributes are named within conditions"
    assert {kind for kind in kinds if not kind.startswith(":")} - KINDS == {
        "", "file", "project", "value",
    }  # fmt: skip


# Names of a project


Complete = Callable[..., list[str]]


@pytest.fixture
def complete(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> Complete:
    """``complete("diff", "")``: the candidates for the last word."""

    def call(*words: str, shell: str = "fish") -> list[str]:
        monkeypatch.setenv(VARIABLE, shell)
        done = cli(*words)
        monkeypatch.delenv(VARIABLE)
        assert (Exit.CLEAN, "") == (done.code, done.err)
        return [line.partition("\t")[0] for line in done.out.splitlines()]

    return call


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("di", ["diff"]),
        ("runs re", ["resume", "retry"]),
        ("vault recipients ", ["add", "remove", "list"]),
        ("diff ", ["loyalty", "billing", "delivery"]),
        ("test loyalty b", ["billing"]),
        ("diff loyalty --person ", ["u-1", "email=ada@example.com", "u-2",
                                    "email=grace@example.com", "u-3", "email=alan@example.com"]),
        ("diff loyalty --person user_id=u-2", ["user_id=u-2"]),
        ("diff loyalty --person=u-3", ["--person=u-3"]),
        ("people show u-1", ["u-1"]),
        ("diff loyalty --where custom_attributes.ti", ["custom_attributes.tier"]),
        ("diff delivery --input ", ["order_id="]),
        ("diff loyalty --repl", ["--replay"]),
        ("run loyalty --rep", ["--report", "--replay"]),
        ("validate --format s", ["sarif"]),
        ("validate --env ", ["production", "staging"]),
        ("vault seal ", ["shop_token", "pay_password"]),
        ("tokens test ", ["shop", "pay"]),
        ("explain CA10", ["CA101", "CA102", "CA103", "CA104", "CA106", "CA107", "CA108"]),
        ("explain user-c", ["user-controlled-lookup"]),
        ("help many", ["many-people"]),
        ("diff loyalty --person u-1 --nothing", []),
        ("no-command ", []),
        ("vault", ["vault"]),
    ],
)  # fmt: skip
def test_names_of_the_example(complete: Complete, line: str, expected: list[str]) -> None:
    """Of commands, options, actions, people, attributes, inputs, environments, secrets, rules."""
    assert expected == complete(*line.split(" "))


def test_names_of_the_state(complete: Complete, cli: Cli, home: Path, monkeypatch: Any) -> None:
    """Runs from their folder, secrets and recipients from the vault: without its key."""
    monkeypatch.setenv("CACTIONS_VAULT_KEY_FILE", "ada.key")
    assert cli("vault", "init", "--name", "ada").code == Exit.CLEAN
    cli("vault", "recipients", "add", "grace")
    for _ in range(2):
        assert cli("run", "loyalty", "--person", "u-2", "--replay", "--yes").code < Exit.MISUSE
    runs = sorted((path.stem for path in (home / ".cactions/runs").glob("*.db")), reverse=True)
    (home / "ada.key").unlink()
    assert ["last", *runs] == complete("runs", "show", "")
    assert ["ada", "grace"] == complete("vault", "recipients", "remove", "")
    vault = home / "cactions.vault"
    text = vault.read_text()
    vault.write_text(text + '{"meta":{},"name":"sealed_one","purpose":"secret","salt":""}\n')
    assert "sealed_one" in complete("vault", "rotate", "")


def test_another_folder_is_completed_where_it_is_named(complete: Complete, home: Path) -> None:
    """By -f, as a folder or a file."""
    (home / "other").mkdir()
    (home / "other/actions.yaml").write_text("actions:\n  elsewhere: {}\n")
    assert complete("diff", "-f", "other", "") == ["elsewhere"]
    assert complete("diff", "--file", "other/actions.yaml", "el") == ["elsewhere"]


def test_a_broken_file_completes_up_to_its_error(complete: Complete, home: Path) -> None:
    """A user completes while they write."""
    (home / "actions.yaml").write_text("actions:\n  one: {}\n  two: {}\n bad: [\n")
    assert complete("diff", "") == ["one", "two"]
    (home / "actions.yaml").write_bytes(b"\xff\xfe\x00")
    assert complete("diff", "") == []


# What a hostile clone may not do


def test_hostile_names_are_not_offered_and_words_are_quoted(complete: Complete, home: Path) -> None:
    """Nothing that a terminal obeys; in bash nothing that the shell would run."""
    bad = ["a\\x1b[31m", "b\\nc", "d\\te", "f\\u202eg", "h\\x00"]
    plain = ["$(touch pwned)", "`touch pwned`", "a b", "it's", ";id", "ok"]
    lines = [f'  "{name}": {{}}\n' for name in (*bad, *plain)]
    (home / "actions.yaml").write_text("actions:\n" + "".join(lines))
    assert plain == complete("diff", "")
    offered = complete("diff", "", shell="bash")
    assert ["ok"] == [word for word in offered if not word.startswith("'")]
    said = subprocess.run(
        ["bash", "-c", f"printf '%s\\n' {' '.join(offered)}"], capture_output=True, text=True,
        check=True, cwd=home,
    )  # fmt: skip
    assert plain == said.stdout.splitlines()
    assert not (home / "pwned").exists()


def test_nothing_outside_the_project_is_read(
    complete: Complete, home: Path, tmp_path: Path
) -> None:
    """No link is followed: neither a file nor a folder of the state; no pipe is waited for."""
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    (outside / "runs").mkdir(parents=True)
    (outside / "runs/CANARY.db").touch()
    (outside / "secret.yaml").write_text("actions:\n  CANARY: {}\n")
    (outside / "vault").write_text('"name":"CANARY","purpose":"secret"')
    (home / "actions.yaml").unlink()
    (home / "actions.yaml").symlink_to(outside / "secret.yaml")
    (home / ".cactions").symlink_to(outside)
    (home / "cactions.vault").symlink_to(outside / "vault")
    for words in (("diff", ""), ("runs", "show", ""), ("vault", "rotate", "")):
        assert [] == complete(*words)
    (home / "actions.yaml").unlink()
    os.mkfifo(home / "actions.yaml")
    assert [] == complete("diff", "")
    (home / "actions.yaml").unlink()
    (home / "actions.yaml").write_text("actions: " + "[" * 200_000)
    began = time.process_time()
    assert [] == complete("diff", "")
    assert time.process_time() - began < 5


def test_no_library_of_another_command_is_loaded(home: Path) -> None:
    """Neither Typer nor msgspec; YAML only for names of the project."""
    program = (
        "import sys; from cactions.__main__ import main\n"
        "main()\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    )
    for words, allowed in (
        (["di"], set()),
        (["diff", ""], {"yaml"}),
        (["runs", "show", ""], set()),
    ):
        done = subprocess.run(
            [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True,
            cwd=home, env={**os.environ, VARIABLE: "zsh", "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        loaded = set(done.stderr.split())
        assert allowed == loaded & {*HEAVY, "typer", "msgspec", "yaml", "cactions.model", "json"}


# Real shells


@pytest.fixture
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a command ``cactions``, for PATH."""
    folder = tmp_path_factory.mktemp("program")
    file = folder / "cactions"
    file.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m cactions "$@"\n')
    file.chmod(0o755)
    return folder


def find_shell(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"{name} is not installed")


START = {
    "bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"], "fish": ["--no-config", "-i"],
}  # fmt: skip
SET_UP = {
    "bash": "source <(cactions completion bash)",
    "zsh": "autoload -Uz compinit && compinit -u -D; source <(cactions completion zsh)",
    "fish": "cactions completion fish | source",
}


@pytest.mark.parametrize(
    ("typed", "finished"),
    [
        ("cactions explai", "explain"),
        ("cactions diff loy", "loyalty"),
        ("cactions diff loyalty --person u-", "u-2"),
        ("cactions diff loyalty --person user_id=u-", "user_id=u-2"),
        ("cactions runs show 2026", "20260101-000000-abcdef01"),
    ],
)
@pytest.mark.parametrize("shell", START)
def test_a_key_press_completes_in_a_real_shell(
    shell: str, typed: str, finished: str, home: Path, program: Path
) -> None:
    """In a terminal of its own; what stands on the line then is given to another command."""
    path = find_shell(shell)
    (home / "actions.yaml").write_text(
        "actions: {loyalty: {}}\nworkspace: {people: [{user_id: u-2}]}\n"
    )
    (home / ".cactions/runs").mkdir(parents=True)
    (home / ".cactions/runs/20260101-000000-abcdef01.db").touch()
    environment = {
        "PATH": f"{program}:{os.environ['PATH']}", "TERM": "dumb", "HOME": str(home),
        "PS1": "> ", "LANG": "C.UTF-8",
    }  # fmt: skip
    child = pexpect.spawn(
        path, START[shell], env=environment, cwd=str(home), encoding="utf-8", timeout=40,
        dimensions=(40, 200),
    )  # fmt: skip
    try:
        child.sendline(f"{SET_UP[shell]}; echo rea''dy")
        child.expect("\nready|\rready")
        child.send(f"{typed}\t")
        child.expect(re.escape(finished))
    finally:
        child.close(force=True)
