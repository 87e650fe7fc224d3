"""Finds the projects of a checkout: the folders at and below a folder that have action files.

- A link to a folder is not followed: what it leads to is found where it is, or is no part of the
  checkout. So nothing outside is read, and no folder is found twice.
- Folders with hidden names (`.git`, `.venv`, `.cactions`) are left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from cactions.edges.files.action_files import add_folder, is_action_file
from cactions.edges.files.confined_paths import resolve_for_reading
from cactions.edges.files.file_io import build_read_error
from cactions.model import UsageError


def list_nested_paths(paths: Sequence[Path]) -> list[Path]:
    """Each folder replaced by those at and below it that have action files; files as they are.

    Without paths, those of the current folder. Raises UsageError where a folder has none.
    """
    found: dict[Path, None] = {}
    for path in paths or [Path()]:
        if not os.path.isdir(path):  # noqa: PTH112 - never raises
            found[path] = None
            continue
        add_folder(path)
        below = sorted(_walk(path))
        if not below:
            where = "this folder" if path == Path() else str(path)
            raise UsageError(
                f"no action file in {where} or below it",
                hint="Action files are called actions.yaml or actions.NAME.yaml.",
            )
        found.update(dict.fromkeys(below))
    return list(found)


def _walk(top: Path) -> Iterator[Path]:
    """The folders with action files; a list of what is left, since a checkout may be deep."""
    left = [(top, resolve_for_reading(top))]
    while left:
        folder, place = left.pop()
        try:
            with os.scandir(place) as entries:
                names = {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
        except OSError as error:
            raise build_read_error(folder, error) from error
        if any(is_action_file(name) for name in names):
            yield folder
        left += [
            (folder / name, os.path.join(place, name))  # noqa: PTH118 - not normalized again
            for name, is_folder in names.items()
            if is_folder and not name.startswith(".")
        ]
