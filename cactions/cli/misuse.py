"""Typer's complaints about the words of a command, in our own voice.

What the table does not know is passed on as Typer says it. Only public names of Typer are used.
"""

from __future__ import annotations

import re
from typing import Final

import typer

from cactions.logic.faults import nearest
from cactions.model import OperatorError

MISUSE: Final[type[Exception]] = typer.BadParameter.__bases__[0]
"""What Typer raises where words do not fit; it has no public name in every version."""

_OURS: Final = (
    (
        r"No such command '(.*)'\.(?: Did you mean '(?P<meant>[^']*)'.*)?",
        'there is no command "{}"',
    ),
    (r"No such option: (\S+).*", "there is no option {}"),
    (r"Missing (?:argument|option) '(\S+)'.*\.", "{} is missing"),
    (r"Option '(\S+)' requires an argument\.", "{} needs a value"),
    (r"Option '(\S+)' does not take a value\.", "{} takes no value"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", 'there is no place for "{}"'),
    (r"Invalid value for '?(\S+?)'?: '(.*)' is not one of (?P<known>.*)\.", '{} cannot be "{}"'),
)


def in_our_words(complaint: Exception) -> OperatorError | None:
    """The same as an OperatorError; None where Typer has shown the help instead of complaining."""
    told: str = getattr(complaint, "format_message", complaint.__str__)()
    if not told.strip():
        return None
    for pattern, words in _OURS:
        if found := re.fullmatch(pattern, told, re.DOTALL):
            return OperatorError(words.format(*found.groups()), hint=_next(complaint, found))
    return OperatorError(told, hint=_next(complaint, None))


def _next(complaint: Exception, found: re.Match[str] | None) -> str:
    """What was meant, where that can be guessed, else where to read what there is."""
    parts = found.groupdict() if found else {}
    options = getattr(complaint, "possibilities", None)
    if found and options:
        return nearest(found[1], options)
    if parts.get("meant"):
        return f'did you mean "{parts["meant"]}"?'
    if parts.get("known"):
        return f"known: {parts['known']}".replace("'", "")
    path = getattr(getattr(complaint, "ctx", None), "command_path", "cactions")
    return f"`{path} --help` shows what fits."
