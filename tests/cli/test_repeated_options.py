"""An option that takes one value is given once, for every option of every command."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from typer.core import TyperOption
from typer.main import get_command

from cactions.cli import app
from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli


def list_options(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every option of a command and of those below it, with the words of its command."""
    for name, below in getattr(command, "commands", {}).items():
        yield from list_options(below, (*words, name))
    for option in command.params:
        if isinstance(option, TyperOption) and words:
            yield words, option


OPTIONS = [
    (words, option)
    for words, option in list_options(get_command(app.build_application([])), ())
    if not option.is_flag
]
ONCE = [(words, option) for words, option in OPTIONS if not option.multiple]
OFTEN = [(words, option) for words, option in OPTIONS if option.multiple]


@pytest.mark.parametrize(
    ("words", "option"), ONCE, ids=[f"{' '.join(w)} {o.opts[0]}" for w, o in ONCE]
)
def test_an_option_with_one_value_is_refused_twice(
    cli: Cli, words: tuple[str, ...], option: Any
) -> None:
    """Also where both values are equal, under another of its names, and joined by "="."""
    first, other = option.opts[0], option.opts[-1]
    a, b = (["a"] * option.nargs, ["b"] * option.nargs)
    for twice in (
        [first, *a, first, *b], [first, *a, first, *a], [first, *a, other, *b],
        [f"{first}=a", *a[1:], f"{first}=b", *b[1:]], [first, *a, "x", first, *b],
    ):  # fmt: skip
        done = cli(*words, *twice)
        assert done.code == Exit.MISUSE
        assert f"{first} is given twice" in done.err
        assert not done.out


@pytest.mark.parametrize(
    ("words", "option"), OFTEN, ids=[f"{' '.join(w)} {o.opts[0]}" for w, o in OFTEN]
)
def test_an_option_with_several_values_may_be_repeated(
    cli: Cli, words: tuple[str, ...], option: Any
) -> None:
    """Whatever else is wrong with such a command."""
    done = cli(*words, option.opts[0], "a", option.opts[-1], "b")
    assert f"{option.opts[0]} is given twice" not in done.err


def test_most_options_take_one_value() -> None:
    """Guards against a search that finds nothing; the repeatable ones are known by name."""
    assert len(ONCE) > 200
    assert {option.opts[0] for _, option in OFTEN} == {
        "--claim", "--entry", "--file", "--fill", "--host", "--input", "--keep", "--map", "--name",
        "--tag", "--take", "--token-host", "--without", "--user-token", "--victim-input", "--where",
    }  # fmt: skip


def test_a_flag_may_be_repeated(cli: Cli) -> None:
    """It says the same twice."""
    words = ("diff", "loyalty", "--person", "u-1", "--replay", "--replay", "--json", "--json")
    assert cli(*words).code == Exit.CLEAN
