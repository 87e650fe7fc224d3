"""Messages and hints for SQLite's result codes.

By primary result code: https://sqlite.org/rescode.html
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from cactions.model import OutcomeUnknown, StoreError

DAMAGED: Final = "Move it out of the way, or put a backup in its place."
_RIGHTS: Final = "Check who owns it, its permissions, and whether the disk is read-only."
_MAYBE_STORED: Final = "; the last write may be stored or not"
_NO_ROOM: Final = frozenset({10 | 19 << 8, 10 | 21 << 8})
"""IOERR_SHMSIZE and IOERR_SHMMAP: the index of the log, a file of 32 KiB, cannot be made."""


class Code(IntEnum):
    """The primary result codes with a message of their own."""

    PERM = 3
    BUSY = 5
    READONLY = 8
    INTERRUPT = 9
    IOERR = 10
    CORRUPT = 11
    FULL = 13
    CANTOPEN = 14
    NOTADB = 26


_MESSAGES: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        Code.BUSY: ("is in use by another process", "Let the other command end, then retry."),
        Code.FULL: ("cannot grow: the disk is full", "Make room, then try again."),
        Code.INTERRUPT: ("is damaged: a query did not end", DAMAGED),
        Code.READONLY: ("may not be written", _RIGHTS),
        Code.CANTOPEN: ("cannot be opened", _RIGHTS),
        Code.PERM: ("may not be opened", _RIGHTS),
        Code.NOTADB: ("is not a database", DAMAGED),
        Code.CORRUPT: ("is damaged", DAMAGED),
        Code.IOERR: (
            "had a disk error",
            "Check the disk and the room on it, then check the stored data before you go on.",
        ),
    }
)


def build_damaged_error(subject: str, why: str) -> StoreError:
    """The error for content that was not written here."""
    return StoreError(f"{subject} is damaged: {why}", hint=DAMAGED)


def describe_error(
    code: int, subject: str, message: str = "", *, outcome_unknown: bool = False
) -> StoreError:
    """The error for a result code; ``message`` is SQLite's own, for codes without words here.

    ``outcome_unknown``: it came from a commit, which may have been stored after a disk error.
    """
    primary = Code.FULL if code in _NO_ROOM else code & 0xFF
    text, hint = _MESSAGES.get(primary, (f"is damaged: {message}", DAMAGED))
    if outcome_unknown and primary == Code.IOERR:
        return OutcomeUnknown(f"{subject} {text}{_MAYBE_STORED}", hint=hint)
    return StoreError(f"{subject} {text}", hint=hint)


def is_unwritable(error: StoreError) -> bool:
    """Whether SQLite could not write what it needs beside a database, even to read it."""
    code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
    return code in (Code.FULL, Code.IOERR, Code.CANTOPEN, Code.READONLY)
