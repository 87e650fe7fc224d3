"""Whether git tracks anything in a folder: its index is read, and git itself is never run.

A repository of an attacker can name programs in its configuration, which git would run.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from cactions.edges.files import MIB, read_bytes
from cactions.logic.git_index import may_name, read_indexes
from cactions.model import OperatorError

_LARGEST: Final = 128 * MIB
"""Of an index; that of a million files is as large."""
_LONGEST: Final = 4096
_POINTER: Final = b"gitdir:"


def is_tracked(folder: Path) -> bool:
    """Whether the nearest repository around the folder has something in it, or under its name.

    Upper and lower case count as the same, since file systems may take them for it. An index that
    is no regular file, is larger than 128 MiB or cannot be read as one is taken to track nothing:
    an attacker who can write the index could as well leave the entry out of it.
    """
    home = Path(os.path.realpath(folder.parent))
    for root in (home, *home.parents):
        if git := _git_folder(root / ".git"):
            place = _folded(bytes((home / folder.name).relative_to(root)))
            return any(_is_within(path, place) for path in _paths(git, folder.name))
    return False


def _git_folder(path: Path) -> Path | None:
    """Where git keeps the index; beside a linked working tree, a file says where."""
    with suppress(OSError):
        if path.is_dir():
            return path
    data = _content(path, _LONGEST)
    if not data.startswith(_POINTER):
        return None
    return path.parent / os.fsdecode(data.removeprefix(_POINTER).strip())


def _paths(git: Path, name: str) -> Iterator[bytes]:
    """The tracked paths, also those that a split index keeps in another file."""
    data = _content(git / "index", _LARGEST)
    if name.isascii() and not may_name(data, name):
        return
    for index in read_indexes(data):
        yield from index.paths
        if index.shared:
            shared = _content(git / f"sharedindex.{index.shared}", _LARGEST)
            yield from (path for found in read_indexes(shared) for path in found.paths)


def _content(path: Path, limit: int) -> bytes:
    """The bytes of a regular file; none of any other, or of a longer one."""
    try:
        real = Path(os.path.realpath(path))  # git follows links here, and nothing of it is shown
        data = read_bytes(real, limit=limit) if real.is_file() else b""
    except (OperatorError, OSError, ValueError):
        return b""
    return data if len(data) <= limit else b""


def _is_within(path: bytes, place: str) -> bool:
    folded = _folded(path)
    return folded == place or folded.startswith(f"{place}/")


def _folded(path: bytes) -> str:
    text = os.fsdecode(path)
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).casefold()
