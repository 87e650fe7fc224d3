"""A file that is written whole: a reader, or a crash, meets the old one or the new one."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

_PRIVATE: Final = 0o600
SHARED: Final = 0o666
"""The mode of a new file that is not its owner's alone; the umask narrows it."""


def write_whole(
    path: Path,
    data: bytes,
    *,
    mode: int = SHARED,
    like: os.stat_result | None = None,
    last_look: Callable[[], None] | None = None,
) -> None:
    """Put the bytes in the place of the file at ``path``, which is no link. Raises OSError.

    The new file has ``mode``, or the mode and the owner of ``like``; owners are kept where the
    system lets us. ``last_look`` may raise before the new file takes its name. The bytes are
    durable on return; the name is once the caller has synced the folder.
    """
    draft = path.with_name(f".{os.urandom(8).hex()}.tmp")
    try:
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE if like else mode)
        with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor has no path
            file.write(data)
            file.flush()
            if like:
                with suppress(PermissionError):
                    os.fchown(handle, like.st_uid, like.st_gid)
                os.fchmod(handle, stat.S_IMODE(like.st_mode))
            os.fsync(handle)
        if last_look:
            last_look()
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
