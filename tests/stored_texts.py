"""The plain texts in the cells of a database: in sealed bytes a short word may stand by chance."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table'"


def list_texts(path: Path) -> list[str]:
    """Every cell that is a text, of every table."""
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute(TABLES)]
        rows = [row for name in tables for row in database.execute(f'SELECT * FROM "{name}"')]
    return [cell for row in rows for cell in row if isinstance(cell, str)]
