"""Follows the hints of an output: runs each command that it names, in the situation that named it.

A command may first need another one, which its own refusal names: that is followed, too, and then
the command is given again. What is refused as misuse in the end is a fault of the hint.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from cactions.cli.exit_codes import Exit
from tests.cli.conftest import Cli, Done
from tests.cli.test_help import helped, subcommands

DEPTH = 4
VALUE = "a value to seal"

WORDS = {
    "NAME": "pay_password", "HOST": "api.shop.example", "FILE": "a-new-file", "SECONDS": "1",
    "N": "1", "…": "loyalty --person u-1 --replay",
}  # fmt: skip
"""What stands for the words in capitals that a reader fills in."""

ELSEWHERE = {
    "there is no terminal": "a person would type the answer",
    "is empty": "a person would type a value",
    "holds the key of": "another person would join, with a key of their own",
}
"""Refusals that are about what is typed, and not about the command."""


def list_hints(text: str) -> list[str]:
    """The commands that an output names: in backticks, behind a colon, or on a line of its own.

    A usage line with brackets is no command.
    """
    found = re.findall(r"`(cactions [^`\n]*)`", text)
    found += re.findall(r"(?<!Usage)(?<!Example): (cactions [^\n`]*)$", text, re.MULTILINE)
    found += re.findall(r"^  (cactions [^\n`]*)$", text, re.MULTILINE)
    return [*dict.fromkeys(line.strip() for line in found if "[" not in line)]


class HintFollower:
    """Runs commands in copies of a folder, so that what one does is not there for the next."""

    def __init__(self, cli: Cli, home: Path, patch: pytest.MonkeyPatch) -> None:
        self._cli, self._home, self._patch = cli, home, patch
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._known: set[tuple[str, str]] = set()

    def follow(self, where: str, done: Done) -> None:
        """Follow each hint of an output, once for each place."""
        for line in list_hints(done.out + done.err):
            if (where, line) in self._known:
                continue
            self._known.add((where, line))
            self.counts["hints"] += 1
            copy = self._home.with_name(f"{self._home.name}-{self.counts['hints']}")
            shutil.copytree(self._home, copy, symlinks=True)
            self._patch.chdir(copy)
            try:
                refusal = self._run_with_needs(line, DEPTH)
            finally:
                self._patch.chdir(self._home)
                shutil.rmtree(copy, ignore_errors=True)  # a store may close meanwhile
            if refusal:
                self.faults.append(f"{where}: `{line}`: {refusal}")

    def _run_with_needs(self, line: str, depth: int) -> str:
        """What the command is refused with in the end; empty where it is not."""
        done = self._run(line)
        if done.code != Exit.MISUSE or line.endswith("--help"):
            return ""
        text = " ".join(done.err.split())
        if any(words in text.lower() for words in ELSEWHERE):
            self.counts["typed"] += 1
            return ""
        needs = [need for need in list_hints(done.err) if need != line]
        if not needs or not depth:
            return text
        self.counts["with another command first"] += 1
        for need in needs:
            refusal = self._run_with_needs(need, depth - 1)
            if need.startswith(f"{line} ") and not refusal:
                return ""  # the same with what was missing
        return self._run_with_needs(line, depth - 1)

    def _run(self, line: str) -> Done:
        self.counts["commands"] += 1
        self._patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(VALUE.encode())))
        return self._cli(*list_words(line))


def list_words(line: str) -> Iterator[str]:
    """The words of a command without its own name, and with an answer to its question."""
    for placeholder, word in WORDS.items():
        line = re.sub(rf"(?<![\w-]){placeholder}(?![\w-])", word, line)
    words = shlex.split(line)[1:]
    yield from words
    if words and words[0][:1] != "-" and "--help" not in words and takes_yes(words):
        yield "--yes"


def takes_yes(words: list[str]) -> bool:
    """Whether the command asks a question that can be answered before."""
    try:
        group = subcommands(words[0])
    except KeyError:
        return False
    command = words[: 2 if group and len(words) > 1 else 1]
    return "--yes" in helped(*command) and not {"--yes", "-y"} & set(words)
