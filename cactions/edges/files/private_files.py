"""Files and folders of state: real ones, made by this user, and open to this user only.

- State is private whatever the umask says (folders 0700, files 0600), and what is found wider is
  narrowed.
- What a cloned repository can bring in the place of state is refused before it is opened or
  changed: a link, a pipe, a device, a file of another user, a second name of a file elsewhere.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from cactions.edges.files.file_io import store_errors, sync_folder
from cactions.model import StoreError

_FOLDER: Final = 0o700
_FILE: Final = 0o600
_OTHERS: Final = 0o077
_DRAFT: Final = "[0-9a-f]{16}"
"""What ``new_private_file`` puts behind the prefix of a draft."""


def has_private_folder(path: Path) -> bool:
    """Whether the folder is there; if so, it is a real one and its owner's alone."""
    found = _own(path, stat.S_ISDIR, "folder")
    if found:
        _narrow(path, found, _FOLDER)
    return found is not None


def make_private_folder(path: Path) -> None:
    """The folder, made where it is missing; its parent must exist."""
    if has_private_folder(path):
        return
    with store_errors(path), suppress(FileExistsError):
        path.mkdir(_FOLDER)
        _check_keeps_owners(path)
        path.chmod(_FOLDER)
        sync_folder(path.parent)
    has_private_folder(path)


def _check_keeps_owners(made: Path) -> None:
    """Some network shares give each file to another user: whose state it is could not be told."""
    if hasattr(os, "geteuid") and made.lstat().st_uid != os.geteuid():
        made.rmdir()
        raise StoreError(
            f"{made} cannot be made: this disk gives what you make to another user",
            hint="Keep the project on a disk that keeps owners; most network shares can be"
            " mounted so.",
        )


def has_private_file(path: Path) -> bool:
    """Whether the file is there; if so, it is a real one and its owner's alone.

    A draft of it that a killed process left under a name of its own is deleted.
    """
    found = _own(path, stat.S_ISREG, "file")
    if found:
        if found.st_nlink > 1:
            _refuse_shared(path, found)
        _narrow(path, found, _FILE)
    return found is not None


def open_private_file(path: Path) -> int:
    """The descriptor of a file to read and to write, made where it is missing."""
    has_private_file(path)
    with store_errors(path):
        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), _FILE)


def _own(path: Path, is_kind: Callable[[int], bool], kind: str) -> os.stat_result | None:
    """What is there; None for nothing. Raises StoreError for another kind, and another owner.

    The owner counts for root too, who could open it: it is not what root's own cactions made.
    """
    found = _found(path)
    if found and not is_kind(found.st_mode):
        what = "a symbolic link" if stat.S_ISLNK(found.st_mode) else f"not a {kind}"
        raise StoreError(
            f"{path} is {what}",
            hint=f"cactions keeps state in a real {kind} only: move this one out of the way.",
        )
    if found and hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        raise StoreError(
            f"{path} belongs to another user",
            hint="cactions opens state of its own user only: move this out of the way, or run"
            " cactions as the user who owns it.",
        )
    return found


def _found(path: Path) -> os.stat_result | None:
    with store_errors(path):
        try:
            return path.lstat()
        except FileNotFoundError:
            return None


def _narrow(path: Path, found: os.stat_result, mode: int) -> None:
    if stat.S_IMODE(found.st_mode) & _OTHERS:
        with store_errors(path):
            path.chmod(mode)


def _refuse_shared(path: Path, found: os.stat_result) -> None:
    """``publish_file`` gives a draft its second name; a kill after that leaves both."""
    drafts = list(_drafts(path, found))
    for draft in drafts:
        with suppress(OSError):  # in a folder that may not be written they stay
            draft.unlink(missing_ok=True)
    now = _found(path)  # its process may have deleted its draft meanwhile
    if found.st_nlink > 1 + len(drafts) and now and now.st_nlink > 1:
        raise StoreError(
            f"{path} is a hard link: the same file has another name elsewhere",
            hint="cactions changes no file that could be another one too: move this one out of"
            " the way, or put a copy in its place.",
        )


def _drafts(path: Path, found: os.stat_result) -> Iterator[Path]:
    """The drafts of this file: other names of it in the same folder that only we give."""
    name = re.compile(rf"\.{re.escape(path.name)}-{_DRAFT}")
    with store_errors(path.parent):
        others = [other for other in path.parent.iterdir() if name.fullmatch(other.name)]
    for other in others:
        with suppress(FileNotFoundError):  # its process has just deleted it
            if os.path.samestat(other.lstat(), found):
                yield other
