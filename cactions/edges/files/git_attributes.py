"""The line of ``.gitattributes`` for a file that git must not change or merge line by line.

Only a real file is read and written: a cloned repository may have put a link or a pipe there.
What it says already stays, and counts.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

from cactions.edges.files.file_io import read_bytes, replace_file
from cactions.edges.files.shared_file import save_shared_file
from cactions.model import DefinitionError, UsageError

NAME: Final = ".gitattributes"
MERGE_DRIVER: Final = "cactions-vault"

_ATTRIBUTES: Final = f"-text merge={MERGE_DRIVER}"
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*")
_LIMIT: Final = 1024 * 1024


def build_attributes_line(path: Path) -> str:
    """What git should know of this file."""
    return f"{path.name} {_ATTRIBUTES}"


def add_attributes_line(path: Path) -> bool:
    """Add the line for this file beside it, unless there is one; whether it was added.

    Durable on return. Raises UsageError, DefinitionError or StoreError; then nothing was changed.
    """
    attributes = path.with_name(NAME)
    if not _PLAIN.fullmatch(path.name):
        raise UsageError(f'git would take "{path.name}" for a pattern', hint="Quote it there.")
    if not os.path.lexists(attributes):
        save_shared_file(attributes, _end_line(path))
        return True
    if not stat.S_ISREG(attributes.lstat().st_mode):
        raise UsageError(f"{attributes} is not a file", hint="Put a file in its place.")
    before = read_bytes(attributes, limit=_LIMIT)
    if len(before) > _LIMIT:
        raise DefinitionError(f"{attributes} is larger than {_LIMIT:,} bytes", hint="Shorten it.")
    if _is_named(path.name, before):
        return False
    joint = b"" if before.endswith(b"\n") or not before else b"\n"
    replace_file(attributes, before, before + joint + _end_line(path))
    return True


def _end_line(path: Path) -> bytes:
    return f"{build_attributes_line(path)}\n".encode()


def _is_named(name: str, text: bytes) -> bool:
    """Whether a line is about exactly this file, here: its author has decided."""
    patterns = {name.encode(), f"/{name}".encode(), f'"{name}"'.encode()}
    heads = (line.split()[:1] for line in text.split(b"\n"))
    return any(head and head[0] in patterns for head in heads)
