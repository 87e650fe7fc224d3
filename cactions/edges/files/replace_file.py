"""Replaces a file that somebody named, whole: afterwards it is the old one or the new one.

- It is written only over the bytes that were read: what somebody changed meanwhile is theirs.
- The new bytes are complete and durable beside the old ones before they take their name.
- A link of a project is refused, all others are followed.
- The mode stays, and the owner where the system lets us.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cactions.edges.files.atomic_write import write_whole
from cactions.edges.files.confined_paths import resolve_for_writing
from cactions.edges.files.file_io import try_sync_folder
from cactions.model import UsageError


def replace_file(path: Path, before: bytes, after: bytes) -> None:
    """Put ``after`` in the place of ``before``.

    Raises UsageError, or DefinitionError for a link of a project, and then leaves the file.
    """
    try:
        target = resolve_for_writing(path).path
        found = target.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UsageError(f"{path} cannot be replaced: it is no file", hint="Name one.")
        _replace(target, found, before, after)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise UsageError(
            f"{path} cannot be written: {why}", hint="Name a file that you may write."
        ) from error


def _replace(target: Path, found: os.stat_result, before: bytes, after: bytes) -> None:
    def last_look() -> None:
        if target.read_bytes() != before:
            raise UsageError(
                f"{target} was changed while it was being checked, and was left alone",
                hint="Run it again.",
            )

    write_whole(target, after, like=found, last_look=last_look)
    try_sync_folder(target.parent)
