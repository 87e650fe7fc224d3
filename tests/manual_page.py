"""Writes the manual page, in the macros of man(7), from the commands themselves."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import Any

from typer.main import get_command

from cactions.cli import app
from cactions.cli.commands.help import TOPICS
from cactions.cli.exit_codes import MEANINGS, Exit, choose_most_severe
from tests.variables import list_variables

NAME = "plan-and-apply for Intercom custom actions"
ABOUT = (
    "`cactions` shows what an Intercom custom action would change before it runs, finds ways to put"
    " one user's data on another, replays tests offline, and undoes what a run has written. Action"
    " files are YAML; `cactions help start` prints one to begin with."
)
FILES = {
    "actions.yaml, actions.NAME.yaml": "the action files of a folder, which are one project",
    "cassettes/": "recorded responses",
    "cactions.vault": "sealed secrets",
    ".cactions/": "the local workspace: people, runs and their old values",
    "attributes.lock.json, people.lock.json": "what was pulled of a workspace at Intercom",
    "~/.config/cactions/config.toml": "your own configuration: `cactions help config`",
}


def write_manual_page() -> str:
    """The whole page. It has no date and no version, so that it changes only with what it says."""
    tree = get_command(app.build_application([]))
    lines = [
        '.\\" Made of the commands by tests/manual_page.py; not written by hand.',
        '.TH CACTIONS 1 "" "cactions" "User Commands"',
        *(".nh", ".ad l"),  # commands and options are not broken
        *_head("NAME", f"cactions \\- {escape(NAME)}"),
        *_head(
            "SYNOPSIS", "\\fBcactions\\fR [\\fIOPTION\\fR]... \\fICOMMAND\\fR [\\fIARGUMENT\\fR]..."
        ),
        *_head("DESCRIPTION", prose(ABOUT)),
        *_head("OPTIONS"),
        *_options(tree),
        *_head("COMMANDS"),
    ]
    for words, command in _list_commands(tree):
        lines += _describe(words, command)
    lines += _head("EXIT STATUS")
    for code, meaning in MEANINGS.items():
        lines += _item(f"\\fB{code.value}\\fR", meaning)
    lines += [".PP", prose(f"If several apply, the most severe wins: {list_severities()}.")]
    lines += _head("ENVIRONMENT")
    for names, meaning in list_variables():
        lines += _item(", ".join(f"\\fB{escape(name)}\\fR" for name in names), meaning)
    lines += _head("FILES")
    for name, meaning in FILES.items():
        lines += _item(f"\\fI{escape(name)}\\fR", meaning)
    lines += _head("SEE ALSO", "The reference has a page for each topic:")
    for topic, about in TOPICS.items():
        lines += _item(f"\\fBcactions help {escape(topic)}\\fR", about)
    return "".join(f"{line}\n" for line in lines)


def list_severities() -> str:
    """The exit codes but 0, the most severe first."""
    ranked = functools.cmp_to_key(lambda a, b: -1 if choose_most_severe(a, b) is a else 1)
    return ", ".join(str(code.value) for code in sorted(set(Exit) - {Exit.CLEAN}, key=ranked))


def _list_commands(tree: Any, words: Sequence[str] = ()) -> Iterator[tuple[Sequence[str], Any]]:
    for name, below in getattr(tree, "commands", {}).items():
        yield (*words, name), below
        yield from _list_commands(below, (*words, name))


def _describe(words: Sequence[str], command: Any) -> Iterator[str]:
    text = " ".join(words)
    yield f'.SS "{escape(text)}"'
    if not hasattr(command, "commands"):
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        named = "".join(f" \\fI{escape(_name_argument(each))}\\fR" for each in arguments)
        yield f"\\fBcactions {escape(text)}\\fR [\\fIOPTION\\fR]...{named}"
    for part in (command.help or "").split("\n\n"):
        yield ".PP"
        before, mark, example = part.partition("Example: ")
        yield prose(before.strip()) if not mark else f"Example: \\fB{escape(example.strip())}\\fR"
    if not hasattr(command, "commands"):
        yield from _options(command)


def _name_argument(argument: Any) -> str:
    shown = argument.metavar or argument.name.upper()
    return shown if argument.required or shown.startswith("[") else f"[{shown}]"


def _options(command: Any) -> Iterator[str]:
    for param in command.params:
        if param.param_type_name != "option" or param.hidden or param.name == "help":
            continue
        value = "" if param.is_flag else f" \\fI{escape(_name_value(param))}\\fR"
        opts = ", ".join(f"\\fB{escape(each)}\\fR{value}" for each in param.opts)
        yield from _item(opts, param.help or "")


def _name_value(param: Any) -> str:
    choices = [getattr(each, "value", each) for each in getattr(param.type, "choices", ())]
    return "|".join(choices) or param.metavar or param.name.upper()


def _head(title: str, *lines: str) -> list[str]:
    return [f'.SH "{title}"', *lines]


def _item(term: str, text: str) -> list[str]:
    return [".TP", term, prose(text)]


def prose(text: str) -> str:
    """A paragraph: what stands in backticks is bold, and no line begins as a request does."""
    joined = " ".join(text.split())
    parts = re.split(r"`([^`]+)`", joined)
    shown = "".join(
        f"\\fB{escape(part)}\\fR" if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )
    return f"\\&{shown}" if shown.startswith((".", "'")) else shown


def escape(text: str) -> str:
    """Text as groff prints it: each sign as itself, whatever the locale says."""
    signs = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "^": "\\(ha", "~": "\\(ti", "`": "\\(ga",
             '"': "\\(dq"}  # fmt: skip
    return "".join(
        signs.get(sign, sign if sign.isascii() else f"\\[u{ord(sign):04X}]") for sign in text
    )
