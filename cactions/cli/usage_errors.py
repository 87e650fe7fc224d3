"""Typer's complaints about the words of a command, in our own voice.

What the table does not know is passed on as Typer says it. Only public names of Typer are used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import typer

from cactions.cli.vault_choice import KEY_OPTIONS
from cactions.logic.suggest import find_closest, join_names
from cactions.model import UsageError

MISUSE: Final[type[Exception]] = typer.BadParameter.__bases__[0]
"""What Typer raises where words do not fit; it has no public name in every version."""

_PASTING: Final = "cactions new"
"""The command whose words may be those of a line with secrets."""

_OURS: Final = (
    (
        r"No such command '(.*)'\.(?: Did you mean '(?P<meant>[^']*)'.*)?",
        'there is no command "{}"',
    ),
    (r"No such option: (\S+).*", "there is no option {}"),
    (r"Missing (?:argument|option) '(\S+)'.*\.", "missing {}"),
    (r"Option '(\S+)' requires an argument\.", "{} needs a value"),
    (r"Option '(\S+)' does not take a value\.", "{} takes no value"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", 'unexpected argument "{}"'),
    (
        r"Invalid value for '?(\S+?)'?: '(.*)' is not one of (?P<known>.*)\.",
        'invalid value for {}: "{}"',
    ),
)


ListOwners: TypeAlias = Callable[[str], Sequence[str]]
"""The commands that have an option, without ``cactions``."""


def to_usage_error(
    complaint: Exception, command: str, list_owners: ListOwners
) -> UsageError | None:
    """The same as an UsageError; None where Typer has shown the help instead of complaining.

    ``command``: the command as it was typed, such as ``cactions diff``, for its help.
    """
    text: str = getattr(complaint, "format_message", complaint.__str__)()
    if not text.strip():
        return None
    if command == _PASTING and text.startswith("Got unexpected extra argument"):
        return UsageError(
            "the pasted line is not one word",  # which is not repeated: it may hold a secret
            hint="Put all of it in single quotes, or give it on stdin: --from-curl -.",
        )
    for pattern, ours in _OURS:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return UsageError(
                ours.format(*found.groups()),
                hint=_suggest_next(complaint, command, found, list_owners),
            )
    return UsageError(text, hint=_suggest_next(complaint, command, None, list_owners))


def _suggest_key_place(complaint: Exception, command: str) -> str:
    """Where the options of the vault's key belong, which other commands have."""
    context = getattr(complaint, "ctx", None)
    if hasattr(getattr(context, "command", None), "commands"):
        return "Give it after the name of the command, or set CACTIONS_VAULT_KEY_FILE."
    path = getattr(context, "command_path", command)
    return (
        f"`{path}` opens no vault, so it needs no key. Commands that open one also take the name of"
        " the key file from CACTIONS_VAULT_KEY_FILE."
    )


def _list_long_options(complaint: Exception) -> list[str]:
    """The options of the command that complains, without their dashes."""
    command = getattr(getattr(complaint, "ctx", None), "command", None)
    names = (name for param in getattr(command, "params", ()) for name in param.opts)
    return [*(name[2:] for name in names if name.startswith("--")), "help"]


def _suggest_next(
    complaint: Exception,
    command: str,
    found: re.Match[str] | None,
    list_owners: ListOwners,
) -> str:
    """What was meant, where that can be guessed, else where to read what there is."""
    parts = found.groupdict() if found else {}
    option = getattr(complaint, "option_name", None)
    if found and option in KEY_OPTIONS:
        return _suggest_key_place(complaint, command)
    if found and isinstance(option, str) and hasattr(complaint, "possibilities"):
        if owners := list_owners(option):
            return f"{option} is an option of {join_names(owners)}."
        if near := find_closest(option.lstrip("-"), _list_long_options(complaint)):
            return f'did you mean "--{near}"?'
    if parts.get("meant"):
        return f'did you mean "{parts["meant"]}"?'
    if parts.get("known"):
        return f"known: {parts['known']}".replace("'", "")
    path = getattr(getattr(complaint, "ctx", None), "command_path", command)
    return f"`{path} --help` shows what fits."
