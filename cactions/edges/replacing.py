"""Replaces a file that somebody named, whole: afterwards it is the old one or the new one.

- It is written only over the bytes that were read: what somebody changed meanwhile is theirs.
- The new bytes are complete and durable beside the old ones before they take their name.
- A link is followed; the mode stays, and the owner where the system lets us.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from cactions.edges.files import sync_folder
from cactions.model import OperatorError

_PRIVATE: Final = 0o600


def replace_file(path: Path, before: bytes, after: bytes) -> None:
    """Put ``after`` in the place of ``before``. Raises OperatorError, and then leaves the file."""
    try:
        target = Path(os.path.realpath(path))
        found = target.stat()
        if not stat.S_ISREG(found.st_mode):
            raise OperatorError(f"{path} cannot be replaced: it is no file", hint="Name one.")
        _replace(target, found, before, after)
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        raise OperatorError(
            f"{path} cannot be written: {why}", hint="Name a file that you may write."
        ) from error


def _replace(target: Path, found: os.stat_result, before: bytes, after: bytes) -> None:
    draft = target.with_name(f".{target.name}.{os.urandom(8).hex()}")
    try:
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE)
        with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor has no path
            file.write(after)
            file.flush()
            with suppress(PermissionError):
                os.chown(draft, found.st_uid, found.st_gid)
            draft.chmod(stat.S_IMODE(found.st_mode))
            os.fsync(handle)
        if target.read_bytes() != before:
            raise OperatorError(
                f"{target} was changed while it was being checked, and was left alone",
                hint="Run it again.",
            )
        draft.replace(target)
        with suppress(OSError):  # it has its name; only a power cut could still bring the old back
            sync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)
