"""Checks that a database has one of our layouts, before anything in it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol, TypeAlias

from msgspec import Struct

from cactions.logic.printable import escape_control
from cactions.model import StoreError

Cell: TypeAlias = "str | int | float | bytes | None"
Row: TypeAlias = "tuple[Cell, ...]"

OBJECTS: Final = "SELECT type, name, tbl_name, sql FROM sqlite_schema"
"""Every table, index, trigger and view, with the statement that makes it."""


class Schema(Struct, frozen=True):
    """The name of a database in messages, its version, and the statements that make it."""

    what: str
    version: int
    statements: tuple[str, ...]


class CheckedRows(Protocol):
    """A database that was just opened."""

    def query_rows(self, sql: str, *values: Cell) -> list[Row]:
        """All rows of a query."""

    def build_damaged_error(self, why: str) -> StoreError:
        """The error for content that was not written by us."""


def check_layout(
    database: CheckedRows, layouts: Sequence[Schema], objects: Callable[[Schema], frozenset[Row]]
) -> Schema:
    """Find the layout of the database; the newest layout comes first.

    Raises StoreError for an unknown layout, and for one of a newer version.
    """
    layout = _find_layout(database, layouts)
    _check_objects(database, objects(layout))
    return layout


def _find_layout(database: CheckedRows, layouts: Sequence[Schema]) -> Schema:
    [(actual,)] = database.query_rows("PRAGMA user_version")
    for layout in layouts:
        if actual == layout.version:
            return layout
    newest = layouts[0].version
    if isinstance(actual, int) and actual > newest:
        raise StoreError(
            f"{database} was written by a newer cactions (format {actual};"
            f" this one knows {newest})",
            hint="Use the newer cactions.",
        )
    raise database.build_damaged_error("it is empty, or the database of another program")


def _check_objects(database: CheckedRows, expected: frozenset[Row]) -> None:
    """Raises StoreError for a missing, changed or additional object."""
    actual = normalize_sql(database.query_rows(OBJECTS))
    if different := sorted(str(name) for _, name, *_ in actual ^ expected):
        raise database.build_damaged_error(
            f'"{escape_control(different[0], 60)}" in it is not as cactions made it'
        )


def normalize_sql(objects: Iterable[Row]) -> frozenset[Row]:
    """The rows of ``OBJECTS`` for comparison: line breaks and blanks in SQL are ignored."""
    return frozenset(
        (*names, " ".join(sql.split()) if isinstance(sql, str) else sql) for *names, sql in objects
    )
