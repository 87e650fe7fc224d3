"""Changes of sealed data that always change it: a written byte may be the one that was there."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path


def flip_last_bit(data: bytes) -> bytes:
    """The data with the lowest bit of its last byte flipped."""
    return data[:-1] + bytes([data[-1] ^ 1])


def spoil_mac(path: Path) -> None:
    """Change the MAC of a vault file in its first letter."""
    text = path.read_text()
    spoiled = re.sub(r'(?<="mac":").', lambda letter: "B" if letter[0] == "A" else "A", text)
    assert spoiled != text
    path.write_text(spoiled)


def change_database(path: Path, *statements: str, values: tuple[object, ...] = ()) -> None:
    """Execute statements on a run file, each of which changes it; SQL has ``flipped(blob)``."""
    with closing(sqlite3.connect(path)) as database, database:
        database.create_function("flipped", 1, flip_last_bit, deterministic=True)
        for statement in statements:
            assert database.execute(statement, values).rowcount
