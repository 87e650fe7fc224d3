"""Replaces a file that the operator named, atomically.

- It is replaced only if it still has the bytes that were read: later changes by others are kept.
- The new bytes are complete and durable before they take the file's name.
- A link of a project is refused; all other links are followed.
- The mode stays, and the owner where the system allows it.
"""

from __future__ import annotations

import stat
from pathlib import Path

from cactions.edges.files.atomic_write import FileChangedError, atomic_write
from cactions.edges.files.confined_paths import resolve_for_writing
from cactions.edges.files.file_io import describe_os_error, try_sync_folder
from cactions.model import UsageError


def replace_file(path: Path, before: bytes, after: bytes) -> None:
    """Replace ``before`` by ``after``.

    Raises UsageError, or DefinitionError for a link of a project; the file is left alone then.
    """
    try:
        target = resolve_for_writing(path).path
        status = target.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UsageError(f"{path} cannot be replaced: it is not a file", hint="Name a file.")
        atomic_write(target, after, like=status, expected=before)
        try_sync_folder(target.parent)
    except FileChangedError:
        raise UsageError(
            f"{target} was changed while it was being checked, and was left alone",
            hint="Run the command again.",
        ) from None
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {describe_os_error(error)}",
            hint="Name a file that you may write.",
        ) from error
