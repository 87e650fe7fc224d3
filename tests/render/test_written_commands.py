"""A command suggested in a message can be pasted, whatever names it contains."""

from __future__ import annotations

import ast
import random
import re
import shlex
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from cactions.cli.app import COMMANDS
from cactions.cli.command_line import CommandLine
from cactions.cli.live_options import LiveOptions
from cactions.logic.shell import join_command
from cactions.logic.vault import errors
from cactions.model import Finding, Severity, UsageError
from cactions.render.error import render_error
from cactions.render.escape import escape_terminal
from cactions.render.findings import render_findings
from cactions.render.layout import LabeledValue, render_labeled_values, wrap_paragraph
from cactions.render.text import View, span, to_plain_text

PACKAGE: Final = Path(__file__).parents[2] / "cactions"

PARTS: Final = (
    "rm", "-rf", "~", " ", " ", " ", ";", "&&", "|", "$(", ")", "`", "``", "'", '"', "\\", "\n",
    "#", "!", "*", "?", "a", "Zoë", "--yes", "=", "<", ">", "&", "{", "}", "é", ".", "…", "\t",
    ": cactions run ", "\x1b[2J", "\u202e", "\u3000", "•", ": ", "://", "$HOME", "0", "% ",
    "e\u0301",
)  # fmt: skip
_SEEDED: Final = random.Random(301)
NAMES: Final = (
    "x; rm -rf ~", "`rm -rf ~`", "$(rm -rf ~)", "a'; rm -rf ~; '", "--yes", "-", "--", "-x y", "",
    *("".join(_SEEDED.choices(PARTS, k=_SEEDED.randint(1, 14))) for _ in range(191)),
)  # fmt: skip
WIDTHS: Final = range(40, 121)


def hinted(name: str) -> tuple[View, list[str]]:
    return render_error(errors.build_bad_entry(name)), ["vault", "rotate", name]


def found(name: str) -> tuple[View, list[str]]:
    hint = f"seal it with `{join_command(('vault', 'seal'), name, options=('--host', name))}` first"
    finding = Finding("CA305", "a secret is not in the vault", hint, severity=Severity.WARNING)
    return render_findings([finding], {}), ["vault", "seal", name, "--host", name]


def closed(name: str) -> tuple[View, list[str]]:
    said = CommandLine(
        name, ("--person", name), [name], LiveOptions(replay=True), [Path("a") / name], name
    )
    options = ["--person", name, "--input", name, "--replay", "-f", str(Path("a") / name)]
    text = f"Nothing was written. To apply it: {said.render('run')}"
    words = ["run", name, *options, *(["--env", name] if name else [])]
    return lambda width: wrap_paragraph(span(text), width, indent=2), words


def labelled(name: str) -> tuple[View, list[str]]:
    text = f"The run was cut off (`{join_command(('runs', 'resume'), name)}` finishes it) today."
    return lambda width: render_labeled_values([LabeledValue("State", (span(text),))], width), [
        "runs",
        "resume",
        name,
    ]


PLACES: Final[tuple[Callable[[str], tuple[View, list[str]]], ...]] = (
    hinted, found, closed, labelled,
)  # fmt: skip


BEGINS: Final = re.compile("(`|: |^ +)cactions ")


def suggested(text: str) -> list[str]:
    """The command in a text, split into words as a shell splits its line."""
    *_, line = [line for line in text.splitlines() if BEGINS.search(line)]
    found = BEGINS.search(line)
    assert found
    command = line[found.end(1) :]
    return shlex.split(command.rpartition("`")[0] if found[1] == "`" else command)


def is_seen(name: str) -> bool:
    """Whether all of it is printable; other names are written as a printf."""
    return name.isprintable()


def test_a_suggested_command_has_each_name_as_one_argument() -> None:
    """On one line at every width from 40 to 120; only text of the sentence follows it."""
    tried = broken = 0
    for number, name in enumerate(NAMES):
        view, words = PLACES[number % len(PLACES)](name)
        dashes = ["--"] if name.startswith("-") else []  # then the options come before it
        wanted = sorted(["cactions", *dashes, *words])
        for width in WIDTHS[number % 3 :: 3]:
            got = suggested(to_plain_text(view(width)))
            tried += 1
            broken += len(got) != len(wanted) or (
                is_seen(name) and [*map(escape_terminal, wanted)] != sorted(got)
            )
    result = f"{len(NAMES)} names, {tried:,} commands tried, {broken} broken"
    assert "200 names, 5,400 commands tried, 0 broken" == result


@pytest.mark.parametrize("name", ["-x", "--yes", "--", "-"])
def test_a_name_is_never_read_as_an_option(name: str) -> None:
    """It comes after ``--``, and the options before it."""
    result = join_command(("vault", "seal"), name, options=("--host", "a.example"))
    assert f"cactions vault seal --host a.example -- {name}" == result


def test_a_text_in_backticks_stays_on_one_line() -> None:
    """Also if it is wider than the page; the text around it is wrapped as usual."""
    error = UsageError("x", hint="Do `a b c d e f g h i j k l m n` and then `o p`, or q r s.")
    assert [
        "x Usage error.",
        "  X.",
        "  Next: Do",
        "  `a b c d e f g h i j k l m n`",
        "  and then `o p`, or q r",
        "  s.",
    ] == to_plain_text(render_error(error)(24)).splitlines()


QUOTED: Final = re.compile("quote_word|word|values_given|number$|have$|fd$|current$|generation$")
"""Placeholders that are already quoted, or are numbers: a vault's generation, a descriptor."""


def handmade(file: Path) -> Iterator[str]:
    """Commands with placeholders that are not built by ``command_line``."""
    begins = re.compile(rf"\bcactions (?:{'|'.join(COMMANDS)})\b[^`.]*$|`--[a-z-]+ $")
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.JoinedStr):
            for text, hole in pairwise(node.values):
                opened = isinstance(text, ast.Constant) and begins.search(str(text.value))
                if opened and not QUOTED.match(ast.unparse(getattr(hole, "value", hole))):
                    yield f"{file.name}:{node.lineno}"


def test_every_command_is_built_by_command_line() -> None:
    """A placeholder may come from a file, so only the function that quotes may fill it."""
    assert [] == [place for file in PACKAGE.rglob("*.py") for place in handmade(file)]
