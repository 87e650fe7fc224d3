"""Whether a database is one of ours, before anything in it is used."""

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
    """What a database is called in messages, its version, and the statements that make it."""

    what: str
    version: int
    statements: tuple[str, ...]


class CheckedRows(Protocol):
    """A database that was just opened."""

    def rows(self, sql: str, *values: Cell) -> list[Row]:
        """All rows of a query."""
        ...

    def damaged(self, why: str) -> StoreError:
        """The error for what cannot be ours."""
        ...


def check_layout(
    database: CheckedRows, layouts: Sequence[Schema], objects: Callable[[Schema], frozenset[Row]]
) -> Schema:
    """The one layout that it has; the newest comes first.

    Raises StoreError where it is not one of ours, or one of a newer version.
    """
    layout = _layout(database, layouts)
    _check_objects(database, objects(layout))
    return layout


def _layout(database: CheckedRows, layouts: Sequence[Schema]) -> Schema:
    [(found,)] = database.rows("PRAGMA user_version")
    for layout in layouts:
        if found == layout.version:
            return layout
    newest = layouts[0].version
    if isinstance(found, int) and found > newest:
        raise StoreError(
            f"{database} was written by a newer cactions (format {found}; this one knows {newest})",
            hint="Use the newer cactions.",
        )
    raise database.damaged("it is empty, or the database of another program")


def _check_objects(database: CheckedRows, wanted: frozenset[Row]) -> None:
    """Raises StoreError where an object is missing, is another, or is one too many."""
    found = normalize_sql(database.rows(OBJECTS))
    if unlike := sorted(str(name) for _, name, *_ in found ^ wanted):
        raise database.damaged(
            f'"{escape_control(unlike[0], 60)}" in it is not as cactions made it'
        )


def normalize_sql(objects: Iterable[Row]) -> frozenset[Row]:
    """What ``OBJECTS`` gives, to be compared: how a statement is laid out on lines says nothing."""
    return frozenset(
        (*names, " ".join(sql.split()) if isinstance(sql, str) else sql) for *names, sql in objects
    )
