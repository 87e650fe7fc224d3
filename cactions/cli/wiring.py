"""Joins the wings: the one file that knows use cases, edges and words, and imports late.

Each builder imports what it builds, so that a command pays for what it uses: ``validate`` never
loads a store, and nothing but a terminal loads colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from types import ModuleType
from typing import Final

COMMANDS: Final = ("validate", "request", "test", "diff", "run", "runs", "people", "schema")
"""In the order in which help lists them; each is a module of this folder."""


def commands(words: Sequence[str]) -> Iterator[tuple[str, ModuleType]]:
    """The command that the words begin with; all of them where they begin with something else."""
    named = [name for name in COMMANDS if words[:1] == [name]]
    for name in named or COMMANDS:
        yield name, import_module(f"cactions.cli.{name}")
