"""Answers a shell that completes a command line: one candidate on each line, then it ends.

- The commands and options are those of ``commands.txt``, which a test makes from the commands
  themselves: importing them takes ten times as long as a key press may.
- Names come from files of the project alone, are read without a key, and nothing is run.
- What a terminal would obey is never answered, and for bash a candidate is quoted: it stands on a
  command line that is about to be run.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from cactions.cli.completion.names import list_names

VARIABLE: Final = "_CACTIONS_COMPLETE"
"""Its value is the shell; the words follow as arguments, the unfinished one last."""

TABLE: Final = Path(__file__).with_name("commands.txt")
_MOST: Final = 2_000
"""Candidates of one answer."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")


class CommandEntry(NamedTuple):
    """What ``commands.txt`` says of a command: kinds of its arguments and of its options."""

    arguments: tuple[str, ...]
    options: Mapping[str, str]
    summary: str


class OpenWord(NamedTuple):
    """What the unfinished word may be: its kind, how much of it is fixed, its text, the folder."""

    kind: str
    fixed: str
    text: str
    folder: str


def print_candidates(shell: str, words: Sequence[str]) -> None:
    """Print the candidates for the last word; a mistake of any kind prints nothing."""
    joined = _join_equals(words) if shell == "bash" else [*words]
    text = joined[-1] if joined else ""
    chosen = [
        each
        for each in list_candidates(joined)
        if each[0].startswith(text) and (each[0] + each[1]).isprintable()
    ]
    lines = (_format_line(shell, name, about, words) for name, about in chosen[:_MOST])
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def list_candidates(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every candidate for the last word, with a few words about it."""
    table = read_table()
    command, rest = _split_command(table, words)
    if command not in table and not rest[1:]:
        yield from _list_below(table, command)
        if not command:
            yield from ((option, "") for option in ("--help", "--version", "--debug"))
        return
    if command in table:
        word = _find_open_word(table[command], rest)
        yield from (
            (word.fixed + name, about) for name, about in _list_choices(table, command, word)
        )


def read_table() -> dict[str, CommandEntry]:
    """What ``commands.txt`` says, by the words of the command."""
    table = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        command, arguments, options, summary = line.split("\t")
        pairs = (option.partition("=") for option in options.split())
        kinds = {option: kind for option, _, kind in pairs}
        table[command] = CommandEntry(tuple(arguments.split()), kinds, summary)
    return table


def _split_command(
    table: Mapping[str, CommandEntry], words: Sequence[str]
) -> tuple[str, Sequence[str]]:
    """The words that name a command or a group, and those behind them; the last one is open."""
    begun = {" ".join(name.split()[:number]) for name in table for number in (1, 2, 3)}
    number = 0
    while number < len(words) - 1 and " ".join(words[: number + 1]) in begun:
        number += 1
    return " ".join(words[:number]), words[number:]


def _list_below(table: Mapping[str, CommandEntry], group: str) -> Iterator[tuple[str, str]]:
    depth = len(group.split())
    seen: dict[str, str] = {}
    for name, line in table.items():
        parts = name.split()
        if len(parts) > depth and parts[:depth] == group.split():
            seen.setdefault(parts[depth], line.summary if len(parts) == depth + 1 else "")
    yield from seen.items()


def _find_open_word(line: CommandEntry, words: Sequence[str]) -> OpenWord:
    """What the last word stands for, by the words before it."""
    pending, place, folder = "", 0, ""
    only_names = False
    for word in words[:-1]:
        if pending:
            folder = word if pending == "project" else folder
            pending = ""
        elif word == "--":
            only_names = True
        elif word.startswith("-") and not only_names:
            pending = line.options.get(word, "")
        else:
            place += 1
    text = words[-1] if words else ""
    if pending:
        return OpenWord(pending, "", text, folder)
    option, mark, value = text.partition("=")
    if mark and option in line.options:
        return OpenWord(line.options[option], f"{option}=", value, folder)
    if text.startswith("-") and not only_names:
        return OpenWord("option", "", text, folder)
    return OpenWord(_get_argument(line.arguments, place), "", text, folder)


def _get_argument(kinds: Sequence[str], place: int) -> str:
    """The kind of the argument at a place; the last one may be repeated."""
    if place < len(kinds):
        return kinds[place].rstrip("*")
    return kinds[-1].rstrip("*") if kinds and kinds[-1].endswith("*") else ""


def _list_choices(
    table: Mapping[str, CommandEntry], command: str, word: OpenWord
) -> Iterable[tuple[str, str]]:
    if word.kind == "option":
        return [(option, "") for option in (*table[command].options, "--help")]
    if word.kind.startswith(":"):
        return [(choice, "") for choice in word.kind[1:].split(",")]
    return list_names(word.kind, word.text, word.folder)


def _join_equals(words: Sequence[str]) -> list[str]:
    """The words of bash, which splits them at ``=``, as they were typed."""
    joined: list[str] = []
    glue = False
    for word in words:
        if joined and (glue or word == "="):
            joined[-1] += word
        else:
            joined.append(word)
        glue = word == "="
    return joined


def _format_line(shell: str, name: str, about: str, words: Sequence[str]) -> str:
    if shell != "bash":
        return f"{name}\t{about}"
    last = words[-1] if words else ""
    shown = name.rpartition("=")[2] if "=" in (last, *words[-2:-1]) else name
    return shown if _PLAIN.fullmatch(shown) else "'" + shown.replace("'", "'\\''") + "'"


def main(environment: Mapping[str, str] = os.environ) -> None:
    """Answer the shell of the environment. Nothing is ever said of an error: a user is typing."""
    with suppress(Exception):  # a project may hold anything
        print_candidates(environment[VARIABLE], sys.argv[1:])
