"""The run lock: one run at a time for each workspace and action, on one machine.

- The kernel locks an open file, so the lock ends with the process, however that ends.
- The file is never deleted, because a lock on a deleted file excludes no one. Its text only says
  who holds the lock, and for which run; only the kernel knows whether it is held.
- A look at it takes a shared lock for a moment. A run takes the lock alone, and one that finds it
  shared tries again: only another run stops it.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cactions.edges.files.drafts import try_lock, try_shared_lock, unlock
from cactions.edges.files.file_io import store_errors
from cactions.edges.files.private_files import open_private_file
from cactions.edges.store.state_folder import StateFolder
from cactions.logic.workspace_name import describe_workspace
from cactions.model import RunAborted, RunHead, StoreError

_UNSAFE: Final = re.compile(r"[^0-9A-Za-z_-]")
_UNSHOWN: Final = re.compile(r"[^0-9A-Za-z@._+-]")
_OWNER: Final = re.compile(r"process \d+ of [0-9A-Za-z@._+?-]+ since [0-9 :-]+ UTC")
_RUN_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")
_STEP: Final = 0.02  # seconds
_MOMENT: Final = 0.001  # seconds
_LONGEST: Final = 1e6  # seconds
_MAX_USER: Final = 100
MAX_OWNER_BYTES: Final = 200


class FileRunLock:
    """Implements ``RunLock`` of ``app/ports.py``; the state folder is made when needed."""

    def __init__(
        self,
        folder: Path,
        user: str = "",
        *,
        wait: float = 0,
        on_wait: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``user`` holds it. ``wait``: seconds for another process to end; ``on_wait`` says so."""
        self._state, self._user = StateFolder(folder), user
        self._wait, self._on_wait = wait, on_wait

    def check(self) -> None:
        """The kernel keeps it until this process lets it go."""

    @contextmanager
    def hold(self, head: RunHead) -> Iterator[None]:
        """Raises RunAborted if another process holds the lock, or the file cannot be used."""
        path = (
            self._state.path
            / f"{_escape_name(head.workspace.key)}.{_escape_name(head.action)}.lock"
        )
        with abort_on_store_error():
            self._state.make()
            handle = open_private_file(path)
        try:
            with abort_on_store_error(), store_errors(path):
                self._acquire(handle, head)
                _write_owner(handle, self._user, head.id)
            yield
        finally:
            os.close(handle)

    def _acquire(self, handle: int, head: RunHead) -> None:
        """Take the lock, or wait for it."""
        until = time.monotonic() + min(self._wait, _LONGEST)
        waits = False
        while not try_lock(handle):
            if try_shared_lock(handle):
                unlock(handle)
                time.sleep(_MOMENT)
                continue
            owner = _read_owner(handle)
            if time.monotonic() >= until:
                raise build_taken_error(head, owner, self._wait)
            if not waits:
                self._on_wait(f"Waiting for {owner}, which runs {head.action} here.")
                waits = True
            time.sleep(_STEP)


def build_taken_error(head: RunHead, owner: str, waited: float) -> RunAborted:
    """The error for a lock that another process holds, also after so many seconds."""
    also = f", also after {waited:g} s" if waited else ""
    where = describe_workspace(head.workspace)
    return RunAborted(
        f"the action {head.action} is being run in the {where} by {owner}{also};"
        " nothing was written",
        hint="Try again with --wait SECONDS: it waits until that process has ended.",
    )


@contextmanager
def abort_on_store_error() -> Iterator[None]:
    """What fails before a run begins writes nothing."""
    try:
        yield
    except RunAborted:
        raise
    except StoreError as error:
        raise RunAborted(f"{error}; nothing was written", hint=error.hint) from error


def list_running(folder: Path) -> frozenset[str]:
    """The ids of the runs of a state folder that processes are writing now."""
    try:
        return frozenset(filter(None, map(_read_running, folder.glob("*.lock"))))
    except OSError:
        return frozenset()


def _read_running(path: Path) -> str:
    """The run for which a lock is held; empty where it is not held, or does not say it."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode) or try_shared_lock(handle):
            return ""
        text = os.read(handle, MAX_OWNER_BYTES).decode("ascii", "replace")
        run_id = text.partition("\n")[2]
        return run_id if _RUN_ID.fullmatch(run_id) else ""
    except OSError:
        return ""
    finally:
        os.close(handle)


def _write_owner(handle: int, user: str, run_id: str) -> None:
    name = _UNSHOWN.sub("?", user)[:_MAX_USER] or "?"
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    owner = f"process {os.getpid()} of {name} since {_format_now()}\n{run_id}"
    os.write(handle, owner.encode("ascii", "replace"))


def _read_owner(handle: int) -> str:
    """Who says to hold it. It can be empty just after it was taken, and may have been changed."""
    os.lseek(handle, 0, os.SEEK_SET)
    text = os.read(handle, MAX_OWNER_BYTES).decode("ascii", "replace").partition("\n")[0]
    return text if _OWNER.fullmatch(text) else "another process"


def _escape_name(text: str) -> str:
    """The text as part of a file name; different texts stay different."""
    return _UNSAFE.sub(lambda match: f"%{ord(match[0]):x}.", text)


def _format_now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
