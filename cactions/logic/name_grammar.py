"""One grammar for the names that become file names, options and table keys.

A name is ASCII and begins with a letter, a digit or ``_``; so it is never hidden, an option, or a
path into another folder. Names of attributes are Intercom's, any text, and no file names.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from msgspec import Struct

_LONGEST_SHOWN: Final = 64


class NameGrammar(Struct, frozen=True):
    """The form of one kind of name; ``signs`` are allowed beside letters and digits, ``-`` last."""

    signs: str
    longest: int

    @property
    def pattern(self) -> str:
        """For the whole text; the same in Python and in JSON Schema, without anchors."""
        return rf"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9{self.signs}]{{0,{self.longest - 1}}}"

    def fits(self, name: str) -> bool:
        """Whether it is a name."""
        return re.fullmatch(self.pattern, name) is not None

    def describe(self) -> str:
        """The grammar in words."""
        signs = " ".join(self.signs)
        return (
            f"up to {self.longest} of a-z A-Z 0-9 {signs}, the first one a letter, a digit or _, "
            "and no two dots in a row"
        )

    def propose(self, name: str) -> str:
        """A valid name that is like this one."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        parts = re.sub(rf"[^A-Za-z0-9{self.signs}]+", "_", plain)
        trimmed = re.sub(r"\.{2,}", ".", parts).lstrip(self.signs).rstrip("_")
        return trimmed[: self.longest] or "name"


NAME: Final = NameGrammar("_.-", 64)
"""Actions, servers, environments, tokens and data inputs."""
SECRET_NAME: Final = NameGrammar("_.@-", 128)
"""Sealed values; the vault's own form, see ``vault.shape``, without two dots in a row."""


def describe_refusal(name: str, form: NameGrammar) -> tuple[str, str]:
    """Message and hint for a text that is no name of this form."""
    shown = name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}…"
    return (
        f'"{shown}" is no valid name',
        f'write "{form.propose(name)}"; a name is {form.describe()}',
    )
