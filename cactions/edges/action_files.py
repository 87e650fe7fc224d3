"""Finds and reads action files: one folder is one project."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from cactions.edges.files import read_bytes
from cactions.logic.reading import MAX_BYTES
from cactions.logic.shaping import SourceFile
from cactions.model import OperatorError

EXAMPLE: Final = "actions.example.yaml"
FIRST: Final = "actions."
LAST: Final = (".yaml", ".yml")
"""How the name of an action file begins and ends."""
STDIN: Final = Path("-")


def find(named: Sequence[Path] | None) -> dict[Path, list[Path]]:
    """Action files by the folder that they belong to, in a stable order.

    Without a name, those of the current folder; the example counts only where it stands alone.
    Raises OperatorError where there is none.
    """
    found: dict[Path, dict[Path, None]] = {}
    for path in named or [Path()]:
        folder = _folder(path)
        files = _in_folder(path) if folder is path else [path]
        found.setdefault(folder, {}).update(dict.fromkeys(files))
    return {folder: [*files] for folder, files in found.items()}


def folders(named: Sequence[Path] | None) -> list[Path]:
    """The folders that ``find`` would tell, without a look into them."""
    return [*dict.fromkeys(map(_folder, named or [Path()]))]


def _folder(path: Path) -> Path:
    return path if os.path.isdir(path) else path.parent  # noqa: PTH112 - never raises


def _in_folder(folder: Path) -> list[Path]:
    names = [one.name for one in os.scandir(folder) if one.name.startswith(FIRST)]
    names = [name for name in names if name.endswith(LAST)]
    chosen = [name for name in sorted(names) if name != EXAMPLE] or names
    if not chosen:
        where = "this folder" if folder == Path() else str(folder)
        hint = "Name one with -f FILE, or call it actions.yaml."
        raise OperatorError(f"there is no action file in {where}", hint=hint)
    return [folder / name for name in chosen]


def one_folder(named: Sequence[Path] | None) -> Path:
    """The one folder of the action files. Raises OperatorError where there are several."""
    folders = list(find(named))
    if len(folders) > 1:
        told = " and ".join(str(one) for one in folders[:2])
        raise OperatorError(
            f"the action files are in several folders: {told}",
            hint="One folder is one project; name files of one folder.",
        )
    return folders[0]


def load(paths: Iterable[Path]) -> list[SourceFile]:
    """The files' bytes, a little more than may be read of those that are too long.

    Raises OperatorError where a file cannot be read.
    """
    return [_load(path) for path in paths]


def _load(path: Path) -> SourceFile:
    if path == STDIN:
        return SourceFile("<stdin>", sys.stdin.buffer.read(MAX_BYTES + 1))
    return SourceFile(str(path), read_bytes(path, limit=MAX_BYTES))
