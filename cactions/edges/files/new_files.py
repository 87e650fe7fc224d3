"""Makes new files of a project. What is there already is never replaced."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from cactions.edges.files.atomic_write import SHARED
from cactions.edges.files.confined_paths import resolve_for_writing
from cactions.edges.files.drafts import create_draft, delete_drafts
from cactions.edges.files.file_io import name_path, publish_file, store_errors
from cactions.edges.files.pulled_files import make_folder
from cactions.model import UsageError

_PREFIX: Final = ".cactions-"
_SUFFIX: Final = ".tmp"


def create_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Make the files, whose names are paths below the folder, each complete and durable.

    Raises UsageError where one is there already, before any is made; DefinitionError for a link of
    a project, StoreError where the disk does not take one.
    """
    check_absent(folder, texts)
    for name, text in texts.items():
        path = folder / name
        make_folder(path.parent)
        if not create_file(path, text.encode()):
            raise _build_exists_error(path)


def check_absent(folder: Path, names: Iterable[str]) -> None:
    """Raises UsageError where one of these names is taken, DefinitionError for a link to a folder.

    Called before anything is made or changed, so that no part of the files is left behind.
    """
    for name in names:
        path = folder / name
        if os.path.lexists(path):
            raise _build_exists_error(path)
        beside = path.parent
        if beside != folder and os.path.lexists(beside) and not beside.is_dir():
            raise UsageError(
                f"{name_path(beside)} is not a folder, and no file was made",
                hint="Move it away: recordings are kept in a folder of this name.",
            )
        with store_errors(path):
            resolve_for_writing(path)


def create_file(path: Path, data: bytes) -> bool:
    """Make one file, durably; False where something has its name, which is left alone."""
    with store_errors(path):
        place = resolve_for_writing(path).path
        delete_drafts(place.parent, re.escape(_PREFIX), _SUFFIX)
        draft, handle = create_draft(place.parent, _PREFIX, _SUFFIX, SHARED)
    try:
        with store_errors(path):
            with open(os.dup(handle), "wb") as file:  # noqa: PTH123 - a descriptor has no path
                file.write(data)
                file.flush()
                os.fsync(handle)
            try:
                publish_file(draft, place)
            except FileExistsError:
                return False
    finally:
        os.close(handle)
        draft.unlink(missing_ok=True)
    return True


def _build_exists_error(path: Path) -> UsageError:
    return UsageError(
        f"{name_path(path)} is there already, and was not replaced",
        hint="Choose another name, or move that file away.",
    )
