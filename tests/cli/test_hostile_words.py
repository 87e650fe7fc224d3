"""No command-line argument and no environment variable causes an internal error."""

# ruff: noqa: E501 - tables

from __future__ import annotations

import itertools
from typing import Any

import pytest

from cactions.cli.exit_codes import Exit
from tests.case_counts import COUNTS
from tests.cli.conftest import Cli

WORDS = [  # an argument never holds a NUL: the operating system ends it there
    "", " ", "-", "--", "\udcff", "é漢😀", "\u202e", "a" * 100_000, "9" * 5_000, "-1", "1e400", "²",
    "..", "/", "/dev/null", "user_id=", "=", "email=\udcff", "x=9", "\n", "%s{0}[red]", "-" * 300, "NaN",
]  # fmt: skip
ENVIRONMENTS = [
    {"COLUMNS": word} for word in ("", "0", "-1", "x", "²", "9" * 20, "9" * 5_000, "1e9", "100000")
] + [
    {"CACTIONS_DEBUG": "\udcff"}, {"CACTIONS_PROXY": "http://a:" + "9" * 5_000},
    {"CACTIONS_CA_FILE": "a" * 5_000}, {"NO_COLOR": "\udcff"}, {"TERM": "\udcff"}, {"LC_ALL": "C"},
    {"XDG_CONFIG_HOME": "\udcff"}, {"CACTIONS_VAULT_KEY": "\udcff"}, {"CACTIONS_VAULT_KEY_FD": "9" * 5_000},
]  # fmt: skip
COMMANDS = (
    ("validate", "@"), ("validate", "--format", "@"), ("validate", "--env", "@"), ("explain", "@"),
    ("diff", "@", "--person", "u-1", "--replay"), ("diff", "loyalty", "--person", "@", "--replay"),
    ("diff", "loyalty", "--person", "u-1", "--replay", "--env", "@"),
    ("diff", "delivery", "--person", "u-1", "--replay", "--input", "@"),
    ("diff", "delivery", "--person", "u-1", "--replay", "--input", "order_id=@"),
    ("diff", "loyalty", "--person", "u-1", "--cassette", "@"), ("request", "loyalty", "--person", "@"),
    ("test", "@"), ("people", "show", "@"), ("people", "import", "@"), ("runs", "prune", "--keep", "@"),
    ("runs", "show", "@"), ("runs", "forget", "--person", "@"), ("vault", "status", "-f", "@"),
    ("vault", "accept-generation", "@"), ("tokens", "@"), ("@",), ("@", "@"),
)  # fmt: skip


def _one_in(many: Any, step: int) -> list[Any]:
    every = [*many]
    return every if COUNTS.factor > 1 else every[::step]


@pytest.mark.hostile
def test_no_argument_causes_an_internal_error(cli: Cli) -> None:
    """Empty, very long, odd, or a number of 5,000 digits: at worst a reported usage error."""
    tried = 0
    for command, word in _one_in(itertools.product(COMMANDS, WORDS), 4):
        words = [one.replace("@", word) for one in command]
        done = cli(*words)
        assert done.code != Exit.INTERNAL, (words, done.err[-600:])
        assert "Traceback" not in done.err
        tried += 1
    assert tried >= 100


@pytest.mark.hostile
@pytest.mark.parametrize("values", ENVIRONMENTS)
def test_no_environment_causes_an_internal_error(
    cli: Cli, values: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even with any value for the width of the screen."""
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    for words in (
        ("diff", "loyalty", "--person", "u-1", "--replay"),
        ("validate", "nothing"),
        ("vault", "status"),
    ):
        done = cli(*words)
        assert done.code != Exit.INTERNAL, (values, words, done.err[-600:])
