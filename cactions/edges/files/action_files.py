"""Finds and reads action files: one folder is one project."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from cactions.edges.files.confined_paths import add_project, resolve_for_reading
from cactions.edges.files.file_io import read_bytes, unreadable
from cactions.logic.project import SourceFile
from cactions.logic.relative_path import STDIN as UNNAMED
from cactions.logic.yaml.parser import MAX_BYTES
from cactions.model import UsageError

EXAMPLE: Final = "actions.example.yaml"
FIRST: Final = "actions."
LAST: Final = (".yaml", ".yml")
"""How the name of an action file begins and ends."""
STDIN: Final = Path("-")


def to_path(word: str) -> Path:
    """The path that a word of a command names: only ``-`` itself is stdin, ``./-`` is a file."""
    named = Path(word)
    return named.absolute() if named == STDIN and word != str(STDIN) else named


def find(named: Sequence[Path] | None) -> dict[Path, list[Path]]:
    """Action files by the folder that they belong to, in a stable order.

    Without a name, those of the current folder; the example counts only where it stands alone.
    Raises UsageError where there is none, DefinitionError where a link leads out of its project.
    """
    found: dict[Path, dict[Path, None]] = {}
    for path in named or [Path()]:
        folder = _folder(path)
        files = _in_folder(path) if folder is path else [path]
        found.setdefault(folder, {}).update(dict.fromkeys(files))
    return {folder: [*files] for folder, files in found.items()}


def list_folders(named: Sequence[Path] | None) -> list[Path]:
    """The folders that ``find`` would tell, without a look into them."""
    return [*dict.fromkeys(map(_folder, named or [Path()]))]


def _folder(path: Path) -> Path:
    folder = path if os.path.isdir(path) else path.parent  # noqa: PTH112 - never raises
    if "\0" not in str(folder):
        add_project(folder)
    return folder


def _names(folder: Path) -> list[str]:
    try:
        found = os.listdir(resolve_for_reading(folder))  # noqa: PTH208 - names are wanted
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise unreadable(folder, error) from error
    return [name for name in found if is_action_file(name)]


def _in_folder(folder: Path) -> list[Path]:
    names = _names(folder)
    chosen = [name for name in sorted(names) if name != EXAMPLE] or names
    if not chosen:
        where = "this folder" if folder == Path() else str(folder)
        hint = "Name one with -f FILE, or call it actions.yaml."
        raise UsageError(f"there is no action file in {where}", hint=hint)
    return [folder / name for name in chosen]


def require_one_folder(named: Sequence[Path] | None) -> Path:
    """The one folder of the action files. Raises UsageError where there are several."""
    folders = list(find(named))
    if len(folders) > 1:
        told = " and ".join(str(one) for one in folders[:2])
        raise UsageError(
            f"the action files are in several folders: {told}",
            hint="One folder is one project; name files of one folder.",
        )
    return folders[0]


def list_whole_folder(folder: Path, named: Sequence[Path]) -> list[Path]:
    """The files named, and beside one that has the name of an action file all that have.

    So an editor or a hook that names one file of a project has it checked with its tokens and
    with the actions that it shares attributes with. An example that is named alone stands alone.
    """
    if not any(is_action_file(path.name) and path.name != EXAMPLE for path in named):
        return [*named]
    every = sorted({*named, *(folder / name for name in _names(folder))})
    return [path for path in every if path.name != EXAMPLE] or every


def is_action_file(name: str) -> bool:
    """Whether a file of this name belongs to the project of its folder."""
    return name.startswith(FIRST) and name.endswith(LAST)


def load(paths: Iterable[Path], stdin: Path | None = None) -> list[SourceFile]:
    """The files' bytes, a little more than may be read of those that are too long.

    ``stdin`` is the one whose bytes come from there, under its name. Raises UsageError where a
    file cannot be read, DefinitionError where a link leads out of its project.
    """
    return [_load(path, stdin) for path in paths]


def _load(path: Path, stdin: Path | None) -> SourceFile:
    if path in (STDIN, stdin):
        name = UNNAMED if path == STDIN else str(path)
        return SourceFile(name, sys.stdin.buffer.read(MAX_BYTES + 1))
    return SourceFile(str(path), read_bytes(path, limit=MAX_BYTES))
