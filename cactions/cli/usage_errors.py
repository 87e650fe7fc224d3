"""Typer's complaints about the words of a command, in our own voice.

What the table does not know is passed on as Typer says it. Only public names of Typer are used.
"""

from __future__ import annotations

import re
from typing import Final

import typer

from cactions.logic.suggest import suggest
from cactions.model import UsageError

MISUSE: Final[type[Exception]] = typer.BadParameter.__bases__[0]
"""What Typer raises where words do not fit; it has no public name in every version."""

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


def to_usage_error(complaint: Exception, command: str) -> UsageError | None:
    """The same as an UsageError; None where Typer has shown the help instead of complaining.

    ``command``: the command as it was typed, such as ``cactions diff``, for its help.
    """
    text: str = getattr(complaint, "format_message", complaint.__str__)()
    if not text.strip():
        return None
    for pattern, ours in _OURS:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return UsageError(
                ours.format(*found.groups()), hint=_suggest_next(complaint, command, found)
            )
    return UsageError(text, hint=_suggest_next(complaint, command, None))


def _suggest_next(complaint: Exception, command: str, found: re.Match[str] | None) -> str:
    """What was meant, where that can be guessed, else where to read what there is."""
    parts = found.groupdict() if found else {}
    options = getattr(complaint, "possibilities", None)
    if found and options:
        return suggest(found[1], options)
    if parts.get("meant"):
        return f'did you mean "{parts["meant"]}"?'
    if parts.get("known"):
        return f"known: {parts['known']}".replace("'", "")
    path = getattr(getattr(complaint, "ctx", None), "command_path", command)
    return f"`{path} --help` shows what fits."
