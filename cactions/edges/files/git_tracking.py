"""Tells whether git tracks files in a folder, by reading its index; git itself is never run.

An attacker's repository can name programs in its configuration, and git would run them.
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

MAX_INDEX_BYTES: Final = 128 * MIB
"""In bytes; the index of a million files has this size."""
MAX_POINTER_BYTES: Final = 4096
_POINTER_PREFIX: Final = b"gitdir:"
_CLONE_SIGNS: Final = ("packed-refs", "refs/remotes")
"""What a clone has and a repository made on this machine does not."""


class GitStatus(Enum):
    """What git's index says about a folder; UNKNOWN if it cannot be read."""

    TRACKED = "tracked"
    UNTRACKED = "untracked"
    UNKNOWN = "unknown"


class _Unreadable(Exception):
    """The index cannot be read, or is missing where it should exist."""


def find_tracking(folder: Path) -> GitStatus:
    """Whether the nearest repository tracks the folder, or files in it.

    Case is ignored, because file systems may ignore it. UNKNOWN if the index is not a regular file,
    larger than 128 MiB or not understood, and if a clone has no index: an attacker's repository
    decides how large its index is, and whether all of it can be checked out.
    """
    home = Path(os.path.realpath(folder.parent))
    for root in (home, *home.parents):
        if git := _find_git_folder(root / ".git"):
            place = _fold_case(bytes((home / folder.name).relative_to(root)))
            return _read_tracking(git, _get_signature(git / "index"), folder.name, place)
    return GitStatus.UNTRACKED


@lru_cache(maxsize=16)
def _read_tracking(git: Path, _signature: object, name: str, place: str) -> GitStatus:
    """Cached, since several stores ask in one command; ``_signature`` changes with the index."""
    try:
        found = any(_is_within(path, place) for path in _list_paths(git, name))
    except _Unreadable:
        return GitStatus.UNKNOWN
    return GitStatus.TRACKED if found else GitStatus.UNTRACKED


def _get_signature(index: Path) -> object:
    try:
        found = index.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _find_git_folder(path: Path) -> Path | None:
    """The folder with the index; in a linked working tree, a file names it."""
    with suppress(OSError):
        if path.is_dir():
            return path
    try:
        data = _read_file(path, MAX_POINTER_BYTES)
    except _Unreadable:
        return None
    if not data.startswith(_POINTER_PREFIX):
        return None
    return path.parent / os.fsdecode(data.removeprefix(_POINTER_PREFIX).strip())


def _list_paths(git: Path, name: str) -> Iterator[bytes]:
    """The tracked paths, also those of a split index in another file."""
    if not os.path.lexists(git / "index"):
        if any(os.path.lexists(git / sign) for sign in _CLONE_SIGNS):
            raise _Unreadable
        return
    data = _read_file(git / "index", MAX_INDEX_BYTES)
    if name.isascii() and not may_name(data, name):
        return
    for index in _parse_indexes(data):
        yield from index.paths
        if index.shared:
            shared = _read_file(git / f"sharedindex.{index.shared}", MAX_INDEX_BYTES)
            yield from (path for found in _parse_indexes(shared) for path in found.paths)


def _parse_indexes(data: bytes) -> list[GitIndex]:
    found = [*read_indexes(data)]
    if not found:
        raise _Unreadable
    return found


def _read_file(path: Path, limit: int) -> bytes:
    """The bytes of a regular file. Raises _Unreadable for anything else, and for a longer file."""
    try:
        real = Path(os.path.realpath(path))  # git follows links here; none of the bytes are shown
        data = read_bytes(real, limit=limit) if real.is_file() else None
    except (CactionsError, OSError, ValueError):
        data = None
    if data is None or len(data) > limit:
        raise _Unreadable
    return data


def _is_within(path: bytes, place: str) -> bool:
    folded = _fold_case(path)
    return folded == place or folded.startswith(f"{place}/")


def _fold_case(path: bytes) -> str:
    text = os.fsdecode(path)
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).casefold()
