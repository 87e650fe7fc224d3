"""Whether git tracks anything in a folder: its index is read, and git itself is never run.

A repository of an attacker can name programs in its configuration, which git would run.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Final

from cactions.edges.files.file_io import MIB, read_bytes
from cactions.logic.git_index import GitIndex, may_name, read_indexes
from cactions.model import CactionsError

_LARGEST: Final = 128 * MIB
"""Of an index; that of a million files is as large."""
_LONGEST: Final = 4096
_POINTER: Final = b"gitdir:"
_CLONED: Final = ("packed-refs", "refs/remotes")
"""What a clone has, and a repository that was made on this machine does not."""


class Tracking(Enum):
    """What git's index says of a folder; UNKNOWN where it cannot be read."""

    TRACKED = "tracked"
    UNTRACKED = "untracked"
    UNKNOWN = "unknown"


class _Unreadable(Exception):
    """The index is there and cannot be read, or should be there and is not."""


def tracking_of(folder: Path) -> Tracking:
    """Whether the nearest repository around the folder has something in it, or under its name.

    Upper and lower case count as the same, since file systems may take them for it. UNKNOWN where
    the index is no regular file, larger than 128 MiB, or not an index that is understood, and where
    a clone has none: a repository of an attacker decides how large its index becomes, and whether
    all of it can be checked out.
    """
    home = Path(os.path.realpath(folder.parent))
    for root in (home, *home.parents):
        if git := _git_folder(root / ".git"):
            place = _folded(bytes((home / folder.name).relative_to(root)))
            return _tracking(git, _signature(git / "index"), folder.name, place)
    return Tracking.UNTRACKED


@lru_cache(maxsize=16)
def _tracking(git: Path, _signature: object, name: str, place: str) -> Tracking:
    """Several stores ask in one command; the signature is that of the index now."""
    try:
        found = any(_is_within(path, place) for path in _paths(git, name))
    except _Unreadable:
        return Tracking.UNKNOWN
    return Tracking.TRACKED if found else Tracking.UNTRACKED


def _signature(index: Path) -> object:
    try:
        found = index.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _git_folder(path: Path) -> Path | None:
    """Where git keeps the index; beside a linked working tree, a file says where."""
    with suppress(OSError):
        if path.is_dir():
            return path
    try:
        data = _content(path, _LONGEST)
    except _Unreadable:
        return None
    if not data.startswith(_POINTER):
        return None
    return path.parent / os.fsdecode(data.removeprefix(_POINTER).strip())


def _paths(git: Path, name: str) -> Iterator[bytes]:
    """The tracked paths, also those that a split index keeps in another file."""
    if not os.path.lexists(git / "index"):
        if any(os.path.lexists(git / sign) for sign in _CLONED):
            raise _Unreadable
        return
    data = _content(git / "index", _LARGEST)
    if name.isascii() and not may_name(data, name):
        return
    for index in _indexes(data):
        yield from index.paths
        if index.shared:
            shared = _content(git / f"sharedindex.{index.shared}", _LARGEST)
            yield from (path for found in _indexes(shared) for path in found.paths)


def _indexes(data: bytes) -> list[GitIndex]:
    found = [*read_indexes(data)]
    if not found:
        raise _Unreadable
    return found


def _content(path: Path, limit: int) -> bytes:
    """The bytes of a regular file. Raises _Unreadable for any other, and for a longer one."""
    try:
        real = Path(os.path.realpath(path))  # git follows links here, and nothing of it is shown
        data = read_bytes(real, limit=limit) if real.is_file() else None
    except (CactionsError, OSError, ValueError):
        data = None
    if data is None or len(data) > limit:
        raise _Unreadable
    return data


def _is_within(path: bytes, place: str) -> bool:
    folded = _folded(path)
    return folded == place or folded.startswith(f"{place}/")


def _folded(path: bytes) -> str:
    text = os.fsdecode(path)
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).casefold()
