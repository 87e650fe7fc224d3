"""Files that are believed because of whose they are: keys, and what names commands.

What is looked at is what is read: one descriptor, so that nothing is exchanged between the two.
"""

from __future__ import annotations

import errno
import os
import stat
from enum import Enum
from pathlib import Path
from typing import Final

from msgspec import Struct

_MAY_OWN: Final = {0, os.geteuid()} if hasattr(os, "geteuid") else None
_LINK: Final = {errno.ELOOP, errno.EMLINK}
"""What the systems answer where O_NOFOLLOW meets a link."""


class OwnershipProblem(Enum):
    """Why a file is not believed."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    SYMLINK = "symlink"
    NOT_A_FILE = "not_a_file"
    OWNER = "owner"
    MODE = "mode"
    TOO_LONG = "too_long"


class UntrustedFile(Exception):
    """A file that is not believed; the caller says what that means, and what to do."""

    def __init__(self, doubt: OwnershipProblem, message: str) -> None:
        super().__init__(message)
        self.doubt = doubt


class FilePolicy(Struct, frozen=True):
    """What is asked of a file: its longest size in bytes, and what others must not be able to do.

    ``others`` are the mode bits that must not be set: 0o077 for a secret, 0o022 for an order.
    """

    limit: int
    others: int
    links: bool


def read_own(path: Path, trust: FilePolicy) -> bytes:
    """The whole file. Raises DoubtfulFile."""
    extra = getattr(os, "O_NONBLOCK", 0)  # a pipe would be waited for
    if not trust.links:
        if path.is_symlink():
            raise UntrustedFile(OwnershipProblem.SYMLINK, f"{path} is a symbolic link")
        extra |= getattr(os, "O_NOFOLLOW", 0)
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | extra)) as file:
            _check(path, os.fstat(file.fileno()), trust)
            data = file.read(trust.limit + 1)
    except OSError as error:
        raise _not_opened(path, error) from None
    if len(data) > trust.limit:
        raise UntrustedFile(
            OwnershipProblem.TOO_LONG, f"{path} is larger than {trust.limit:,} bytes"
        )
    return data


def _not_opened(path: Path, error: OSError) -> UntrustedFile:
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return UntrustedFile(OwnershipProblem.MISSING, f"there is no file {path}")
    if error.errno in _LINK:
        return UntrustedFile(OwnershipProblem.SYMLINK, f"{path} is a symbolic link")
    words = (error.strerror or str(error)).lower()
    return UntrustedFile(OwnershipProblem.UNREADABLE, f"{path} cannot be read: {words}")


def _check(path: Path, found: os.stat_result, trust: FilePolicy) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise UntrustedFile(OwnershipProblem.NOT_A_FILE, f"{path} is not a file")
    if _MAY_OWN is None:
        return  # Windows: owners and modes are not told by stat
    if found.st_uid not in _MAY_OWN:
        raise UntrustedFile(OwnershipProblem.OWNER, f"{path} belongs to another user")
    if found.st_mode & trust.others:
        verb = "read" if trust.others & stat.S_IROTH else "written"
        raise UntrustedFile(OwnershipProblem.MODE, f"{path} can be {verb} by other users")
