"""Whose turn it is: one run at a time for each workspace and action, on one machine.

- The lock is the kernel's and on an open file: it ends with the process, however that ends.
- The file is never deleted, since a lock on a deleted file keeps nobody out. What stands in it
  only says who has the turn; whether anybody has it, the kernel knows.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cactions.edges.files.file_io import store_errors
from cactions.edges.files.private_files import open_private_file
from cactions.edges.store.state_folder import StateFolder
from cactions.model import RunAborted, RunHead, StoreError

_PLAIN: Final = re.compile(r"[^0-9A-Za-z_-]")
_MOST: Final = 200
_FAR: Final = 1 << 30
"""Windows keeps others from reading what is locked, so that a byte behind the text is."""


class FileRunLock:
    """Turns, as ``app/ports.py`` wants them; ``folder`` is the state folder, made when needed."""

    def __init__(self, folder: Path) -> None:
        self._state = StateFolder(folder)

    @contextmanager
    def hold(self, head: RunHead) -> Iterator[None]:
        """Raises Stopped where another process has the turn, or the file cannot be used."""
        path = self._state.path / f"{_spelled(head.workspace)}.{_spelled(head.action)}.lock"
        try:
            self._state.make()
            handle = open_private_file(path)
        except StoreError as error:
            raise RunAborted(f"{error}; nothing was written", hint=error.hint) from error
        try:
            _take(handle, path, head)
            yield
        finally:
            os.close(handle)


def _take(handle: int, path: Path, head: RunHead) -> None:
    try:
        with store_errors(path):
            if not _locked(handle):
                raise _taken(head, os.read(handle, _MOST).decode("ascii", "replace"))
            _sign(handle)
    except StoreError as error:
        told = str(error) if isinstance(error, RunAborted) else f"{error}; nothing was written"
        raise RunAborted(told, hint=error.hint) from error


def _sign(handle: int) -> None:
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, f"process {os.getpid()} since {_now()}".encode("ascii"))


def _taken(head: RunHead, who: str) -> RunAborted:
    """``who`` is empty for a moment after a lock is taken, and may hold anything after that."""
    told = who if re.fullmatch(r"process \d+ since [0-9 :-]+ UTC", who) else "another process"
    return RunAborted(
        f"the action {head.action} is being run in this workspace by {told}; nothing was written",
        hint="Let it end, or end it; then try again.",
    )


def _spelled(text: str) -> str:
    """As a part of a file name, different for different texts."""
    return _PLAIN.sub(lambda found: f"%{ord(found[0]):x}.", text)


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())


if sys.platform == "win32":
    import msvcrt

    def _locked(handle: int) -> bool:
        """Whether the lock is ours now."""
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _locked(handle: int) -> bool:
        """Whether the lock is ours now."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
