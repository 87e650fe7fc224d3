"""Replaces a whole file: a reader, or a crash at any moment, finds the old file or the new one."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from cactions.edges.files.drafts import create_draft, delete_drafts

PRIVATE: Final = 0o600
SHARED: Final = 0o666
"""The mode of a new file that others may read; the umask narrows it."""


_SUFFIX: Final = ".tmp"


class FileChangedError(Exception):
    """The file does not have the expected bytes any more; it was left alone."""


def atomic_write(  # noqa: PLR0913 - two are positional
    path: Path,
    data: bytes | Iterable[bytes],
    *,
    mode: int = SHARED,
    like: os.stat_result | None = None,
    expected: bytes | None = None,
    draft_prefix: str = ".cactions-",
) -> None:
    """Replace the file at ``path``, which is no link. Raises OSError.

    The new file has ``mode``, or the mode and the owner of ``like``; owners are kept where the
    system allows it. With ``expected``, only a file with these bytes is replaced; else this raises
    FileChangedError. The bytes are durable on return, and the name once the folder is synced.
    What killed processes have left in the folder is deleted.
    """
    delete_drafts(path.parent, re.escape(draft_prefix), _SUFFIX)
    draft, lock = create_draft(path.parent, draft_prefix, _SUFFIX, PRIVATE if like else mode)
    try:
        handle = os.dup(lock)  # the lock is held until the file has its name
        with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor has no path
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            _set_mode(handle, mode, like)
            os.fsync(handle)  # never retried: the kernel may have dropped the pages
        if expected is not None and path.read_bytes() != expected:
            raise FileChangedError
        draft.replace(path)
    finally:
        with suppress(OSError):
            os.close(lock)
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _set_mode(handle: int, mode: int, like: os.stat_result | None) -> None:
    if like:
        with suppress(PermissionError):
            os.fchown(handle, like.st_uid, like.st_gid)
        os.fchmod(handle, stat.S_IMODE(like.st_mode))
    elif mode == PRIVATE:
        os.fchmod(handle, mode)  # a strange umask must not lock the owner out
