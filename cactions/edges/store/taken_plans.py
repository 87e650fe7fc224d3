"""Remembers which saved plans were carried out, after their runs were deleted.

An empty file for each, beside the runs. A plan holds for 24 hours, so that a file which is older
than two days is of no use, and is deleted.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final

from cactions.edges.files.file_io import delete_file, store_errors, sync_folder
from cactions.edges.files.private_files import open_private_file
from cactions.model import UsageError

KEPT_SECONDS: Final = 48 * 3600.0
SUFFIX: Final = ".taken"


def mark_taken(folder: Path, run_id: str) -> None:
    """Note that the run was carried out; durable on return. Raises StoreError."""
    os.close(open_private_file(folder / f"{run_id}{SUFFIX}"))
    with store_errors(folder):
        sync_folder(folder)


def refuse_taken(folder: Path, run_id: str) -> None:
    """Raises UsageError for a plan that was carried out, and whose run was deleted."""
    if os.path.lexists(folder / f"{run_id}{SUFFIX}"):
        raise build_taken_error(run_id)


def build_taken_error(run_id: str) -> UsageError:
    """The error for a plan that was carried out, and whose run was deleted."""
    return UsageError(
        f"this plan was started before, as run {run_id}, which was deleted since: a plan is"
        " carried out once",
        hint="Make it again: `cactions diff ACTION --people FILE --out PLAN`.",
    )


def drop_old_marks(folder: Path) -> None:
    """Delete the marks of plans that are too old to be carried out. Raises StoreError."""
    before = time.time() - KEPT_SECONDS
    with store_errors(folder):
        marks = [path for path in folder.iterdir() if path.suffix == SUFFIX]
        old = [path for path in marks if path.lstat().st_mtime < before]
    for path in old:
        delete_file(path)
