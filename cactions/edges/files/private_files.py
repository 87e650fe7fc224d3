"""Files and folders of state: real ones that only this user owns and can open.

- State is private whatever the umask is (folders 0700, files 0600); wider modes are narrowed.
- What a cloned repository could put in the place of state is refused before it is opened or
  changed: a link, a pipe, a device, a file of another user, a hard link to a file elsewhere.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from cactions.edges.files.drafts import try_lock
from cactions.edges.files.file_io import store_errors, sync_folder
from cactions.model import StoreError

_FOLDER: Final = 0o700
_FILE: Final = 0o600
_OTHER_USERS: Final = 0o077
_LOCK_STEP: Final = 0.001  # seconds
_DRAFT: Final = "[0-9a-f]{16}"
"""What ``new_private_file`` appends to the prefix of a draft."""


def has_private_folder(path: Path) -> bool:
    """Whether the folder exists; if so, it is a real folder that only its owner can open."""
    status = _check_owned(path, stat.S_ISDIR, "folder")
    if status:
        _narrow(path, status, _FOLDER)
    return status is not None


def make_private_folder(path: Path) -> None:
    """Make the folder if it is missing; its parent must exist."""
    if has_private_folder(path):
        return
    with store_errors(path), suppress(FileExistsError):
        path.mkdir(_FOLDER)
        _check_keeps_owners(path)
        path.chmod(_FOLDER)
        sync_folder(path.parent)
    has_private_folder(path)


def _check_keeps_owners(folder: Path) -> None:
    """Some network shares give every file to another user; then owners prove nothing."""
    if folder.lstat().st_uid != os.geteuid():
        folder.rmdir()
        raise StoreError(
            f"{folder} cannot be used: this disk gives new files to another user",
            hint="Keep the project on a disk that keeps owners; most network shares can be"
            " mounted in this way.",
        )


def has_private_file(path: Path) -> bool:
    """Whether the file exists, as its owner's only; a draft of a killed process is deleted."""
    status = _check_owned(path, stat.S_ISREG, "file")
    if status:
        if status.st_nlink > 1:
            _refuse_hard_link(path, status)
        _narrow(path, status, _FILE)
    return status is not None


def open_private_file(path: Path) -> int:
    """Open a file to read and write; it is made if it is missing."""
    has_private_file(path)
    with store_errors(path):
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, _FILE)


def wait_for_lock(handle: int, path: Path, seconds: float) -> None:
    """Lock an open file, once no other process holds it. Raises StoreError after these seconds."""
    until = time.monotonic() + seconds
    while not try_lock(handle):
        if time.monotonic() >= until:
            raise StoreError(
                f"{path} has been locked by another process for {seconds:g} s",
                hint="End that process if it hangs.",
            )
        time.sleep(_LOCK_STEP)


@contextmanager
def lock_folder(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock of a folder, which leaves no file behind; it ends with the process."""
    with store_errors(path):
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        wait_for_lock(handle, path, seconds)
        yield
    finally:
        os.close(handle)


def _check_owned(path: Path, is_kind: Callable[[int], bool], kind: str) -> os.stat_result | None:
    """The status of the path, None if missing. Raises StoreError for another kind or owner.

    Root is checked too: root could open another user's file, but did not make it.
    """
    status = _read_status(path)
    if status and not is_kind(status.st_mode):
        what = "a symbolic link" if stat.S_ISLNK(status.st_mode) else f"not a {kind}"
        raise StoreError(
            f"{path} is {what}",
            hint=f"cactions keeps state in a real {kind} only: move this one out of the way.",
        )
    if status and status.st_uid != os.geteuid():
        raise StoreError(
            f"{path} belongs to another user",
            hint="cactions opens state of its own user only: move this out of the way, or run"
            " cactions as the user who owns it.",
        )
    return status


def _read_status(path: Path) -> os.stat_result | None:
    with store_errors(path):
        try:
            return path.lstat()
        except FileNotFoundError:
            return None


def _narrow(path: Path, status: os.stat_result, mode: int) -> None:
    if stat.S_IMODE(status.st_mode) & _OTHER_USERS:
        with store_errors(path):
            path.chmod(mode)


def _refuse_hard_link(path: Path, status: os.stat_result) -> None:
    """Refuse a hard link, unless it is a draft that a killed ``publish_file`` left; delete that."""
    drafts = list(_find_drafts(path, status))
    for draft in drafts:
        with suppress(OSError):  # in a read-only folder they stay
            draft.unlink(missing_ok=True)
    now = _read_status(path)  # another process may have deleted its draft meanwhile
    if status.st_nlink > 1 + len(drafts) and now and now.st_nlink > 1:
        raise StoreError(
            f"{path} is a hard link: the same file has another name elsewhere",
            hint="cactions does not change a file that has a second name: move it out of the"
            " way, or put a copy in its place.",
        )


def _find_drafts(path: Path, status: os.stat_result) -> Iterator[Path]:
    """The drafts of this file: its other names of our own form in the same folder."""
    name = re.compile(rf"\.{re.escape(path.name)}-{_DRAFT}")
    with store_errors(path.parent):
        others = [other for other in path.parent.iterdir() if name.fullmatch(other.name)]
    for other in others:
        with suppress(FileNotFoundError):  # another process has just deleted it
            if os.path.samestat(other.lstat(), status):
                yield other
