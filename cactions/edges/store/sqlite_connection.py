"""Connections of SQLite, as databases of state need them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Final

from cactions.edges.store.sqlite_access import DatabaseAccess
from cactions.edges.store.sqlite_schema_check import OBJECTS, Row, Schema, normalize_sql

_PRAGMAS: Final = (
    "trusted_schema=OFF",  # the file may come from an attacker
    "cell_size_check=ON",
    "synchronous=FULL",  # whatever this SQLite was built with
    "fullfsync=ON",  # macOS: fsync alone stops at the drive's cache
)

INCREMENTAL_VACUUM: Final = "PRAGMA auto_vacuum=INCREMENTAL"
"""Said before anything else is in a file: what ``release_free_pages`` needs."""


def connect(path: Path, access: DatabaseAccess) -> sqlite3.Connection:
    """Open the file; nothing of it is read yet. Raises sqlite3.Error."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{access.options}",
        uri=True,
        timeout=access.patience,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        for pragma in (*access.pragmas, *_PRAGMAS):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


@cache
def list_objects(layout: Schema) -> frozenset[Row]:
    """What SQLite makes of the layout: type, name, table and SQL of each object."""
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(";".join(layout.statements))
        return normalize_sql(empty.execute(OBJECTS).fetchall())
