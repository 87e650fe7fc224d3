"""A reader with an empty folder and a terminal, who types what earlier commands have printed.

A command is given as it was shown: that it was is asserted. Only what the reader has to fill in is
replaced.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pexpect

from cactions.cli.exit_codes import MEANINGS, Exit
from tests.cli.conftest import ROOT
from tests.servers import Behaviour, Talk

FIRST = "cactions --help"
"""The one command that a newcomer knows; all others come from what was printed."""
WIDE = 300
"""Columns: a command is not broken over two lines."""
SECONDS = 300
_LINE = r"(?:cactions|export) [^`\n]*"


def list_shown_commands(printed: str) -> list[str]:
    """The commands of an output: in backticks, behind a colon, or on a line of their own."""
    found = re.findall(r"(?<!`)`((?:cactions|export)\s[^`]*)`", printed)
    found += re.findall(rf"(?:: |^ *)({_LINE})$", printed, re.MULTILINE)
    return [*dict.fromkeys(" ".join(re.sub(r" +#.*", "", line).split()) for line in found)]


def build_customer_service(customers: Mapping[str, object], token: str) -> Behaviour:
    """A service of one's own: customers as JSON, for calls with the bearer token."""

    def answer(talk: Talk) -> None:
        while request := talk.request().decode():
            customer = customers.get(request.split()[1].removeprefix("/v1/customers/"))
            status = "200 OK" if customer else "404 Not Found"
            if f"\r\nauthorization: bearer {token}\r\n" not in request.lower():
                status, customer = "401 Unauthorized", None
            body = json.dumps(customer or {"error": status})
            kind = "Content-Type: application/json"
            head = f"HTTP/1.1 {status}\r\n{kind}\r\nContent-Length: {len(body)}"
            talk.send(f"{head}\r\n\r\n{body}".encode())

    return answer


class Newcomer:
    """``env`` is what the shell of the machine already has."""

    def __init__(self, folder: Path, env: Mapping[str, str] = {}) -> None:
        self.folder = folder / "new"
        self.folder.mkdir()
        self.commands: list[str] = []
        self.edits = 0
        self.followed: set[str] = set()
        self.printed = ""
        self.hinted: set[str] = set()
        self._exports: list[str] = []
        program = folder / "bin" / "cactions"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cactions "$@"\n')
        program.chmod(0o755)
        self._env = {
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT),
            "HOME": str(folder), "LOGNAME": "ada", "LANG": "C.UTF-8", "TERM": "dumb",
            "COLUMNS": str(WIDE), **env,
        }  # fmt: skip

    def do(self, shown: str, code: Exit = Exit.CLEAN, answers: str = "", **words: str) -> str:
        """Type a command that was shown, with these words filled in; what it prints.

        ``answers`` are typed, a line for each question. The exit code is as expected, and
        documented.
        """
        assert shown == FIRST or shown in list_shown_commands(self.printed), shown
        line = shown
        for placeholder, word in words.items():
            line, replaced = re.subn(rf"(?<![\w-]){placeholder}\b", word, line)
            assert replaced
        self.followed.add(shown)
        if line.startswith("export "):
            self.commands.append(line)
            self._exports.append(line)
            return ""
        printed = self.give(line, code, answers)
        if not line.startswith(("cactions help", FIRST)):
            self.hinted |= set(list_shown_commands(printed))
        return printed

    def give(self, line: str, code: Exit = Exit.CLEAN, answers: str = "") -> str:
        """Type a command as it stands; what it prints. The exit code is as expected."""
        self.commands.append(line)
        printed, found = self._run(line, answers)
        assert (code, True) == (found, code in MEANINGS), (line, printed)
        self.printed += printed
        return printed

    def follow_rest(self) -> None:
        """Follow the hints that were not needed: none is refused as misuse."""
        for hint in sorted(self.hinted - self.followed):
            printed, code = self._run(hint, "")
            assert code in set(MEANINGS) - {Exit.MISUSE, Exit.INTERNAL}, (hint, printed)
            self.followed.add(hint)

    def _run(self, line: str, answers: str) -> tuple[str, int | None]:
        child: pexpect.spawn[str] = pexpect.spawn(
            "bash", ["--noprofile", "--norc", "-c", "; ".join([*self._exports, line])],
            cwd=str(self.folder), env=self._env, encoding="utf-8", timeout=SECONDS,
            dimensions=(50, WIDE),
        )  # fmt: skip
        printed = ""
        typed = iter(answers.splitlines())
        while child.expect([pexpect.EOF, r"(\[y/N\]|:) $"]):
            printed += f"{child.before}{child.after}"
            child.sendline(next(typed, "n"))
        printed += child.before or ""
        child.close()
        return re.sub(r" *\r\n", "\n", printed), child.exitstatus

    def save(self, name: str, printed: str, own: Mapping[str, str] = {}) -> None:
        """Add what was printed to a file, with the reader's own values in place of some words."""
        assert printed
        assert printed in self.printed
        for word, value in own.items():
            assert word in printed
            printed = printed.replace(word, value)
        self.edits += 1
        with (self.folder / name).open("a") as file:
            file.write(f"{printed.rstrip()}\n")

    def list_blocks(self, language: str) -> Iterator[str]:
        """The blocks of the pages that were printed."""
        pattern = rf"^```{language}\n(.*?)^```$"
        yield from re.findall(pattern, self.printed, re.MULTILINE | re.DOTALL)
