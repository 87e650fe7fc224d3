"""Drafts: files that have a temporary name until they are complete.

Each is locked by its process. The kernel ends the lock with the process, however that ends, so that
a draft without a lock is left over: the next writer in its folder deletes it. Where the disk has no
locks, none is deleted.
"""

from __future__ import annotations

import fcntl
import os
import re
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

_RANDOM: Final = "[0-9a-f]{16}"
_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


def try_lock(handle: int) -> bool:
    """Lock an open file for this process, without waiting; whether the lock is ours now."""
    return _try_flock(handle, fcntl.LOCK_EX)


def try_shared_lock(handle: int) -> bool:
    """The same, beside others who share it; False where one process has it alone."""
    return _try_flock(handle, fcntl.LOCK_SH)


def unlock(handle: int) -> None:
    """End a lock before its file is closed."""
    fcntl.flock(handle, fcntl.LOCK_UN)


def _try_flock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def create_draft(folder: Path, prefix: str, suffix: str, mode: int) -> tuple[Path, int]:
    """A new, locked file under a name that no other process uses; the caller closes the handle.

    Raises OSError.
    """
    while True:
        path = folder / f"{prefix}{os.urandom(8).hex()}{suffix}"
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode)
        if _lock_new(path, handle):
            return path, handle
        os.close(handle)


def delete_drafts(folder: Path, prefix: str, suffix: str, beside: Sequence[str] = ()) -> None:
    """Delete the drafts of killed processes, each with its files of the suffixes ``beside``.

    ``prefix`` is a regular expression. What cannot be deleted stays.
    """
    form = re.compile(f"({prefix}{_RANDOM}{re.escape(suffix)})({'|'.join(beside)})")
    with suppress(OSError):
        found = (form.fullmatch(path.name) for path in folder.iterdir())
        for name in dict.fromkeys([match[1] for match in found if match]):
            with suppress(OSError):
                _delete_left(folder / name, beside)


def _lock_new(path: Path, handle: int) -> bool:
    """Whether it is ours: another process may have taken it for a left one just before."""
    try:
        return try_lock(handle) and os.path.samestat(os.fstat(handle), path.lstat())
    except FileNotFoundError:
        return False
    except OSError:  # a disk without locks
        return True


def _delete_left(path: Path, beside: Sequence[str]) -> None:
    try:
        status = path.lstat()
    except FileNotFoundError:  # it was deleted, or has its name, and what was beside it is left
        _delete_beside(path, beside)
        return
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
        return
    if status.st_nlink > 1:  # it has its name, and this one is left
        path.unlink(missing_ok=True)
        return
    handle = os.open(path, _FLAGS)
    try:
        if try_lock(handle):  # its process has ended; a new one cannot have this name
            path.unlink(missing_ok=True)
            _delete_beside(path, beside)
    finally:
        os.close(handle)


def _delete_beside(path: Path, beside: Sequence[str]) -> None:
    for suffix in beside:
        if suffix:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
