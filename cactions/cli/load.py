"""Action files, read, shaped and held against the rules: what every command begins with."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from cactions.edges.files import action_files
from cactions.logic.lint.engine import lint
from cactions.logic.project import LoadedProject, SourceFile, load_project
from cactions.logic.project.load_tools import LoadTools
from cactions.logic.yaml.tree_cache import TreeCache
from cactions.model import SNAPSHOT_FILE, Snapshot, UsageError


class ActionFolder(Struct, frozen=True):
    """One project as it was found."""

    files: tuple[SourceFile, ...]
    snapshot: Snapshot | None = None


def load_projects(
    paths: Sequence[Path],
    environment: str | None,
    known: Callable[[Path], Snapshot],
    *,
    leaks: bool,
) -> list[LoadedProject]:
    """What the files of each folder say. ``known`` reads a snapshot; ``leaks``: with all rules."""
    return [
        lint_folder(action_folder, environment, leaks=leaks)
        for action_folder in find_folders(paths, known, only=True)
    ]


def find_folders(
    paths: Sequence[Path],
    known: Callable[[Path], Snapshot],
    *,
    only: bool = False,
    stdin: Path | None = None,
) -> list[ActionFolder]:
    """The files by folder. ``stdin`` is the file whose text is read from there.

    A file that is named stands for all action files of its folder, unless ``only``.
    """
    found: list[ActionFolder] = []
    asked = action_files.find(paths)
    if stdin and not any(stdin in group for group in asked.values()):
        raise UsageError(f"{stdin} is a folder", hint="Name the file that stdin stands for.")
    for home, group in asked.items():
        file = home / SNAPSHOT_FILE
        snapshot = known(file) if os.path.lexists(file) else None
        named = group if only else action_files.list_whole_folder(home, group)
        found.append(ActionFolder(tuple(action_files.load(named, stdin)), snapshot))
    return found


def lint_folder(
    folder: ActionFolder,
    environment: str | None,
    *,
    leaks: bool = True,
    tools: LoadTools | None = None,
) -> LoadedProject:
    """What the files of one folder say. ``tools`` may be those of an earlier look."""
    tools = tools or LoadTools(TreeCache())
    loaded_project = load_project(folder.files, environment, folder.snapshot, tools=tools)
    return lint(loaded_project, time.time(), tools) if leaks else loaded_project
