"""Finds and reads action files: one folder is one project."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from cactions.edges.files.confined_paths import add_project, resolve_for_reading
from cactions.edges.files.file_io import build_read_error, read_bytes
from cactions.logic.project import SourceFile
from cactions.logic.relative_path import STDIN as UNNAMED
from cactions.logic.shell import join_command
from cactions.logic.yaml.parser import MAX_BYTES
from cactions.model import UsageError

EXAMPLE: Final = "actions.example.yaml"
PREFIX: Final = "actions."
SUFFIXES: Final = (".yaml", ".yml")
"""Beginning and end of the name of an action file."""
STDIN: Final = Path("-")


def to_path(word: str) -> Path:
    """The path that an argument names: only ``-`` itself is stdin, ``./-`` is a file.

    Raises UsageError for an empty name, which a script has from a variable that is not set.
    """
    if not word:
        raise UsageError("a file name is empty", hint="Name a file, a folder, or - for stdin.")
    paths = Path(word)
    return paths.absolute() if paths == STDIN and word != str(STDIN) else paths


def find(paths: Sequence[Path] | None) -> dict[Path, list[Path]]:
    """Find the action files, by folder, in a stable order.

    Without paths, those of the current folder; the example file counts only if it is the only one.
    Raises UsageError if there is none, DefinitionError if a link leads out of its project.
    """
    files_by_folder: dict[Path, dict[Path, None]] = {}
    for path in paths or [Path()]:
        folder = _get_folder(path)
        files = _list_action_files(path) if folder is path else [path]
        files_by_folder.setdefault(folder, {}).update(dict.fromkeys(files))
    return {folder: [*files] for folder, files in files_by_folder.items()}


def list_folders(paths: Sequence[Path] | None) -> list[Path]:
    """The folders that ``find`` would return, without reading them."""
    return [*dict.fromkeys(map(_get_folder, paths or [Path()]))]


def _get_folder(path: Path) -> Path:
    folder = path if os.path.isdir(path) else path.parent  # noqa: PTH112 - never raises
    add_folder(folder)
    return folder


def add_folder(folder: Path) -> None:
    """Treat a folder that was named as a project: its links do not lead out of it."""
    if "\0" not in str(folder):
        add_project(folder)


def _list_names(folder: Path) -> list[str]:
    try:
        files_by_folder = os.listdir(resolve_for_reading(folder))  # noqa: PTH208 - only names are needed
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise build_read_error(folder, error) from error
    return [name for name in files_by_folder if is_action_file(name)]


def _list_action_files(folder: Path) -> list[Path]:
    names = _list_names(folder)
    chosen = [name for name in sorted(names) if name != EXAMPLE] or names
    if not chosen:
        where = "this folder" if folder == Path() else str(folder)
        command = join_command(("init",), *([] if folder == Path() else [str(folder)]))
        raise UsageError(
            f"no action file in {where}",
            hint="Name one with -f FILE, or call it actions.yaml;"
            f" `{command}` makes a new project.",
        )
    return [folder / name for name in chosen]


def is_bare(path: Path) -> bool:
    """Whether it is a folder without action files."""
    return path != STDIN and path.is_dir() and not _list_names(path)


def require_one_folder(paths: Sequence[Path] | None) -> Path:
    """The one folder of the action files. Raises UsageError if there are several."""
    folders = list(find(paths))
    if len(folders) > 1:
        names = " and ".join(str(folder) for folder in folders[:2])
        raise UsageError(
            f"the action files are in several folders: {names}",
            hint="One folder is one project; name files of one folder.",
        )
    return folders[0]


def list_whole_folder(folder: Path, paths: Sequence[Path]) -> list[Path]:
    """The named files, and with an action file all action files of its folder.

    So an editor or a hook that names one file has it checked with the tokens and actions of the
    whole project. The example file, if it is the only one named, is used alone.
    """
    if not any(is_action_file(path.name) and path.name != EXAMPLE for path in paths):
        return [*paths]
    every = sorted({*paths, *(folder / name for name in _list_names(folder))})
    return [path for path in every if path.name != EXAMPLE] or every


def is_action_file(name: str) -> bool:
    """Whether a file of this name belongs to the project of its folder."""
    return name.startswith(PREFIX) and name.endswith(SUFFIXES)


def load(paths: Iterable[Path], stdin: Path | None = None) -> list[SourceFile]:
    """Read the files; of one that is too long, one byte more than the limit.

    ``stdin`` is the path whose bytes are read from stdin. Raises UsageError if a file cannot be
    read, DefinitionError if a link leads out of its project.
    """
    return [_load(path, stdin) for path in paths]


def _load(path: Path, stdin: Path | None) -> SourceFile:
    if path in (STDIN, stdin):
        name = UNNAMED if path == STDIN else str(path)
        return SourceFile(name, sys.stdin.buffer.read(MAX_BYTES + 1))
    return SourceFile(str(path), read_bytes(path, limit=MAX_BYTES))
