"""The vault's file: always read whole and replaced atomically, by one writer at a time.

- A writer locks a file beside the vault (never the vault, which is replaced), which is there only
  meanwhile, reads the vault again under the lock, and replaces it with ``atomic_write``. A kill at
  any moment leaves the old file or the new one; the next writer deletes drafts of killed writers.
- If the sync of the folder fails, a power cut can leave either file: the outcome is unknown.
- The vault is a real file, never a link, and not in a folder that is a link of the project: a
  cloned repository could point it anywhere.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from cactions.edges.files.atomic_write import PRIVATE, atomic_write
from cactions.edges.files.confined_paths import NotAFile, RefusedLink, resolve_for_writing
from cactions.edges.files.drafts import try_lock
from cactions.edges.files.file_io import describe_os_error, store_errors, sync_folder
from cactions.logic.shell import quote_word
from cactions.logic.vault.errors import Problem, build_error, build_missing
from cactions.logic.vault.file_format import MAX_FILE
from cactions.model import OutcomeUnknown, StoreError

LOCK_POLL_SECONDS: Final = 0.02
_READ_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_LOCK_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class LocalVaultFile:
    """A vault at a path; ``patience`` is how many seconds a writer waits for the lock."""

    def __init__(self, path: Path, *, patience: float = 30.0) -> None:
        self.path = path
        self.name = str(path)
        self._patience = patience

    def read(self) -> bytes:
        """Read the whole file. Raises UsageError if it is missing, VaultError for a link."""
        data = _read_file(self.path)
        if data is None:
            raise build_missing(self.name)
        return data

    @contextmanager
    def lock_for_change(self) -> Iterator[_Change]:
        """Lock the file, until the end of the block or of the process."""
        lock = self.path.with_name(f".{self.path.name}.lock")
        with store_errors(lock):
            _check_place(self.path)
        handle = self._lock_file(lock)
        try:
            _delete_drafts(self.path)
            yield _Change(self.path)
        finally:
            with suppress(OSError):  # so that git shows no file; a writer who waits makes a new one
                lock.unlink()
            with suppress(OSError):  # the lock ends in any case, and the file is already written
                os.close(handle)

    def _lock_file(self, lock: Path) -> int:
        """An open, locked file of this name. A lock on a deleted file excludes no one."""
        deadline = time.monotonic() + self._patience
        while True:
            with store_errors(lock):
                handle = os.open(lock, _LOCK_FLAGS, PRIVATE)
                # a strange umask must not lock the owner out; it may belong to a teammate
                with suppress(OSError):
                    os.fchmod(handle, PRIVATE)
            try:
                self._wait_for_lock(handle, deadline)
                if os.path.samestat(os.fstat(handle), lock.lstat()):
                    return handle
            except FileNotFoundError:
                pass
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)

    def _wait_for_lock(self, handle: int, deadline: float) -> None:
        while True:
            with store_errors(self.path):
                if try_lock(handle):
                    return
            if time.monotonic() > deadline:
                raise StoreError(
                    f"another process kept {self.name} locked for "
                    f"{self._patience:g} seconds; nothing was written",
                    hint="Wait for it, or end it, then try again.",
                )
            time.sleep(LOCK_POLL_SECONDS)


class _Change:
    """The vault under its lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.before = _read_file(path)

    def write(self, data: bytes) -> None:
        """Replace the file; durable on return."""
        try:
            prefix = _build_draft_prefix(self._path)
            atomic_write(self._path, data, mode=PRIVATE, draft_prefix=prefix)
        except OSError as error:
            raise self._build_write_error(error) from error
        try:
            sync_folder(self._path.parent)
        except OSError as error:
            raise _build_unknown_error(self._path, error) from error

    def _build_write_error(self, error: OSError) -> StoreError:
        """Check, rather than assume, whether the old file is still in place."""
        with suppress(OSError, StoreError):
            if _read_file(self._path) == self.before:
                return StoreError(
                    f"{self._path} could not be written: {describe_os_error(error)};"
                    " the old file is still in place",
                    hint="Check the disk and its free space, then run the command again.",
                )
        return _build_unknown_error(self._path, error)


def _build_unknown_error(path: Path, error: OSError) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"the outcome is unknown: {path} may be the old vault or the new one"
        f" ({describe_os_error(error)})",
        hint="Run `cactions vault verify` before anything else.",
    )


def _build_draft_prefix(path: Path) -> str:
    return f".{path.name}."


def _delete_drafts(path: Path) -> None:
    """Delete drafts of killed writers; under the lock, no draft is in use."""
    with suppress(OSError):
        prefix = _build_draft_prefix(path)
        for other in list(path.parent.iterdir()):
            if other.name.startswith(prefix) and other.name.endswith(".tmp"):
                with suppress(OSError):
                    other.unlink()


def _read_file(path: Path) -> bytes | None:
    """The whole file, None if it is missing."""
    with store_errors(path):
        _check_place(path)
        try:
            handle = os.open(path, _READ_FLAGS)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.EMLINK}:
                raise build_error(Problem.LINKED, path=str(path), what="a symbolic link") from None
            raise
        try:
            status = os.fstat(handle)
            _check_kind(path, status.st_mode)
            if status.st_size > MAX_FILE:
                raise build_error(Problem.TOO_BIG, limit=MAX_FILE)
            with os.fdopen(handle, "rb", closefd=False) as file:
                data = file.read(MAX_FILE + 1)
        finally:
            os.close(handle)
    if len(data) > MAX_FILE:
        raise build_error(Problem.TOO_BIG, limit=MAX_FILE)
    return data


def _check_place(path: Path) -> None:
    """Neither the vault nor a folder above it may be a link that a project brought."""
    try:
        resolve_for_writing(path)
    except RefusedLink as error:
        raise build_error(Problem.LINKED, path=error.link, what="a symbolic link") from None
    except NotAFile:
        raise build_error(Problem.LINKED, path=str(path), what="not a file") from None


def _check_kind(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise build_error(Problem.LINKED, path=str(path), what="not a file")
    if mode & stat.S_IWOTH:
        raise build_error(Problem.OPEN_TO_ALL, path=str(path), quoted_path=quote_word([str(path)]))
