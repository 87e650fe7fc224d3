"""The vault's file: read whole, replaced whole, by one writer at a time.

- A writer holds a lock on a file beside it (never on the renamed one), reads again under the lock,
  writes a temporary file, syncs it, renames it, syncs the folder. A kill at any moment leaves the
  old file or the new one; temporary files that it left are swept by the next writer.
- A failed fsync is never tried again: the kernel may have dropped the pages and report success.
- When the folder's fsync fails, both files are possible after a power cut: "unknown", not "failed".
- The vault is a real file, never a link, nor in a folder that is a link of the project: a cloned
  repository could point it anywhere.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from cactions.edges.files.confined_paths import NotAFile, RefusedLink, resolve_for_writing
from cactions.edges.files.file_io import store_errors, sync_folder
from cactions.logic.vault import errors
from cactions.logic.vault.file_format import MAX_FILE
from cactions.model import OutcomeUnknown, StoreError

_PRIVATE: Final = 0o600
_PAUSE: Final = 0.02
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_LOCK: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class LocalVaultFile:
    """A vault at a path; ``patience`` is how many seconds a writer waits for another."""

    def __init__(self, path: Path, *, patience: float = 30.0) -> None:
        self.path = path
        self.name = str(path)
        self._patience = patience

    def read(self) -> bytes:
        """All of it. Raises UsageError where there is none, VaultError for a strange one."""
        data = _read(self.path)
        if data is None:
            raise errors.missing(self.name)
        return data

    @contextmanager
    def change(self) -> Iterator[_Change]:
        """The file for ourselves, until the end of the block or of the process."""
        lock = self.path.with_name(f".{self.path.name}.lock")
        with store_errors(lock):
            _check_place(self.path)
            handle = os.open(lock, _LOCK, _PRIVATE)
            with suppress(OSError):  # it may be a teammate's; a strange umask must not lock us out
                os.fchmod(handle, _PRIVATE)
        try:
            self._wait_for(handle)
            _sweep(self.path)
            yield _Change(self.path)
        finally:
            with suppress(OSError):  # the lock is gone in any case, and what was written is written
                os.close(handle)

    def _wait_for(self, handle: int) -> None:
        deadline = time.monotonic() + self._patience
        while not self._locked(handle):
            if time.monotonic() > deadline:
                raise StoreError(
                    f"another process has kept {self.name} locked for "
                    f"{self._patience:g} seconds; nothing was written",
                    hint="Wait for it, or end it, then try again.",
                )
            time.sleep(_PAUSE)

    def _locked(self, handle: int) -> bool:
        with store_errors(self.path):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True


class _Change:
    """The vault under the lock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.before = _read(path)

    def write(self, data: bytes) -> None:
        """Replace the whole file; durable on return."""
        draft = _draft_of(self._path, secrets.token_hex(8))
        try:
            _fill(draft, data)
            draft.rename(self._path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise self._failed(error) from error
        try:
            sync_folder(self._path.parent)
        except OSError as error:
            raise _unknown(self._path, error) from error

    def _failed(self, error: OSError) -> StoreError:
        """Whether the old file still stands is looked at, not assumed."""
        with suppress(OSError, StoreError):
            if _read(self._path) == self.before:
                return StoreError(
                    f"{self._path} could not be written: {_words(error)}; it is as it was before",
                    hint="Check the disk and its room, then run the command again.",
                )
        return _unknown(self._path, error)


def _unknown(path: Path, error: OSError) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"the outcome is unknown: {path} may be the old vault or the new one ({_words(error)})",
        hint="Run `cactions vault verify` before anything else.",
    )


def _draft_of(path: Path, token: str) -> Path:
    return path.with_name(f".{path.name}.{token}.tmp")


def _fill(draft: Path, data: bytes) -> None:
    """A new private file with these bytes, synced once."""
    handle = os.open(draft, _NEW, _PRIVATE)
    try:
        os.fchmod(handle, _PRIVATE)
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(path: Path) -> None:
    """Remove what killed writers left; we hold the lock, so that no draft is in use."""
    with suppress(OSError):
        start, end = _draft_of(path, "*").name.split("*")
        for found in list(path.parent.iterdir()):
            if found.name.startswith(start) and found.name.endswith(end):
                with suppress(OSError):
                    found.unlink()


def _read(path: Path) -> bytes | None:
    """The whole file, None where there is none."""
    with store_errors(path):
        _check_place(path)
        try:
            handle = os.open(path, _READ)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.EMLINK}:
                raise errors.linked(str(path)) from None
            raise
        try:
            state = os.fstat(handle)
            _check_kind(path, state.st_mode)
            if state.st_size > MAX_FILE:
                raise errors.too_big(MAX_FILE)
            with os.fdopen(handle, "rb", closefd=False) as file:
                data = file.read(MAX_FILE + 1)
        finally:
            os.close(handle)
    if len(data) > MAX_FILE:
        raise errors.too_big(MAX_FILE)
    return data


def _check_place(path: Path) -> None:
    """Neither the vault nor a folder above it may be a link that a project brought."""
    try:
        resolve_for_writing(path)
    except RefusedLink as error:
        raise errors.linked(error.link) from None
    except NotAFile:
        raise errors.linked(str(path), "not a file") from None


def _check_kind(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise errors.linked(str(path), "not a file")
    if mode & stat.S_IWOTH:
        raise errors.open_to_all(str(path))


def _words(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
