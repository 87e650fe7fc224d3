"""A name that could be a path, an option or an injection is refused where it is defined."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli

BEGINNINGS = (
    "", "/", "../", "..", ".", "-", "--live", "~/", "a/../", "a\\", "C:", "a\0", "a\n", "\u202e",
    "é", "a..", "%2e%2e/", "$(id)", "`id`", "a b", "a:", "\uff0e\uff0e/", "a'", 'a"', "*", "{a}",
    "漢", "a#",
)  # fmt: skip
PIECES = (*BEGINNINGS[1:], "etc/passwd", "x", "0", "_", "actions", "\u200b", "\x1b[31m", "z" * 70)
COUNT = 200
HEAD = "version: 1\nworkspace: {identity_verification: jwt}\n"
ACTION = (
    "{match: user_id, request: {http_method: get, url: https://api.shop.example/v1%s},"
    " response: {mapping: {}}%s}"
)
TOKEN = "{type: text, value: {secret: %s}, header: X-Token, hosts: [api.shop.example]}"
FORMS = {
    "actions": ("actions:\n", "  %s: " + ACTION % ("", "") + "\n"),
    "servers": ("servers:\n", "  %s: {live: https://api.shop.example}\n"),
    "environments": ("servers:\n  shop:\n", "    %s: https://api.shop.example\n"),
    "tokens": ("tokens:\n", "  %s: " + TOKEN % "s" + "\n"),
    "secrets": ("tokens:\n", "  t{n}: " + TOKEN % "%s" + "\n"),
    "inputs": (
        "actions:\n",
        "  a{n}: " + ACTION % ("", ", data_inputs: [{name: %s, type: string}]") + "\n",
    ),
}


def hostile_names() -> list[str]:
    """Names that no identifier grammar allows, all different."""
    chance = random.Random(7)
    found: dict[str, None] = {}
    while len(found) < COUNT:
        parts = [chance.choice(BEGINNINGS), *chance.choices(PIECES, k=chance.randint(1, 3))]
        name = "".join(parts)
        odd = set(name) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
        if odd or ".." in name or name[:1] in {".", "-"}:
            found[name] = None
    return [*found]


def in_quotes(name: str) -> str:
    """As a YAML string with everything but letters escaped."""
    return (
        '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in name) + '"'
    )


def hostile_file(kind: str) -> str:
    head, line = FORMS[kind]
    rows = [line.replace("{n}", str(n)) % in_quotes(name) for n, name in enumerate(hostile_names())]
    return HEAD + head + "".join(rows)


def everything(home: Path) -> set[Path]:
    """In the folder and beside it; the files of other tests there may still be closed."""
    return {*home.rglob("*"), *home.parent.iterdir()}


@pytest.mark.parametrize("kind", FORMS)
def test_every_hostile_name_is_refused(cli: Cli, home: Path, kind: str) -> None:
    """Of 200 names of each of six kinds none is accepted, and no file is created anywhere."""
    (home / "actions.yaml").write_text(hostile_file(kind))
    before = everything(home)
    done = cli("validate", "--json")
    assert Exit.FINDINGS == done.code
    first = 5 if kind == "environments" else 4
    refused = [one for one in done.json["findings"] if "is no valid name" in one["message"]]
    assert [*range(first, first + COUNT)] == [one["line"] for one in refused]
    assert {"CA004"} == {one["rule"] for one in refused}
    assert all(one["column"] > 1 and one["hint"] for one in refused)
    assert before == everything(home)


COMMANDS = (
    ("diff", "a", "--person", "u-1", "--replay"),
    ("run", "a", "--person", "u-1", "--replay", "--yes"),
    ("test",),
    ("request", "a", "--person", "u-1"),
)


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_no_command_acts_on_a_hostile_name(
    cli: Cli, home: Path, kind: str, words: tuple[str, ...]
) -> None:
    """Every command stops at the file, and leaves nothing behind."""
    (home / "actions.yaml").write_text(hostile_file(kind))
    before = everything(home)
    assert Exit.NOTHING_DONE == cli(*words).code
    assert before == everything(home)
