"""Replaces a whole file: a reader, or a crash at any moment, finds the old file or the new one."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600
SHARED: Final = 0o666
"""The mode of a new file that others may read; the umask narrows it."""


class FileChangedError(Exception):
    """The file does not have the expected bytes any more; it was left alone."""


def atomic_write(  # noqa: PLR0913 - two are positional
    path: Path,
    data: bytes | Iterable[bytes],
    *,
    mode: int = SHARED,
    like: os.stat_result | None = None,
    expected: bytes | None = None,
    draft_prefix: str = ".",
) -> None:
    """Replace the file at ``path``, which is no link. Raises OSError.

    The new file has ``mode``, or the mode and the owner of ``like``; owners are kept where the
    system allows it. With ``expected``, only a file with these bytes is replaced; else this raises
    FileChangedError. The bytes are durable on return, and the name once the folder is synced.
    """
    draft = path.with_name(f"{draft_prefix}{os.urandom(8).hex()}.tmp")
    try:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
        handle = os.open(draft, flags, PRIVATE if like else mode)
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
            draft.unlink(missing_ok=True)


def _set_mode(handle: int, mode: int, like: os.stat_result | None) -> None:
    if like:
        with suppress(PermissionError):
            os.fchown(handle, like.st_uid, like.st_gid)
        os.fchmod(handle, stat.S_IMODE(like.st_mode))
    elif mode == PRIVATE:
        os.fchmod(handle, mode)  # a strange umask must not lock the owner out
