"""Suggests the name that was probably meant, and lists the names that exist."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches
from typing import Final

MAX_LISTED: Final = 20
MAX_NAME_LENGTH: Final = 200
MAX_COMPARED: Final = 200
MAX_LENGTH_DIFFERENCE: Final = (
    3  # characters that a misspelt name is longer or shorter, where there are many
)


def suggest(word: str, known: Iterable[str]) -> str:
    """``did you mean "x"?``, else what there is to choose from; empty where there is nothing."""
    names = sorted(set(known))
    if close := find_closest(word, names):
        return f'did you mean "{close}"?'
    return f"known: {join_names(names)}" if names else ""


def suggest_action(name: str, known: Iterable[str]) -> str:
    """The action that was probably meant; in a project without actions, how to make one."""
    return suggest(name, known) or "`cactions new --help` shows how to make one"


def join_names(names: Iterable[str]) -> str:
    """The first names, and how many there are beside them."""
    every = list(names)
    rest = len(every) - MAX_LISTED
    more = f" and {rest:,} more" if rest > 0 else ""
    return ", ".join(every[:MAX_LISTED]) + more


def find_closest(word: str, names: Collection[str]) -> str:
    """The name that is most like the word; empty where none is. Of many, few are compared."""
    if len(word) > MAX_NAME_LENGTH:
        return ""
    near = list(names)
    if len(near) > MAX_COMPARED:
        first, size = word[:1].lower(), len(word)
        near = [
            n
            for n in near
            if n[:1].lower() == first and abs(len(n) - size) <= MAX_LENGTH_DIFFERENCE
        ]
    alike = get_close_matches(word, near[:MAX_COMPARED], n=1, cutoff=0.6)
    alike = alike or [name for name in near if name.lower() == word.lower()]
    return alike[0] if alike else ""
