"""Joins the wings: the one file that knows use cases, edges and words, and imports late.

Each builder imports what it builds, so that a command pays for what it uses: ``validate`` never
loads a store, and nothing but a terminal loads colours.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from cactions.model import Action, Finding, InvalidFiles, Json, OperatorError, Project, RunHead

if TYPE_CHECKING:
    from cactions.app.proposing import Desk
    from cactions.app.running import Books
    from cactions.edges.journal import RunJournal
    from cactions.edges.people_local import PeopleLocal
    from cactions.logic.shaping import Shaped
    from cactions.render.screen import Screen

COMMANDS: Final = ("validate", "request", "test", "diff", "run", "runs", "people", "schema")
"""In the order in which help lists them; each is a module of this folder."""

STATE: Final = ".cactions"
CASSETTES: Final = "cassettes"


@dataclass(frozen=True, slots=True)
class Opened:
    """A project without errors and the folder that it lives in."""

    folder: Path
    project: Project


def commands(words: Sequence[str]) -> Iterator[tuple[str, ModuleType]]:
    """The command that the words begin with; all of them where they begin with something else."""
    named = [name for name in COMMANDS if [name] == list(words[:1])]
    for name in named or COMMANDS:
        yield name, import_module(f"cactions.cli.{name}")


def shaped(paths: Sequence[Path], environment: str | None) -> list[Shaped]:
    """What the action files say, one for each folder that they are in."""
    from cactions.edges import action_files
    from cactions.logic.shaping import shape

    groups = action_files.find(paths).values()
    return [shape(action_files.load(group), environment) for group in groups]


def folder(paths: Sequence[Path] | None) -> Path:
    """The one folder of the action files. Raises OperatorError where there are several."""
    from cactions.edges import action_files

    folders = list(action_files.find(paths))
    if len(folders) > 1:
        named = " and ".join(str(one) for one in folders[:2])
        raise OperatorError(
            f"the action files are in several folders: {named}",
            hint="One folder is one project; name files of one folder.",
        )
    return folders[0]


def opened(paths: Sequence[Path] | None, environment: str | None) -> Opened:
    """The project. Raises InvalidFiles with every finding where it has errors."""
    home = folder(paths)
    [found] = shaped(paths or (), environment)
    if found.project is None:
        raise InvalidFiles(found.findings, found.sources)
    return Opened(home, found.project)


def people(home: Opened) -> PeopleLocal:
    """The embedded workspace: its store over the people of the YAML and of the people file."""
    from cactions.edges.people_local import PeopleLocal

    return PeopleLocal(home.folder / STATE, seed(home))


def seed(home: Opened) -> tuple[Person, ...]: ...
