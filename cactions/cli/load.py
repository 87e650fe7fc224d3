"""Action files, read, shaped and held against the rules: what every command begins with."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cactions.edges.files import action_files
from cactions.logic.lint.engine import lint
from cactions.logic.project import Shaped, SourceFile, shape
from cactions.model import OperatorError, Snapshot

SNAPSHOT: Final = "attributes.lock.json"


class Folder(NamedTuple):
    """One project as it was found."""

    files: tuple[SourceFile, ...]
    snapshot: Snapshot | None = None


def checked(
    paths: Sequence[Path],
    environment: str | None,
    known: Callable[[Path], Snapshot],
    *,
    leaks: bool,
) -> list[Shaped]:
    """What the files of each folder say. ``known`` reads a snapshot; ``leaks``: with all rules."""
    return [judged(one, environment, leaks=leaks) for one in folders(paths, known)]


def folders(
    paths: Sequence[Path],
    known: Callable[[Path], Snapshot],
    *,
    whole: bool = False,
    stdin: Path | None = None,
) -> list[Folder]:
    """The files by folder. ``stdin`` is the file whose text is read from there.

    ``whole``: a file that is named stands for all action files of its folder.
    """
    found: list[Folder] = []
    asked = action_files.find(paths)
    if stdin and not any(stdin in group for group in asked.values()):
        raise OperatorError(f"{stdin} is a folder", hint="Name the file that stdin stands for.")
    for home, group in asked.items():
        file = home / SNAPSHOT
        snapshot = known(file) if os.path.lexists(file) else None
        named = action_files.whole(home, group) if whole else group
        found.append(Folder(tuple(action_files.load(named, stdin)), snapshot))
    return found


def judged(folder: Folder, environment: str | None, *, leaks: bool = True) -> Shaped:
    """What the files of one folder say."""
    one = shape(folder.files, environment, folder.snapshot)
    return lint(one, time.time()) if leaks else one
