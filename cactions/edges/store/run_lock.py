"""The run lock: one run at a time for each workspace and action, on one machine.

- The kernel locks an open file, so the lock ends with the process, however that ends.
- The file is never deleted, because a lock on a deleted file excludes no one. Its text only says
  who holds the lock; only the kernel knows whether it is held.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cactions.edges.files.file_io import store_errors
from cactions.edges.files.private_files import open_private_file, try_lock
from cactions.edges.store.state_folder import StateFolder
from cactions.model import RunAborted, RunHead, StoreError

_UNSAFE: Final = re.compile(r"[^0-9A-Za-z_-]")
MAX_OWNER_BYTES: Final = 200


class FileRunLock:
    """Implements ``RunLock`` of ``app/ports.py``; the state folder is made when needed."""

    def __init__(self, folder: Path) -> None:
        self._state = StateFolder(folder)

    @contextmanager
    def hold(self, head: RunHead) -> Iterator[None]:
        """Raises RunAborted if another process holds the lock, or the file cannot be used."""
        path = self._state.path / f"{_escape_name(head.workspace)}.{_escape_name(head.action)}.lock"
        with _abort_on_store_error():
            self._state.make()
            handle = open_private_file(path)
        try:
            with _abort_on_store_error(), store_errors(path):
                if not try_lock(handle):
                    owner_text = os.read(handle, MAX_OWNER_BYTES).decode("ascii", "replace")
                    raise _build_taken_error(head, owner_text)
                _write_owner(handle)
            yield
        finally:
            os.close(handle)


@contextmanager
def _abort_on_store_error() -> Iterator[None]:
    try:
        yield
    except RunAborted:
        raise
    except StoreError as error:
        raise RunAborted(f"{error}; nothing was written", hint=error.hint) from error


def _write_owner(handle: int) -> None:
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, f"process {os.getpid()} since {_format_now()}".encode("ascii"))


def _build_taken_error(head: RunHead, owner_text: str) -> RunAborted:
    """``owner_text`` can be empty just after the lock was taken, and may have been changed."""
    is_ours = re.fullmatch(r"process \d+ since [0-9 :-]+ UTC", owner_text)
    owner = owner_text if is_ours else "another process"
    return RunAborted(
        f"the action {head.action} is being run in this workspace by {owner}; nothing was written",
        hint="Let it end, or end it; then try again.",
    )


def _escape_name(text: str) -> str:
    """The text as part of a file name; different texts stay different."""
    return _UNSAFE.sub(lambda match: f"%{ord(match[0]):x}.", text)


def _format_now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
