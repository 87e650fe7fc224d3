"""Reads files that are trusted because of their owner and mode: keys, and the user's configuration.

The checked file is the file that is read: both use one descriptor, so it cannot be exchanged.
"""

from __future__ import annotations

import errno
import os
import stat
from enum import Enum
from pathlib import Path
from typing import Final

from msgspec import Struct

from cactions.edges.files.file_io import describe_os_error

_MAY_OWN: Final = {0, os.geteuid()}
_LINK_ERRORS: Final = {errno.ELOOP, errno.EMLINK}
"""Errors of systems when O_NOFOLLOW meets a link."""


class OwnershipProblem(Enum):
    """Why a file is not trusted."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    SYMLINK = "symlink"
    NOT_A_FILE = "not_a_file"
    OWNER = "owner"
    MODE = "mode"
    TOO_LONG = "too_long"


class UntrustedFile(Exception):
    """The file is not trusted; the caller adds what that means and what to do."""

    def __init__(self, problem: OwnershipProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


class FilePolicy(Struct, frozen=True):
    """What a file must fulfil: its maximum size in bytes, and what other users may not do.

    ``others`` are mode bits that must not be set: 0o077 for a secret, 0o022 for configuration.
    """

    limit: int
    others: int
    links: bool


def read_own(path: Path, policy: FilePolicy) -> bytes:
    """Read the whole file. Raises UntrustedFile."""
    extra_flags = os.O_NONBLOCK  # do not wait for a pipe
    if not policy.links:
        if path.is_symlink():
            raise UntrustedFile(OwnershipProblem.SYMLINK, f"{path} is a symbolic link")
        extra_flags |= os.O_NOFOLLOW
    try:
        with open(
            path, "rb", opener=lambda name, flags: os.open(name, flags | extra_flags)
        ) as file:
            _check(path, os.fstat(file.fileno()), policy)
            data = file.read(policy.limit + 1)
    except OSError as error:
        raise _build_open_error(path, error) from None
    if len(data) > policy.limit:
        raise UntrustedFile(
            OwnershipProblem.TOO_LONG, f"{path} is larger than {policy.limit:,} bytes"
        )
    return data


def _build_open_error(path: Path, error: OSError) -> UntrustedFile:
    if error.errno in {errno.ENOENT, errno.ENOTDIR}:
        return UntrustedFile(OwnershipProblem.MISSING, f"there is no file {path}")
    if error.errno in _LINK_ERRORS:
        return UntrustedFile(OwnershipProblem.SYMLINK, f"{path} is a symbolic link")
    return UntrustedFile(
        OwnershipProblem.UNREADABLE, f"{path} cannot be read: {describe_os_error(error)}"
    )


def _check(path: Path, status: os.stat_result, policy: FilePolicy) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UntrustedFile(OwnershipProblem.NOT_A_FILE, f"{path} is not a file")
    if status.st_uid not in _MAY_OWN:
        raise UntrustedFile(OwnershipProblem.OWNER, f"{path} belongs to another user")
    if status.st_mode & policy.others:
        verb = "read" if policy.others & stat.S_IROTH else "written"
        raise UntrustedFile(OwnershipProblem.MODE, f"{path} can be {verb} by other users")
