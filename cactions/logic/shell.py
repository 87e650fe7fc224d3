"""Words of a POSIX shell: texts and variables that arrive at a command exactly as they are.

- A text stands in single quotes; what a terminal would obey or hide is written as octal numbers.
- A variable stands in double quotes, and a command does not run while it is empty.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import groupby
from typing import Final, TypeAlias

from msgspec import Struct

_PLAIN: Final = r"[A-Za-z0-9 _.,:;/@%+=&?-]*"
"""What means itself in double quotes, in every shell and also while typing."""


_COMMAND: Final = r"(?m)`(cactions [^`\n]*)`|: (cactions [^`\n]*)$"


class QuotedWord(Enum):
    """How the value of a variable is written down where it stands."""

    AS_IS = "as it is"
    JSON = "inside a JSON text"
    PERCENT = "percent-encoded"


class ShellVariable(Struct, frozen=True):
    """A shell variable. ``name`` is in capitals."""

    name: str
    written: QuotedWord = QuotedWord.AS_IS

    @property
    def expansion(self) -> str:
        """As it stands in double quotes."""
        return _EXPANSIONS[self.written].format(self.name)

    @property
    def guard(self) -> str:
        """What stops while it is empty; the expansion itself does, where it is plain."""
        return "" if self.written is QuotedWord.AS_IS else f': "${{{self.name}:?}}" &&'


_EXPANSIONS: Final = {
    QuotedWord.AS_IS: "${{{}:?}}",
    QuotedWord.JSON: r"""$(printf %s "${}" | sed 's/["\\]/\\&/g')""",
    QuotedWord.PERCENT: r"""$(printf %s "${}" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g')""",
}


class CommandSubstitution(Struct, frozen=True):
    """What a command prints, in the place of a text."""

    command: str

    @property
    def expansion(self) -> str:
        """As it stands in double quotes."""
        return f"$({self.command})"


Part: TypeAlias = "str | ShellVariable | CommandSubstitution"


def quote_word(parts: Iterable[Part]) -> str:
    """One argument of a command."""
    all_parts = [part for part in parts if part != ""]
    texts = [part for part in all_parts if isinstance(part, str)]
    if len(texts) < len(all_parts) and all(re.fullmatch(_PLAIN, text) for text in texts):
        return f'"{"".join(map(_format_inside, all_parts))}"'
    return "".join(_format_alone(part) for part in all_parts) or "''"


def join_command(words: Iterable[str], *names: str, options: Iterable[str] = ()) -> str:
    """``cactions`` with these words, to be pasted into a shell.

    ``names`` come from files and from services: each stays one word and is no option, whatever it
    holds. ``options`` follow them, each with its value in a word of its own.
    """
    dashed = any(name.startswith("-") for name in names)
    texts = (*words, *options, "--", *names) if dashed else (*words, *names, *options)
    return " ".join(["cactions", *(quote_word([text]) for text in texts)])


def list_commands(text: str) -> list[str]:
    """The commands of ours that a text names, in backticks or behind a colon; each once."""
    found = (quoted or plain for quoted, plain in re.findall(_COMMAND, text))
    return [*dict.fromkeys(found)]


def _format_inside(part: Part) -> str:
    return part if isinstance(part, str) else part.expansion


def _format_alone(part: Part) -> str:
    return "".join(_quote_pieces(part)) if isinstance(part, str) else f'"{part.expansion}"'


def _quote_pieces(text: str) -> Iterator[str]:
    for shows, characters in groupby(
        text, lambda character: character == "\n" or character.isprintable()
    ):
        run = "".join(characters)
        yield shlex.quote(run) if shows else _escape_octal(run)


def _escape_octal(text: str) -> str:
    numbers = "".join(f"\\{byte:03o}" for byte in text.encode("utf-8", "surrogatepass"))
    return f"\"$(printf '{numbers}')\""


def build_variable_name(*words: str) -> str:
    """A name in capitals, empty where the words have no letters of ASCII."""
    return re.sub(r"[^A-Z0-9]+", "_", "_".join(words).upper()).strip("_")
