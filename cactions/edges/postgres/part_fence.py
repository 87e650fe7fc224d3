"""Keeps a worker that has lost its part out of the journal."""

from __future__ import annotations

from typing import Final

from cactions.edges.postgres.connection import PostgresDatabase
from cactions.model import LeaseLost

PART: Final = "run = %s AND step = %s AND first = %s"
"""The condition for one part."""
_MINE: Final = f"SELECT 1 FROM part WHERE {PART} AND attempt = %s AND NOT done FOR SHARE"  # noqa: S608


class PartFence:
    """Lets a worker write the journal only while its lease of the part is the newest."""

    def __init__(self, key: int, step: str, first: int, attempt: int) -> None:
        self._values = (key, step, first, attempt)

    def check(self, database: PostgresDatabase) -> None:
        """In each transaction that writes. Raises LeaseLost."""
        if not database.query_rows(_MINE, *self._values):
            raise LeaseLost
