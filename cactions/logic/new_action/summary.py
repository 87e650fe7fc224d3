"""What ``new`` has done, and what is left to do: for words and for JSON."""

from __future__ import annotations

from msgspec import Struct


class SecretStep(Struct, frozen=True):
    """A secret of the line, and the command that seals it."""

    name: str
    host: str
    what: str
    command: str


class NewActionSummary(Struct, frozen=True):
    """``changed`` are files in which ``attributes`` were declared.

    ``decisions`` are lines of the file, counted from 1, with what is open there. ``seals`` are
    secrets that are not sealed yet, ``sealed`` the names of those that are now. ``steps`` are the
    next commands, each with what it is for.
    """

    action: str
    file: str
    made: tuple[str, ...]
    changed: tuple[str, ...]
    attributes: tuple[str, ...]
    decisions: tuple[tuple[int, str], ...]
    seals: tuple[SecretStep, ...]
    sealed: tuple[str, ...]
    notes: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    make_vault: str
